#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "config/config.hpp"
#include "protocols/label_set.hpp"
#include "protocols/time.hpp"

namespace tocsin {

/// Finds alerts that come and go. Pure: time comes in by argument.
///
/// It remembers when each alert changed (began or ended). More changes within the
/// rules' window than they allow are flapping; that ends once the alert has not
/// changed for the rules' `calm`.
class flap_detector {
 public:
  explicit flap_detector(config::flapping_rules rules) : rules_(rules) {}

  /// Notes a change. True when the alert is flapping since this one.
  bool note(timestamp now, const label_set& labels);
  bool flapping(const label_set& labels) const;
  /// The alerts that have come to rest by now; they are not flapping any more.
  /// Forgets what is too old to count.
  std::vector<label_set> settle(timestamp now);
  /// When to call `settle` next, at the latest; unset when there is nothing to watch.
  std::optional<timestamp> next_deadline() const noexcept { return deadline_; }
  /// It remembers nothing, so nothing is lost when it goes.
  bool empty() const noexcept { return known_.empty(); }

  /// When alerts changed last, oldest first; `note` called with them remembers the same again.
  std::vector<std::pair<label_set, std::vector<timestamp>>> remembered() const;
  /// `flapping: 7 changes within 15m`
  std::string describe(const label_set& labels) const;

 private:
  struct record {
    std::deque<timestamp> changes; ///< never empty; at most one more than the rules allow
    bool flapping = false;
  };

  timestamp deadline_of(const record& r) const;

  config::flapping_rules rules_;
  std::unordered_map<label_set, record> known_;
  /// No record's own deadline is earlier. May be too early: a change moves one later.
  std::optional<timestamp> deadline_;
};

} // namespace tocsin
