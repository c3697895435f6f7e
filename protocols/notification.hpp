#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/episode.hpp"
#include "protocols/ids.hpp"
#include "protocols/inspect_std.hpp"

namespace tocsin {

/// Why a notification is sent.
enum class notification_reason : std::uint8_t {
  first_notification,
  new_alerts_added,
  some_alerts_resolved,
  all_alerts_resolved,
  repeat_interval_elapsed,
  escalated,
  flapping,     ///< an alert comes and goes; it is held from here on until it has been calm
  cascade,      ///< so many alerts of a cluster fire that it was raised
  fallback,     ///< another channel that should have told it has failed for good
  digest,       ///< several notifications as one, since the channel's rate limit was reached
  acknowledged, ///< somebody took all of it: for channels that keep incidents of their own
  test,         ///< nothing happened: somebody tries the channel
};

/// The words that Alertmanager's `notification_reason` uses, and ours beside them.
std::string_view to_string(notification_reason r) noexcept;

/// One alert as a notification tells it: what was true when it was decided.
struct notified_alert {
  episode_id id;
  label_set labels;
  label_set annotations;
  std::string generator_url;
  severity current_severity = severity::warning;
  escalation_level level;
  timestamp starts_at{};
  /// Set once it is resolved.
  std::optional<timestamp> ended_at;
  std::int64_t occurrence_count = 1;
  std::string acknowledged_by;
  /// It comes and goes; no more is told of it until it has been calm.
  bool flapping = false;

  bool resolved() const noexcept { return ended_at.has_value(); }
};

template <class Inspector>
auto inspect(Inspector& f, notified_alert& x) {
  return f(x.id, x.labels, x.annotations, x.generator_url, x.current_severity, x.level, x.starts_at, x.ended_at,
           x.occurrence_count, x.acknowledged_by, x.flapping);
}

/// What helps people with an alert: from the configuration, the likeliest and
/// the quickest first.
struct advice {
  std::vector<std::string> causes; ///< probable ones
  std::vector<std::string> steps;  ///< how to investigate
  std::vector<std::string> fixes;  ///< what helps quickly
  std::string dashboard;           ///< a URL, or empty

  friend bool operator==(const advice&, const advice&) = default;
};

template <class Inspector>
auto inspect(Inspector& f, advice& x) {
  return f(x.causes, x.steps, x.fixes, x.dashboard);
}

/// The advice for the alerts of that name.
struct alert_advice {
  std::string alert_name;
  advice what;

  friend bool operator==(const alert_advice&, const alert_advice&) = default;
};

template <class Inspector>
auto inspect(Inspector& f, alert_advice& x) {
  return f(x.alert_name, x.what);
}

/// The episode as a notification tells it now.
notified_alert told_as(const episode& e);

/// One message for one group on one channel. The same id is used for every
/// attempt and after a restart, so that a receiver can tell a repeat.
struct notification {
  notification_id id;
  group_id group;
  /// Opaque and stable name of the group, in Alertmanager's form:
  /// `{}/{team="a"}:{alertname="t1"}`.
  std::string group_key;
  /// The channel it goes out on: `receiver/kind/index`, such as `ops/webhook/0`.
  std::string channel;
  std::string receiver;
  notification_reason reason = notification_reason::first_notification;
  label_set group_labels;
  /// What the route puts onto its notifications.
  label_set route_labels;
  /// One for each alert name that there is advice for, in the order of `alerts`.
  std::vector<alert_advice> hints;
  /// In order of start, then of labels.
  std::vector<notified_alert> alerts;
  timestamp created_at{};

  /// True unless every alert in it is resolved.
  bool firing() const noexcept;
  std::size_t firing_count() const noexcept;
  /// The most urgent severity of the firing alerts, or of all when none fires.
  severity most_urgent() const noexcept;
  /// The highest level among its alerts.
  escalation_level highest_level() const noexcept;
  /// What its alerts are called: the one name they share, or the first and how many others.
  std::string alert_name() const;
  /// Labels (annotations) that all its alerts share.
  label_set common_labels() const;
  label_set common_annotations() const;
};

/// Several notifications of one channel as one: all their alerts, each as the last
/// of them tells it, under the id of the first.
notification combined(const std::vector<const notification*>& parts);

template <class Inspector>
auto inspect(Inspector& f, notification& x) {
  return f(x.id, x.group, x.group_key, x.channel, x.receiver, x.reason, x.group_labels, x.route_labels, x.hints,
           x.alerts, x.created_at);
}

} // namespace tocsin
