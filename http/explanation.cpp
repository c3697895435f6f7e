#include "http/explanation.hpp"

#include <algorithm>

#include "http/explanation_parts.hpp"
#include "protocols/alert.hpp"

namespace tocsin::http {

namespace {

/// The route that has the alert now: the one that took it, or the one that a reload took it to.
std::string route_of(const storage::history_detail& detail) {
  const auto& events = detail.events;
  const auto last = std::find_if(events.rbegin(), events.rend(), [](const episode_event& e) {
    return e.what == event_kind::rerouted && !e.by.empty();
  });
  return last == events.rend() ? detail.route : last->by;
}

/// What there is to say when the configuration of now would not choose the route that has it.
std::string describe_change(const std::string& route, const std::string& first_now) {
  if (route.empty() || route == first_now) return {};
  return "the route that took it was " + route + "; the current configuration gives it to " + first_now;
}

/// Whom the routes of the alert tell: the one that has it, and those behind it that take it too.
std::vector<std::string> receivers_of(const config::route_tree& routes,
                                      const std::vector<config::route_verdict>& verdicts, const std::string& route) {
  std::vector<std::string> receivers;
  const auto add = [&receivers](const std::string& name) {
    if (std::find(receivers.begin(), receivers.end(), name) == receivers.end()) receivers.push_back(name);
  };
  if (const auto known = routes.find(route)) add(routes.at(*known).receiver);
  for (const auto& v : verdicts) {
    if (v.taken) add(v.receiver);
  }
  return receivers;
}

void write_texts(json_writer& w, std::string_view name, const std::vector<std::string>& texts) {
  w.key(name).begin_array();
  for (const auto& text : texts) w.value(text);
  w.end_array();
}

void write_hint(json_writer& w, const advice& hint) {
  w.begin_object();
  write_texts(w, "causes", hint.causes);
  write_texts(w, "steps", hint.steps);
  write_texts(w, "fixes", hint.fixes);
  w.member("dashboard", hint.dashboard).end_object();
}

} // namespace

std::string moment_text(timestamp t) {
  return to_rfc3339(t, time_precision::trimmed);
}

explanation explain(const storage::history_detail& detail, const config::config& config, timestamp now) {
  const auto& labels = detail.row.alert.labels;
  explanation story;
  story.id = detail.row.alert.id;
  story.alert_name = names_of(labels).name;
  story.status = detail.row.alert.state.status;
  story.route = route_of(detail);
  story.routes = config::judge_routes(config.routes, labels);
  const auto first = std::find_if(story.routes.begin(), story.routes.end(), [](const auto& v) { return v.taken; });
  if (first != story.routes.end()) story.route_change = describe_change(story.route, first->route);
  story.timeline = tell_timeline(detail, config);
  if (const auto* hint = config.advice_for(labels)) story.hint = *hint;
  story.summary = summarize(detail, config, receivers_of(config.routes, story.routes, story.route), now);
  return story;
}

void write_explanation(json_writer& w, const explanation& story) {
  w.begin_object().member("id", story.id.value).member("alert_name", story.alert_name);
  w.member("status", to_string(story.status)).member("summary", story.summary).member("route", story.route);
  w.key("route_change");
  story.route_change.empty() ? w.null() : w.value(story.route_change);
  w.key("routes").begin_array();
  for (const auto& v : story.routes) {
    w.begin_object().member("route", v.route).member("receiver", v.receiver);
    w.member("taken", v.taken).member("why", v.why).end_object();
  }
  w.end_array().key("timeline").begin_array();
  for (const auto& e : story.timeline) {
    w.begin_object().member("at", e.at).member("what", e.what).member("text", e.text);
    for (const auto& f : e.facts) {
      std::visit([&](const auto& value) { w.member(f.name, value); }, f.value);
    }
    w.end_object();
  }
  w.end_array().key("hint");
  if (story.hint) {
    write_hint(w, *story.hint);
  } else {
    w.null();
  }
  w.end_object();
}

} // namespace tocsin::http
