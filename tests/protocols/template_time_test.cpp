#include <boost/test/unit_test.hpp>

#include "protocols/templates/go_time.hpp"
#include "protocols/templates/print.hpp"
#include "tests/protocols/template_samples.hpp"

using namespace tocsin;
using namespace std::chrono_literals;
using samples::as_text;
using samples::template_case;

namespace {

/// Friday, 6 February 2026, 03:04:05.678 UTC.
constexpr timestamp early = std::chrono::sys_days{std::chrono::year{2026} / 2 / 6} + 3h + 4min + 5s + 678ms;
/// Tuesday, 14 July 2026, 15:30:00 UTC: summer in Europe and America.
constexpr timestamp summer = std::chrono::sys_days{std::chrono::year{2026} / 7 / 14} + 15h + 30min;

std::string at(timestamp t, std::string_view text) {
  return as_text(text, samples::with_dot(templates::value(templates::moment{t, ""})));
}

std::string lasting(std::int64_t nanoseconds, std::string_view text) {
  const templates::integer d{nanoseconds, templates::integer_kind::duration};
  return as_text(text, samples::with_dot(templates::value(d)));
}

} // namespace

BOOST_AUTO_TEST_SUITE(template_times)

BOOST_AUTO_TEST_CASE(layouts_are_gos) {
  constexpr template_case cases[] = {
      {"2006-01-02T15:04:05Z07:00", "2026-02-06T03:04:05Z"},
      {"2006-01-02 15:04:05.000", "2026-02-06 03:04:05.678"},
      {"15:04:05.00 15:04:05,9 .999999", "03:04:05.67 03:04:05,6 .678"},
      {"Mon Jan _2 15:04:05 2006", "Fri Feb  6 03:04:05 2026"},
      {"Monday, 02-Jan-06 15:04:05 MST", "Friday, 06-Feb-26 03:04:05 UTC"},
      {"Mon, 02 Jan 2006 15:04:05 -0700", "Fri, 06 Feb 2026 03:04:05 +0000"},
      {"3:04PM 3:4pm 03:4:5", "3:04AM 3:4am 03:4:5"},
      {"January 2, 2006", "February 6, 2026"},
      {"1/2/06", "2/6/26"},
      {"002 __2", "037  37"},
      {"_2006", "_2026"},
      {"Month Monkey January", "Month Monkey February"},
      {"Z0700 Z07 -07:00 -07 Z07:00:00 -07:00:00 -070000", "Z Z +00:00 +00 Z +00:00:00 +000000"},
      {"no layout: xyz", "no layout: xyz"},
      {"", ""},
  };
  for (const auto& c : cases) {
    BOOST_TEST(templates::format_time({early, ""}, c.text) == c.yields);
  }
}

BOOST_AUTO_TEST_CASE(times_print_as_gos_do) {
  BOOST_TEST(at(early, "{{ . }}") == "2026-02-06 03:04:05.678 +0000 UTC");
  BOOST_TEST(at(summer, "{{ . }}") == "2026-07-14 15:30:00 +0000 UTC");
  BOOST_TEST(at(summer, "{{ . | tz \"Europe/Berlin\" }}") == "2026-07-14 17:30:00 +0200 CEST");
  BOOST_TEST(at(templates::go_zero_time, "{{ . }}") == "0001-01-01 00:00:00 +0000 UTC");
  BOOST_TEST(at(early, "{{ printf \"%s %v\" . . }}")
             == "2026-02-06 03:04:05.678 +0000 UTC 2026-02-06 03:04:05.678 +0000 UTC");
}

