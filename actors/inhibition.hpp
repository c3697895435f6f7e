#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "config/config.hpp"
#include "protocols/messages.hpp"

namespace tocsin {

/// Knows which firing alerts inhibit which others. Pure: time comes in by argument.
///
/// For each rule its sources are kept under the values of the rule's `equal`
/// labels, so that a question costs a look-up for each rule that concerns the
/// alert, and not a walk over all sources.
///
/// Rules may form a cycle: a inhibits b and b inhibits a. Of the alerts in a cycle
/// that nothing outside of it inhibits, the most urgent one is told.
class inhibition {
 public:
  explicit inhibition(config::config_ptr config);

  /// A source fires until `fires_until`, or has ended when that is past.
  void observe(timestamp now, const inhibition_source& source);

  /// What inhibits an alert with these labels, if anything does. An alert that
  /// matches both sides of a rule is not inhibited by another that does too.
  suppression reason(timestamp now, const label_set& labels);

  /// How many sources are known, over all rules.
  std::size_t sources() const noexcept;

 private:
  /// Until when a source fires, and whether its sender has said so.
  struct lease {
    timestamp until{};
    bool derived = true;
  };
  using firing = std::unordered_map<label_set, lease>;

  /// The sources of one rule with the same values of its `equal` labels.
  struct bucket {
    firing causes;     ///< match the source side alone
    firing both_sides; ///< match the target side as well
  };

  /// Called with each alert that inhibits another and the rule by which it does, until it returns false.
  using visitor = std::function<bool(const config::inhibit_rule& rule, const label_set& source)>;

  bool visit_firing(timestamp now, const config::inhibit_rule& rule, firing& sources, const visitor& visit);
  void visit_inhibitors(timestamp now, const label_set& labels, const visitor& visit);
  bool is_inhibited(timestamp now, const label_set& labels);
  bool is_told_of_its_cycle(timestamp now, const label_set& labels);
  const std::string& key_of(const config::inhibit_rule& rule, const label_set& labels);

  config::config_ptr config_;
  /// For each rule, by the values of the `equal` labels.
  std::vector<std::unordered_map<std::string, bucket>> index_;
  std::string key_; ///< kept for its memory
};

} // namespace tocsin
