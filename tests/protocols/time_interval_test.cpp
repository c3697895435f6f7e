#include "protocols/time_interval.hpp"

#include <atomic>
#include <ctime>
#include <string>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

using tocsin::minute_range;
using tocsin::number_range;
using tocsin::time_interval;
using tocsin::timestamp;

namespace {

timestamp at(const std::string& text) {
  return tocsin::parse_rfc3339(text).value().value();
}

/// A range of the day, `22:00-06:00`.
minute_range hours(const std::string& text) {
  const auto dash = text.find('-');
  return {tocsin::parse_minute_of_day(text.substr(0, dash)).value(),
          tocsin::parse_minute_of_day(text.substr(dash + 1)).value()};
}

struct moment {
  std::string time;
  bool inside;
};

/// An interval of which a test names only what it is about.
struct when {
  std::vector<minute_range> times{};
  std::vector<number_range> weekdays{};
  std::vector<number_range> days_of_month{};
  std::vector<number_range> months{};
  std::vector<number_range> years{};
  std::string location{};

  time_interval interval() const { return {times, weekdays, days_of_month, months, years, location}; }
  bool contains(timestamp t) const { return interval().contains(t); }
};

void check(const when& interval, const std::vector<moment>& moments) {
  for (const auto& m : moments) BOOST_TEST(interval.contains(at(m.time)) == m.inside, m.time);
}

std::string in_words(const tocsin::result<number_range>& read) {
  if (!read) return "!" + read.error().message;
  return std::to_string(read->first) + ".." + std::to_string(read->last);
}

struct notation_case {
  std::string text;
  std::string expected;
};

} // namespace

BOOST_AUTO_TEST_SUITE(time_intervals)

BOOST_AUTO_TEST_CASE(an_interval_that_says_nothing_holds_always_and_no_interval_never) {
  check({}, {{"1969-12-31T23:59:59Z", true}, {"2026-11-24T12:00:00Z", true}});
  BOOST_TEST(!tocsin::any_contains({}, at("2026-11-24T12:00:00Z")));
  BOOST_TEST(tocsin::any_contains({when{.years = {{2030, 2030}}}.interval(), {}}, at("2026-11-24T12:00:00Z")));
  BOOST_TEST(!tocsin::any_contains({when{.years = {{2030, 2030}}}.interval()}, at("2026-11-24T12:00:00Z")));
}

BOOST_AUTO_TEST_CASE(a_range_of_the_day_holds_up_to_its_last_minute) {
  check({.times = {hours("09:00-17:30")}}, {{"2026-11-24T08:59:59.999Z", false},
                                            {"2026-11-24T09:00:00Z", true},
                                            {"2026-11-24T17:29:59.999Z", true},
                                            {"2026-11-24T17:30:00Z", false}});
  check({.times = {hours("00:00-24:00")}}, {{"2026-11-24T00:00:00Z", true}, {"2026-11-24T23:59:59.999Z", true}});
  check({.times = {hours("00:00-00:30"), hours("12:00-13:00")}},
        {{"2026-11-24T00:29:00Z", true}, {"2026-11-24T00:30:00Z", false}, {"2026-11-24T12:30:00Z", true}});
  // Before 1970 time counts down but the clock does not.
  check({.times = {hours("23:00-24:00")}}, {{"1969-12-31T23:30:00Z", true}, {"1969-12-31T22:59:59.999Z", false}});
}

BOOST_AUTO_TEST_CASE(a_range_over_midnight_belongs_to_the_day_on_which_it_begins) {
  const when weeknights{.times = {hours("22:00-06:00")}, .weekdays = {{1, 5}}};
  check(weeknights, {{"2026-11-27T21:59:00Z", false},  // Friday
                     {"2026-11-27T23:00:00Z", true},   // Friday
                     {"2026-11-28T00:00:00Z", true},   // Saturday
                     {"2026-11-28T05:59:59Z", true},   // Saturday
                     {"2026-11-28T06:00:00Z", false},  // Saturday
                     {"2026-11-28T23:00:00Z", false},  // Saturday
                     {"2026-11-29T23:00:00Z", false},  // Sunday
                     {"2026-11-30T05:00:00Z", false},  // Monday, the night of Sunday
                     {"2026-11-30T22:00:00Z", true},   // Monday
                     {"2026-12-01T05:59:00Z", true}}); // Tuesday
  const when new_year{
      .times = {hours("22:00-06:00")}, .days_of_month = {{-1, -1}}, .months = {{12, 12}}, .years = {{2026, 2026}}};
  check(new_year, {{"2026-12-31T22:00:00Z", true},
                   {"2027-01-01T05:59:00Z", true},
                   {"2027-01-01T22:00:00Z", false},
                   {"2026-01-01T05:00:00Z", false},
                   {"2026-11-30T23:00:00Z", false}});
  // Ranges beside one another are each taken for themselves.
  const when both{.times = {hours("22:00-02:00"), hours("08:00-09:00")}, .weekdays = {{1, 1}}};
  check(both, {{"2026-11-30T08:30:00Z", true}, {"2026-12-01T01:59:00Z", true}, {"2026-12-01T08:30:00Z", false}});
}

