#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/route_tree.hpp"
#include "protocols/channel.hpp"
#include "protocols/drill.hpp"
#include "protocols/matcher.hpp"
#include "protocols/matcher_index.hpp"
#include "protocols/notification.hpp"
#include "protocols/on_call.hpp"
#include "protocols/severity.hpp"
#include "protocols/time.hpp"
#include "protocols/time_interval.hpp"

/// How the program is told what to do. A `config` is validated and immutable;
/// everything that reads it holds a `std::shared_ptr<const config>`.
namespace tocsin::config {

/// One step of an escalation: due `after` the alert began or the last step was
/// taken, while nobody has acknowledged.
struct escalation_step {
  duration after{};
  /// The severity the alert counts as from then on.
  std::optional<severity> raise_to;
  /// Whom to tell; the group's own receiver when this and `on_call` are empty.
  std::string receiver;
  /// The schedule whose person on call is told too.
  std::string on_call = {};
};

/// The steps for alerts that match. Policies are tried in order, the first match
/// wins. Matchers see the label `severity` as it stands after earlier raises, so
/// a raised alert goes on under the policy of its new severity.
struct escalation_policy {
  std::string name;
  std::vector<matcher> matchers;
  std::vector<escalation_step> steps;
};

/// Alerts that match `target` are not notified while an alert that matches
/// `source` fires with the same values of the `equal` labels.
struct inhibit_rule {
  std::string name;
  std::vector<matcher> source;
  std::vector<matcher> target;
  std::vector<std::string> equal;
};

struct receiver {
  std::string name;
  std::vector<channel> channels;
  /// The receiver that is told what a channel of this one could not be told, after
  /// its last attempt; empty: nobody is.
  std::string fallback = {};
  /// Types of channels that the file has for it and that are not available: `opsgenie_configs`.
  std::vector<std::string> left_out = {};
};

/// What holds by severity when a route does not say otherwise.
struct severity_defaults {
  /// How long a new alert waits for others before its group is notified.
  duration window{};
  /// How often a firing group is told again.
  duration repeat_interval{};
  /// Whether an acknowledgement by hand is needed to end the repeats: critical
  /// alerts repeat until then.
  bool repeat_until_acknowledged = false;
  /// An alert that ends and fires again within this time is the same episode;
  /// so are alerts that `deduplication` counts as the same and that begin within it.
  duration deduplication_window{};
};

/// Which alerts count as the same one, beside those with equal labels.
struct deduplication_rules {
  /// Alerts of one group with the same values of these labels; empty: only equal label sets.
  std::vector<std::string> labels;
};

/// When an alert that comes and goes is held: told once as flapping, and not
/// again until it has been calm.
struct flapping_rules {
  /// More changes than this (from firing to resolved or back) within `window` are flapping; 0 turns it off.
  std::size_t changes = 0;
  duration window = std::chrono::minutes{15};
  /// Without a change for this long it counts as calm.
  duration calm = std::chrono::minutes{10};
};

struct silence_rules {
  /// A silence that would match more active alerts than this needs to be confirmed; 0: never.
  std::size_t max_breadth = 500;
  /// How long an expired silence is kept.
  duration retention = std::chrono::hours{120};
};

/// Alerts that match are muted while one of the intervals holds, on every route.
struct maintenance_window {
  std::string name;
  std::vector<matcher> matchers;
  std::vector<time_interval> intervals;
  std::string comment;
};

/// What people should know about alerts that match.
struct hint {
  std::vector<matcher> matchers;
  advice what;
};

/// Alerts that belong together: those that match and share the values of `equal`.
struct cluster {
  std::string name;
  std::vector<matcher> matchers;
  std::vector<std::string> equal;
  /// More active alerts of severity `counted` than this are a cascade; 0: never.
  std::size_t more_than = 0;
  severity counted = severity::warning;
  /// What the first of them is raised to.
  severity raise_to = severity::critical;
  /// Who is told of the cascade; empty: whom the alert's escalation would tell next.
  std::string receiver;
};

/// Finds alerts that come together, by the names they have.
struct temporal_correlation {
  /// Alerts that begin within this time of each other come together; zero turns it off.
  duration window = std::chrono::minutes{5};
  /// How often two names must have come together before it counts.
  std::size_t min_occurrences = 3;
  /// 0 to 1: how many of their occurrences were together.
  double min_score = 0.5;
};

struct correlation_rules {
  std::vector<cluster> clusters;
  temporal_correlation temporal;
};

/// A fire drill that is held again and again.
struct scheduled_drill {
  drill_request what;
  /// Held at the multiples of this (counted from midnight UTC where it divides a day), `offset` later.
  duration every{};
  duration offset{};
};

/// Somebody who takes shifts. What is empty cannot be used to reach them.
struct on_call_person {
  std::string name;
  std::string email;
  std::string phone;
  std::string slack;
  /// Their receiver has a channel; it has none where all of its `when` are empty.
  bool reachable = false;
};

/// The receiver that is made for each person: `on-call/ann`.
std::string receiver_of_person(std::string_view person);

struct on_call_rules {
  std::vector<on_call_person> people;
  std::vector<on_call_schedule> schedules;

