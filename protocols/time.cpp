#include "protocols/time.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace tocsin {

namespace {

using namespace std::chrono_literals;
using std::chrono::days;

constexpr timestamp first_moment{std::chrono::sys_days{std::chrono::year{1} / 1 / 1}};
constexpr timestamp last_moment = std::chrono::sys_days{std::chrono::year{10000} / 1 / 1} - 1ms;

constexpr std::size_t quoted_at_most = 64;

std::string quoted(std::string_view text) {
  std::string out = "\"";
  out.append(text.substr(0, quoted_at_most));
  if (text.size() > quoted_at_most) out += "…";
  out += '"';
  return out;
}

/// Takes a text apart from its front.
class scanner {
 public:
  explicit scanner(std::string_view text) noexcept : rest_(text) {}

  bool done() const noexcept { return rest_.empty(); }

  bool take(char c) noexcept {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// Exactly `count` digits.
  bool digits(std::size_t count, int& number) noexcept {
    if (rest_.size() < count) return false;
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!is_digit(rest_[i])) return false;
      value = value * 10 + (rest_[i] - '0');
    }
    number = value;
    rest_.remove_prefix(count);
    return true;
  }

  /// 1 to 9 digits of a fraction, of which the first three count.
  bool fraction(int& millis) noexcept {
    constexpr std::size_t most = 9;
    std::size_t count = 0;
    int value = 0;
    for (; count < rest_.size() && is_digit(rest_[count]); ++count) {
      if (count < 3) value = value * 10 + (rest_[count] - '0');
    }
    if (count == 0 || count > most) return false;
    for (auto i = count; i < 3; ++i) value *= 10;
    millis = value;
    rest_.remove_prefix(count);
    return true;
  }

 private:
  static constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

  std::string_view rest_;
};

/// A time as it is written, before it is looked at.
struct written_time {
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int millis = 0;
  int offset_sign = 1;
  int offset_hour = 0;
  int offset_minute = 0;
};

bool scan_zone(scanner& in, written_time& t) noexcept {
  if (in.done() || in.take('Z')) return true;
  if (in.take('-')) {
    t.offset_sign = -1;
  } else if (!in.take('+')) {
    return false;
  }
  return in.digits(2, t.offset_hour) && in.take(':') && in.digits(2, t.offset_minute);
}

bool scan(std::string_view text, written_time& t) noexcept {
  scanner in(text);
  if (!in.digits(4, t.year) || !in.take('-') || !in.digits(2, t.month) || !in.take('-') || !in.digits(2, t.day)) {
    return false;
  }
  if (in.done()) return true;
  if (!in.take('T') || !in.digits(2, t.hour) || !in.take(':') || !in.digits(2, t.minute) || !in.take(':')
      || !in.digits(2, t.second)) {
    return false;
  }
  if (in.take('.') && !in.fraction(t.millis)) return false;
  return scan_zone(in, t) && in.done();
}

std::chrono::year_month_day date_of(const written_time& t) noexcept {
  return std::chrono::year{t.year} / std::chrono::month{static_cast<unsigned>(t.month)}
         / std::chrono::day{static_cast<unsigned>(t.day)};
}

/// Which part of the time does not exist; empty when all do.
std::string_view out_of_range(const written_time& t) noexcept {
  if (t.year == 0) return "year";
  if (t.month < 1 || t.month > 12) return "month";
  if (!date_of(t).ok()) return "day";
  if (t.hour > 23) return "hour";
  if (t.minute > 59) return "minute";
  if (t.second > 59) return "second";
  if (t.offset_hour > 23 || t.offset_minute > 59) return "offset";
  return {};
}

timestamp moment(const written_time& t) noexcept {
  const auto offset = t.offset_sign * (std::chrono::hours{t.offset_hour} + std::chrono::minutes{t.offset_minute});
  return std::chrono::sys_days{date_of(t)} + std::chrono::hours{t.hour} + std::chrono::minutes{t.minute}
         + std::chrono::seconds{t.second} + std::chrono::milliseconds{t.millis} - offset;
}

/// Writes `number` with leading zeros.
char* put(char* out, unsigned number, int width) noexcept {
  for (auto i = width; i-- > 0; number /= 10) out[i] = static_cast<char>('0' + number % 10);
  return out + width;
}

char* put_fraction(char* out, unsigned millis, time_precision precision) noexcept {
  if (precision == time_precision::trimmed && millis == 0) return out;
  *out++ = '.';
  out = put(out, millis, 3);
  while (precision == time_precision::trimmed && out[-1] == '0') --out;
  return out;
}

struct time_unit {
  std::string_view name;
  std::int64_t millis;
  /// Only written when the whole duration is a multiple of it: `8d`, not `1w1d`.
  bool only_whole;
};

