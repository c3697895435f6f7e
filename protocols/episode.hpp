#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "protocols/alert.hpp"
#include "protocols/ids.hpp"
#include "protocols/inspect_std.hpp"
#include "protocols/severity.hpp"

namespace tocsin {

/// Where an episode stands, as `alert_history.status` says it.
enum class episode_status : std::uint8_t { firing, acknowledged, escalated, suppressed, resolved };

std::string_view to_string(episode_status s) noexcept;
std::optional<episode_status> parse_episode_status(std::string_view text) noexcept;

/// Where an alert stands in its escalation.
struct escalation_cursor {
  /// Name of the policy that applies; empty before the first look and when none does.
  std::string policy;
  /// Index of the step that comes next; the number of steps once all are done.
  std::int32_t step = 0;
  /// The moment from which that step's `after` counts: the start of the alert or the last step.
  timestamp since{};

  friend bool operator==(const escalation_cursor&, const escalation_cursor&) = default;
};

template <class Inspector>
auto inspect(Inspector& f, escalation_cursor& x) {
  return f(x.policy, x.step, x.since);
}

/// What changes while an episode lives; one UPDATE writes all of it.
struct episode_state {
  episode_status status = episode_status::firing;
  /// As the alert arrived, or as escalation raised it.
  severity current_severity = severity::warning;
  escalation_level level;
  /// Until when it counts as firing without another word from the sender.
  timestamp expires_at{};
  /// `expires_at` came from the resolve timeout, not from the sender.
  bool timed_out_end = false;
  /// When it was resolved; unset while it is active.
  std::optional<timestamp> ended_at;
  /// The last time a sender reported it.
  timestamp last_seen{};
  /// How often it was reported, the first time included.
  std::int64_t occurrence_count = 1;
  /// How often it fired again after an end, and went on as the same episode.
  std::int64_t reopen_count = 0;
  std::optional<timestamp> acknowledged_at;
  std::string acknowledged_by;
  escalation_cursor escalation;
  /// Why it is not notified (`inhibited by …`); empty when it is.
  std::string suppressed_by;

  bool active() const noexcept { return !ended_at; }
  friend bool operator==(const episode_state&, const episode_state&) = default;
};

/// Where an active episode stands that is not suppressed.
episode_status status_while_active(const episode_state& s) noexcept;

template <class Inspector>
auto inspect(Inspector& f, episode_state& x) {
  return f(x.status, x.current_severity, x.level, x.expires_at, x.timed_out_end, x.ended_at, x.last_seen,
           x.occurrence_count, x.reopen_count, x.acknowledged_at, x.acknowledged_by, x.escalation, x.suppressed_by);
}

/// One alert from first firing to resolution: one row of `alert_history`.
/// Firing again later is a new episode.
struct episode {
  episode_id id;
  /// The group that owns it: the one of the first route that takes the alert.
  group_id group;
  label_set labels;
  label_set annotations;
  std::string generator_url;
  /// The severity it arrived with.
  severity declared_severity = severity::warning;
  /// When it began, as the sender says.
  timestamp starts_at{};
  /// When it was first taken in.
  timestamp received_at{};
  episode_state state;
};

template <class Inspector>
auto inspect(Inspector& f, episode& x) {
  return f(x.id, x.group, x.labels, x.annotations, x.generator_url, x.declared_severity, x.starts_at, x.received_at,
           x.state);
}

} // namespace tocsin
