#include "http/params.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <httplib.h>

#include "protocols/severity.hpp"

using tocsin::parse_severity;
using tocsin::severity;
using tocsin::http::params;
using tocsin::http::parse_id;

namespace {

httplib::Request query(std::initializer_list<std::pair<const char*, std::string>> given) {
  httplib::Request request;
  request.method = "GET";
  for (const auto& [name, value] : given) request.params.emplace(name, value);
  return request;
}

httplib::Request body(std::string text, std::initializer_list<std::pair<const char*, std::string>> given = {}) {
  auto request = query(given);
  request.method = "PUT";
  request.body = std::move(text);
  return request;
}

std::string parameter_of(const params& p) {
  return p.error() ? p.error()->parameter : std::string("none");
}
std::string message_of(const params& p) {
  return p.error() ? p.error()->message : std::string();
}

constexpr auto lowest = std::numeric_limits<std::int64_t>::min();
constexpr auto highest = std::numeric_limits<std::int64_t>::max();

} // namespace

BOOST_AUTO_TEST_SUITE(reading_parameters)

BOOST_AUTO_TEST_CASE(what_is_missing_is_the_default_and_no_error) {
  params p(query({}));
  BOOST_TEST(!p.text("alert_name").has_value());
  BOOST_TEST(p.integer("days", 7, 1, 365) == 7);
  BOOST_TEST(!p.optional_integer("resolution_time_seconds", 0, 10).has_value());
  BOOST_TEST(!p.boolean("success").has_value());
  BOOST_TEST(!p.word("severity", parse_severity, "critical, warning or info").has_value());
  BOOST_TEST(!p.error().has_value());
}

BOOST_AUTO_TEST_CASE(each_kind_reads_what_was_given) {
  params p(query(
      {{"alert_name", "Disk 90%"}, {"days", "30"}, {"seconds", "0"}, {"success", "false"}, {"severity", "info"}}));
  BOOST_TEST(p.text("alert_name").value() == "Disk 90%");
  BOOST_TEST(p.integer("days", 7, 1, 365) == 30);
  BOOST_TEST(p.optional_integer("seconds", 0, 10).value() == 0);
  BOOST_TEST(!p.boolean("success").value());
  BOOST_TEST((p.word("severity", parse_severity, "words") == severity::info));
  BOOST_TEST(p.required_text("alert_name") == "Disk 90%");
  BOOST_TEST(!p.error().has_value());
}

BOOST_AUTO_TEST_CASE(the_ends_of_a_range_belong_to_it) {
  for (const auto* given : {"1", "365", "0365"}) {
    params p(query({{"days", given}}));
    BOOST_TEST(p.integer("days", 7, 1, 365) == std::stoll(given));
    BOOST_TEST(!p.error().has_value());
  }
}

BOOST_AUTO_TEST_CASE(a_number_out_of_range_or_no_number_gives_the_default_and_an_error) {
  for (const std::string given : {"0",
                                  "366",
                                  "-1",
                                  "",
                                  " ",
                                  "7 ",
                                  " 7",
                                  "+7",
                                  "7d",
                                  "7.0",
                                  "7e0",
                                  "0x7",
                                  "abc",
                                  "1,000",
                                  "９",
                                  "7\n",
                                  "9223372036854775808",
                                  "-9223372036854775809",
                                  "99999999999999999999",
                                  "--7",
                                  "-"}) {
    BOOST_TEST_CONTEXT("days=" << given) {
      params p(query({{"days", given}}));
      BOOST_TEST(p.integer("days", 7, 1, 365) == 7);
      BOOST_REQUIRE(p.error().has_value());
      BOOST_TEST(p.error()->status == 400);
      BOOST_TEST(p.error()->code == "invalid_parameter");
      BOOST_TEST(p.error()->parameter == "days");
      BOOST_TEST(p.error()->message == "days: expected a whole number from 1 to 365, found \"" + given + "\"");
    }
  }
}

BOOST_AUTO_TEST_CASE(a_nul_does_not_end_a_number) {
  params p(query({{"days", std::string("7\0", 2)}}));
  BOOST_TEST(p.integer("days", 1, 1, 365) == 1);
  BOOST_TEST(parameter_of(p) == "days");
}

BOOST_AUTO_TEST_CASE(the_whole_range_of_numbers_can_be_asked_for) {
  params p(query({{"least", std::to_string(lowest)}, {"most", std::to_string(highest)}}));
  BOOST_TEST(p.integer("least", 0, lowest, highest) == lowest);
  BOOST_TEST(p.integer("most", 0, lowest, highest) == highest);
  BOOST_TEST(!p.error().has_value());
}

