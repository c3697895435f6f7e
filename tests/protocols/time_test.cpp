#include "protocols/time.hpp"

#include <string>

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using tocsin::duration;
using tocsin::format_duration;
using tocsin::parse_duration;
using tocsin::parse_rfc3339;
using tocsin::time_precision;
using tocsin::timestamp;
using tocsin::to_rfc3339;

namespace {

constexpr timestamp at_millis(std::int64_t millis) {
  return timestamp{std::chrono::milliseconds{millis}};
}

/// What a text reads as, written again; `unset`, or `refused`.
std::string read_again(std::string_view text) {
  const auto time = parse_rfc3339(text);
  if (!time) return "refused";
  return *time ? to_rfc3339(**time) : "unset";
}

/// Milliseconds, or -1 when refused.
std::int64_t millis_of(std::string_view text) {
  const auto parsed = parse_duration(text);
  return parsed ? parsed->count() : -1;
}

struct time_case {
  std::string_view text;
  std::string_view reads_as;
};

} // namespace

BOOST_AUTO_TEST_SUITE(times)

BOOST_AUTO_TEST_CASE(rfc_3339_is_read_with_any_fraction_and_offset) {
  constexpr time_case cases[] = {
      {"2026-11-24T00:22:42.712Z", "2026-11-24T00:22:42.712Z"},
      {"2026-11-24T00:22:42Z", "2026-11-24T00:22:42.000Z"},
      {"2026-11-24T00:22:42.7Z", "2026-11-24T00:22:42.700Z"},
      {"2026-11-24T00:22:42.07Z", "2026-11-24T00:22:42.070Z"},
      {"2026-11-24T00:22:42.123999999Z", "2026-11-24T00:22:42.123Z"},
      {"2026-11-24T08:00:00.123456789+08:00", "2026-11-24T00:00:00.123Z"},
      {"2026-11-24T00:00:00-05:30", "2026-11-24T05:30:00.000Z"},
      {"2026-11-24T00:00:00+23:59", "2026-11-23T00:01:00.000Z"},
      {"2026-11-24T00:00:00-00:00", "2026-11-24T00:00:00.000Z"},
      {"1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"},
      {"0002-01-01T00:00:00Z", "0002-01-01T00:00:00.000Z"},
      {"9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"},
      {"2024-02-29T12:00:00Z", "2024-02-29T12:00:00.000Z"},
      {"2000-02-29T12:00:00Z", "2000-02-29T12:00:00.000Z"},
  };
  for (const auto& c : cases) BOOST_TEST(read_again(c.text) == c.reads_as, c.text);
}

BOOST_AUTO_TEST_CASE(a_time_without_a_zone_is_utc_and_a_date_is_midnight) {
  BOOST_TEST(read_again("2026-11-24T08:00:00") == "2026-11-24T08:00:00.000Z");
  BOOST_TEST(read_again("2026-11-24T08:00:00.5") == "2026-11-24T08:00:00.500Z");
  BOOST_TEST(read_again("2026-11-24") == "2026-11-24T00:00:00.000Z");
}

