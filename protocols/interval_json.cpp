#include "protocols/interval_json.hpp"

#include <array>
#include <cstdio>
#include <optional>
#include <string_view>

#include "protocols/json_tree.hpp"

namespace tocsin {

namespace {

namespace dom = simdjson::dom;

constexpr std::int32_t minutes_an_hour = 60;
constexpr std::int32_t minutes_a_day = 24 * minutes_an_hour;

constexpr std::array<std::string_view, 7> day_names{"sunday",   "monday", "tuesday", "wednesday",
                                                    "thursday", "friday", "saturday"};
constexpr std::array<std::string_view, 12> month_names{"january",   "february", "march",    "april",
                                                       "may",       "june",     "july",     "august",
                                                       "september", "october",  "november", "december"};

std::string element_of(const std::string& list, std::size_t index) {
  return list + "[" + std::to_string(index) + "]";
}

template <class T>
T understood(result<T> parsed, const std::string& at) {
  if (!parsed) throw json_fault(at + ": " + parsed.error().message);
  return *std::move(parsed);
}

/// What is written as text; days, months and years may be plain numbers.
std::string word(dom::element value, const std::string& at) {
  std::int64_t number = 0;
  if (value.get(number) == simdjson::SUCCESS) return std::to_string(number);
  return json_string(value, at);
}

std::vector<number_range> read_ranges(dom::element from, const std::string& at,
                                      result<number_range> (*parse)(std::string_view)) {
  std::vector<number_range> ranges;
  for (auto element : json_array(from, at)) {
    const auto place = element_of(at, ranges.size());
    ranges.push_back(understood(parse(word(element, place)), place));
  }
  return ranges;
}

minute_range read_minutes(dom::element from, const std::string& at) {
  std::optional<std::int32_t> first;
  std::optional<std::int32_t> last;
  for (auto [key, value] : json_object(from, at)) {
    const auto place = at + "." + std::string(key);
    if (key != "start_time" && key != "end_time")
      throw json_fault(place + ": not known; expected start_time, end_time");
    (key == "start_time" ? first : last) = understood(parse_minute_of_day(json_string(value, place)), place);
  }
  if (!first || !last) throw json_fault(at + ": expected both start_time and end_time");
  if (*first == minutes_a_day) throw json_fault(at + ".start_time: 24:00 is an end; a day begins at 00:00");
  if (*first == *last)
    throw json_fault(at + ": begins and ends at the same time; for a whole day write 00:00 to 24:00");
  return {*first, *last};
}

time_interval read_interval(dom::element from, const std::string& at) {
  time_interval interval;
  for (auto [key, value] : json_object(from, at)) {
    const auto place = at + "." + std::string(key);
    if (key == "times") {
      for (auto element : json_array(value, place)) {
        interval.times.push_back(read_minutes(element, element_of(place, interval.times.size())));
      }
    } else if (key == "weekdays") {
      interval.weekdays = read_ranges(value, place, parse_weekdays);
    } else if (key == "days_of_month") {
      interval.days_of_month = read_ranges(value, place, parse_days_of_month);
    } else if (key == "months") {
      interval.months = read_ranges(value, place, parse_months);
    } else if (key == "years") {
      interval.years = read_ranges(value, place, parse_years);
    } else if (key == "location") {
      interval.location = json_string(value, place);
      if (auto known = check_location(interval.location); !known)
        throw json_fault(place + ": " + known.error().message);
    } else {
      throw json_fault(place + ": not known; expected times, weekdays, days_of_month, months, years, location");
    }
  }
  return interval;
}

std::string clock_text(std::int32_t minute) {
  std::array<char, 8> text;
  std::snprintf(text.data(), text.size(), "%02d:%02d", (minute / minutes_an_hour) % 100, minute % minutes_an_hour);
  return text.data();
}

/// Ranges as `first:last`, or one word where both are the same.
template <class Name>
void write_ranges(json_writer& w, std::string_view member, const std::vector<number_range>& ranges, Name name) {
  if (ranges.empty()) return;
  w.key(member).begin_array();
  for (const auto& r : ranges) {
    auto text = name(r.first);
    if (r.last != r.first) text += ":" + name(r.last);
    w.value(text);
  }
  w.end_array();
}

void write_interval(json_writer& w, const time_interval& interval) {
  const auto number = [](std::int32_t n) { return std::to_string(n); };
  const auto day = [](std::int32_t n) { return std::string(day_names.at(static_cast<std::size_t>(n))); };
  const auto month = [](std::int32_t n) { return std::string(month_names.at(static_cast<std::size_t>(n) - 1)); };
  w.begin_object();
  if (!interval.times.empty()) {
    w.key("times").begin_array();
    for (const auto& t : interval.times) {
      w.begin_object().member("start_time", clock_text(t.first)).member("end_time", clock_text(t.last)).end_object();
    }
    w.end_array();
  }
  write_ranges(w, "weekdays", interval.weekdays, day);
  write_ranges(w, "days_of_month", interval.days_of_month, number);
  write_ranges(w, "months", interval.months, month);
  write_ranges(w, "years", interval.years, number);
  if (!interval.location.empty()) w.member("location", interval.location);
  w.end_object();
}

} // namespace

std::vector<time_interval> json_intervals(dom::element value, const std::string& at) {
  std::vector<time_interval> intervals;
  for (auto element : json_array(value, at)) {
    intervals.push_back(read_interval(element, element_of(at, intervals.size())));
  }
  return intervals;
}

void write_intervals(json_writer& w, const std::vector<time_interval>& intervals) {
  w.begin_array();
  for (const auto& i : intervals) write_interval(w, i);
  w.end_array();
}

result<std::vector<time_interval>> read_intervals(std::string_view json) {
  if (json == "[]") return std::vector<time_interval>{};
  try {
    dom::parser parser;
    return json_intervals(json_root(parser, json), "");
  } catch (const json_fault& fault) {
    return fail(fault.what());
  }
}

} // namespace tocsin