BOOST_AUTO_TEST_CASE(a_range_that_ends_where_it_begins_lasts_a_day) {
  const when monday_noon{.times = {hours("12:00-12:00")}, .weekdays = {{1, 1}}};
  check(monday_noon, {{"2026-11-30T11:59:00Z", false},
                      {"2026-11-30T12:00:00Z", true},
                      {"2026-12-01T11:59:00Z", true},
                      {"2026-12-01T12:00:00Z", false}});
  const when until_midnight{.times = {hours("22:00-00:00")}, .weekdays = {{1, 1}}};
  check(until_midnight, {{"2026-11-30T23:59:00Z", true}, {"2026-12-01T00:00:00Z", false}});
}

BOOST_AUTO_TEST_CASE(weekdays_go_on_past_the_end_of_the_week) {
  check({.weekdays = {{6, 0}}}, {{"2026-11-27T12:00:00Z", false},
                                 {"2026-11-28T12:00:00Z", true},
                                 {"2026-11-29T12:00:00Z", true},
                                 {"2026-11-30T12:00:00Z", false}});
  check({.weekdays = {{0, 0}, {3, 4}}},
        {{"2026-11-29T00:00:00Z", true}, {"2026-12-02T00:00:00Z", true}, {"2026-12-01T00:00:00Z", false}});
}

BOOST_AUTO_TEST_CASE(days_of_the_month_count_from_either_end_and_keep_to_its_length) {
  check({.days_of_month = {{1, 5}, {-3, -1}}}, {{"2026-11-05T00:00:00Z", true},
                                                {"2026-11-06T00:00:00Z", false},
                                                {"2026-11-27T00:00:00Z", false},
                                                {"2026-11-28T00:00:00Z", true},
                                                {"2026-11-30T23:59:00Z", true},
                                                {"2026-12-28T00:00:00Z", false},
                                                {"2026-12-29T00:00:00Z", true}});
  const when last_day{.days_of_month = {{-1, -1}}};
  check(last_day, {{"2026-02-28T12:00:00Z", true},
                   {"2028-02-28T12:00:00Z", false},
                   {"2028-02-29T12:00:00Z", true},
                   {"2100-02-28T12:00:00Z", true}, // no leap year
                   {"2000-02-29T12:00:00Z", true},
                   {"2026-04-30T12:00:00Z", true},
                   {"2026-12-30T12:00:00Z", false}});
  // The 31st of a shorter month does not become its last day when a range begins there, only when it ends there.
  check({.days_of_month = {{31, 31}}}, {{"2026-11-30T12:00:00Z", false}, {"2026-12-31T12:00:00Z", true}});
  check({.days_of_month = {{28, 31}}}, {{"2026-02-28T12:00:00Z", true}, {"2026-02-27T12:00:00Z", false}});
  check({.days_of_month = {{-31, -28}}}, {{"2026-02-01T12:00:00Z", true},
                                          {"2026-02-02T12:00:00Z", false},
                                          {"2026-12-04T12:00:00Z", true},
                                          {"2026-12-05T12:00:00Z", false}});
}

BOOST_AUTO_TEST_CASE(months_and_years_include_both_ends) {
  const when spring{.months = {{4, 6}, {1, 1}}, .years = {{2026, 2027}}};
  check(spring, {{"2026-03-31T23:59:59Z", false},
                 {"2026-04-01T00:00:00Z", true},
                 {"2027-06-30T23:59:59Z", true},
                 {"2027-07-01T00:00:00Z", false},
                 {"2026-01-15T00:00:00Z", true},
                 {"2025-12-31T23:59:59Z", false},
                 {"2028-01-01T00:00:00Z", false}});
}