constexpr std::array<time_unit, 7> units{{{"y", duration{365 * 24h}.count(), true},
                                          {"w", duration{7 * 24h}.count(), true},
                                          {"d", duration{24h}.count(), false},
                                          {"h", duration{1h}.count(), false},
                                          {"m", duration{1min}.count(), false},
                                          {"s", duration{1s}.count(), false},
                                          {"ms", 1, false}}};

/// As far as 64-bit nanoseconds reach (292 years), so that sums with a moment cannot overflow.
constexpr std::int64_t longest_millis = std::numeric_limits<std::int64_t>::max() / 1'000'000;

std::size_t unit_index(std::string_view name) noexcept {
  const auto found = std::find_if(units.begin(), units.end(), [name](const auto& unit) { return unit.name == name; });
  return static_cast<std::size_t>(found - units.begin());
}

tl::unexpected<failure> bad_duration(std::string_view text, std::string_view why) {
  return fail("not a duration: " + quoted(text) + " (" + std::string(why)
              + "); expected numbers with the units y w d h m s ms in this order, such as 30s or 1h30m");
}

} // namespace

void append_rfc3339(std::string& out, timestamp t, time_precision precision) {
  // What lies outside has no four-digit year.
  t = std::clamp(t, first_moment, last_moment);
  const auto day = std::chrono::floor<days>(t);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{t - day};
  std::array<char, 32> text;
  auto* at = put(text.data(), static_cast<unsigned>(static_cast<int>(date.year())), 4);
  *at++ = '-';
  at = put(at, static_cast<unsigned>(date.month()), 2);
  *at++ = '-';
  at = put(at, static_cast<unsigned>(date.day()), 2);
  *at++ = 'T';
  at = put(at, static_cast<unsigned>(time.hours().count()), 2);
  *at++ = ':';
  at = put(at, static_cast<unsigned>(time.minutes().count()), 2);
  *at++ = ':';
  at = put(at, static_cast<unsigned>(time.seconds().count()), 2);
  at = put_fraction(at, static_cast<unsigned>(time.subseconds().count()), precision);
  *at++ = 'Z';
  out.append(text.data(), at);
}

std::string to_rfc3339(timestamp t, time_precision precision) {
  std::string out;
  append_rfc3339(out, t, precision);
  return out;
}

result<std::optional<timestamp>> parse_rfc3339(std::string_view text) {
  if (text.empty()) return std::nullopt;
  written_time t;
  if (!scan(text, t)) {
    return fail("not a time: " + quoted(text) + "; expected RFC 3339, such as 2026-11-24T08:00:00Z");
  }
  if (const auto part = out_of_range(t); !part.empty()) {
    return fail("not a time: " + quoted(text) + " (the " + std::string(part)
                + " is out of range); expected RFC 3339, such as 2026-11-24T08:00:00Z");
  }
  if (t.year == 1) return std::nullopt;
  return moment(t);
}

result<duration> parse_duration(std::string_view text) {
  if (text.empty()) return bad_duration(text, "it is empty");
  if (text == "0") return duration::zero();
  std::int64_t total = 0;
  std::size_t next_unit = 0;
  const auto* at = text.data();
  const auto* end = at + text.size();
  while (at != end) {
    std::int64_t count = 0;
    // from_chars would take a minus sign.
    if (*at < '0' || *at > '9') return bad_duration(text, "a number is missing");
    const auto [behind, error] = std::from_chars(at, end, count);
    if (error != std::errc{}) return bad_duration(text, "a number is too large");
    const auto* unit_end = std::find_if(behind, end, [](char c) { return c < 'a' || c > 'z'; });
    const auto index = unit_index({behind, static_cast<std::size_t>(unit_end - behind)});
    if (behind == unit_end) return bad_duration(text, "a unit is missing");
    if (index == units.size()) return bad_duration(text, "unknown unit");
    if (index < next_unit) return bad_duration(text, "units out of order");
    if (count > (longest_millis - total) / units[index].millis) return bad_duration(text, "longer than 292 years");
    total += count * units[index].millis;
    next_unit = index + 1;
    at = unit_end;
  }
  return duration{total};
}

std::string format_duration(duration d) {
  if (d == duration::zero()) return "0s";
  // The magnitude of the lowest value does not fit a signed number.
  auto rest =
      d.count() < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(d.count()) : static_cast<std::uint64_t>(d.count());
  std::string out = d.count() < 0 ? "-" : "";
  for (const auto& unit : units) {
    const auto size = static_cast<std::uint64_t>(unit.millis);
    if (rest < size || (unit.only_whole && rest % size != 0)) continue;
    out += std::to_string(rest / size);
    out += unit.name;
    rest %= size;
  }
  return out;
}

} // namespace tocsin
