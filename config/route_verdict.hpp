#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "config/route_tree.hpp"
#include "protocols/label_set.hpp"

namespace tocsin::config {

/// Why a route of the configuration takes an alert, or does not.
struct route_verdict {
  /// As `route::key` names it.
  std::string route;
  std::string receiver;
  bool taken = false;
  std::string why;
  /// How many routes stand above it; 0 for the root.
  std::size_t depth = 0;
  /// It was not looked at since a route above it was passed over or does not match.
  bool below_another = false;
};

/// Why each route takes an alert with these labels or does not: depth first, in the order of the file.
std::vector<route_verdict> judge_routes(const route_tree& routes, const label_set& labels);

} // namespace tocsin::config
