#include "config/route_tree.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "protocols/drill.hpp"

namespace tocsin::config {

namespace {

/// A look-up costs more than trying this many children.
constexpr std::size_t tried_one_by_one = 8;
/// More matching siblings than this are rare enough to try them one by one.
constexpr std::size_t most_found_at_once = 32;

/// A drill is over soon: word of its end must not wait for a group interval.
constexpr duration drill_interval = std::chrono::seconds{1};
constexpr duration drill_repeat = std::chrono::hours{24};

} // namespace

label_set route::group_labels(const label_set& alert_labels) const {
  if (group_by_all) return alert_labels;
  std::vector<label_view> kept;
  kept.reserve(group_by.size());
  // Both lists are sorted by name: one walk through both.
  auto wanted = group_by.begin();
  for (const auto label : alert_labels) {
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

route_tree::route_tree(std::vector<route> routes) : routes_(std::move(routes)), of_file_(routes_.size()) {
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    if (routes_[i].children.size() <= tried_one_by_one) continue;
    auto& index = indexed_[i];
    for (const auto child : routes_[i].children) index.add(child, routes_[child].matchers);
  }
}

void route_tree::add_drills(const std::vector<std::string>& receivers) {
  if (routes_.empty()) return;
  for (const auto& receiver : receivers) {
    route r;
    r.receiver = receiver;
    r.path = routes_.front().path + "/{alertname=\"" + std::string(drill_alert_name) + "\"}";
    r.key = receiver + "@" + r.path;
    r.group_by = {std::string(drill_label)};
    r.group_wait = duration::zero();
    r.group_interval = drill_interval;
    r.repeat_interval = drill_repeat;
    drills_.insert_or_assign(receiver, routes_.size());
    routes_.push_back(std::move(r));
  }
}

std::optional<std::size_t> route_tree::drill_route(const label_set& labels) const noexcept {
  if (labels.get("alertname") != drill_alert_name) return std::nullopt;
  const auto found = drills_.find(labels.get(drill_receiver_label));
  return found == drills_.end() ? std::nullopt : std::optional(found->second);
}

void route_tree::match(const label_set& labels, std::vector<std::size_t>& out) const {
  if (const auto drill = drill_route(labels)) return out.push_back(*drill);
  if (!routes_.empty() && all_match(routes_[0].matchers, labels)) descend(0, labels, out);
}

void route_tree::descend(std::size_t index, const label_set& labels, std::vector<std::size_t>& out) const {
  const auto& here = routes_[index];
  const auto found = here.children.size() > tried_one_by_one ? indexed_.find(index) : indexed_.end();
  const bool taken =
      found == indexed_.end() ? try_children(here, labels, out) : look_up_children(here, found->second, labels, out);
  if (!taken) out.push_back(index);
}

bool route_tree::try_children(const route& here, const label_set& labels, std::vector<std::size_t>& out) const {
  bool taken = false;
  for (const auto child : here.children) {
    if (!all_match(routes_[child].matchers, labels)) continue;
    descend(child, labels, out);
    taken = true;
    if (!routes_[child].continues) break;
  }
  return taken;
}

bool route_tree::look_up_children(const route& here, const matcher_index& index, const label_set& labels,
                                  std::vector<std::size_t>& out) const {
  std::array<std::size_t, most_found_at_once> found;
  std::size_t count = 0;
  bool too_many = false;
  index.for_each_match(labels, [&](std::size_t child) {
    too_many = count == found.size();
    if (!too_many) found[count++] = child;
    return !too_many;
  });
  if (too_many) return try_children(here, labels, out);
  // Children have rising indices, so that this is the order of the file.
  std::sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(count));
  for (std::size_t i = 0; i < count; ++i) {
    descend(found[i], labels, out);
    if (!routes_[found[i]].continues) break;
  }
  return count > 0;
}

std::optional<std::size_t> route_tree::find(std::string_view key) const noexcept {
  const auto found = std::find_if(routes_.begin(), routes_.end(), [key](const route& r) { return r.key == key; });
  if (found == routes_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - routes_.begin());
}

} // namespace tocsin::config
