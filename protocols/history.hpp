#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocols/episode.hpp"
#include "protocols/ids.hpp"
#include "protocols/inspect_std.hpp"
#include "protocols/notification.hpp"
#include "protocols/on_call.hpp"
#include "protocols/silence.hpp"

/// What is written to the history and what is read back at a start. The history
/// actor takes a `write_batch` and answers once it is on disk.
namespace tocsin {

/// A new episode and how it came to its group.
struct episode_opening {
  episode_opening() = default;
  /// Implicit: most that is written of an opening is the episode.
  episode_opening(episode e) : alert(std::move(e)) {} // NOLINT(google-explicit-constructor)

  episode alert;
  /// The route that took it, as `config::route::key` names it.
  std::string route;
  /// When the window it opened (or joined) closes; unset when unknown.
  std::optional<timestamp> window_until;
  /// The likeliest cause of alerts of its name; empty when none is configured.
  std::string root_cause;
};

/// What happened to an alert beside what other records tell.
enum class event_kind : std::uint8_t {
  inhibited,    ///< not notified since another alert fires; `by` is its fingerprint
  silenced,     ///< `by` is the silence's id
  muted,        ///< by a time interval or a maintenance window; `by` is its name
  deduplicated, ///< told as one with another; `by` is that one's episode id
  released,     ///< not suppressed any more
  reopened,     ///< it fired again so soon that it goes on as the same episode
  flapping,     ///< it comes and goes and is held
  calmed,       ///< it has been calm and is told as usual again
  cascade,      ///< it was raised since many of its cluster fire; `by` is the cluster
  rerouted,     ///< a new configuration took it to another group; `by` is the route
};

std::string_view to_string(event_kind k) noexcept;
std::optional<event_kind> parse_event_kind(std::string_view text) noexcept;

/// One row of `alert_events`.
struct episode_event {
  episode_id episode;
  event_kind what = event_kind::released;
  /// Who or what caused it, as the kind says; may be empty.
  std::string by;
  /// A sentence for people.
  std::string text;
  timestamp at{};
};

/// What is to blame for an alert, for its column `root_cause`.
struct cause_update {
  episode_id id;
  std::string root_cause;
};

/// One row of `alert_correlations`. Two alerts are correlated once for each
/// type: a second record of a pair replaces the first.
struct correlation_record {
  episode_id first;
  episode_id second;
  /// 0 to 1.
  double score = 0;
  /// `temporal`, `semantic` or `cascade`.
  std::string type;
  timestamp at{};
};

struct episode_update {
  episode_id id;
  episode_state state;
};

/// Annotations and generator URL may change while an alert fires, and a second
/// sender may know of an earlier beginning.
struct annotation_update {
  episode_id id;
  label_set annotations;
  std::string generator_url;
  timestamp starts_at{};
};

/// An episode that another group owns from now on.
struct episode_move {
  episode_id id;
  group_id group;
};

/// One row of `escalation_history`.
struct escalation_record {
  episode_id episode;
  escalation_level from_level;
  escalation_level to_level;
  std::string reason;
  std::string escalated_by;
  timestamp at{};
};

/// One row of `acknowledgments`. Its `resolved_at` is filled in by the writer
/// when the episode ends.
struct acknowledgement_record {
  episode_id episode;
  std::string acknowledged_by;
  std::string comment;
  timestamp at{};
};

/// What a group must remember over a restart.
struct group_record {
  group_id id;
  /// Route and receiver it belongs to, as the route tree names it; see `config::route::key`.
  std::string route_key;
  label_set labels;
  /// When its window closes; unset when nothing waits.
  std::optional<timestamp> flush_at;
  /// The flush from which group intervals are counted.
  std::optional<timestamp> flushed_at;
  /// When it last notified anybody, for the repeat interval.
  std::optional<timestamp> notified_at;
};

/// On which channels an alert of a group was told as firing and not yet as
/// resolved. An empty list deletes the record.
struct told_record {
  group_id group;
  episode_id episode;
  std::vector<std::string> channels;
};

struct notified_episode {
  episode_id id;
  bool resolved = false;
};

/// A notification that has been decided and must go out: one row of the outbox,
/// written in the transaction of the state that caused it.
struct notification_intent {
  notification_id id;
  group_id group;
  std::string channel;
  std::string receiver;
  notification_reason reason = notification_reason::first_notification;
  std::string group_key;
  label_set group_labels;
  timestamp created_at{};
  std::vector<notified_episode> alerts;
};

/// One attempt to deliver: one row of `notification_history`, and what it means
/// for the outbox.
struct attempt_record {
  notification_id notification;
  std::string alert_name;
  std::string channel;
  std::string recipients;
  /// It reached somebody.
  bool success = false;
  timestamp at{};
  duration took{};
  /// What the receiver answered, or what went wrong.
  std::string message;
  /// 0 for the first attempt.
  std::int32_t retry_count = 0;
  /// When the next attempt is due; unset when this was the last one, whether it
  /// succeeded or not, and the notification leaves the outbox.
  std::optional<timestamp> next_attempt_at;
  /// Why it is sent.
  notification_reason reason = notification_reason::first_notification;
  /// Somebody has it by now: from this attempt, or from one before that did not reach everybody.
  bool told = false;
};

/// Everything that must be written together: it is on disk as a whole or not at all.
/// Applied in the order of the members.
struct write_batch {
  std::vector<episode_opening> opened;
  std::vector<episode_update> updated;
  std::vector<episode_move> moved;
  std::vector<annotation_update> reannotated;
  std::vector<escalation_record> escalations;
  std::vector<acknowledgement_record> acknowledgements;
  std::vector<group_record> groups;
  std::vector<group_id> closed_groups;
  std::vector<told_record> told;
  std::vector<notification_intent> intents;
  std::vector<attempt_record> attempts;
  std::vector<episode_event> events;
  std::vector<cause_update> causes;
  std::vector<correlation_record> correlations;
  /// New, or as they are now.
  std::vector<silence> silences;
  std::vector<silence_change> silence_changes;
  /// Silences to be deleted, with their changes.
  std::vector<std::string> forgotten_silences;
  /// New, or as they are now.
  std::vector<on_call_override> overrides;
  std::vector<std::string> forgotten_overrides;

