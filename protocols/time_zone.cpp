#include "protocols/time_zone.hpp"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

#include <date/tz.h>

namespace tocsin {

namespace {

/// The database, or null on a machine without one.
const date::tzdb* database() {
  try {
    return &date::get_tzdb();
  } catch (const std::runtime_error&) {
    return nullptr;
  }
}

/// The library's own search throws for a name that is not there.
const date::time_zone* find_zone(std::string_view name) {
  const auto* known = database();
  if (!known) return nullptr;
  const auto found = std::lower_bound(known->zones.begin(), known->zones.end(), name,
                                      [](const date::time_zone& z, std::string_view n) { return z.name() < n; });
  return found != known->zones.end() && found->name() == name ? &*found : nullptr;
}

/// The zone that `TZ` or the machine's settings name; null stands for UTC.
const date::time_zone* find_local_zone() {
  if (const char* set = std::getenv("TZ")) {
    std::string_view name(set);
    if (name.starts_with(':')) name.remove_prefix(1);
    return find_zone(name);
  }
  try {
    return date::current_zone();
  } catch (const std::runtime_error&) {
    return nullptr;
  }
}

/// Looked for once: it means reading a link in the file system.
const date::time_zone* local_zone() {
  static const date::time_zone* const found = find_local_zone();
  return found;
}

std::chrono::seconds offset_of(const date::time_zone& zone, timestamp t) {
  return zone.get_info(std::chrono::floor<std::chrono::seconds>(t)).offset;
}

} // namespace

std::optional<std::chrono::seconds> offset_at(std::string_view zone, timestamp t) {
  if (zone.empty() || zone == "UTC") return std::chrono::seconds{0};
  if (zone == "Local") {
    const auto* local = local_zone();
    return local ? offset_of(*local, t) : std::chrono::seconds{0};
  }
  const auto* found = find_zone(zone);
  if (!found) return std::nullopt;
  return offset_of(*found, t);
}

bool is_time_zone(std::string_view name) {
  return name.empty() || name == "UTC" || name == "Local" || find_zone(name) != nullptr;
}

} // namespace tocsin
