#pragma once

#include <string>
#include <string_view>

#include "protocols/templates/value.hpp"

/// Times as Go writes them.
namespace tocsin::templates {

/// `layout` with the reference time's parts (`2006-01-02 15:04:05 MST`, `Jan`,
/// `Monday`, `3:04PM`, `Z07:00`, `.000` and the others) replaced by those of `m`.
std::string format_time(const moment& m, std::string_view layout);

/// `2026-11-24 12:00:00.12 +0000 UTC`, as Go's time.Time prints.
std::string time_text(const moment& m);

/// RFC 3339 with the zone's offset and as many digits of the second as needed.
std::string json_time(const moment& m);

/// The parts of a moment in its zone.
struct local_time {
  std::chrono::year_month_day date;
  std::chrono::weekday weekday;
  int day_of_year = 1;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int millisecond = 0;
  int offset_seconds = 0;
  std::string abbreviation;
};
local_time local_time_of(const moment& m);

} // namespace tocsin::templates
