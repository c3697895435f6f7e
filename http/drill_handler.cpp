#include "http/drill_handler.hpp"

#include <httplib.h>

#include "http/actor_call.hpp"
#include "http/answer.hpp"
#include "http/history_json.hpp"
#include "http/params.hpp"
#include "http/turn.hpp"

namespace tocsin::http {

namespace {

/// A request that waits longer would be given up by whatever stands in between.
constexpr duration longest_wait = std::chrono::minutes{2};

std::optional<duration> parse_wait(std::string_view text) {
  const auto read = parse_duration(text);
  if (!read || *read <= duration::zero() || *read > longest_wait) return std::nullopt;
  return *read;
}

/// The row of its alert, where one can look up why it was not told; unset when there is none.
std::optional<std::int64_t> alert_of(services& s, const drill_result& d) {
  storage::history_filter filter;
  filter.alert_name = std::string(drill_alert_name);
  filter.since = d.started_at;
  for (const auto& row : s.history.history(filter).rows) {
    if (row.alert.labels.get(drill_label) == d.drill) return row.alert.id.value;
  }
  return std::nullopt;
}

void write_drill(json_writer& w, const drill_result& d, std::optional<std::int64_t> alert) {
  w.begin_object().member("drill", d.drill).member("receiver", d.receiver).member("started_at", d.started_at);
  w.member("arrived", d.arrived).member("milliseconds", d.took.count()).member("message", d.why);
  w.key("stored_after_ms");
  d.stored_after ? w.value(d.stored_after->count()) : w.null();
  w.key("alert_id");
  alert ? w.value(*alert) : w.null();
  w.key("channels").begin_array();
  for (const auto& c : d.channels) {
    w.begin_object().member("channel", c.channel).member("delivered", c.delivered);
    w.member("milliseconds", c.took.count()).member("message", c.message).end_object();
  }
  w.end_array().end_object();
}

problem unknown_receiver(const config::config& c, const std::string& name) {
  std::string known;
  for (const auto& [each, ignored] : c.receivers) known.append(known.empty() ? "" : ", ").append(each);
  return {404, "not_found", "there is no receiver \"" + name + "\"; there are " + known, "receiver"};
}

} // namespace

void post_drill(services& s, const httplib::Request& request, httplib::Response& response) {
  params p(request);
  drill_request wanted;
  wanted.receiver = p.required_text("receiver");
  wanted.within = p.word("within", parse_wait, "a duration of at most 2m such as 30s").value_or(wanted.within);
  wanted.severity = p.word("severity", parse_severity, "critical, warning or info").value_or(wanted.severity);
  if (p.error()) return answer_problem(response, *p.error());
  const auto configuration = s.core.configuration();
  const auto* receiver = configuration->find_receiver(wanted.receiver);
  if (!receiver) return answer_problem(response, unknown_receiver(*configuration, wanted.receiver));
  const auto takes = [&wanted](const channel& c) { return c.takes(wanted.severity); };
  if (std::none_of(receiver->channels.begin(), receiver->channels.end(), takes)) {
    return answer_problem(response,
                          {409, "conflict",
                           "the receiver " + wanted.receiver + " has no channel that takes alerts of severity "
                               + std::string(to_string(wanted.severity)),
                           "receiver"});
  }
  const turn mine(s);
  if (!mine.granted()) return answer_problem(response, turn::refused());
  const auto done = call<drill_result>(s.core.system(), s.core.drills(), drill_atom_v, wanted);
  if (!done) return answer_problem(response, unavailable("the drill could not be held: " + done.error().message));
  const auto alert = alert_of(s, *done);
  answer_json(response, 200, one_body([&](json_writer& w) { write_drill(w, *done, alert); }));
}

} // namespace tocsin::http
