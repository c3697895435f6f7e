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

date::sys_info info_of(const date::time_zone& zone, timestamp t) {
  return zone.get_info(std::chrono::floor<std::chrono::seconds>(t));
}

/// A zone of the machine, or null for UTC.
struct chosen_zone {
  const date::time_zone* zone = nullptr;
};

std::optional<chosen_zone> choose_zone(std::string_view name) {
  if (name.empty() || name == "UTC") return chosen_zone{};
  if (name == "Local") return chosen_zone{local_zone()};
  const auto* found = find_zone(name);
  return found ? std::optional(chosen_zone{found}) : std::nullopt;
}

} // namespace

std::optional<std::chrono::seconds> offset_at(std::string_view zone, timestamp t) {
  const auto chosen = choose_zone(zone);
  if (!chosen) return std::nullopt;
  return chosen->zone ? info_of(*chosen->zone, t).offset : std::chrono::seconds{0};
}

std::optional<zone_clock> zone_clock_at(std::string_view zone, timestamp t) {
  const auto chosen = choose_zone(zone);
  if (!chosen) return std::nullopt;
  if (!chosen->zone) return zone_clock{};
  auto info = info_of(*chosen->zone, t);
  return zone_clock{info.offset, std::move(info.abbrev)};
}

bool is_time_zone(std::string_view name) {
  return name.empty() || name == "UTC" || name == "Local" || find_zone(name) != nullptr;
}

} // namespace tocsin