  bool empty() const noexcept;
  /// Adds what `other` holds behind what is here.
  void append(write_batch&& other);
};

/// A notification that was decided but not finished when the program ended.
struct unfinished_notification {
  notification_intent intent;
  /// Attempts already made.
  std::int32_t attempts = 0;
  /// When the next one is due; its creation time when none was made.
  timestamp next_attempt_at{};
};

/// An episode of the last while, for what is found out by looking back: flapping
/// and what comes together.
struct recent_episode {
  episode_id id;
  group_id group;
  label_set labels;
  severity declared_severity = severity::warning;
  timestamp received_at{};
  std::optional<timestamp> ended_at;
};

/// How many messages a channel has sent since a day (of UTC) began.
struct sent_count {
  std::string channel;
  timestamp day{};
  std::int64_t messages = 0;
};

/// All that a start needs to go on where the program ended.
struct recovered_state {
  episode_id last_episode;
  group_id last_group;
  notification_id last_notification;
  /// Active episodes, and ended ones that some channel still believes to fire
  /// or that an unfinished notification tells of. In order of id.
  std::vector<episode> episodes;
  std::vector<group_record> groups;
  std::vector<told_record> told;
  std::vector<unfinished_notification> unfinished;
  /// Those not yet to be forgotten, in order of id.
  std::vector<silence> silences;
  /// The last ones to be taken in, oldest first: those of the last hour, at most
  /// 10,000. Of a group alone when one group is recovered.
  std::vector<recent_episode> recent;
  /// Those not yet to be forgotten, in order of id.
  std::vector<on_call_override> overrides;
  /// Of today, for budgets; only when everything is recovered.
  std::vector<sent_count> sent_today;
};

/// Delete what ended before `cutoff`, as `storage::cleaning` says.
struct cleanup_request {
  timestamp cutoff{};
};

/// How a clean-up that somebody asked for ended.
struct cleanup_report {
  enum class outcome : std::uint8_t {
    done,
    busy, ///< another one is under way; this one was not begun
  };
  outcome what = outcome::done;
  /// Episodes deleted, and rows of all tables, these included.
  std::int64_t alerts = 0;
  std::int64_t rows = 0;
};

template <class Inspector>
auto inspect(Inspector& f, cleanup_request& x) {
  return f(x.cutoff);
}
template <class Inspector>
auto inspect(Inspector& f, cleanup_report& x) {
  return f(x.what, x.alerts, x.rows);
}
template <class Inspector>
auto inspect(Inspector& f, episode_opening& x) {
  return f(x.alert, x.route, x.window_until, x.root_cause);
}
template <class Inspector>
auto inspect(Inspector& f, episode_event& x) {
  return f(x.episode, x.what, x.by, x.text, x.at);
}
template <class Inspector>
auto inspect(Inspector& f, cause_update& x) {
  return f(x.id, x.root_cause);
}
template <class Inspector>
auto inspect(Inspector& f, correlation_record& x) {
  return f(x.first, x.second, x.score, x.type, x.at);
}
template <class Inspector>
auto inspect(Inspector& f, recent_episode& x) {
  return f(x.id, x.group, x.labels, x.declared_severity, x.received_at, x.ended_at);
}
template <class Inspector>
auto inspect(Inspector& f, sent_count& x) {
  return f(x.channel, x.day, x.messages);
}
template <class Inspector>
auto inspect(Inspector& f, episode_update& x) {
  return f(x.id, x.state);
}
template <class Inspector>
auto inspect(Inspector& f, episode_move& x) {
  return f(x.id, x.group);
}
template <class Inspector>
auto inspect(Inspector& f, annotation_update& x) {
  return f(x.id, x.annotations, x.generator_url, x.starts_at);
}
template <class Inspector>
auto inspect(Inspector& f, escalation_record& x) {
  return f(x.episode, x.from_level, x.to_level, x.reason, x.escalated_by, x.at);
}
template <class Inspector>
auto inspect(Inspector& f, acknowledgement_record& x) {
  return f(x.episode, x.acknowledged_by, x.comment, x.at);
}
template <class Inspector>
auto inspect(Inspector& f, group_record& x) {
  return f(x.id, x.route_key, x.labels, x.flush_at, x.flushed_at, x.notified_at);
}
template <class Inspector>
auto inspect(Inspector& f, told_record& x) {
  return f(x.group, x.episode, x.channels);
}
template <class Inspector>
auto inspect(Inspector& f, notified_episode& x) {
  return f(x.id, x.resolved);
}
template <class Inspector>
auto inspect(Inspector& f, notification_intent& x) {
  return f(x.id, x.group, x.channel, x.receiver, x.reason, x.group_key, x.group_labels, x.created_at, x.alerts);
}
template <class Inspector>
auto inspect(Inspector& f, attempt_record& x) {
  return f(x.notification, x.alert_name, x.channel, x.recipients, x.success, x.at, x.took, x.message, x.retry_count,
           x.next_attempt_at, x.reason, x.told);
}
template <class Inspector>
auto inspect(Inspector& f, unfinished_notification& x) {
  return f(x.intent, x.attempts, x.next_attempt_at);
}
template <class Inspector>
auto inspect(Inspector& f, recovered_state& x) {
  return f(x.last_episode, x.last_group, x.last_notification, x.episodes, x.groups, x.told, x.unfinished, x.silences,
           x.recent, x.overrides, x.sent_today);
}
template <class Inspector>
auto inspect(Inspector& f, write_batch& x) {
  return f(x.opened, x.updated, x.moved, x.reannotated, x.escalations, x.acknowledgements, x.groups, x.closed_groups,
           x.told, x.intents, x.attempts, x.events, x.causes, x.correlations, x.silences, x.silence_changes,
           x.forgotten_silences, x.overrides, x.forgotten_overrides);
}

} // namespace tocsin
