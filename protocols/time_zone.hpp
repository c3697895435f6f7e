#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocols/time.hpp"

namespace tocsin {

/// How far the clock of a zone is ahead of UTC at a moment, by the tz database of
/// the machine. Empty is UTC, `Local` the zone of the machine (`TZ`, else
/// `/etc/localtime`) as it was when first asked. `std::nullopt` for a zone that the
/// machine does not know. Thread-safe; takes no lock once a zone has been read.
std::optional<std::chrono::seconds> offset_at(std::string_view zone, timestamp t);

/// What the clock of a zone shows at a moment.
struct zone_clock {
  std::chrono::seconds offset{0};   ///< ahead of UTC
  std::string abbreviation = "UTC"; ///< such as `CET` or `+03`
};

/// As `offset_at`, with the name of the time that is kept there.
std::optional<zone_clock> zone_clock_at(std::string_view zone, timestamp t);

/// Whether the machine knows the zone.
bool is_time_zone(std::string_view name);

} // namespace tocsin
