#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocols/alert.hpp"
#include "protocols/episode.hpp"
#include "protocols/history.hpp"
#include "protocols/ids.hpp"
#include "protocols/inspect_std.hpp"
#include "protocols/notification.hpp"
#include "protocols/silence.hpp"

/// What actors say to each other, beside the records of `history.hpp`.
namespace tocsin {

/// Which group: a route of the current configuration and the values of its
/// `group_by` labels.
struct group_address {
  std::uint32_t route = 0;
  label_set labels;

  friend bool operator==(const group_address&, const group_address&) = default;
};

/// Alerts of one request that belong to one group.
struct routed_alerts {
  group_address group;
  std::vector<alert> alerts;
};

/// All alerts of one request.
struct ingest_request {
  /// The configuration by which they were routed; a dispatcher that has another
  /// by now routes them anew. See `config::config::generation`.
  std::uint64_t generation = 0;
  std::vector<routed_alerts> groups;
};

/// What became of the alerts of a request.
struct ingest_tally {
  std::int64_t opened = 0;     ///< began a new episode
  std::int64_t duplicates = 0; ///< known already; counted
  std::int64_t resolved = 0;   ///< ended an episode
  std::int64_t ignored = 0;    ///< resolved, but never seen firing

  ingest_tally& operator+=(const ingest_tally& other) noexcept {
    opened += other.opened;
    duplicates += other.duplicates;
    resolved += other.resolved;
    ignored += other.ignored;
    return *this;
  }
};

/// What a person (or the API) does to one alert.
struct act_request {
  enum class kind : std::uint8_t {
    acknowledge,
    resolve,
    escalate,
    raise, ///< to a severity, since it is one of a cascade
  };
  kind what = kind::acknowledge;
  episode_id episode;
  /// Where the alert is found in its group.
  label_set labels;
  std::string by;
  /// Comment or reason.
  std::string text;
  /// For `escalate`: the level to go to.
  std::int32_t to_level = 0;
  /// For `resolve`: how long it took, when the caller knows better than the clock.
  std::optional<std::int64_t> resolution_time_seconds;
  /// For `raise`: the severity to go to, and whom to tell; empty leaves that to its escalation.
  severity raise_to = severity::critical;
  std::string receiver = {};
};

/// How an act ended.
struct act_result {
  enum class outcome : std::uint8_t {
    done,
    not_active, ///< it is resolved, or not in the group any more
    conflict,   ///< it cannot go where it was asked to go; `message` says why
  };
  outcome what = outcome::done;
  std::string message;
  episode_state state;
};

/// Episodes of one group that another group, on a further route, notifies as well.
struct mirrored_episodes {
  group_address group;
  std::vector<episode> episodes;
};

/// How a notification ended, after its last attempt.
struct delivery_report {
  notification_id notification;
  bool delivered = false;
  /// Who is to be told instead; empty leaves that to the receiver's fallback.
  std::string instead = {};
  /// The channel takes nothing before this; unset when that is not known.
  std::optional<timestamp> not_before = {};
};

/// Attempts made before a notification is given up.
inline constexpr std::int32_t usual_attempts = 4;

/// A notification for a notifier to deliver.
struct delivery_order {
  notification what;
  /// Attempts made before a restart.
  std::int32_t attempts = 0;
  /// Not before this moment.
  timestamp not_before{};
  /// Attempts to be made in all.
  std::int32_t most_attempts = usual_attempts;
};

/// Somebody tries a channel.
struct test_request {
  /// The channel handle, such as `ops/slack/0`.
  std::string channel;
  /// Who asked; may be empty.
  std::string by;
  std::int32_t most_attempts = usual_attempts;
  /// The message says that it is over; for a channel that would go on calling people.
  bool resolved = false;
};

/// How a test message fared, attempt by attempt.
struct test_report {
  bool delivered = false;
  std::vector<attempt_record> attempts;
};

/// How often one alert was reported again without anything new, and what that
/// means for its end.
struct sighting_report {
  label_set labels;
  std::int64_t count = 0;
  timestamp last_seen{};
  /// Unset when the reports leave it as it is.
  std::optional<timestamp> ends_at;
  bool timed_out_end = false;
};

/// Alerts that may suppress others, as they stand.
struct inhibition_source {
  label_set labels;
  /// Until when it counts as firing; in the past once it has ended.
  timestamp fires_until{};
  /// `fires_until` was not sent but derived: it does not shorten what was said before.
  bool derived = false;
};

/// Which of these alerts are suppressed now?
struct suppression_question {
  /// The route they are to be notified on, whose time intervals count.
  std::uint32_t route = 0;
  std::vector<label_set> alerts;
};

/// Why an alert is not to be notified.
struct suppression {
  enum class kind : std::uint8_t { none, inhibited, silenced, muted, deduplicated };

  kind what = kind::none;
  /// The fingerprint of the alert that inhibits it, the id of the silence, the
  /// name of the interval or window, the episode it is told with.
  std::string by;
  /// A sentence for people: `silenced by ann until …: …`.
  std::string why;
  /// What is to blame for the alert, for its `root_cause`; empty when that is not known.
  std::string cause;
  /// When that ends by itself, if that is known.
  std::optional<timestamp> until;

