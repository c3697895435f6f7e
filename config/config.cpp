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

const channel* config::find_channel(std::string_view id) const noexcept {
  for (const auto& [name, receiver] : receivers) {
    for (const auto& c : receiver.channels) {
      if (c.id == id) return &c;
    }
  }
  return nullptr;
}

const on_call_person* on_call_rules::find_person(std::string_view name) const noexcept {
  const auto found = std::find_if(people.begin(), people.end(), [name](const auto& p) { return p.name == name; });
  return found == people.end() ? nullptr : &*found;
}

const on_call_schedule* on_call_rules::find_schedule(std::string_view name) const noexcept {
  const auto found = std::find_if(schedules.begin(), schedules.end(), [name](const auto& s) { return s.name == name; });
  return found == schedules.end() ? nullptr : &*found;
}

std::vector<on_call_override> on_call_rules::in_force(std::vector<on_call_override> overrides) const {
  std::erase_if(overrides, [this](const on_call_override& o) {
    const auto* person = find_person(o.person);
    return !person || !person->reachable;
  });
  return overrides;
}

const receiver* config::find_receiver(std::string_view name) const noexcept {
  const auto found = receivers.find(name);
  return found == receivers.end() ? nullptr : &found->second;
}

bool config::is_inhibition_source(const label_set& labels) const noexcept {
  return inhibition_sources.any_match(labels);
}

bool config::is_inhibition_target(const label_set& labels) const noexcept {
  return inhibition_targets.any_match(labels);
}

const advice* config::advice_for(const label_set& labels) const {
  auto first = hints.size();
  hint_index.for_each_match(labels, [&first](std::size_t position) {
    first = std::min(first, position);
    return true;
  });
  return first == hints.size() ? nullptr : &hints[first].what;
}

} // namespace tocsin::config
