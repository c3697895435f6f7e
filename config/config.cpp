#include "config/config.hpp"

#include <algorithm>

#include "config/severity_word.hpp"

namespace tocsin::config {

severity config::severity_of(const label_set& labels) const noexcept {
  const auto value = labels.get("severity");
  if (value.empty()) return default_severity;
  if (const auto usual = parse_severity(value)) return *usual;
  const severity_word lower(value);
  if (const auto usual = parse_severity(lower.text())) return *usual;
  const auto named = severity_names.find(lower.text());
  return named == severity_names.end() ? default_severity : named->second;
}

const receiver* config::find_receiver(std::string_view name) const noexcept {
  const auto found = receivers.find(name);
  return found == receivers.end() ? nullptr : &found->second;
}

bool config::is_inhibition_source(const label_set& labels) const noexcept {
  return std::any_of(inhibit_rules.begin(), inhibit_rules.end(),
                     [&labels](const auto& rule) { return all_match(rule.source, labels); });
}

bool config::is_inhibition_target(const label_set& labels) const noexcept {
  return std::any_of(inhibit_rules.begin(), inhibit_rules.end(),
                     [&labels](const auto& rule) { return all_match(rule.target, labels); });
}

} // namespace tocsin::config