BOOST_AUTO_TEST_CASE(zones_follow_the_calendar_of_the_place) {
  struct zone_case {
    timestamp t;
    std::string_view zone;
    std::string_view shown;
  };
  // In 2026 Europe changes on 29 March and 25 October at 01:00 UTC, New York on
  // 8 March and 1 November.
  const auto spring = std::chrono::sys_days{std::chrono::year{2026} / 3 / 29} + 1h;
  const auto autumn = std::chrono::sys_days{std::chrono::year{2026} / 10 / 25} + 1h;
  const zone_case cases[] = {
      {early, "Europe/Berlin", "2026-02-06 04:04:05 CET +0100"},
      {summer, "Europe/Berlin", "2026-07-14 17:30:00 CEST +0200"},
      {spring - 1s, "Europe/Berlin", "2026-03-29 01:59:59 CET +0100"},
      {spring, "Europe/Berlin", "2026-03-29 03:00:00 CEST +0200"},
      {autumn - 1s, "Europe/Berlin", "2026-10-25 02:59:59 CEST +0200"},
      {autumn, "Europe/Berlin", "2026-10-25 02:00:00 CET +0100"},
      {early, "America/New_York", "2026-02-05 22:04:05 EST -0500"},
      {summer, "America/New_York", "2026-07-14 11:30:00 EDT -0400"},
      {early, "Asia/Kolkata", "2026-02-06 08:34:05 IST +0530"},
      {early, "UTC", "2026-02-06 03:04:05 UTC +0000"},
      {early, "", "2026-02-06 03:04:05 UTC +0000"},
  };
  for (const auto& c : cases) {
    const auto text = "{{ . | tz \"" + std::string(c.zone) + "\" | date \"2006-01-02 15:04:05 MST -0700\" }}";
    BOOST_TEST_CONTEXT(c.zone) BOOST_TEST(at(c.t, text) == c.shown);
  }
}

BOOST_AUTO_TEST_CASE(times_have_gos_methods) {
  constexpr template_case cases[] = {
      {"{{ .Format \"15:04\" }}", "03:04"},
      {"{{ .Unix }} {{ .UnixMilli }} {{ .UnixNano }}", "1770347045 1770347045678 1770347045678000000"},
      {"{{ .Year }} {{ .Month }} {{ .Day }} {{ .Weekday }} {{ .YearDay }}", "2026 February 6 Friday 37"},
      {"{{ .Hour }}:{{ .Minute }}:{{ .Second }}.{{ .Nanosecond }}", "3:4:5.678000000"},
      {"{{ printf \"%d %02d\" .Month .Weekday }}", "2 05"},
      {"{{ .IsZero }} {{ .Before . }} {{ .After . }} {{ .Equal . }}", "false false false true"},
      {"{{ (tz \"Asia/Tokyo\" .).UTC.Format \"15:04 MST\" }}", "03:04 UTC"},
      {"{{ (tz \"Asia/Tokyo\" .).Hour }} {{ (tz \"Asia/Tokyo\" .).String }}", "12 2026-02-06 12:04:05.678 +0900 JST"},
      {"{{ .Add 3600000000000 | date \"15:04\" }}", "04:04"},
      {"{{ (.Add 90000000000).Sub . }}", "1m30s"},
      {"{{ toJson (tz \"Asia/Tokyo\" .) }}", "\"2026-02-06T12:04:05.678+09:00\""},
  };
  for (const auto& c : cases) BOOST_TEST_CONTEXT(c.text) BOOST_TEST(at(early, c.text) == c.yields);
  BOOST_TEST(at(templates::go_zero_time, "{{ .IsZero }}") == "true");
}

BOOST_AUTO_TEST_CASE(a_time_can_be_moved_no_further_than_a_calendar_goes) {
  BOOST_TEST(at(summer, "{{ $t := . }}{{ range 2000 }}{{ $t = $t.Add 9223372036854775807 }}{{ end }}{{ $t.Year }}")
             == "9999");
  BOOST_TEST(at(summer, "{{ $t := . }}{{ range 2000 }}{{ $t = $t.Add -9223372036854775807 }}{{ end }}{{ $t.Year }}")
             == "1");
}

