#include <algorithm>
#include <utility>

#include "http/explanation_parts.hpp"

namespace tocsin::http {

namespace {

/// `: text`, or nothing for an empty one.
std::string because(const std::string& text) {
  return text.empty() ? std::string() : ": " + text;
}

std::string seconds_text(std::int64_t seconds) {
  return format_duration(std::chrono::seconds{seconds});
}

story_event received(const episode& e) {
  story_event event{e.received_at, "received", {}, {{"starts_at", e.starts_at}}};
  event.text = "Received; the sender says that it began at " + moment_text(e.starts_at) + ".";
  return event;
}

story_event grouped(const storage::history_detail& detail, const config::config& config) {
  const auto& e = detail.row.alert;
  story_event event{e.received_at, "grouped", {}, {{"route", detail.route}}};
  event.text = "Taken by the route " + detail.route;
  if (const auto known = config.routes.find(detail.route)) {
    const auto& route = config.routes.at(*known);
    auto labels = route.group_labels(e.labels);
    event.text += " into the group " + route.group_key(labels);
    event.facts.push_back({"group_labels", std::move(labels)});
  }
  if (detail.window_until) {
    const auto window = std::max(*detail.window_until - e.received_at, duration::zero());
    event.text += window == duration::zero() ? "; it is to be notified at once"
                                             : "; its window closes at " + moment_text(*detail.window_until)
                                                   + ", after " + format_duration(window);
    event.facts.push_back({"window_until", *detail.window_until});
    event.facts.push_back({"window", format_duration(window)});
  }
  event.text += ".";
  return event;
}

story_event duplicates(const episode_state& s) {
  story_event event{
      s.last_seen, "duplicates", {}, {{"occurrence_count", s.occurrence_count}, {"last_seen", s.last_seen}}};
  event.text = "Reported " + std::to_string(s.occurrence_count) + " times by now, the last time at "
               + moment_text(s.last_seen) + "; each repeat was counted and told nobody anything new.";
  return event;
}

std::string lead_of(event_kind kind) {
  switch (kind) {
    case event_kind::inhibited:
    case event_kind::silenced:
    case event_kind::muted:
    case event_kind::deduplicated: return "Not notified from here on";
    case event_kind::released: return "Not suppressed any more";
    case event_kind::reopened: return "Fired again, and goes on as the same alert";
    case event_kind::flapping: return "It comes and goes, and is held from here on";
    case event_kind::calmed: return "It is calm, and is told as usual again";
    case event_kind::cascade: return "Raised, since many of its cluster fire";
    case event_kind::rerouted: return "Moved to another group";
  }
  return "Something happened";
}

story_event happened(const episode_event& e) {
  story_event event{e.at, std::string(to_string(e.what)), lead_of(e.what) + because(e.text) + ".", {}};
  if (!e.by.empty()) event.facts.push_back({"caused_by", e.by});
  return event;
}

story_event attempted(const attempt_record& a) {
  const auto whom = a.channel + (a.recipients.empty() ? "" : " (" + a.recipients + ")");
  const auto attempt = std::int64_t{a.retry_count} + 1;
  story_event event{a.at, "notification", {}, {}};
  event.text = a.success ? "Told " + whom + ": " + std::string(to_string(a.reason)) + "."
                         : "Could not tell " + whom + ", attempt " + std::to_string(attempt) + because(a.message) + ".";
  event.facts = {{"notification_id", a.notification.value},
                 {"channel", a.channel},
                 {"recipients", a.recipients},
                 {"reason", std::string(to_string(a.reason))},
                 {"attempt", attempt},
                 {"success", a.success},
                 {"message", a.message},
                 {"duration_ms", std::int64_t{a.took.count()}}};
  return event;
}

story_event escalated(const escalation_record& r) {
  const auto from = std::int64_t{r.from_level.value()};
  const auto to = std::int64_t{r.to_level.value()};
  story_event event{r.at, "escalated", {}, {{"from_level", from}, {"to_level", to}, {"escalated_by", r.escalated_by}}};
  event.text = "Escalated from level " + std::to_string(from) + " to " + std::to_string(to) + " by " + r.escalated_by
               + because(r.reason) + ".";
  return event;
}

story_event acknowledged(const acknowledgement_record& r) {
  story_event event{r.at, "acknowledged", {}, {{"acknowledged_by", r.acknowledged_by}, {"comment", r.comment}}};
  event.text = "Acknowledged by " + r.acknowledged_by + because(r.comment) + ".";
  return event;
}

story_event resolved(const storage::history_row& row) {
  const auto ended = *row.alert.state.ended_at;
  story_event event{ended, "resolved", "Resolved", {}};
  if (row.resolution_time_seconds) {
    event.text += " after " + seconds_text(*row.resolution_time_seconds);
    event.facts.push_back({"resolution_time_seconds", *row.resolution_time_seconds});
  }
  event.text += ".";
  return event;
}

} // namespace

std::vector<story_event> tell_timeline(const storage::history_detail& detail, const config::config& config) {
  const auto& e = detail.row.alert;
  std::vector<story_event> all{received(e)};
  if (!detail.route.empty()) all.push_back(grouped(detail, config));
  for (const auto& event : detail.events) all.push_back(happened(event));
  for (const auto& r : detail.escalations) all.push_back(escalated(r));
  for (const auto& r : detail.notifications) all.push_back(attempted(r.attempt));
  for (const auto& r : detail.acknowledgements) all.push_back(acknowledged(r));
  if (e.state.occurrence_count > 1) all.push_back(duplicates(e.state));
  if (e.state.ended_at) all.push_back(resolved(detail.row));
  // Of one moment in the order of above: the cause before what it brought about.
  std::stable_sort(all.begin(), all.end(), [](const story_event& a, const story_event& b) { return a.at < b.at; });
  return all;
}

} // namespace tocsin::http
