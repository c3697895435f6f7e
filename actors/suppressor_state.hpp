#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "config/config.hpp"
#include "protocols/messages.hpp"

namespace tocsin {

/// Knows which alerts suppress which others. Pure: time comes in by argument.
///
/// For each rule its firing sources are kept under the values of the rule's
/// `equal` labels, so that a question costs a look-up for each rule and not a
/// walk over all sources.
class suppressor_state {
 public:
  explicit suppressor_state(config::config_ptr config);

  /// A source fires until `fires_until`, or has ended when that is past.
  void observe(timestamp now, const inhibition_source& source);

  /// Why an alert with these labels is suppressed, or the empty string. An alert
  /// that matches both sides of a rule is not suppressed by another that does too.
  std::string reason(timestamp now, const label_set& labels);

  /// How many sources are known, over all rules.
  std::size_t sources() const noexcept;

 private:
  using sources_by_labels = std::unordered_map<label_set, timestamp>;

  struct rule_index {
    /// From the values of the `equal` labels to the sources that have them.
    std::unordered_map<std::string, sources_by_labels> by_equal;
  };

  config::config_ptr config_;
  std::vector<rule_index> index_;
};

} // namespace tocsin