  /// The person (schedule) of that name, or null.
  const on_call_person* find_person(std::string_view name) const noexcept;
  const on_call_schedule* find_schedule(std::string_view name) const noexcept;
  /// Those whose person can be reached. Another configuration may have left somebody out who had taken over: then
  /// whoever is on call by the layers is.
  std::vector<on_call_override> in_force(std::vector<on_call_override> overrides) const;
};

/// The shortest retention there is: budgets of a day count what was sent that day.
inline constexpr duration shortest_retention = std::chrono::hours{24};
/// What `history.retention` and `--data.retention` may say, for errors.
inline constexpr std::string_view retention_form = "0 (keep for ever) or a duration of at least 1d such as 90d";
constexpr bool is_retention(duration d) noexcept {
  return d == duration::zero() || d >= shortest_retention;
}

/// The whole configuration.
struct config {
  // global
  duration resolve_timeout = std::chrono::minutes{5};
  /// For alerts that came by webhook without an end: Alertmanager repeats them
  /// only every `repeat_interval` and may be told not to send resolved ones.
  duration webhook_resolve_timeout = std::chrono::hours{24};
  /// Maps other values of the label `severity` (`page`, `P1`, `error`) to ours.
  std::map<std::string, severity, std::less<>> severity_names;
  severity default_severity = severity::warning;
  /// Indexed by severity - 1.
  std::array<severity_defaults, 3> by_severity{};

  route_tree routes;
  /// By name.
  std::map<std::string, receiver, std::less<>> receivers;
  std::vector<inhibit_rule> inhibit_rules;
  std::vector<escalation_policy> escalation;
  /// What `time_intervals` and `mute_time_intervals` define, by name.
  std::map<std::string, std::vector<time_interval>, std::less<>> time_intervals;
  std::vector<maintenance_window> maintenance_windows;
  deduplication_rules deduplication;
  flapping_rules flapping;
  silence_rules silences;
  correlation_rules correlation;
  std::vector<hint> hints;
  std::vector<scheduled_drill> drills;
  on_call_rules on_call;
  /// How long history is kept; zero keeps it for ever.
  duration retention = std::chrono::hours{24 * 90};

  /// What texts of channels may use; null until it was read.
  std::shared_ptr<const templates::template_set> templates;
  /// How many files they came from.
  std::size_t template_files = 0;
  /// What is odd in the file, but no reason to refuse it.
  std::vector<std::string> warnings;

  /// The file it came from; empty for the built-in default.
  std::string source;
  /// See `alertmanager_view`.
  std::string alertmanager_yaml;
  /// In the order of the file.
  std::vector<std::string> receiver_names;
  /// Tells one loading from another within a process.
  std::uint64_t generation = 0;

  // Made once from the above, when loading is done: `hints`, `correlation.clusters`
  // and both sides of `inhibit_rules`, by position in their list.
  matcher_index hint_index;
  matcher_index cluster_index;
  matcher_index inhibition_sources;
  matcher_index inhibition_targets;

  const severity_defaults& defaults_for(severity s) const noexcept {
    return by_severity[static_cast<std::size_t>(s) - 1];
  }
  /// The severity that an alert's labels declare.
  severity severity_of(const label_set& labels) const noexcept;
  /// Some inhibit rule has alerts with these labels as its source.
  bool is_inhibition_source(const label_set& labels) const noexcept;
  /// Some inhibit rule may suppress alerts with these labels.
  bool is_inhibition_target(const label_set& labels) const noexcept;
  /// What the first hint for alerts with these labels says, or null.
  const advice* advice_for(const label_set& labels) const;
  /// The channel of that id (`ops/webhook/0`), or null.
  const channel* find_channel(std::string_view id) const noexcept;
  /// The receiver of that name, or null.
  const receiver* find_receiver(std::string_view name) const noexcept;
};

using config_ptr = std::shared_ptr<const config>;

} // namespace tocsin::config