BOOST_AUTO_TEST_CASE(a_truth_value_is_one_of_four_words) {
  for (const auto& [given, value] :
       std::vector<std::pair<std::string, bool>>{{"true", true}, {"1", true}, {"false", false}, {"0", false}}) {
    params p(query({{"success", given}}));
    BOOST_TEST((p.boolean("success") == value), given);
    BOOST_TEST(!p.error().has_value());
  }
  for (const std::string given : {"", "yes", "True", "TRUE", "2", "01", "true "}) {
    params p(query({{"success", given}}));
    BOOST_TEST(!p.boolean("success").has_value(), given);
    BOOST_TEST(message_of(p) == "success: expected true or false, found \"" + given + "\"");
  }
}

BOOST_AUTO_TEST_CASE(an_unknown_word_is_refused_with_the_known_ones) {
  for (const std::string given : {"", "loud", "Critical", "critical ", "critical,warning"}) {
    params p(query({{"severity", given}}));
    BOOST_TEST(!p.word("severity", parse_severity, "critical, warning or info").has_value());
    BOOST_TEST(message_of(p) == "severity: expected critical, warning or info, found \"" + given + "\"");
    BOOST_TEST(parameter_of(p) == "severity");
  }
}

BOOST_AUTO_TEST_CASE(a_required_text_must_be_there_and_not_be_empty) {
  for (const auto& request : {query({}), query({{"acknowledged_by", ""}}), body("{}"),
                              body(R"({"acknowledged_by":null})"), body(R"({"acknowledged_by":""})")}) {
    params p(request);
    BOOST_TEST(p.required_text("acknowledged_by") == "");
    BOOST_REQUIRE(p.error().has_value());
    BOOST_TEST(p.error()->status == 400);
    BOOST_TEST(p.error()->code == "missing_parameter");
    BOOST_TEST(p.error()->parameter == "acknowledged_by");
    BOOST_TEST(p.error()->message.find("acknowledged_by") == 0U);
  }
}

BOOST_AUTO_TEST_CASE(a_text_may_be_as_long_as_its_limit_and_no_longer) {
  params fits(query({{"name", std::string(4096, 'x')}}));
  BOOST_TEST(fits.text("name").value().size() == 4096U);
  BOOST_TEST(!fits.error().has_value());

  params longer(query({{"name", std::string(4097, 'x')}}));
  BOOST_TEST(!longer.text("name").has_value());
  BOOST_TEST(message_of(longer).find("name: expected at most 4096 bytes, found \"xxx") == 0U);
  BOOST_TEST(message_of(longer).size() < 200U);

  params required(query({{"by", std::string(257, 'x')}}));
  BOOST_TEST(required.required_text("by") == "");
  BOOST_TEST(required.error()->code == "invalid_parameter");
  BOOST_TEST(parameter_of(required) == "by");
}

