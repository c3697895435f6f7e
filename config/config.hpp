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
#include "protocols/matcher.hpp"
#include "protocols/severity.hpp"
#include "protocols/time.hpp"

/// How the program is told what to do. A `config` is validated and immutable;
/// everything that reads it holds a `std::shared_ptr<const config>`.
namespace tocsin::config {

/// One step of an escalation: due `after` the alert began or the last step was
/// taken, while nobody has acknowledged.
struct escalation_step {
  duration after{};
  /// The severity the alert counts as from then on.
  std::optional<severity> raise_to;
  /// Whom to tell; the group's own receiver when empty.
  std::string receiver;
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
};

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
  /// How long history is kept; zero keeps it for ever.
  duration retention = std::chrono::hours{24 * 90};

  /// The file it came from; empty for the built-in default.
  std::string source;

  const severity_defaults& defaults_for(severity s) const noexcept {
    return by_severity[static_cast<std::size_t>(s) - 1];
  }
  /// The severity that an alert's labels declare.
  severity severity_of(const label_set& labels) const noexcept;
  /// Some inhibit rule has alerts with these labels as its source.
  bool is_inhibition_source(const label_set& labels) const noexcept;
  /// Some inhibit rule may suppress alerts with these labels.
  bool is_inhibition_target(const label_set& labels) const noexcept;
  /// The receiver of that name, or null.
  const receiver* find_receiver(std::string_view name) const noexcept;
};

using config_ptr = std::shared_ptr<const config>;

} // namespace tocsin::config
