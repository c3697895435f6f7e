// What keeps a noisy system quiet: deduplication, flapping, the limits of silences.

#include <array>
#include <string_view>

#include "config/parts.hpp"

namespace tocsin::config {

namespace {

/// What a block that says nothing of `changes` counts as flapping.
constexpr std::size_t usual_changes = 6;

} // namespace

deduplication_rules read_deduplication(const value& v) {
  deduplication_rules rules;
  if (!v.is_set() || !v.is_map()) return rules;
  constexpr std::array<std::string_view, 1> keys{"labels"};
  v.only({keys});
  rules.labels = read_names(v["labels"], "a label name");
  return rules;
}

flapping_rules read_flapping(const value& v) {
  flapping_rules rules;
  if (!v.is_set() || !v.is_map()) return rules;
  constexpr std::array<std::string_view, 3> keys{"changes", "window", "calm"};
  v.only({keys});
  rules.changes = read_count(v["changes"], usual_changes);
  rules.window = read_positive_duration(v["window"]).value_or(rules.window);
  rules.calm = read_positive_duration(v["calm"]).value_or(rules.calm);
  return rules;
}

silence_rules read_silences(const value& v) {
  silence_rules rules;
  if (!v.is_set() || !v.is_map()) return rules;
  constexpr std::array<std::string_view, 2> keys{"max_breadth", "retention"};
  v.only({keys});
  rules.max_breadth = read_count(v["max_breadth"], rules.max_breadth);
  rules.retention = read_positive_duration(v["retention"]).value_or(rules.retention);
  return rules;
}

} // namespace tocsin::config
