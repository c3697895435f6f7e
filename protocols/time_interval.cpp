// When an interval holds. Its notation is read in time_interval_syntax.cpp.

#include "protocols/time_interval.hpp"

#include <algorithm>

#include "protocols/time_zone.hpp"

namespace tocsin {

namespace {

using std::chrono::days;
using std::chrono::year_month_day;

/// What the clock and the calendar at a place show.
struct local_time {
  std::chrono::local_days day;
  std::int32_t minute = 0;
};

local_time local_at(timestamp now, std::chrono::seconds offset) {
  const std::chrono::local_time<duration> shown{now.time_since_epoch() + offset};
  const auto day = std::chrono::floor<days>(shown);
  const auto minute = std::chrono::floor<std::chrono::minutes>(shown - day);
  return {day, static_cast<std::int32_t>(minute.count())};
}

bool has(const number_range& r, std::int32_t n) noexcept {
  return n >= r.first && n <= r.last;
}

bool any_has(const std::vector<number_range>& ranges, std::int32_t n) noexcept {
  return ranges.empty() || std::any_of(ranges.begin(), ranges.end(), [n](const auto& r) { return has(r, n); });
}

/// A week has no beginning: `saturday:sunday` goes on past its end.
bool has_weekday(const std::vector<number_range>& ranges, std::int32_t day) noexcept {
  const auto holds = [day](const number_range& r) {
    return r.first <= r.last ? has(r, day) : day >= r.first || day <= r.last;
  };
  return ranges.empty() || std::any_of(ranges.begin(), ranges.end(), holds);
}

/// The day of the month that a number means in a month of that length.
std::int32_t counted(std::int32_t number, std::int32_t length) noexcept {
  return number < 0 ? length + number + 1 : number;
}

bool has_day_of_month(const std::vector<number_range>& ranges, year_month_day date) noexcept {
  const std::chrono::year_month_day_last end_of_month{date.year(), std::chrono::month_day_last{date.month()}};
  const auto length = static_cast<std::int32_t>(static_cast<unsigned>(end_of_month.day()));
  const auto day = static_cast<std::int32_t>(static_cast<unsigned>(date.day()));
  // A day of the month is never below 1 or above the length, which clamps the range.
  const auto holds = [&](const number_range& r) {
    return day >= counted(r.first, length) && day <= counted(r.last, length);
  };
  return ranges.empty() || std::any_of(ranges.begin(), ranges.end(), holds);
}

/// Whether the day is one of those that the interval is about.
bool is_day_of(const time_interval& interval, std::chrono::local_days day) {
  const year_month_day date{day};
  return has_weekday(interval.weekdays, static_cast<std::int32_t>(std::chrono::weekday{day}.c_encoding()))
         && any_has(interval.months, static_cast<std::int32_t>(static_cast<unsigned>(date.month())))
         && any_has(interval.years, static_cast<int>(date.year())) && has_day_of_month(interval.days_of_month, date);
}

bool is_over_midnight(const minute_range& r) noexcept {
  return r.last <= r.first;
}

/// The part of the range that lies on the day on which it begins.
bool holds_on_its_day(const minute_range& r, std::int32_t minute) noexcept {
  return minute >= r.first && (minute < r.last || is_over_midnight(r));
}

/// The part that lies on the day after.
bool holds_on_the_next_day(const minute_range& r, std::int32_t minute) noexcept {
  return is_over_midnight(r) && minute < r.last;
}

} // namespace

bool time_interval::contains(timestamp now) const {
  const auto offset = offset_at(location, now);
  if (!offset) return false;
  const auto local = local_at(now, *offset);
  if (times.empty()) return is_day_of(*this, local.day);
  const auto any = [&](auto holds) {
    return std::any_of(times.begin(), times.end(), [&](const minute_range& r) { return holds(r, local.minute); });
  };
  return (any(holds_on_its_day) && is_day_of(*this, local.day))
         || (any(holds_on_the_next_day) && is_day_of(*this, local.day - days{1}));
}

bool any_contains(const std::vector<time_interval>& intervals, timestamp now) {
  return std::any_of(intervals.begin(), intervals.end(), [now](const time_interval& i) { return i.contains(now); });
}

} // namespace tocsin
