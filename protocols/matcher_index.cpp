#include "protocols/matcher_index.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace tocsin {

namespace {

/// The values under which a list with this matcher can be looked for; empty when
/// it cannot. A label that an alert lacks is in no bucket, so a matcher that an
/// empty value satisfies is none to be filed under.
std::vector<std::string_view> filing_values(const matcher& m) {
  auto values = m.exact_values();
  if (std::find(values.begin(), values.end(), std::string_view{}) != values.end()) return {};
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

} // namespace

const matcher_index::bucket* matcher_index::find_bucket(const label_view& label) const noexcept {
  const auto name = by_label_.find(label.name);
  if (name == by_label_.end()) return nullptr;
  const auto value = name->second.find(label.value);
  return value == name->second.end() ? nullptr : &value->second;
}

std::size_t matcher_index::crowd_at(const matcher& m, const std::vector<std::string_view>& values) const noexcept {
  std::size_t most = 0;
  for (const auto value : values) {
    const auto* there = find_bucket({m.name(), value});
    if (there) most = std::max(most, there->size());
  }
  return most;
}

const matcher* matcher_index::choose_place(const std::vector<matcher>& matchers) const {
  const matcher* best = nullptr;
  std::pair<std::size_t, std::size_t> best_cost;
  for (const auto& m : matchers) {
    const auto values = filing_values(m);
    if (values.empty()) continue;
    // Where the crowds are equal, fewer copies are better.
    const std::pair cost{crowd_at(m, values), values.size()};
    if (best && cost >= best_cost) continue;
    best = &m;
    best_cost = cost;
  }
  return best;
}

void matcher_index::add(std::size_t key, std::vector<matcher> matchers) {
  if (lists_.contains(key)) throw std::logic_error("matcher_index: the key " + std::to_string(key) + " is in use");
  auto list = std::make_shared<const std::vector<matcher>>(std::move(matchers));
  const auto* place = choose_place(*list);
  if (!place) {
    always_tried_.push_back({key, list});
  } else {
    auto& by_value = by_label_[place->name()];
    for (const auto value : filing_values(*place)) by_value[std::string(value)].push_back({key, list});
  }
  lists_.emplace(key, entry{std::move(list), place});
}

void matcher_index::remove(std::size_t key) {
  const auto found = lists_.find(key);
  if (found == lists_.end()) return;
  const auto erase_from = [key](bucket& b) { std::erase_if(b, [key](const filed& one) { return one.key == key; }); };
  const auto* place = found->second.place;
  if (!place) {
    erase_from(always_tried_);
  } else {
    const auto by_value = by_label_.find(place->name());
    for (const auto value : filing_values(*place)) {
      const auto there = by_value->second.find(value);
      erase_from(there->second);
      if (there->second.empty()) by_value->second.erase(there);
    }
    if (by_value->second.empty()) by_label_.erase(by_value);
  }
  lists_.erase(found);
}

void matcher_index::clear() {
  *this = {};
}

bool matcher_index::any_match(const label_set& labels) const {
  bool any = false;
  for_each_match(labels, [&any](std::size_t) {
    any = true;
    return false;
  });
  return any;
}

} // namespace tocsin
