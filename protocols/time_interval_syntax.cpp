// The notation of time intervals, as Alertmanager's configuration has it. The
// messages say what was expected and leave it to the caller to show what came.

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>
#include <utility>

#include "protocols/time_interval.hpp"
#include "protocols/time_zone.hpp"

namespace tocsin {

namespace {

constexpr std::array<std::string_view, 7> weekday_names{"sunday",   "monday", "tuesday", "wednesday",
                                                        "thursday", "friday", "saturday"};

constexpr std::array<std::string_view, 12> month_names{"january",   "february", "march",    "april",
                                                       "may",       "june",     "july",     "august",
                                                       "september", "october",  "november", "december"};

constexpr std::int32_t longest_month = 31;
constexpr std::int32_t shortest_month = 28;
constexpr std::int32_t last_year = 9999;

bool equal_ignoring_case(std::string_view word, std::string_view lower_case) noexcept {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(word.begin(), word.end(), lower_case.begin(), lower_case.end(),
                    [&](char a, char b) { return lower(a) == b; });
}

/// The position of a name that is written out or by its first three letters.
std::optional<std::int32_t> find_name(std::span<const std::string_view> names, std::string_view word) noexcept {
  const auto found = std::find_if(names.begin(), names.end(), [word](std::string_view name) {
    return equal_ignoring_case(word, name) || equal_ignoring_case(word, name.substr(0, 3));
  });
  if (found == names.end()) return std::nullopt;
  return static_cast<std::int32_t>(found - names.begin());
}

std::optional<std::int32_t> read_number(std::string_view text) noexcept {
  std::int32_t number = 0;
  const auto* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  return number;
}

/// `first:last`, or one word for both. @param read gives the number that a word means.
template <class Read>
std::optional<number_range> read_range(std::string_view text, Read read) {
  const auto colon = text.find(':');
  const auto first = read(text.substr(0, colon));
  const auto last = colon == std::string_view::npos ? first : read(text.substr(colon + 1));
  if (!first || !last) return std::nullopt;
  return number_range{*first, *last};
}

std::optional<std::int32_t> read_month(std::string_view word) noexcept {
  if (const auto position = find_name(month_names, word)) return *position + 1;
  const auto number = read_number(word);
  return number && *number >= 1 && *number <= 12 ? number : std::nullopt;
}

std::optional<std::int32_t> read_day_of_month(std::string_view word) noexcept {
  const auto number = read_number(word);
  return number && *number != 0 && *number >= -longest_month && *number <= longest_month ? number : std::nullopt;
}

std::optional<std::int32_t> read_year(std::string_view word) noexcept {
  const auto number = read_number(word);
  return number && *number >= 1 && *number <= last_year ? number : std::nullopt;
}

/// Whether the range has no day even in the shortest month, counted as Alertmanager counts.
bool is_backwards(const number_range& r) noexcept {
  const auto earliest = [](std::int32_t n) { return n < 0 ? shortest_month + n : n; };
  return earliest(r.first) > earliest(r.last);
}

} // namespace

result<std::int32_t> parse_minute_of_day(std::string_view text) {
  constexpr auto expected = "expected a time of day such as 09:30, from 00:00 to 24:00";
  const auto digit = [&](std::size_t at) { return text[at] - '0'; };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.size() != 5 || text[2] != ':') return fail(expected);
  for (const std::size_t at : {0, 1, 3, 4}) {
    if (!is_digit(text[at])) return fail(expected);
  }
  const auto hour = digit(0) * 10 + digit(1);
  const auto minute = digit(3) * 10 + digit(4);
  if (minute > 59 || hour > 24 || (hour == 24 && minute > 0)) return fail(expected);
  return hour * 60 + minute;
}

result<number_range> parse_weekdays(std::string_view text) {
  const auto read = read_range(text, [](std::string_view word) { return find_name(weekday_names, word); });
  if (!read) return fail("expected a weekday such as monday, or the first and the last such as monday:friday");
  return *read;
}

result<number_range> parse_days_of_month(std::string_view text) {
  const auto read = read_range(text, read_day_of_month);
  if (!read) {
    return fail("expected a day from 1 to 31, or from -31 to -1 counted from the end of the month, or two such as 1:7");
  }
  if (read->first < 0 && read->last > 0) {
    return fail("expected a last day that is counted from the end of the month as the first one is, such as -3:-1");
  }
  if (is_backwards(*read)) return fail("expected a first day that is not after the last one, such as 1:7");
  return *read;
}

result<number_range> parse_months(std::string_view text) {
  const auto read = read_range(text, read_month);
  if (!read) return fail("expected a month such as january or 1, or the first and the last such as april:june");
  if (read->first > read->last) return fail("expected a first month that is not after the last one; write two ranges");
  return *read;
}

result<number_range> parse_years(std::string_view text) {
  const auto read = read_range(text, read_year);
  if (!read) return fail("expected a year such as 2026, or the first and the last such as 2026:2030");
  if (read->first > read->last) return fail("expected a first year that is not after the last one");
  return *read;
}

result<void> check_location(std::string_view name) {
  if (is_time_zone(name)) return {};
  return fail(
      "expected a time zone that this machine knows, such as Europe/Berlin, UTC or Local; if the name is right,"
      " install the package tzdata");
}

} // namespace tocsin
