// Time intervals, the routes that use them, and windows of maintenance.

#include <string>
#include <vector>

#include "tests/config/support.hpp"

using tocsin::label_set;
using tocsin::minute_range;
using tocsin::number_range;
using namespace tocsin::config::test;

namespace {

/// A file whose line 7 is the one interval of `night`.
std::string night(const std::string& interval) {
  return with_route + "time_intervals:\n  - {name: night, time_intervals: [" + interval + "]}\n";
}

/// A file whose line 7 is a maintenance window.
std::string window(const std::string& text) {
  return with_route + "maintenance_windows:\n  - " + text + "\ntime_intervals: [{name: night, time_intervals: [{}]}]\n";
}

tocsin::timestamp at(const std::string& text) {
  return tocsin::parse_rfc3339(text).value().value();
}

} // namespace

BOOST_AUTO_TEST_SUITE(calendar)

BOOST_AUTO_TEST_CASE(time_intervals_are_read_with_all_their_parts) {
  const auto c = loaded(with_route + R"(
time_intervals:
  - name: night
    time_intervals:
      - times: [{start_time: '22:00', end_time: '06:00'}, {start_time: 12:00, end_time: 24:00}]
        weekdays: ['monday:friday', sunday]
        days_of_month: ['1:5', '-3:-1', 15]
        months: ['january', '4:6', 12]
        years: ['2026:2030', 2035]
        location: Europe/Berlin
      - {}
mute_time_intervals:
  - name: empty
)");
  BOOST_REQUIRE(c.time_intervals.size() == 2U);
  BOOST_TEST(c.time_intervals.at("empty").empty());
  const auto& intervals = c.time_intervals.at("night");
  BOOST_REQUIRE(intervals.size() == 2U);
  const auto& night = intervals[0];
  BOOST_TEST((night.times == std::vector<minute_range>{{22 * 60, 6 * 60}, {12 * 60, 24 * 60}}));
  BOOST_TEST((night.weekdays == std::vector<number_range>{{1, 5}, {0, 0}}));
  BOOST_TEST((night.days_of_month == std::vector<number_range>{{1, 5}, {-3, -1}, {15, 15}}));
  BOOST_TEST((night.months == std::vector<number_range>{{1, 1}, {4, 6}, {12, 12}}));
  BOOST_TEST((night.years == std::vector<number_range>{{2026, 2030}, {2035, 2035}}));
  BOOST_TEST(night.location == "Europe/Berlin");
  BOOST_TEST((intervals[1] == tocsin::time_interval{}));
}

