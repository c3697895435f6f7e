#include "config/route_tree.hpp"

#include <algorithm>

namespace tocsin::config {

label_set route::group_labels(const label_set& labels) const {
  if (group_by_all) return labels;
  std::vector<label_view> kept;
  kept.reserve(group_by.size());
  // Both lists are sorted by name: one walk through both.
  auto wanted = group_by.begin();
  for (const auto label : labels) {
    while (wanted != group_by.end() && *wanted < label.name) ++wanted;
    if (wanted == group_by.end()) break;
    if (*wanted == label.name) kept.push_back(label);
  }
  return label_set::from(kept);
}

std::string route::group_key(const label_set& group_labels) const {
  std::string text = path;
  text.append(":{");
  bool first = true;
  for (const auto [name, value] : group_labels) {
    if (!first) text.append(", ");
    first = false;
    text.append(name).push_back('=');
    append_go_quoted(text, value);
  }
  text.push_back('}');
  return text;
}

void route_tree::match(const label_set& labels, std::vector<std::size_t>& out) const {
  if (!routes_.empty()) match_from(0, labels, out);
}

bool route_tree::match_from(std::size_t index, const label_set& labels, std::vector<std::size_t>& out) const {
  const auto& here = routes_[index];
  if (!all_match(here.matchers, labels)) return false;
  bool taken = false;
  for (const auto child : here.children) {
    if (!match_from(child, labels, out)) continue;
    taken = true;
    if (!routes_[child].continues) break;
  }
  if (!taken) out.push_back(index);
  return true;
}

std::optional<std::size_t> route_tree::find(std::string_view key) const noexcept {
  const auto found = std::find_if(routes_.begin(), routes_.end(), [key](const route& r) { return r.key == key; });
  if (found == routes_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - routes_.begin());
}

} // namespace tocsin::config
