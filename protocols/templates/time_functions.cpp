#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "protocols/templates/functions.hpp"
#include "protocols/templates/go_time.hpp"
#include "protocols/templates/print.hpp"
#include "protocols/templates/source.hpp"
#include "protocols/templates/time_math.hpp"
#include "protocols/time_zone.hpp"

namespace tocsin::templates {

namespace {

result<value> date(workshop& shop, arguments args) {
  const auto layout = text_argument("date", args[0]);
  if (!layout) return tl::unexpected(layout.error());
  const auto m = time_argument("date", args[1]);
  if (!m) return tl::unexpected(m.error());
  return formatted(shop, *m, *layout);
}

result<value> tz(workshop&, arguments args) {
  const auto zone = text_argument("tz", args[0]);
  if (!zone) return tl::unexpected(zone.error());
  const auto m = time_argument("tz", args[1]);
  if (!m) return tl::unexpected(m.error());
  if (!is_time_zone(*zone)) {
    return fail("tz: unknown time zone " + quoted_start(*zone) + "; expected a name such as Europe/Berlin");
  }
  return value(moment{m->at, std::string(*zone)});
}

result<value> since(workshop& shop, arguments args) {
  const auto m = time_argument("since", args[0]);
  if (!m) return tl::unexpected(m.error());
  return value(span_between(m->at, shop.now()));
}

/// Seconds, from a number, a duration, or a text that holds a number.
result<double> seconds_of(const value& v) {
  if (const auto* d = v.as<double>()) return *d;
  if (const auto* i = v.as<integer>()) {
    return i->kind == integer_kind::duration ? static_cast<double>(i->number) / 1e9 : static_cast<double>(i->number);
  }
  const auto t = text_argument("humanizeDuration", v);
  if (!t) return tl::unexpected(t.error());
  double seconds = 0;
  const auto* end = t->data() + t->size();
  const auto read = std::from_chars(t->data(), end, seconds);
  if (read.ec == std::errc{} && read.ptr == end) return seconds;
  return fail("humanizeDuration: expected a number of seconds, got " + quoted_start(*t));
}

std::string four_digits(double d) {
  std::string out;
  const std::array<value, 1> values{value(d)};
  append_formatted(out, "%.4g", values, 64);
  return out;
}

/// Days to seconds, each with its unit: `1d 2h 3m 4s`.
std::string long_span(double size) {
  // Beyond any calendar, and still an integer.
  const auto whole = static_cast<std::int64_t>(std::min(size, 9e18));
  const auto days = whole / 86'400;
  const auto hours = whole / 3'600 % 24;
  const auto minutes = whole / 60 % 60;
  std::string out;
  if (days > 0) out += std::to_string(days) + "d ";
  if (days > 0 || hours > 0) out += std::to_string(hours) + "h ";
  if (days > 0 || hours > 0 || minutes > 0)
    return out + std::to_string(minutes) + "m " + std::to_string(whole % 60) + "s";
  return four_digits(size) + "s";
}

std::string humanized(double seconds) {
  if (std::isnan(seconds) || std::isinf(seconds)) return four_digits(seconds);
  if (seconds == 0) return "0s";
  const auto size = std::fabs(seconds);
  if (size >= 1) return (seconds < 0 ? "-" : "") + long_span(size);
  constexpr std::string_view prefixes = "munpfazy";
  auto scaled = seconds;
  std::string_view prefix;
  for (std::size_t i = 0; i < prefixes.size() && std::fabs(scaled) < 1; ++i) {
    prefix = prefixes.substr(i, 1);
    scaled *= 1000;
  }
  return four_digits(scaled).append(prefix).append("s");
}

result<value> humanize_duration(workshop&, arguments args) {
  const auto seconds = seconds_of(args[0]);
  if (!seconds) return tl::unexpected(seconds.error());
  return value::of(humanized(*seconds));
}

constexpr std::array<function, 4> table{{
    {"date", 2, 2, date},
    {"tz", 2, 2, tz},
    {"since", 1, 1, since},
    {"humanizeDuration", 1, 1, humanize_duration},
}};

} // namespace

std::span<const function> time_functions() noexcept {
  return table;
}

} // namespace tocsin::templates