BOOST_AUTO_TEST_CASE(bad_time_intervals_are_refused) {
  const std::string here = "7: time_intervals[0].time_intervals[0]";
  const std::string time = ": expected a time of day such as 09:30, from 00:00 to 24:00, found ";
  check({
      {night("{times: [{start_time: '25:00', end_time: '06:00'}]}"),
       here + ".times[0].start_time" + time + "\"25:00\""},
      {night("{times: [{start_time: '22:00', end_time: 6am}]}"), here + ".times[0].end_time" + time + "\"6am\""},
      {night("{times: [{start_time: '22:00'}]}"), here + ".times[0].end_time" + time + "nothing"},
      {night("{times: [{end_time: '22:00'}]}"), here + ".times[0].start_time" + time + "nothing"},
      {night("{times: [{start_time: '24:00', end_time: '06:00'}]}"),
       here + ".times[0].start_time: a day ends at 24:00; expected a start such as 00:00"},
      {night("{times: [{start_time: '06:00', end_time: '06:00'}]}"),
       here
           + ".times[0].end_time: expected an end other than the start; write 00:00 and 24:00 for the whole day, or "
             "leave times out"},
      {night("{times: [{start_time: '01:00', end_time: '02:00', zone: UTC}]}"),
       here + ".times[0].zone: unknown key; expected one of start_time, end_time"},
      {night("{times: ['01:00']}"), here + ".times[0]: expected a mapping, found \"01:00\""},
      {night("{weekdays: [montag]}"),
       here
           + ".weekdays[0]: expected a weekday such as monday, or the first and the last such as monday:friday, found "
             "\"montag\""},
      {night("{weekdays: monday}"), here + ".weekdays: expected a list, found \"monday\""},
      {night("{days_of_month: [1, '1:32']}"),
       here
           + ".days_of_month[1]: expected a day from 1 to 31, or from -31 to -1 counted from the end of the month, or "
             "two such as 1:7, found \"1:32\""},
      {night("{days_of_month: ['7:1']}"),
       here + ".days_of_month[0]: expected a first day that is not after the last one, such as 1:7, found \"7:1\""},
      {night("{months: [13]}"),
       here
           + ".months[0]: expected a month such as january or 1, or the first and the last such as april:june, found "
             "\"13\""},
      {night("{years: [soon]}"),
       here + ".years[0]: expected a year such as 2026, or the first and the last such as 2026:2030, found \"soon\""},
      {night("{location: Berlin}"), here
                                        + ".location: expected a time zone that this machine knows, such as "
                                          "Europe/Berlin, UTC or Local; if the name "
                                          "is right, install the package tzdata, found \"Berlin\""},
      {night("{weekday: [monday]}"), here + ".weekday: unknown key; did you mean \"weekdays\"?"},
      {night("text"), here + ": expected a mapping, found \"text\""},
      {with_route + "time_intervals: [{name: a, time_intervals: {}}]\n",
       "6: time_intervals[0].time_intervals: expected a list, found a mapping"},
  });
  BOOST_TEST(refused(night("{weekdays: ['${X}']}"), {{"X", "hidden"}}).find("hidden") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_route_has_intervals_of_its_own_and_labels_of_its_parents) {
  const auto c = loaded(R"(
receivers: [{name: a}]
time_intervals: [{name: night}, {name: office}]
route:
  receiver: a
  labels: {team: everyone, place: here}
  routes:
    - matchers: [x=1]
      mute_time_intervals: [night]
      active_time_intervals: [office, night]
      labels: {team: db, color: red}
      routes:
        - matchers: [y=1]
          labels: {place: ''}
    - matchers: [x=2]
)");
  const std::vector<std::string> night{"night"};
  const std::vector<std::string> both{"office", "night"};
  BOOST_TEST(c.routes.at(1).mute_time_intervals == night, boost::test_tools::per_element());
  BOOST_TEST(c.routes.at(1).active_time_intervals == both, boost::test_tools::per_element());
  BOOST_TEST(c.routes.at(2).mute_time_intervals.empty());
  BOOST_TEST(c.routes.at(2).active_time_intervals.empty());
  BOOST_TEST((c.routes.at(0).labels == label_set::of({{"team", "everyone"}, {"place", "here"}})));
  BOOST_TEST((c.routes.at(1).labels == label_set::of({{"color", "red"}, {"team", "db"}, {"place", "here"}})));
  BOOST_TEST((c.routes.at(2).labels == label_set::of({{"color", "red"}, {"team", "db"}})));
  BOOST_TEST((c.routes.at(3).labels == c.routes.at(0).labels));
  check({{"receivers: [{name: a}]\nroute: {receiver: a, labels: [x]}\n",
          "2: route.labels: expected a mapping, found a list"},
         {"receivers: [{name: a}]\nroute: {receiver: a, labels: {'': x}}\n",
          "2: route.labels.: expected a label name, found \"\""},
         {"receivers: [{name: a}]\nroute: {receiver: a, labels: {x: [y]}}\n",
          "2: route.labels.x: expected text, found a list"}});
}

BOOST_AUTO_TEST_CASE(maintenance_windows_take_named_intervals_and_ones_of_their_own) {
  const auto c = loaded(with_route + R"(
time_intervals:
  - name: night
    time_intervals: [{times: [{start_time: '22:00', end_time: '06:00'}]}, {weekdays: [sunday]}]
maintenance_windows:
  - name: batch
    matchers: ['service="batch"', env!="test"]
    intervals: [night]
    time_intervals: [{days_of_month: ['-1']}]
    comment: nightly batch
  - name: everything
    matchers: []
    time_intervals: [{years: ['2026']}]
)");
  BOOST_REQUIRE(c.maintenance_windows.size() == 2U);
  const auto& batch = c.maintenance_windows[0];
  BOOST_TEST(batch.name == "batch");
  BOOST_TEST(batch.comment == "nightly batch");
  BOOST_TEST(to_string(batch.matchers) == R"({env!="test",service="batch"})");
  BOOST_REQUIRE(batch.intervals.size() == 3U);
  BOOST_TEST((batch.intervals[0] == c.time_intervals.at("night")[0]));
  BOOST_TEST((batch.intervals[2].days_of_month == std::vector<number_range>{{-1, -1}}));
  BOOST_TEST(any_contains(batch.intervals, at("2026-11-24T23:00:00Z"))); // by night
  BOOST_TEST(any_contains(batch.intervals, at("2026-11-29T12:00:00Z"))); // Sunday
  BOOST_TEST(any_contains(batch.intervals, at("2026-11-30T12:00:00Z"))); // the last of the month
  BOOST_TEST(!any_contains(batch.intervals, at("2026-11-24T12:00:00Z")));
  BOOST_TEST(c.maintenance_windows[1].matchers.empty());
}

BOOST_AUTO_TEST_CASE(bad_maintenance_windows_are_refused) {
  check({
      {window("{matchers: [a=b], intervals: [night]}"),
       "7: maintenance_windows[0]: a maintenance window without a name; add name"},
      {window("{name: w, intervals: [night]}"),
       "7: maintenance_windows[0]: a maintenance window needs matchers; write matchers: [] for every alert"},
      {window("{name: w, matchers: [a=b]}"),
       "7: maintenance_windows[0]: a maintenance window needs intervals, time_intervals or both, or it would never "
       "hold"},
      {window("{name: w, matchers: [a=b], intervals: [], time_intervals: []}"),
       "7: maintenance_windows[0]: a maintenance window needs intervals, time_intervals or both, or it would never "
       "hold"},
      {window("{name: w, matchers: [a=b], intervals: [noon]}"),
       "7: maintenance_windows[0].intervals[0]: the time interval \"noon\" is not defined; define it in "
       "time_intervals"},
      {window("{name: w, matchers: ['a=~\"(\"'], intervals: [night]}"),
       "7: maintenance_windows[0].matchers[0]: expected a matcher such as severity=\"critical\" or team=~\"a|b\"; "
       "error parsing regexp: missing closing ): `^(?:()$`"},
      {window("{name: w, matchers: [a=b], time_intervals: [{location: Mars}]}"),
       "7: maintenance_windows[0].time_intervals[0].location: expected a time zone that this machine knows, such as "
       "Europe/Berlin, UTC or Local; if the name is right, install the package tzdata, found \"Mars\""},
      {window("{name: w, matchers: [a=b], interval: [night]}"),
       "7: maintenance_windows[0].interval: unknown key; did you mean \"intervals\"?"},
      {window("{name: w, matchers: [a=b], intervals: [night]}\n  - {name: w, matchers: [], intervals: [night]}"),
       "8: maintenance_windows[1].name: the maintenance window name \"w\" is used twice; give each its own"},
      {with_route + "maintenance_windows: {}\n", "6: maintenance_windows: expected a list, found a mapping"},
  });
}

BOOST_AUTO_TEST_SUITE_END()