BOOST_AUTO_TEST_CASE(a_huge_value_is_cut_in_the_message) {
  for (const auto& request : {query({{"days", std::string(4000, '9')}}), query({{"days", std::string(1'000'000, '9')}}),
                              body("{\"days\":\"" + std::string(1'000'000, '9') + "\"}")}) {
    params p(request);
    BOOST_TEST(p.integer("days", 7, 1, 365) == 7);
    BOOST_TEST(parameter_of(p) == "days");
    BOOST_TEST(message_of(p).size() < 200U);
    BOOST_TEST(message_of(p).find("…") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(the_first_error_is_kept) {
  params p(query({{"days", "0"}, {"limit", "0"}, {"severity", "loud"}}));
  BOOST_TEST(!p.word("severity", parse_severity, "a severity").has_value());
  BOOST_TEST(p.integer("days", 7, 1, 365) == 7);
  BOOST_TEST(p.integer("limit", 1000, 1, 10'000) == 1000);
  BOOST_TEST(p.required_text("by") == "");
  BOOST_TEST(parameter_of(p) == "severity");

  params q(query({{"days", "0"}}));
  BOOST_TEST(q.required_text("by") == "");
  BOOST_TEST(q.integer("days", 7, 1, 365) == 7);
  BOOST_TEST(parameter_of(q) == "by");
}

BOOST_AUTO_TEST_CASE(of_a_parameter_given_twice_the_first_counts) {
  params p(query({{"days", "1"}, {"days", "abc"}}));
  BOOST_TEST(p.integer("days", 7, 1, 365) == 1);
  BOOST_TEST(!p.error().has_value());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(reading_bodies)

BOOST_AUTO_TEST_CASE(members_of_the_body_win_over_the_query) {
  params p(body(R"({"by":"ana","level":2})", {{"by", "bo"}, {"level", "3"}, {"comment", "from the query"}}));
  BOOST_TEST(p.required_text("by") == "ana");
  BOOST_TEST(p.integer("level", 1, 1, 3) == 2);
  BOOST_TEST(p.text("comment").value() == "from the query");
  BOOST_TEST(!p.error().has_value());
}

BOOST_AUTO_TEST_CASE(a_null_member_is_as_if_it_were_not_there) {
  params p(body(R"({"by":null,"seconds":null})", {{"by", "bo"}}));
  BOOST_TEST(p.required_text("by") == "bo");
  BOOST_TEST(!p.optional_integer("seconds", 0, 10).has_value());
  BOOST_TEST(!p.error().has_value());
}

BOOST_AUTO_TEST_CASE(numbers_and_truth_values_may_be_json_or_text) {
  for (const auto* text : {R"({"level":3,"on":true})", R"({"level":"3","on":"true"})"}) {
    params p(body(text));
    BOOST_TEST(p.integer("level", 1, 1, 3) == 3);
    BOOST_TEST(p.boolean("on").value());
    BOOST_TEST(!p.error().has_value());
  }
}

BOOST_AUTO_TEST_CASE(text_keeps_every_character) {
  params p(body("{\"comment\":\"line\\nfeed \\\"quoted\\\" \\u0000 \xC3\xBC \\uD83D\\uDD14\"}"));
  BOOST_TEST(p.text("comment").value()
             == "line\nfeed \"quoted\" " + std::string(1, '\0') + " \xC3\xBC \xF0\x9F\x94\x94");
}

BOOST_AUTO_TEST_CASE(a_member_of_another_kind_is_refused_by_name) {
  for (const auto* given : {"3.5", "1e0", "true", "[3]", "{\"a\":3}", "-3", "9223372036854775808", "4", "0", "[]"}) {
    BOOST_TEST_CONTEXT(given) {
      params p(body(std::string("{\"level\":") + given + "}"));
      BOOST_TEST(p.integer("level", 1, 1, 3) == 1);
      BOOST_TEST(parameter_of(p) == "level");
    }
  }
}

BOOST_AUTO_TEST_CASE(a_body_that_is_no_object_is_refused_whatever_the_query_says) {
  for (const std::string text :
       {"[]", "[{\"by\":\"ana\"}]", "\"by\"", "7", "null", "true", "{", "{\"by\":}", "{\"by\":\"ana\"", "by=ana", " ",
        "\n", "{} {}", "{\"level\":99999999999999999999}", "{\"by\":\"\xFF\"}", "\xEF\xBB\xBF[]"}) {
    BOOST_TEST_CONTEXT(text) {
      params p(body(text, {{"by", "bo"}}));
      BOOST_REQUIRE(p.error().has_value());
      BOOST_TEST(p.error()->status == 400);
      BOOST_TEST(p.error()->code == "invalid_body");
      BOOST_TEST(p.error()->parameter == "");
      BOOST_TEST(p.error()->message.find("expected the parameters in the query or as a JSON object in the body") == 0U);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_deep_body_is_refused) {
  params p(body("{\"a\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}"));
  BOOST_REQUIRE(p.error().has_value());
  BOOST_TEST(p.error()->code == "invalid_body");
}

BOOST_AUTO_TEST_CASE(a_body_error_comes_before_errors_of_parameters) {
  params p(body("nonsense", {{"level", "9"}}));
  BOOST_TEST(p.integer("level", 1, 1, 3) == 1);
  BOOST_TEST(p.error()->code == "invalid_body");
}

BOOST_AUTO_TEST_CASE(the_body_of_a_get_is_not_looked_at) {
  auto request = query({{"days", "3"}});
  request.body = R"({"days":5} and more)";
  params p(request);
  BOOST_TEST(p.integer("days", 7, 1, 365) == 3);
  BOOST_TEST(!p.error().has_value());
}

BOOST_AUTO_TEST_CASE(an_empty_body_is_no_error) {
  params p(body("", {{"by", "bo"}}));
  BOOST_TEST(p.required_text("by") == "bo");
  BOOST_TEST(!p.error().has_value());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(reading_ids)

BOOST_AUTO_TEST_CASE(a_positive_number_is_an_id) {
  BOOST_TEST(parse_id("1").value() == 1);
  BOOST_TEST(parse_id("00042").value() == 42);
  BOOST_TEST(parse_id(std::to_string(highest)).value() == highest);
}

BOOST_AUTO_TEST_CASE(anything_else_is_refused_by_name) {
  for (const std::string text : {"", "0", "-1", "-0", "+1", "abc", "1a", "a1", " 1", "1 ", "1.0", "0x1", "1/2", "%31",
                                 "9223372036854775808", "99999999999999999999", "-9223372036854775809", "١"}) {
    BOOST_TEST_CONTEXT(text) {
      const auto id = parse_id(text);
      BOOST_REQUIRE(!id.has_value());
      BOOST_TEST(id.error().status == 400);
      BOOST_TEST(id.error().code == "invalid_parameter");
      BOOST_TEST(id.error().parameter == "id");
      BOOST_TEST(id.error().message == "id: expected a positive whole number, found \"" + text + "\"");
    }
  }
  BOOST_TEST(!parse_id(std::string_view("1\0", 2)).has_value());
  BOOST_TEST(parse_id(std::string(100'000, '7')).error().message.size() < 200U);
}

BOOST_AUTO_TEST_SUITE_END()