BOOST_AUTO_TEST_CASE(the_empty_string_and_the_year_one_mean_not_set) {
  for (const auto* text : {"", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z", "0001-01-01T08:00:00+08:00"}) {
    BOOST_TEST(read_again(text) == "unset", text);
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_time_is_refused) {
  constexpr std::string_view cases[] = {
      "garbage",
      "not-a-timestamp",
      " ",
      "2026",
      "2026-11",
      "2026-11-24T",
      "2026-11-24T08",
      "2026-11-24T08:00",
      "2026-11-24T08:00Z",
      "2026-11-24 08:00:00Z",
      "2026-11-24t08:00:00Z",
      "2026-11-24T08:00:00z",
      "2026-11-24T08:00:00 Z",
      "2026-11-24T08:00:00.Z",
      "2026-11-24T08:00:00,5Z",
      "2026-11-24T08:00:00.1234567890Z",
      "2026-11-24T08:00:00+8:00",
      "2026-11-24T08:00:00+0800",
      "2026-11-24T08:00:00+08",
      "2026-11-24T08:00:00+08:00Z",
      "2026-11-24T08:00:00ZZ",
      "2026-11-24Z",
      "26-11-24T08:00:00Z",
      "+2026-11-24T08:00:00Z",
      "-026-11-24T08:00:00Z",
      "2026-1-24T08:00:00Z",
      "2026-11-4T08:00:00Z",
      "2026-11-24T8:00:00Z",
      "2026/11/24T08:00:00Z",
      "1795479448",
      "2026-11-24T08:00:00\xC2\xA0Z",
  };
  for (const auto text : cases) BOOST_TEST(read_again(text) == "refused", text);
}

BOOST_AUTO_TEST_CASE(parts_out_of_range_are_named) {
  constexpr time_case cases[] = {
      {"0000-01-01T00:00:00Z", "year"},        {"2026-00-24T08:00:00Z", "month"},
      {"2026-13-24T08:00:00Z", "month"},       {"2026-11-00T08:00:00Z", "day"},
      {"2026-11-31T08:00:00Z", "day"},         {"2026-01-32", "day"},
      {"2026-02-29T08:00:00Z", "day"},         {"2100-02-29T08:00:00Z", "day"},
      {"2026-11-24T24:00:00Z", "hour"},        {"2026-11-24T08:60:00Z", "minute"},
      {"2026-11-24T08:00:60Z", "second"},      {"2016-12-31T23:59:60Z", "second"},
      {"2026-11-24T08:00:00+24:00", "offset"}, {"2026-11-24T08:00:00-08:60", "offset"},
  };
  for (const auto& c : cases) {
    const auto time = parse_rfc3339(c.text);
    BOOST_REQUIRE_MESSAGE(!time, c.text);
    const auto& message = time.error().message;
    BOOST_TEST(message.find("the " + std::string(c.reads_as) + " is out of range") != std::string::npos, message);
    BOOST_TEST(message.find(c.text) != std::string::npos, message);
  }
}

BOOST_AUTO_TEST_CASE(the_message_for_a_long_text_is_short) {
  const auto time = parse_rfc3339(std::string(100'000, 'x'));
  BOOST_REQUIRE(!time);
  BOOST_TEST(time.error().message.size() < 200U);
  BOOST_TEST(time.error().message.find("such as 2026-11-24T08:00:00Z") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(every_day_of_four_centuries_is_read_as_the_next_one) {
  // The Gregorian calendar repeats after 400 years, so this is all of it.
  auto expected = at_millis(0) + (std::chrono::sys_days{std::chrono::year{1900} / 1 / 1} - std::chrono::sys_days{});
  std::size_t wrong = 0;
  for (int day = 0; day < 146'097; ++day, expected += 24h) {
    const auto time = parse_rfc3339(to_rfc3339(expected));
    if (!time || *time != expected) ++wrong;
  }
  BOOST_TEST(wrong == 0U);
  BOOST_TEST(to_rfc3339(expected) == "2300-01-01T00:00:00.000Z");
}

BOOST_AUTO_TEST_CASE(times_are_written_with_three_digits_or_as_few_as_needed) {
  const auto second = at_millis(1'795'479'762'000);
  BOOST_TEST(to_rfc3339(second) == "2026-11-24T00:22:42.000Z");
  BOOST_TEST(to_rfc3339(second, time_precision::trimmed) == "2026-11-24T00:22:42Z");
  BOOST_TEST(to_rfc3339(second + 710ms, time_precision::trimmed) == "2026-11-24T00:22:42.71Z");
  BOOST_TEST(to_rfc3339(second + 7ms, time_precision::trimmed) == "2026-11-24T00:22:42.007Z");
  BOOST_TEST(to_rfc3339(second + 700ms, time_precision::trimmed) == "2026-11-24T00:22:42.7Z");
  BOOST_TEST(to_rfc3339(at_millis(-1)) == "1969-12-31T23:59:59.999Z");
  std::string text = "at ";
  tocsin::append_rfc3339(text, at_millis(0));
  BOOST_TEST(text == "at 1970-01-01T00:00:00.000Z");
}

BOOST_AUTO_TEST_CASE(moments_outside_four_digit_years_are_written_as_the_nearest_inside) {
  BOOST_TEST(to_rfc3339(timestamp::min()) == "0001-01-01T00:00:00.000Z");
  BOOST_TEST(to_rfc3339(timestamp::max()) == "9999-12-31T23:59:59.999Z");
}

BOOST_AUTO_TEST_CASE(durations_are_read_in_prometheus_notation) {
  constexpr std::pair<std::string_view, std::int64_t> cases[] = {
      {"0", 0},
      {"0s", 0},
      {"30s", 30'000},
      {"1h30m", 5'400'000},
      {"1d", 86'400'000},
      {"2w", 1'209'600'000},
      {"500ms", 500},
      {"1y", 31'536'000'000},
      {"1w2d3h4m5s6ms", 788'645'006},
      {"90m", 5'400'000},
      {"007s", 7'000},
      {"1s0ms", 1'000},
  };
  for (const auto& [text, millis] : cases) BOOST_TEST(millis_of(text) == millis, text);
}

BOOST_AUTO_TEST_CASE(what_is_no_duration_is_refused) {
  constexpr std::string_view cases[] = {"",
                                        "1",
                                        "s",
                                        "-1s",
                                        "+1s",
                                        " 1s",
                                        "1s ",
                                        "1.5h",
                                        "1m1h",
                                        "1s1s",
                                        "1 s",
                                        "1S",
                                        "1us",
                                        "1min",
                                        "1h 5m",
                                        "99999999999999999999s",
                                        "300y",
                                        "1sm",
                                        "9223372036855s"};
  for (const auto text : cases) {
    const auto parsed = parse_duration(text);
    BOOST_TEST(!parsed.has_value(), text);
    if (!parsed) BOOST_TEST(parsed.error().message.find("such as 30s or 1h30m") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(durations_are_written_as_prometheus_writes_them) {
  constexpr std::pair<std::int64_t, std::string_view> cases[] = {
      {0, "0s"},
      {1, "1ms"},
      {30'000, "30s"},
      {300'000, "5m"},
      {5'400'000, "1h30m"},
      {86'400'000, "1d"},
      {7 * 86'400'000LL, "1w"},
      {8 * 86'400'000LL, "8d"},
      {365 * 86'400'000LL, "1y"},
      {61'001, "1m1s1ms"},
      {-1'500, "-1s500ms"},
  };
  for (const auto& [millis, text] : cases) BOOST_TEST(format_duration(duration{millis}) == text);
  BOOST_TEST(format_duration(duration::min()).front() == '-');
}

BOOST_AUTO_TEST_CASE(a_written_duration_reads_as_itself) {
  for (std::int64_t millis = 1; millis < 9'000'000'000'000; millis = millis * 3 + 7) {
    BOOST_TEST(millis_of(format_duration(duration{millis})) == millis);
  }
}

BOOST_AUTO_TEST_SUITE_END()