BOOST_AUTO_TEST_CASE(a_clock_in_another_place_shows_another_time_and_day) {
  const when shanghai{.times = {hours("22:00-06:00")}, .weekdays = {{1, 5}}, .location = "Asia/Shanghai"};
  check(shanghai, {{"2026-11-27T13:59:00Z", false}, // Friday 21:59 there
                   {"2026-11-27T14:00:00Z", true},
                   {"2026-11-27T21:59:00Z", true},
                   {"2026-11-27T22:00:00Z", false}, // Saturday 06:00
                   {"2026-11-29T15:00:00Z", false}, // Sunday 23:00
                   {"2026-11-30T14:00:00Z", true}});
  check({.weekdays = {{1, 1}}, .location = "Pacific/Kiritimati"}, {{"2026-11-29T10:00:00Z", true}});
  check({.times = {hours("05:45-05:46")}, .location = "Asia/Kathmandu"}, {{"2026-11-29T00:00:00Z", true}});
  check({.times = {hours("12:00-13:00")}, .location = "UTC"}, {{"2026-11-29T12:00:00Z", true}});
  check({.times = {hours("12:00-13:00")}, .location = "Etc/UTC"}, {{"2026-11-29T12:00:00Z", true}});
  check({.location = "Nowhere/At_All"}, {{"2026-11-29T12:00:00Z", false}});
}

BOOST_AUTO_TEST_CASE(the_clock_leaps_in_spring_and_repeats_an_hour_in_autumn) {
  const when berlin{.times = {hours("02:00-03:00")}, .location = "Europe/Berlin"};
  check(berlin, {{"2026-03-28T01:30:00Z", true},  // the day before, 02:30 winter time
                 {"2026-03-29T00:59:00Z", false}, // 01:59
                 {"2026-03-29T01:00:00Z", false}, // 03:00: there is no 02:30 on this day
                 {"2026-03-30T00:30:00Z", true},  // the day after, 02:30 summer time
                 {"2026-10-24T23:59:00Z", false}, // 01:59
                 {"2026-10-25T00:30:00Z", true},  // 02:30 for the first time
                 {"2026-10-25T01:30:00Z", true},  // and once more
                 {"2026-10-25T02:00:00Z", false}});
  const when new_york{.times = {hours("22:00-02:30")}, .weekdays = {{6, 6}}, .location = "America/New_York"};
  check(new_york, {{"2026-03-08T02:59:00Z", false}, // Saturday 21:59
                   {"2026-03-08T03:00:00Z", true},  // Saturday 22:00
                   {"2026-03-08T06:59:00Z", true},  // Sunday 01:59
                   {"2026-03-08T07:00:00Z", false}, // Sunday 03:00
                   {"2026-11-01T02:00:00Z", true},  // Saturday 22:00 summer time
                   {"2026-11-01T05:30:00Z", true},  // Sunday 01:30
                   {"2026-11-01T06:30:00Z", true},  // Sunday 01:30 again
                   {"2026-11-01T07:29:00Z", true},  // Sunday 02:29 winter time
                   {"2026-11-01T07:30:00Z", false}});
  // Nine to five is nine to five in summer as in winter.
  const when office{.times = {hours("09:00-17:00")}, .location = "Europe/Berlin"};
  check(office, {{"2030-01-15T08:00:00Z", true},
                 {"2030-01-15T07:30:00Z", false},
                 {"2030-07-15T07:30:00Z", true},
                 {"2030-07-15T15:00:00Z", false}});
}

BOOST_AUTO_TEST_CASE(local_is_the_clock_of_this_machine) {
  for (const std::string text : {"2026-01-15T03:20:00Z", "2026-07-15T13:40:00Z", "2026-11-24T23:59:00Z"}) {
    const auto now = at(text);
    const auto seconds = std::chrono::system_clock::to_time_t(now);
    std::tm shown{};
    BOOST_REQUIRE(::localtime_r(&seconds, &shown) != nullptr);
    const auto minute = shown.tm_hour * 60 + shown.tm_min;
    const when now_here{
        .times = {{minute, minute + 1}}, .weekdays = {{shown.tm_wday, shown.tm_wday}}, .location = "Local"};
    BOOST_TEST(now_here.contains(now), text);
    BOOST_TEST(!now_here.contains(now + std::chrono::minutes{1}), text);
  }
}

BOOST_AUTO_TEST_CASE(many_threads_may_ask_at_once) {
  const std::vector<when> intervals{
      {.times = {hours("09:00-17:00")}, .location = "Australia/Sydney"},
      {.times = {hours("09:00-17:00")}, .location = "America/Sao_Paulo"},
  };
  std::atomic<int> held{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int hour = 0; hour < 24; ++hour) {
        if (intervals[0].contains(at("2026-06-15T00:30:00Z") + std::chrono::hours{hour})) ++held;
        if (intervals[1].contains(at("2026-06-15T00:30:00Z") + std::chrono::hours{hour})) ++held;
      }
    });
  }
  for (auto& t : threads) t.join();
  BOOST_TEST(held.load() == 4 * 2 * 8);
}

