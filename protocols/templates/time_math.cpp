#include "protocols/templates/time_math.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "protocols/templates/go_time.hpp"
#include "protocols/templates/print.hpp"

namespace tocsin::templates {

namespace {

constexpr std::int64_t nanoseconds_in_millisecond = 1'000'000;

/// No calendar that layouts can write goes on.
constexpr timestamp last_moment = std::chrono::sys_days{std::chrono::year{10000} / 1 / 1} - duration{1};

integer duration_of(std::int64_t nanoseconds) noexcept {
  return {nanoseconds, integer_kind::duration};
}

tl::unexpected<failure> no_member(std::string_view type, std::string_view name, std::string_view members) {
  std::string message = "a ";
  message.append(type).append(" has no ").append(name).append("; it has ");
  return fail(message.append(members));
}

value part_of(const local_time& t, std::string_view name, bool& known) {
  const auto number = [](auto n) { return value::number(static_cast<std::int64_t>(n)); };
  if (name == "Year") return number(static_cast<int>(t.date.year()));
  if (name == "Month") return value(integer{static_cast<unsigned>(t.date.month()), integer_kind::month});
  if (name == "Day") return number(static_cast<unsigned>(t.date.day()));
  if (name == "Weekday") return value(integer{t.weekday.c_encoding(), integer_kind::weekday});
  if (name == "YearDay") return number(t.day_of_year);
  if (name == "Hour") return number(t.hour);
  if (name == "Minute") return number(t.minute);
  if (name == "Second") return number(t.second);
  if (name == "Nanosecond") return number(t.millisecond * nanoseconds_in_millisecond);
  known = false;
  return {};
}

value point_of(const moment& m, std::string_view name, bool& known) {
  const auto millis = m.at.time_since_epoch().count();
  if (name == "UTC") return value(moment{m.at, ""});
  if (name == "Local") return value(moment{m.at, "Local"});
  if (name == "Unix") return value::number(std::chrono::floor<std::chrono::seconds>(m.at).time_since_epoch().count());
  if (name == "UnixMilli") return value::number(millis);
  // Beyond the years 1678 to 2262 Go's own answer has no meaning.
  if (name == "UnixNano") return value::number(span_between(timestamp{}, m.at).number);
  if (name == "IsZero") return value(m.at == go_zero_time);
  if (name == "String") return value::of(time_text(m));
  known = false;
  return {};
}

result<value> compared(const moment& m, std::string_view name, const value& other) {
  const auto t = time_argument(name, other);
  if (!t) return tl::unexpected(t.error());
  if (name == "Before") return value(m.at < t->at);
  if (name == "After") return value(m.at > t->at);
  if (name == "Equal") return value(m.at == t->at);
  return value(span_between(t->at, m.at));
}

/// Rounded down, or half away from zero.
std::int64_t rounded(std::int64_t d, std::int64_t unit, bool down) {
  if (unit <= 0) return d;
  const auto rest = d % unit;
  const auto lower = d - rest;
  if (down || std::abs(rest) < unit - std::abs(rest)) return lower;
  std::int64_t higher = 0;
  const bool overflows = __builtin_add_overflow(lower, d < 0 ? -unit : unit, &higher);
  return overflows ? (d < 0 ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max())
                   : higher;
}

} // namespace

integer span_between(timestamp begin, timestamp end) noexcept {
  std::int64_t nanoseconds = 0;
  const auto millis = (end - begin).count();
  if (__builtin_mul_overflow(millis, nanoseconds_in_millisecond, &nanoseconds)) {
    nanoseconds = millis < 0 ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
  }
  return duration_of(nanoseconds);
}

result<value> formatted(workshop& shop, const moment& m, std::string_view layout) {
  // The longest part is `September`, from three bytes.
  if (layout.size() > shop.longest_text() / 16)
    return fail("a layout of " + std::to_string(layout.size()) + " bytes is too long");
  if (auto paid = shop.spend(1 + layout.size() / 16); !paid) return tl::unexpected(std::move(paid).error());
  return value::of(format_time(m, layout));
}

result<value> time_member(workshop& shop, const moment& m, std::string_view name, arguments args) {
  const bool compares = name == "Before" || name == "After" || name == "Equal" || name == "Sub";
  const std::size_t count = compares || name == "Format" || name == "Add" ? 1 : 0;
  bool known = true;
  auto found = count == 0 ? point_of(m, name, known) : value();
  if (!known) {
    known = true;
    found = part_of(local_time_of(m), name, known);
  }
  if (!known) {
    return no_member("time", name,
                     "Format, UTC, Local, Unix, UnixMilli, Year, Month, Day, Weekday, YearDay, Hour, Minute, "
                     "Second, IsZero, Before, After, Equal, Sub and Add");
  }
  if (auto counted = check_count(name, count, count, args.size()); !counted) {
    return tl::unexpected(std::move(counted).error());
  }
  if (compares) return compared(m, name, args[0]);
  if (name == "Format") {
    const auto layout = text_argument("Format", args[0]);
    if (!layout) return tl::unexpected(layout.error());
    return formatted(shop, m, *layout);
  }
  if (name == "Add") {
    const auto d = integer_argument("Add", args[0]);
    if (!d) return tl::unexpected(d.error());
    const auto moved = m.at + duration{*d / nanoseconds_in_millisecond};
    return value(moment{std::clamp(moved, go_zero_time, last_moment), m.zone});
  }
  return found;
}

result<value> duration_member(std::int64_t d, std::string_view name, arguments args) {
  const bool rounds = name == "Round" || name == "Truncate";
  const std::size_t count = rounds ? 1 : 0;
  const auto in = [&](double unit) { return value(static_cast<double>(d) / unit); };
  value found;
  if (name == "Hours")
    found = in(3.6e12);
  else if (name == "Minutes")
    found = in(6e10);
  else if (name == "Seconds")
    found = in(1e9);
  else if (name == "Milliseconds")
    found = value::number(d / nanoseconds_in_millisecond);
  else if (name == "Microseconds")
    found = value::number(d / 1'000);
  else if (name == "Nanoseconds")
    found = value::number(d);
  else if (name == "String")
    found = value::of(duration_text(d));
  else if (name == "Abs")
    found = value(duration_of(d == std::numeric_limits<std::int64_t>::min() ? std::numeric_limits<std::int64_t>::max()
                                                                            : std::abs(d)));
  else if (!rounds) {
    return no_member(
        "duration", name,
        "Hours, Minutes, Seconds, Milliseconds, Microseconds, Nanoseconds, Round, Truncate, Abs and String");
  }
  if (auto counted = check_count(name, count, count, args.size()); !counted) {
    return tl::unexpected(std::move(counted).error());
  }
  if (!rounds) return found;
  const auto unit = integer_argument(name, args[0]);
  if (!unit) return tl::unexpected(unit.error());
  return value(duration_of(rounded(d, *unit, name == "Truncate")));
}

} // namespace tocsin::templates
