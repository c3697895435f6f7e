#include "actors/suppressor_state.hpp"

#include <utility>

namespace tocsin {

namespace {

/// The values of the `equal` labels as one key; a missing label is an empty value.
std::string key_of(const config::inhibit_rule& rule, const label_set& labels) {
  std::string key;
  for (const auto& name : rule.equal) {
    key += labels.get(name);
    key += '\xFF';
  }
  return key;
}

std::string describe(const config::inhibit_rule& rule, const label_set& source) {
  std::string text = "inhibited by ";
  const auto name = source.get("alertname");
  text += name.empty() ? std::string_view("an alert") : name;
  text += " (" + fingerprint_fnv(source) + ")";
  if (!rule.name.empty()) text += ", rule " + rule.name;
  return text;
}

} // namespace

suppressor_state::suppressor_state(config::config_ptr config)
    : config_(std::move(config)), index_(config_->inhibit_rules.size()) {}

void suppressor_state::observe(timestamp now, const inhibition_source& source) {
  for (std::size_t i = 0; i < index_.size(); ++i) {
    const auto& rule = config_->inhibit_rules[i];
    if (!all_match(rule.source, source.labels)) continue;
    auto& by_equal = index_[i].by_equal;
    const auto key = key_of(rule, source.labels);
    if (source.fires_until > now) {
      by_equal[key][source.labels] = source.fires_until;
      continue;
    }
    const auto found = by_equal.find(key);
    if (found == by_equal.end()) continue;
    found->second.erase(source.labels);
    if (found->second.empty()) by_equal.erase(found);
  }
}

std::string suppressor_state::reason(timestamp now, const label_set& labels) {
  for (std::size_t i = 0; i < index_.size(); ++i) {
    const auto& rule = config_->inhibit_rules[i];
    if (!all_match(rule.target, labels)) continue;
    const auto found = index_[i].by_equal.find(key_of(rule, labels));
    if (found == index_[i].by_equal.end()) continue;
    std::erase_if(found->second, [now](const auto& source) { return source.second <= now; });
    const auto both_sides = all_match(rule.source, labels);
    for (const auto& [source, until] : found->second) {
      if (both_sides && all_match(rule.target, source)) continue;
      return describe(rule, source);
    }
  }
  return {};
}

std::size_t suppressor_state::sources() const noexcept {
  std::size_t count = 0;
  for (const auto& rule : index_) {
    for (const auto& [key, sources] : rule.by_equal) count += sources.size();
  }
  return count;
}

} // namespace tocsin
