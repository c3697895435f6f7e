#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "http/alert_group_order.hpp"
#include "protocols/severity.hpp"
#include "protocols/time.hpp"

/// What needs people first. Pure functions.
namespace tocsin::http {

/// How urgent something is that fires, the most urgent smallest: not suppressed before suppressed; critical, warning,
/// info; nobody has it before somebody has; the higher level; the older one.
struct urgency {
  bool suppressed = false;
  severity how_bad = severity::info;
  bool acknowledged = false;
  /// Negated, so that the higher level comes first.
  int level = 0;
  timestamp since{};

  friend auto operator<=>(const urgency&, const urgency&) = default;
};

/// Where a group stands in the list: as urgent as that, and of that route and labels.
struct group_position {
  urgency how;
  group_cursor where;
};

/// By urgency; then by labels and route, so that no two stand at the same place.
bool before(const group_position& a, const group_position& b);

/// For a query: letters, digits, dots and dashes.
std::string to_string(const group_position& position);
std::optional<group_position> parse_group_position(std::string_view text);

} // namespace tocsin::http