  explicit operator bool() const noexcept { return what != kind::none; }
  friend bool operator==(const suppression&, const suppression&) = default;
};

/// For each alert of the question why it is suppressed, if it is.
struct suppression_answer {
  std::vector<suppression> alerts;
};

/// By what are these alerts suppressed now? All of it, where a suppression_question asks for one reason.
struct standing_question {
  std::vector<label_set> alerts;
};

/// How an alert stands, as Alertmanager's API shows it.
struct alert_standing {
  /// Ids of silences, in order.
  std::vector<std::string> silenced_by;
  /// Fingerprints of alerts.
  std::vector<std::string> inhibited_by;
  /// Names of maintenance windows.
  std::vector<std::string> muted_by;

  bool suppressed() const noexcept { return !silenced_by.empty() || !inhibited_by.empty() || !muted_by.empty(); }
};

struct standing_answer {
  std::vector<alert_standing> alerts;
};

/// Alerts that were silenced and have ended.
struct ended_alerts {
  std::vector<label_set> alerts;
};

/// A silence as somebody wants it; with an id an existing one is changed.
struct silence_request {
  silence wanted;
};

/// What came of a silence that was to be set or ended.
struct silence_answer {
  enum class outcome : std::uint8_t {
    done,
    invalid,   ///< it cannot be; `message` says why, in Alertmanager's words
    not_found, ///< there is no silence of that id
  };
  outcome what = outcome::done;
  std::string message;
  /// The silence that holds now; a change may have made a new one.
  std::string id;
};

/// An alert that began or ended, for finding out what comes together.
struct correlated_alert {
  episode_id episode;
  label_set labels;
  severity declared_severity = severity::warning;
  /// When it was taken in, or ended.
  timestamp at{};
  bool ended = false;
};

template <class Inspector>
auto inspect(Inspector& f, group_address& x) {
  return f(x.route, x.labels);
}
template <class Inspector>
auto inspect(Inspector& f, routed_alerts& x) {
  return f(x.group, x.alerts);
}
template <class Inspector>
auto inspect(Inspector& f, ingest_request& x) {
  return f(x.generation, x.groups);
}
template <class Inspector>
auto inspect(Inspector& f, ingest_tally& x) {
  return f(x.opened, x.duplicates, x.resolved, x.ignored);
}
template <class Inspector>
auto inspect(Inspector& f, act_request& x) {
  return f(x.what, x.episode, x.labels, x.by, x.text, x.to_level, x.resolution_time_seconds, x.raise_to, x.receiver);
}
template <class Inspector>
auto inspect(Inspector& f, act_result& x) {
  return f(x.what, x.message, x.state);
}
template <class Inspector>
auto inspect(Inspector& f, mirrored_episodes& x) {
  return f(x.group, x.episodes);
}
template <class Inspector>
auto inspect(Inspector& f, delivery_report& x) {
  return f(x.notification, x.delivered, x.instead, x.not_before);
}
template <class Inspector>
auto inspect(Inspector& f, delivery_order& x) {
  return f(x.what, x.attempts, x.not_before, x.most_attempts);
}
template <class Inspector>
auto inspect(Inspector& f, test_request& x) {
  return f(x.channel, x.by, x.most_attempts, x.resolved);
}
template <class Inspector>
auto inspect(Inspector& f, test_report& x) {
  return f(x.delivered, x.attempts);
}
template <class Inspector>
auto inspect(Inspector& f, inhibition_source& x) {
  return f(x.labels, x.fires_until, x.derived);
}
template <class Inspector>
auto inspect(Inspector& f, suppression_question& x) {
  return f(x.route, x.alerts);
}
template <class Inspector>
auto inspect(Inspector& f, suppression& x) {
  return f(x.what, x.by, x.why, x.cause, x.until);
}
template <class Inspector>
auto inspect(Inspector& f, suppression_answer& x) {
  return f(x.alerts);
}
template <class Inspector>
auto inspect(Inspector& f, standing_question& x) {
  return f(x.alerts);
}
template <class Inspector>
auto inspect(Inspector& f, alert_standing& x) {
  return f(x.silenced_by, x.inhibited_by, x.muted_by);
}
template <class Inspector>
auto inspect(Inspector& f, standing_answer& x) {
  return f(x.alerts);
}
template <class Inspector>
auto inspect(Inspector& f, ended_alerts& x) {
  return f(x.alerts);
}
template <class Inspector>
auto inspect(Inspector& f, silence_request& x) {
  return f(x.wanted);
}
template <class Inspector>
auto inspect(Inspector& f, silence_answer& x) {
  return f(x.what, x.message, x.id);
}
template <class Inspector>
auto inspect(Inspector& f, correlated_alert& x) {
  return f(x.episode, x.labels, x.declared_severity, x.at, x.ended);
}

} // namespace tocsin

template <>
struct std::hash<tocsin::group_address> {
  std::size_t operator()(const tocsin::group_address& a) const noexcept {
    return a.labels.hash() ^ (a.route * 0x9e3779b97f4a7c15ULL);
  }
};
