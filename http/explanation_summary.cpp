#include <algorithm>
#include <optional>

#include "http/explanation_parts.hpp"

namespace tocsin::http {

namespace {

/// What came of telling one channel.
struct channel_outcome {
  const attempt_record* first_success = nullptr;
  const attempt_record* last = nullptr;
};

using outcomes = std::vector<std::pair<std::string, channel_outcome>>;

/// By channel, in the order in which they were tried first.
outcomes outcomes_of(const storage::history_detail& detail) {
  outcomes all;
  for (const auto& row : detail.notifications) {
    const auto& a = row.attempt;
    auto found = std::find_if(all.begin(), all.end(), [&a](const auto& o) { return o.first == a.channel; });
    if (found == all.end()) found = all.insert(all.end(), {a.channel, {}});
    if (a.success && found->second.first_success == nullptr) found->second.first_success = &a;
    found->second.last = &a;
  }
  return all;
}

std::string whom(const attempt_record& a) {
  return a.channel + (a.recipients.empty() ? "" : " (" + a.recipients + ")");
}

std::string list_of(const std::vector<std::string>& parts) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) text += i + 1 == parts.size() ? " and " : ", ";
    text += parts[i];
  }
  return text;
}

/// `ops/webhook/0 (hooks.example) at 2026-…`, of each channel that was told; empty when none was.
std::string told_text(const outcomes& all) {
  std::vector<std::string> parts;
  for (const auto& [channel, o] : all) {
    if (o.first_success) parts.push_back(whom(*o.first_success) + " at " + moment_text(o.first_success->at));
  }
  return list_of(parts);
}

/// `ops/webhook/0 failed …: 500`, of each channel whose last attempt failed; empty when none did.
std::string failed_text(const outcomes& all) {
  std::vector<std::string> parts;
  for (const auto& [channel, o] : all) {
    if (o.last->success) continue;
    parts.push_back(whom(*o.last) + " failed at " + moment_text(o.last->at) + ", attempt "
                    + std::to_string(o.last->retry_count + 1)
                    + (o.last->message.empty() ? "" : ": " + o.last->message));
  }
  return list_of(parts);
}

/// Why there was not even an attempt; `until` is now, or when it ended.
std::string why_untried(const storage::history_detail& detail, const config::config& config,
                        const std::vector<std::string>& receivers, timestamp until) {
  const auto severity = detail.row.alert.state.current_severity;
  bool has_channels = false;
  const auto speaks = [&](const std::string& name) {
    const auto* receiver = config.find_receiver(name);
    if (receiver == nullptr) return false;
    has_channels = has_channels || !receiver->channels.empty();
    return std::any_of(receiver->channels.begin(), receiver->channels.end(),
                       [severity](const channel& c) { return c.takes(severity); });
  };
  if (!receivers.empty() && std::none_of(receivers.begin(), receivers.end(), speaks)) {
    auto text = (receivers.size() == 1 ? "the receiver " : "the receivers ") + list_of(receivers)
                + (receivers.size() == 1 ? " has no channel" : " have no channel");
    if (has_channels) text += " that is told of severity " + std::string(to_string(severity));
    return text;
  }
  const auto ended = detail.row.alert.state.ended_at.has_value();
  if (detail.window_until && *detail.window_until > until) {
    const auto window = moment_text(*detail.window_until);
    return ended ? "it was over before its window closed at " + window
                 : "it waits in its window for others of its group until " + window;
  }
  return ended ? "no attempt to tell anybody is on record" : "its notification is on its way";
}

/// The last thing that kept it quiet and was not lifted; empty when there is none.
std::string suppressed_at_the_end(const storage::history_detail& detail) {
  using enum event_kind;
  for (auto it = detail.events.rbegin(); it != detail.events.rend(); ++it) {
    if (it->what == released || it->what == calmed) return {};
    if (it->what == inhibited || it->what == silenced || it->what == muted || it->what == deduplicated
        || it->what == flapping) {
      return it->text;
    }
  }
  return {};
}

std::string of_active(const storage::history_detail& detail, const config::config& config,
                      const std::vector<std::string>& receivers, timestamp now) {
  const auto& s = detail.row.alert.state;
  const auto all = outcomes_of(detail);
  const auto told = told_text(all);
  const auto failed = failed_text(all);
  const auto and_told = told.empty() ? ", and nobody was told" : "; before that people were told on " + told;
  if (!s.suppressed_by.empty()) return "It is not notified now: " + s.suppressed_by + and_told + ".";
  if (s.acknowledged_at) {
    return "It is acknowledged by " + s.acknowledged_by + " since " + moment_text(*s.acknowledged_at)
           + ", so it is neither escalated nor repeated"
           + (told.empty() ? ", and nobody was told" : "; people were told on " + told) + ".";
  }
  if (!told.empty()) return "People were told on " + told + (failed.empty() ? "" : ", but " + failed) + ".";
  if (!failed.empty()) return "Nobody could be told yet: " + failed + ".";
  return "Nobody was told yet: " + why_untried(detail, config, receivers, now) + ".";
}

std::string of_resolved(const storage::history_detail& detail, const config::config& config,
                        const std::vector<std::string>& receivers) {
  const auto ended = *detail.row.alert.state.ended_at;
  const auto all = outcomes_of(detail);
  const auto told = told_text(all);
  const auto failed = failed_text(all);
  const auto over = "It ended at " + moment_text(ended);
  const bool imported = !detail.row.alert.group && detail.route.empty();
  if (imported) return over + "; it was imported, and who was told of it is not on record here.";
  if (!told.empty()) return over + "; people were told on " + told + (failed.empty() ? "" : ", but " + failed) + ".";
  if (!failed.empty()) return over + " and nobody could be told: " + failed + ".";
  const auto quiet = suppressed_at_the_end(detail);
  return over + " and nobody was told: " + (quiet.empty() ? why_untried(detail, config, receivers, ended) : quiet)
         + ".";
}

} // namespace

std::string summarize(const storage::history_detail& detail, const config::config& config,
                      const std::vector<std::string>& receivers, timestamp now) {
  return detail.row.alert.state.active() ? of_active(detail, config, receivers, now)
                                         : of_resolved(detail, config, receivers);
}

} // namespace tocsin::http
