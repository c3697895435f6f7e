#pragma once

#include <string>
#include <vector>

#include "config/client_order.hpp"
#include "config/config.hpp"
#include "protocols/result.hpp"

/// What `tocsin routes` does: looks at the tree of routes of a configuration, without a running program.
namespace tocsin::config {

/// The tree, a route a line, with matchers, receiver, grouping and times.
std::string show_routes(const config& c);

struct route_answer {
  /// Each route on the way and why it takes the alert or does not, and in the last line who is told.
  std::string text;
  /// What differs from the receivers that were expected; empty when nothing does.
  std::string complaint;
};

/// Walks the tree with an alert that has these labels, `severity=critical`.
/// @returns a failure when a label cannot be read.
result<route_answer> test_routes(const config& c, const route_order& order);

} // namespace tocsin::config
