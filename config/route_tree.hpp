#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "protocols/label_set.hpp"
#include "protocols/matcher.hpp"
#include "protocols/matcher_index.hpp"
#include "protocols/time.hpp"

namespace tocsin::config {

/// One node of the routing tree with everything it inherits already filled in.
struct route {
  /// Stable name across restarts and reloads that leave it as it is: its
  /// receiver and the matchers from the root to here, `ops@{}/{team="a"}`, with
  /// `#2`, `#3` … behind it when an earlier route has the same.
  std::string key;
  /// The matchers from the root to here as Alertmanager's group key begins: `{}/{team="a"}`.
  std::string path;
  std::string receiver;
  std::vector<matcher> matchers;
  std::vector<std::string> group_by; ///< sorted
  bool group_by_all = false;         ///< `group_by: ['...']`
  /// Unset: the window of the alert's severity.
  std::optional<duration> group_wait;
  /// Unset: the window of the alert's severity.
  std::optional<duration> group_interval;
  /// Unset: the repeat interval of the group's severity.
  std::optional<duration> repeat_interval;
  /// While one of these time intervals holds nothing is notified.
  std::vector<std::string> mute_time_intervals;
  /// If there are any, something is notified only while one of these holds.
  std::vector<std::string> active_time_intervals;
  /// Go onto the route's notifications, with those of its parents.
  label_set labels;
  bool continues = false;
  /// Indices of its children in the tree.
  std::vector<std::size_t> children;

  /// The values of this route's `group_by` labels that an alert with `alert_labels` has; a missing
  /// label is left out, as Alertmanager does.
  label_set group_labels(const label_set& alert_labels) const;
  /// Alertmanager's group key: `{}/{team="a"}:{alertname="t1"}`.
  std::string group_key(const label_set& group_labels) const;
};

/// All routes, the root first, every parent before its children. Immutable
/// once built; safe to read from any thread.
class route_tree {
 public:
  route_tree() = default;
  explicit route_tree(std::vector<route> routes);

  /// Those of the file.
  std::span<const route> routes() const noexcept { return std::span(routes_).first(of_file_); }
  /// Of the file, or of drills.
  const route& at(std::size_t index) const { return routes_.at(index); }

  /// Appends the indices of the routes that take an alert with these labels, in
  /// the order of the file: depth first, a node itself only if none of its
  /// children matched, and no further sibling after a match unless it `continues`.
  /// At least one, since the root matches everything.
  void match(const label_set& labels, std::vector<std::size_t>& out) const;

  /// Has the alerts of fire drills taken to the receiver that they name, past all routes.
  void add_drills(const std::vector<std::string>& receivers);
  /// The route of an alert that is a drill for one of these receivers; unset for all others.
  std::optional<std::size_t> drill_route(const label_set& labels) const noexcept;

  /// The route of that key, if there still is one.
  std::optional<std::size_t> find(std::string_view key) const noexcept;

 private:
  /// Does as `match` says below a route whose own matchers match.
  void descend(std::size_t index, const label_set& labels, std::vector<std::size_t>& out) const;
  bool try_children(const route& here, const label_set& labels, std::vector<std::size_t>& out) const;
  bool look_up_children(const route& here, const matcher_index& index, const label_set& labels,
                        std::vector<std::size_t>& out) const;

  /// Those of the file, and behind them one for each receiver that drills may go to.
  std::vector<route> routes_;
  std::size_t of_file_ = 0;
  /// By receiver.
  std::map<std::string, std::size_t, std::less<>> drills_;
  /// For routes with many children: their indices by what they ask for.
  std::unordered_map<std::size_t, matcher_index> indexed_;
};

} // namespace tocsin::config
