#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/inspect_std.hpp"
#include "protocols/result.hpp"
#include "protocols/time.hpp"

namespace tocsin {

/// Numbers from `first` to `last`, both included.
struct number_range {
  std::int32_t first = 0;
  std::int32_t last = 0;

  friend bool operator==(const number_range&, const number_range&) = default;
};

/// Minutes of a day, from `first` up to but not including `last` (at most 1440).
/// When `last` is not later than `first` the range goes on past midnight and
/// belongs to the day on which it begins: 22:00 to 06:00 on weekdays ends on
/// Saturday at 06:00.
struct minute_range {
  std::int32_t first = 0;
  std::int32_t last = 0;

  friend bool operator==(const minute_range&, const minute_range&) = default;
};

/// When something holds again and again, as Alertmanager's `time_intervals` say
/// it: every list that is not empty must have a range that contains the moment.
struct time_interval {
  std::vector<minute_range> times;
  /// 0 is Sunday.
  std::vector<number_range> weekdays;
  /// 1 to 31, or -31 to -1 counted from the end of the month.
  std::vector<number_range> days_of_month;
  std::vector<number_range> months;
  std::vector<number_range> years;
  /// An IANA name such as `Europe/Berlin`; empty is UTC, `Local` the machine's zone.
  std::string location;

  /// Whether `now` lies in it, on the clock that hangs at `location`; never at a
  /// place that this machine does not know. Thread-safe.
  bool contains(timestamp now) const;

  friend bool operator==(const time_interval&, const time_interval&) = default;
};

/// Whether one of them contains `now`; false for none.
bool any_contains(const std::vector<time_interval>& intervals, timestamp now);

// The notation of Alertmanager's configuration. Each failure says what was expected.

/// `22:00`, `24:00`; minutes since midnight.
result<std::int32_t> parse_minute_of_day(std::string_view text);
/// `monday`, `saturday:sunday`, also by their first three letters.
result<number_range> parse_weekdays(std::string_view text);
/// `1`, `1:7`, `-3:-1`.
result<number_range> parse_days_of_month(std::string_view text);
/// `january`, `1:3`, `may:august`, also by their first three letters.
result<number_range> parse_months(std::string_view text);
/// `2026`, `2026:2030`.
result<number_range> parse_years(std::string_view text);
/// A zone that this machine knows; the message says what to do otherwise.
result<void> check_location(std::string_view name);

template <class Inspector>
auto inspect(Inspector& f, number_range& x) {
  return f(x.first, x.last);
}
template <class Inspector>
auto inspect(Inspector& f, minute_range& x) {
  return f(x.first, x.last);
}
template <class Inspector>
auto inspect(Inspector& f, time_interval& x) {
  return f(x.times, x.weekdays, x.days_of_month, x.months, x.years, x.location);
}

} // namespace tocsin
