#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "config/parts.hpp"

namespace tocsin::config {

namespace {

constexpr std::array<std::string_view, 13> route_keys{
    "receiver", "group_by", "group_wait", "group_interval",      "repeat_interval",       "matchers", "match",
    "match_re", "continue", "routes",     "mute_time_intervals", "active_time_intervals", "labels"};

constexpr std::string_view every_label = "...";

std::vector<matcher> read_route_matchers(const value& v) {
  auto all = read_match_map(v["match"], match_op::equal);
  for (auto&& list : {read_match_map(v["match_re"], match_op::regex), read_matchers(v["matchers"])}) {
    all.insert(all.end(), list.begin(), list.end());
  }
  std::sort(all.begin(), all.end(), [](const matcher& a, const matcher& b) {
    return std::forward_as_tuple(a.name(), a.value(), a.op()) < std::forward_as_tuple(b.name(), b.value(), b.op());
  });
  return all;
}

void read_group_by(const value& v, route& out) {
  // As in Alertmanager an empty list is no word at all: the parent's holds, and the root's is empty anyway.
  if (v.items().empty()) return;
  out.group_by.clear();
  out.group_by_all = false;
  name_set seen;
  for (const auto& one : v.items()) {
    const auto label = read_text(one);
    if (label.empty()) one.expected("a label name");
    if (!seen.insert(label).second) one.complain("the label " + one.quoted() + " is in group_by twice");
    out.group_by_all = out.group_by_all || label == every_label;
    out.group_by.push_back(label);
  }
  if (out.group_by_all && out.group_by.size() > 1) {
    v.complain("expected either '...' alone, which groups by every label, or label names, found both");
  }
  if (out.group_by_all) out.group_by.clear();
  std::sort(out.group_by.begin(), out.group_by.end());
}

void read_times(const value& v, route& out) {
  if (const auto wait = read_duration(v["group_wait"])) out.group_wait = wait;
  if (const auto interval = read_positive_duration(v["group_interval"])) out.group_interval = interval;
  if (const auto repeat = read_positive_duration(v["repeat_interval"])) out.repeat_interval = repeat;
}

/// Over what the parent has; an empty value takes a label away again.
label_set read_route_labels(const value& v, const label_set& inherited) {
  if (!v.is_set()) return inherited;
  std::map<std::string, std::string> merged;
  for (const auto [name, text] : inherited) merged.emplace(name, text);
  for (const auto& [name, text] : v.entries()) {
    if (name.empty()) text.complain("expected a label name, found \"\"");
    merged.insert_or_assign(name, read_text(text));
  }
  std::vector<label_view> views;
  for (const auto& [name, text] : merged) {
    if (!text.empty()) views.push_back({name, text});
  }
  return label_set::from(views);
}

void check_root(const value& v, const route& root) {
  if (root.receiver.empty()) v.complain("the root route needs a receiver; add receiver");
  for (const auto key : {"matchers", "match", "match_re"}) {
    const auto found = v[key];
    if (!found.is_set() || root.matchers.empty()) continue;
    found.complain("the root route takes every alert and cannot have matchers; move them to a route in routes");
  }
  for (const auto key : {"mute_time_intervals", "active_time_intervals"}) {
    if (v[key].items().empty()) continue;
    v[key].complain("the root route cannot have time intervals; move them to a route in routes");
  }
  if (root.continues) v["continue"].complain("the root route has no siblings to continue with; remove continue");
}

class builder {
 public:
  builder(const receiver_map& receivers, const interval_map& intervals)
      : receivers_(receivers), intervals_(intervals) {}

  route_tree build(const value& v) {
    route root;
    fill_in(v, root);
    check_root(v, root);
    root.path = to_string(root.matchers);
    add(v, std::move(root));
    return route_tree(std::move(routes_));
  }

 private:
  /// Reads what the route says itself over what `out` has inherited.
  void fill_in(const value& v, route& out) {
    v.only({route_keys});
    if (v["receiver"].is_set()) out.receiver = read_text(v["receiver"]);
    if (!out.receiver.empty() && !receivers_.contains(out.receiver)) {
      v["receiver"].complain("the receiver \"" + std::string(v["receiver"].raw())
                             + "\" is not defined; define it in receivers");
    }
    out.matchers = read_route_matchers(v);
    read_group_by(v["group_by"], out);
    read_times(v, out);
    out.continues = read_flag(v["continue"], false);
    out.labels = read_route_labels(v["labels"], out.labels);
    // Not inherited: a route that says nothing has none.
    out.mute_time_intervals = read_interval_names(v["mute_time_intervals"], intervals_);
    out.active_time_intervals = read_interval_names(v["active_time_intervals"], intervals_);
  }

  std::size_t add(const value& v, route r) {
    r.key = r.receiver + "@" + r.path;
    if (const auto number = ++uses_[r.key]; number > 1) r.key.append("#").append(std::to_string(number));
    const auto index = routes_.size();
    routes_.push_back(std::move(r));
    for (const auto& child : v["routes"].maps()) {
      auto next = inherit(routes_[index]);
      fill_in(child, next);
      next.path.append("/").append(to_string(next.matchers));
      const auto child_index = add(child, std::move(next));
      routes_[index].children.push_back(child_index);
    }
    return index;
  }

  static route inherit(const route& parent) {
    auto child = parent;
    child.key.clear();
    child.children.clear();
    return child;
  }

  const receiver_map& receivers_;
  const interval_map& intervals_;
  std::map<std::string, int> uses_;
  std::vector<route> routes_;
};

} // namespace

route_tree read_routes(const value& v, const receiver_map& receivers, const interval_map& intervals) {
  if (!v.is_set()) {
    v.complain("no route; every alert needs one: add route with a receiver");
    return {};
  }
  if (!v.is_map()) return {};
  return builder(receivers, intervals).build(v);
}

} // namespace tocsin::config