BOOST_AUTO_TEST_CASE(times_of_day_are_read) {
  const std::vector<std::pair<std::string, int>> good{{"00:00", 0}, {"09:30", 570}, {"23:59", 1439}, {"24:00", 1440}};
  for (const auto& [text, minute] : good) BOOST_TEST(tocsin::parse_minute_of_day(text).value() == minute, text);
  for (const std::string text : {"", "9:30", "24:01", "25:00", "12:60", "12-30", "12:3a", "-1:30", "12:30 ", "1230"}) {
    const auto read = tocsin::parse_minute_of_day(text);
    BOOST_REQUIRE_MESSAGE(!read.has_value(), text);
    BOOST_TEST(read.error().message == "expected a time of day such as 09:30, from 00:00 to 24:00");
  }
}

BOOST_AUTO_TEST_CASE(weekdays_are_read_by_name) {
  const std::string bad = "!expected a weekday such as monday, or the first and the last such as monday:friday";
  const std::vector<notation_case> cases{
      {"sunday", "0..0"},
      {"Monday:FRIDAY", "1..5"},
      {"sat:sun", "6..0"},
      {"saturday:sunday", "6..0"},
      {"wed", "3..3"},
      {"", bad},
      {"1", bad},
      {"mo", bad},
      {"monday:", bad},
      {":", bad},
      {"monday:tuesday:friday", bad},
      {"monday : friday", bad},
      {"montag", bad},
  };
  for (const auto& c : cases) BOOST_TEST(in_words(tocsin::parse_weekdays(c.text)) == c.expected, c.text);
}

BOOST_AUTO_TEST_CASE(days_of_the_month_are_read_as_numbers) {
  const std::string bad =
      "!expected a day from 1 to 31, or from -31 to -1 counted from the end of the month, or two such as 1:7";
  const std::string ends =
      "!expected a last day that is counted from the end of the month as the first one is, "
      "such as -3:-1";
  const std::string order = "!expected a first day that is not after the last one, such as 1:7";
  const std::vector<notation_case> cases{
      {"1", "1..1"},  {"1:7", "1..7"}, {"-3:-1", "-3..-1"}, {"10:-1", "10..-1"},  {"-31", "-31..-31"},
      {"0", bad},     {"32", bad},     {"-32", bad},        {"1:0", bad},         {"1.5", bad},
      {"first", bad}, {"", bad},       {"1:2:3", bad},      {"99999999999", bad}, {"+1", bad},
      {"-1:1", ends}, {"7:1", order},  {"-1:-3", order},    {"28:-1", order},     {"27:-1", "27..-1"},
  };
  for (const auto& c : cases) BOOST_TEST(in_words(tocsin::parse_days_of_month(c.text)) == c.expected, c.text);
}

BOOST_AUTO_TEST_CASE(months_are_read_by_name_and_number_and_years_as_numbers) {
  const std::string bad = "!expected a month such as january or 1, or the first and the last such as april:june";
  const std::string order = "!expected a first month that is not after the last one; write two ranges";
  const std::vector<notation_case> months{
      {"january", "1..1"},
      {"1:3", "1..3"},
      {"may:August", "5..8"},
      {"sep:12", "9..12"},
      {"0", bad},
      {"13", bad},
      {"januar", bad},
      {"", bad},
      {"1:", bad},
      {"november:february", order},
  };
  for (const auto& c : months) BOOST_TEST(in_words(tocsin::parse_months(c.text)) == c.expected, c.text);

  const std::string bad_year = "!expected a year such as 2026, or the first and the last such as 2026:2030";
  const std::vector<notation_case> years{
      {"2026", "2026..2026"}, {"2026:2030", "2026..2030"},
      {"0", bad_year},        {"10000", bad_year},
      {"twenty", bad_year},   {"2030:2026", "!expected a first year that is not after the last one"},
  };
  for (const auto& c : years) BOOST_TEST(in_words(tocsin::parse_years(c.text)) == c.expected, c.text);
}

BOOST_AUTO_TEST_CASE(places_are_those_of_the_tz_database) {
  for (const std::string good :
       {"", "UTC", "Local", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Etc/GMT+5"}) {
    BOOST_TEST(tocsin::check_location(good).has_value(), good);
  }
  for (const std::string bad :
       {"Berlin", "europe/berlin", "local", "Europe/", "../etc/passwd", "Europe/Berlin ", "+02:00"}) {
    const auto checked = tocsin::check_location(bad);
    BOOST_REQUIRE_MESSAGE(!checked.has_value(), bad);
    BOOST_TEST(checked.error().message
               == "expected a time zone that this machine knows, such as Europe/Berlin, UTC or Local; if the name is "
                  "right, install the package tzdata");
  }
}

BOOST_AUTO_TEST_SUITE_END()
