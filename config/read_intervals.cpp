// The calendar: time intervals, and the windows of maintenance that use them.

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "config/parts.hpp"

namespace tocsin::config {

namespace {

constexpr std::int32_t end_of_day = 24 * 60;

/// Complains in the words of the notation's reader, and shows the text as written.
void complain_about(const value& v, const failure& why) {
  v.complain(why.message + ", found " + v.quoted());
}

std::optional<std::int32_t> read_time_of_day(const value& v) {
  const auto text = v.text();
  if (!v.is_set()) v.expected("a time of day such as 09:30, from 00:00 to 24:00");
  if (!text) return std::nullopt;
  const auto read = parse_minute_of_day(*text);
  if (!read) {
    complain_about(v, read.error());
    return std::nullopt;
  }
  return *read;
}

minute_range read_times_of_day(const value& v) {
  constexpr std::array<std::string_view, 2> keys{"start_time", "end_time"};
  v.only({keys});
  if (!v.is_map()) return {};
  const auto first = read_time_of_day(v["start_time"]);
  const auto last = read_time_of_day(v["end_time"]);
  if (!first || !last) return {};
  if (*first == end_of_day) v["start_time"].complain("a day ends at 24:00; expected a start such as 00:00");
  if (*first == *last) {
    v["end_time"].complain(
        "expected an end other than the start; write 00:00 and 24:00 for the whole day, or leave times out");
  }
  return {*first, *last};
}

/// A list of ranges, each read by `parse`.
template <class Parse>
std::vector<number_range> read_ranges(const value& v, Parse parse) {
  std::vector<number_range> all;
  for (const auto& one : v.items()) {
    const auto text = one.text();
    const auto read = parse(text.value_or(std::string{}));
    if (read) {
      all.push_back(*read);
    } else {
      complain_about(one, read.error());
    }
  }
  return all;
}

maintenance_window read_window(const value& v, const interval_map& defined) {
  constexpr std::array<std::string_view, 5> keys{"name", "matchers", "intervals", "time_intervals", "comment"};
  v.only({keys});
  maintenance_window out;
  out.name = read_text(v["name"]);
  if (out.name.empty()) v.complain("a maintenance window without a name; add name");
  if (!v["matchers"].is_set()) {
    v.complain("a maintenance window needs matchers; write matchers: [] for every alert");
  }
  out.matchers = read_matchers(v["matchers"]);
  const auto names = read_interval_names(v["intervals"], defined);
  for (const auto& name : names) {
    const auto found = defined.find(name);
    if (found != defined.end()) out.intervals.insert(out.intervals.end(), found->second.begin(), found->second.end());
  }
  auto inline_ones = read_intervals(v["time_intervals"]);
  if (names.empty() && inline_ones.empty()) {
    v.complain("a maintenance window needs intervals, time_intervals or both, or it would never hold");
  }
  std::move(inline_ones.begin(), inline_ones.end(), std::back_inserter(out.intervals));
  out.comment = read_text(v["comment"]);
  return out;
}

} // namespace

time_interval read_interval(const value& v) {
  constexpr std::array<std::string_view, 6> keys{"times", "weekdays", "days_of_month", "months", "years", "location"};
  v.only({keys});
  time_interval out;
  for (const auto& one : v["times"].items()) out.times.push_back(read_times_of_day(one));
  out.weekdays = read_ranges(v["weekdays"], parse_weekdays);
  out.days_of_month = read_ranges(v["days_of_month"], parse_days_of_month);
  out.months = read_ranges(v["months"], parse_months);
  out.years = read_ranges(v["years"], parse_years);
  out.location = read_text(v["location"]);
  if (const auto known = check_location(out.location); !known) complain_about(v["location"], known.error());
  return out;
}

std::vector<time_interval> read_intervals(const value& v) {
  std::vector<time_interval> all;
  for (const auto& one : v.maps()) all.push_back(read_interval(one));
  return all;
}

interval_map read_time_intervals(const value& root) {
  interval_map all;
  for (const auto list : {"mute_time_intervals", "time_intervals"}) {
    for (const auto& one : root[list].maps()) {
      constexpr std::array<std::string_view, 2> keys{"name", "time_intervals"};
      one.only({keys});
      auto name = read_text(one["name"]);
      if (name.empty()) one.complain("a time interval without a name; add name");
      if (!all.emplace(std::move(name), read_intervals(one["time_intervals"])).second) {
        one["name"].complain("the time interval name " + one["name"].quoted() + " is used twice; give each its own");
      }
    }
  }
  return all;
}

std::vector<std::string> read_interval_names(const value& v, const interval_map& defined) {
  std::vector<std::string> names;
  for (const auto& one : v.items()) {
    names.push_back(read_text(one));
    if (defined.contains(names.back())) continue;
    one.complain("the time interval " + one.quoted() + " is not defined; define it in time_intervals");
  }
  return names;
}

std::vector<maintenance_window> read_maintenance_windows(const value& v, const interval_map& intervals) {
  std::vector<maintenance_window> all;
  for (const auto& one : v.maps()) {
    auto window = read_window(one, intervals);
    const auto same_name = [&](const maintenance_window& w) { return w.name == window.name; };
    if (std::any_of(all.begin(), all.end(), same_name)) {
      one["name"].complain("the maintenance window name " + one["name"].quoted() + " is used twice; give each its own");
    }
    all.push_back(std::move(window));
  }
  return all;
}

} // namespace tocsin::config
