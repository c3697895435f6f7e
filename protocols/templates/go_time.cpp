#include "protocols/templates/go_time.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "protocols/templates/print.hpp"
#include "protocols/time_zone.hpp"

namespace tocsin::templates {

namespace {

using namespace std::chrono;

/// The parts of a layout. Where one begins like another, the longer comes first.
enum class part : std::uint8_t {
  long_month,
  short_month,
  padded_month,
  month,
  long_weekday,
  short_weekday,
  padded_day,
  spaced_day,
  day,
  padded_day_of_year,
  spaced_day_of_year,
  hour,
  padded_hour_12,
  hour_12,
  padded_minute,
  minute,
  padded_second,
  second,
  long_year,
  year,
  upper_half,
  lower_half,
  zone,
  iso_seconds_colon,
  iso_seconds,
  iso_colon,
  iso,
  iso_hour,
  numeric_seconds_colon,
  numeric_seconds,
  numeric_colon,
  numeric,
  numeric_hour,
};

struct written_part {
  std::string_view text;
  part what;
};

constexpr std::array<written_part, 34> parts{{
    {"January", part::long_month},
    {"Jan", part::short_month},
    {"Monday", part::long_weekday},
    {"Mon", part::short_weekday},
    {"MST", part::zone},
    {"002", part::padded_day_of_year},
    {"01", part::padded_month},
    {"02", part::padded_day},
    {"03", part::padded_hour_12},
    {"04", part::padded_minute},
    {"05", part::padded_second},
    {"06", part::year},
    {"15", part::hour},
    {"1", part::month},
    {"2006", part::long_year},
    {"2", part::day},
    {"__2", part::spaced_day_of_year},
    {"_2006", part::long_year},
    {"_2", part::spaced_day},
    {"3", part::hour_12},
    {"4", part::minute},
    {"5", part::second},
    {"PM", part::upper_half},
    {"pm", part::lower_half},
    {"-07:00:00", part::numeric_seconds_colon},
    {"-070000", part::numeric_seconds},
    {"-07:00", part::numeric_colon},
    {"-0700", part::numeric},
    {"-07", part::numeric_hour},
    {"Z07:00:00", part::iso_seconds_colon},
    {"Z070000", part::iso_seconds},
    {"Z07:00", part::iso_colon},
    {"Z0700", part::iso},
    {"Z07", part::iso_hour},
}};

bool is_digit(std::string_view text, std::size_t at) {
  return at < text.size() && text[at] >= '0' && text[at] <= '9';
}

bool is_lower(std::string_view text, std::size_t at) {
  return at < text.size() && text[at] >= 'a' && text[at] <= 'z';
}

const written_part* part_at(std::string_view layout) {
  for (const auto& p : parts) {
    if (!layout.starts_with(p.text)) continue;
    // `Month` is a word, not `Mon` and `th`.
    if ((p.what == part::short_month || p.what == part::short_weekday) && is_lower(layout, 3)) continue;
    return &p;
  }
  return nullptr;
}

/// `.000`, `,000`, `.999`: how many bytes; 0 when no fraction stands there.
std::size_t fraction_size(std::string_view layout) {
  if (layout.size() < 2 || (layout[0] != '.' && layout[0] != ',') || (layout[1] != '0' && layout[1] != '9')) return 0;
  std::size_t end = 1;
  while (end < layout.size() && layout[end] == layout[1]) ++end;
  return is_digit(layout, end) ? 0 : end;
}

void put(std::string& out, int number, std::size_t width, char fill = '0') {
  auto digits = std::to_string(std::abs(number));
  if (number < 0) out += '-';
  if (digits.size() < width) out.append(width - digits.size(), fill);
  out += digits;
}

void put_fraction(std::string& out, std::string_view layout, int millisecond) {
  auto digits = std::to_string(1000 + millisecond).substr(1) + "000000";
  digits.resize(std::min<std::size_t>(layout.size() - 1, 9), '0');
  if (layout[1] == '9') digits.erase(digits.find_last_not_of('0') + 1);
  if (!digits.empty()) out.append(1, layout[0]).append(digits);
}

struct offset_form {
  bool z_for_utc = false;
  bool colon = false;
  bool minutes = true;
  bool seconds = false;
};

void put_offset(std::string& out, int offset, offset_form form) {
  if (form.z_for_utc && offset == 0) {
    out += 'Z';
    return;
  }
  const auto size = std::abs(offset);
  out += offset < 0 ? '-' : '+';
  put(out, size / 3600, 2);
  if (!form.minutes) return;
  if (form.colon) out += ':';
  put(out, size / 60 % 60, 2);
  if (!form.seconds) return;
  if (form.colon) out += ':';
  put(out, size % 60, 2);
}

offset_form form_of(part p) {
  switch (p) {
    case part::iso_seconds_colon: return {true, true, true, true};
    case part::iso_seconds: return {true, false, true, true};
    case part::iso_colon: return {true, true, true, false};
    case part::iso: return {true, false, true, false};
    case part::iso_hour: return {true, false, false, false};
    case part::numeric_seconds_colon: return {false, true, true, true};
    case part::numeric_seconds: return {false, false, true, true};
    case part::numeric_colon: return {false, true, true, false};
    case part::numeric_hour: return {false, false, false, false};
    default: return {};
  }
}

std::string month_name(const local_time& t) {
  return integer_text({static_cast<unsigned>(t.date.month()), integer_kind::month});
}
std::string weekday_name(const local_time& t) {
  return integer_text({t.weekday.c_encoding(), integer_kind::weekday});
}

void put_part(std::string& out, part p, const local_time& t) {
  const auto month = static_cast<int>(static_cast<unsigned>(t.date.month()));
  const auto day = static_cast<int>(static_cast<unsigned>(t.date.day()));
  const auto year = static_cast<int>(t.date.year());
  const auto hour_12 = t.hour % 12 == 0 ? 12 : t.hour % 12;
  switch (p) {
    case part::long_month: out += month_name(t); return;
    case part::short_month: out += month_name(t).substr(0, 3); return;
    case part::padded_month: put(out, month, 2); return;
    case part::month: put(out, month, 0); return;
    case part::long_weekday: out += weekday_name(t); return;
    case part::short_weekday: out += weekday_name(t).substr(0, 3); return;
    case part::padded_day: put(out, day, 2); return;
    case part::spaced_day: put(out, day, 2, ' '); return;
    case part::day: put(out, day, 0); return;
    case part::padded_day_of_year: put(out, t.day_of_year, 3); return;
    case part::spaced_day_of_year: put(out, t.day_of_year, 3, ' '); return;
    case part::hour: put(out, t.hour, 2); return;
    case part::padded_hour_12: put(out, hour_12, 2); return;
    case part::hour_12: put(out, hour_12, 0); return;
    case part::padded_minute: put(out, t.minute, 2); return;
    case part::minute: put(out, t.minute, 0); return;
    case part::padded_second: put(out, t.second, 2); return;
    case part::second: put(out, t.second, 0); return;
    case part::long_year: put(out, year, 4); return;
    case part::year: put(out, year % 100, 2); return;
    case part::upper_half: out += t.hour >= 12 ? "PM" : "AM"; return;
    case part::lower_half: out += t.hour >= 12 ? "pm" : "am"; return;
    case part::zone: out += t.abbreviation; return;
    default: put_offset(out, t.offset_seconds, form_of(p)); return;
  }
}

} // namespace

local_time local_time_of(const moment& m) {
  const auto clock = zone_clock_at(m.zone, m.at).value_or(zone_clock{});
  const auto local = m.at + clock.offset;
  const auto midnight = floor<days>(local);
  const hh_mm_ss time{floor<milliseconds>(local - midnight)};
  local_time t;
  t.date = year_month_day{midnight};
  t.weekday = weekday{midnight};
  t.day_of_year = static_cast<int>((midnight - sys_days{t.date.year() / January / 1}).count()) + 1;
  t.hour = static_cast<int>(time.hours().count());
  t.minute = static_cast<int>(time.minutes().count());
  t.second = static_cast<int>(time.seconds().count());
  t.millisecond = static_cast<int>(time.subseconds().count());
  t.offset_seconds = static_cast<int>(clock.offset.count());
  t.abbreviation = clock.abbreviation;
  return t;
}

std::string format_time(const moment& m, std::string_view layout) {
  const auto t = local_time_of(m);
  std::string out;
  while (!layout.empty()) {
    if (const auto size = fraction_size(layout); size > 0) {
      put_fraction(out, layout.substr(0, size), t.millisecond);
      layout.remove_prefix(size);
    } else if (const auto* p = part_at(layout)) {
      // Go keeps the `_` of `_2006`: it is no part of the year.
      if (p->text == "_2006") out += '_';
      put_part(out, p->what, t);
      layout.remove_prefix(p->text.size());
    } else {
      out += layout.front();
      layout.remove_prefix(1);
    }
  }
  return out;
}

std::string time_text(const moment& m) {
  return format_time(m, "2006-01-02 15:04:05.999999999 -0700 MST");
}

std::string json_time(const moment& m) {
  return format_time(m, "2006-01-02T15:04:05.999999999Z07:00");
}

} // namespace tocsin::templates