BOOST_AUTO_TEST_CASE(durations_print_as_gos_do) {
  const std::pair<std::int64_t, std::string_view> cases[] = {
      {0, "0s"},
      {1, "1ns"},
      {1'500, "1.5µs"},
      {2'000'000, "2ms"},
      {1'234'567, "1.234567ms"},
      {1'000'000'000, "1s"},
      {1'500'000'000, "1.5s"},
      {60'000'000'000, "1m0s"},
      {3'723'500'000'000, "1h2m3.5s"},
      {90'000'000'000'000, "25h0m0s"},
      {-61'000'000'000, "-1m1s"},
      {std::numeric_limits<std::int64_t>::max(), "2562047h47m16.854775807s"},
      {std::numeric_limits<std::int64_t>::min(), "-2562047h47m16.854775808s"},
  };
  for (const auto& [nanoseconds, shown] : cases) {
    BOOST_TEST(templates::duration_text(nanoseconds) == shown);
    BOOST_TEST(lasting(nanoseconds, "{{ . }}") == shown);
  }
}

BOOST_AUTO_TEST_CASE(durations_have_gos_methods) {
  constexpr template_case cases[] = {
      {"{{ .Hours }} {{ .Minutes }} {{ .Seconds }}", "1.5 90 5400"},
      {"{{ .Milliseconds }} {{ .Microseconds }} {{ .Nanoseconds }}", "5400000 5400000000 5400000000000"},
      {"{{ .Round 3600000000000 }} {{ .Truncate 3600000000000 }}", "2h0m0s 1h0m0s"},
      {"{{ .String }} {{ printf \"%.1f\" .Hours }}", "1h30m0s 1.5"},
      {"{{ toJson . }} {{ printf \"%d\" . }}", "5400000000000 5400000000000"},
  };
  for (const auto& c : cases) BOOST_TEST_CONTEXT(c.text) BOOST_TEST(lasting(5'400'000'000'000, c.text) == c.yields);
  BOOST_TEST(lasting(-5'400'000'000'000, "{{ .Round 3600000000000 }} {{ .Truncate 3600000000000 }} {{ .Abs }}")
             == "-2h0m0s -1h0m0s 1h30m0s");
  BOOST_TEST(lasting(std::numeric_limits<std::int64_t>::min(), "{{ .Abs }} {{ .Round 3600000000000 }}")
             == "2562047h47m16.854775807s -2562047h47m16.854775808s");
}

BOOST_AUTO_TEST_CASE(since_counts_up_to_the_moment_of_the_notification) {
  BOOST_TEST(at(samples::noon - 90min, "{{ since . }} {{ (since .).Hours }} {{ since . | humanizeDuration }}")
             == "1h30m0s 1.5 1h 30m 0s");
  BOOST_TEST(at(samples::noon + 1s, "{{ since . }}") == "-1s");
  BOOST_TEST(at(templates::go_zero_time, "{{ since . }}") == "2562047h47m16.854775807s");
}

BOOST_AUTO_TEST_CASE(durations_are_told_to_people_as_prometheus_does) {
  constexpr template_case cases[] = {
      {"{{ humanizeDuration 0 }}", "0s"},
      {"{{ humanizeDuration 1 }}", "1s"},
      {"{{ humanizeDuration 59.5 }}", "59.5s"},
      {"{{ humanizeDuration 60 }}", "1m 0s"},
      {"{{ humanizeDuration 3600 }}", "1h 0m 0s"},
      {"{{ humanizeDuration 86400 }}", "1d 0h 0m 0s"},
      {"{{ humanizeDuration 899999 }}", "10d 9h 59m 59s"},
      {"{{ humanizeDuration -3661 }}", "-1h 1m 1s"},
      {"{{ humanizeDuration \"12.34\" }}", "12.34s"},
      {"{{ humanizeDuration 12.3456 }}", "12.35s"},
      {"{{ humanizeDuration 0.1 }}", "100ms"},
      {"{{ humanizeDuration .0001 }}", "100us"},
      {"{{ humanizeDuration -0.00000001 }}", "-10ns"},
      {"{{ humanizeDuration \"inf\" }}", "+Inf"},
      {"{{ humanizeDuration \"nan\" }}", "NaN"},
      {"{{ humanizeDuration 1e300 }}", "104166666666666d 16h 0m 0s"},
  };
  for (const auto& c : cases) BOOST_TEST_CONTEXT(c.text) BOOST_TEST(as_text(c.text) == c.yields);
}

BOOST_AUTO_TEST_SUITE_END()
