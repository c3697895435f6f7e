#include "protocols/silence_json.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

using namespace tocsin;

namespace {

using namespace std::chrono_literals;

/// 2026-11-24T08:00:00Z and so many seconds.
timestamp at(std::int64_t seconds) {
  return timestamp{std::chrono::sys_days{std::chrono::year{2026} / 11 / 24} + 8h + std::chrono::seconds{seconds}};
}

std::string body_with(const std::string& more = {}) {
  return R"({"matchers":[{"name":"service","value":"batch","isRegex":false}],"startsAt":"2026-11-24T08:00:00Z",)"
         R"("endsAt":"2026-11-24T09:00:00.25+00:00","createdBy":"ann","comment":"nightly batch")"
         + more + "}";
}

std::string matcher_body(const std::string& matchers) {
  return R"({"comment":"","createdBy":"","startsAt":"2026-11-24T08:00:00Z","endsAt":"2026-11-24T09:00:00Z","matchers":)"
         + matchers + "}";
}

std::string silence_text(const silence& s, timestamp now) {
  std::string text;
  json_writer w(text);
  write_silence(w, s, now);
  return text;
}

std::string matchers_text(const std::vector<matcher>& matchers) {
  std::string text;
  json_writer w(text);
  write_matchers(w, matchers);
  return text;
}

std::string intervals_text(const std::vector<time_interval>& intervals) {
  std::string text;
  json_writer w(text);
  write_intervals(w, intervals);
  return text;
}

/// `422 602 message` of a body that must be refused.
std::string refused(const std::string& body) {
  const auto parsed = parse_silence(body);
  if (parsed) return "accepted";
  const auto& e = parsed.error();
  return std::to_string(e.http_status) + " " + std::to_string(e.code) + " " + e.message;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(silences_as_json)

BOOST_AUTO_TEST_CASE(a_body_becomes_a_silence) {
  const auto s = parse_silence(body_with());
  BOOST_REQUIRE(s);
  BOOST_TEST(s->id == "");
  BOOST_REQUIRE(s->matchers.size() == 1U);
  BOOST_TEST(s->matchers[0].to_string() == "service=\"batch\"");
  BOOST_CHECK(s->starts_at == at(0));
  BOOST_CHECK(s->ends_at == at(3600) + 250ms);
  BOOST_TEST(s->created_by == "ann");
  BOOST_TEST(s->comment == "nightly batch");
  BOOST_TEST(s->recurrence.empty());
  BOOST_TEST(!s->expire_on_resolve);
  BOOST_CHECK(!s->matched_at);
}

BOOST_AUTO_TEST_CASE(names_are_found_in_any_case_and_what_is_not_known_is_passed_over) {
  const auto s = parse_silence(
      R"({"ID":"x","Matchers":[{"NAME":"a","Value":"b","isregex":false,"more":{}}],"STARTSAT":"2026-11-24T08:00:00Z",)"
      R"("endsat":"2026-11-24T09:00:00Z","CreatedBy":"ann","Comment":"c","status":{"state":7},"deep":[[[1]]]})"
      " trailing");
  BOOST_REQUIRE(s);
  BOOST_TEST(s->id == "x");
  BOOST_TEST(s->matchers[0].to_string() == "a=\"b\"");
}

BOOST_AUTO_TEST_CASE(empty_texts_are_allowed_and_a_missing_time_is_long_past) {
  const auto s = parse_silence(R"({"matchers":[{"name":"a","value":"b","isRegex":true}],"startsAt":"",)"
                               R"("endsAt":"0001-01-01T00:00:00Z","createdBy":"","comment":""})");
  BOOST_REQUIRE(s);
  BOOST_CHECK(s->starts_at == timestamp{});
  BOOST_CHECK(s->ends_at == timestamp{});
}

BOOST_AUTO_TEST_CASE(the_four_operators_are_two_flags) {
  struct row {
    std::string flags;
    match_op op;
  };
  using enum match_op;
  for (const auto& [flags, op] : std::vector<row>{{R"("isRegex":false)", equal},
                                                  {R"("isRegex":false,"isEqual":null)", equal},
                                                  {R"("isRegex":false,"isEqual":true)", equal},
                                                  {R"("isRegex":false,"isEqual":false)", not_equal},
                                                  {R"("isRegex":true)", regex},
                                                  {R"("isRegex":true,"isEqual":false)", not_regex}}) {
    const auto s = parse_silence(matcher_body(R"([{"name":"a","value":"b",)" + flags + "}]"));
    BOOST_REQUIRE_MESSAGE(s, flags);
    BOOST_CHECK(s->matchers[0].op() == op);
    const auto again = read_matchers(matchers_text(s->matchers));
    BOOST_REQUIRE(again);
    BOOST_CHECK(*again == s->matchers);
  }
}

BOOST_AUTO_TEST_CASE(what_is_missing_is_named_in_the_order_of_the_alphabet) {
  struct row {
    std::string body;
    std::string answer;
  };
  const std::vector<row> table{
      {"", "422 602 silence in body is required"},
      {" \n", "422 602 silence in body is required"},
      {"null", "422 602 comment in body is required"},
      {"{}", "422 602 comment in body is required"},
      {R"({"comment":null})", "422 602 comment in body is required"},
      {R"({"comment":""})", "422 602 createdBy in body is required"},
      {R"({"comment":"","createdBy":""})", "422 602 endsAt in body is required"},
      {R"({"comment":"","createdBy":"","endsAt":"2026-11-24T09:00:00Z"})", "422 602 matchers in body is required"},
      {R"({"comment":"","createdBy":"","endsAt":"2026-11-24T09:00:00Z","matchers":[]})",
       "422 612 matchers in body should have at least 1 items"},
      {R"({"comment":"","createdBy":"","endsAt":"2026-11-24T09:00:00Z","matchers":[{"name":"a","value":"b","isRegex":false}]})",
       "422 602 startsAt in body is required"},
      {matcher_body("null"), "422 602 matchers in body is required"},
      {matcher_body("[{}]"), "422 602 matchers.0.isRegex in body is required"},
      {matcher_body("[null]"), "422 602 matchers.0.isRegex in body is required"},
      {matcher_body(R"([{"isRegex":false}])"), "422 602 matchers.0.name in body is required"},
      {matcher_body(R"([{"name":"a","value":"b","isRegex":false},{"isRegex":false,"name":"b"}])"),
       "422 602 matchers.1.value in body is required"},
  };
  for (const auto& [body, answer] : table) BOOST_TEST(refused(body) == answer, body << ": " << refused(body));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_says_where) {
  struct row {
    std::string body;
    std::string where;
  };
  const std::vector<row> table{
      {"{", ""},
      {"[]", "expected an object, found an array"},
      {"7", "expected an object, found a number"},
      {R"("text")", "expected an object, found a string"},
      {R"({"comment":7})", "comment: expected a string, found a number"},
      {R"({"createdBy":[]})", "createdBy: expected a string, found an array"},
      {R"({"startsAt":"garbage"})", "startsAt: "},
      {R"({"endsAt":7})", "endsAt: expected a string, found a number"},
      {R"({"matchers":{}})", "matchers: expected an array, found an object"},
      {R"({"matchers":[{},"a=b"]})", "matchers[1]: expected an object, found a string"},
      {R"({"matchers":[{"name":1}]})", "matchers[0].name: expected a string, found a number"},
      {R"({"matchers":[{"isRegex":"no"}]})", "matchers[0].isRegex: expected true or false, found a string"},
      {R"({"expireOnResolve":1})", "expireOnResolve: expected true or false, found a number"},
      {R"({"recurrence":{}})", "recurrence: expected an array, found an object"},
  };
  for (const auto& [body, where] : table) {
    const auto answer = refused(body);
    BOOST_TEST(answer.starts_with("400 400 parsing silence body from \"\" failed, because " + where),
               body << ": " << answer);
  }
}

BOOST_AUTO_TEST_CASE(what_a_matcher_cannot_be_is_a_handlers_answer) {
  struct row {
    std::string matchers;
    std::string answer;
  };
  const std::vector<row> table{
      {R"([{"name":"a","value":"[","isRegex":true}])",
       "400 0 invalid silence: invalid label matcher 0 in set 0: invalid regular expression \"[\": error parsing "
       "regexp: "
       "missing closing ]: `["},
      {R"([{"name":"a","value":"b","isRegex":true},{"name":"","value":"x","isRegex":false}])",
       "400 0 invalid silence: invalid label matcher 1 in set 0: invalid label name \"\""},
      {R"([{"name":"a","value":"","isRegex":false}])",
       "400 0 invalid silence: matcher set 0: at least one matcher must not match the empty string"},
      {R"([{"name":"a","value":".*","isRegex":true},{"name":"b","value":"x|","isRegex":true}])",
       "400 0 invalid silence: matcher set 0: at least one matcher must not match the empty string"},
  };
  for (const auto& [matchers, answer] : table) {
    const auto found = refused(matcher_body(matchers));
    BOOST_TEST(found.starts_with(answer), found);
  }
  // As in Alertmanager, what only excludes counts as asking for something.
  BOOST_TEST(refused(matcher_body(R"([{"name":"a","value":"","isRegex":false,"isEqual":false}])")) == "accepted");
}

BOOST_AUTO_TEST_CASE(our_extras_are_read) {
  const auto s = parse_silence(body_with(
      R"(,"expireOnResolve":true,"recurrence":[{"times":[{"start_time":"22:00","end_time":"06:00"}],)"
      R"("weekdays":["monday:friday"],"days_of_month":["-3:-1",15],"months":["january","4:6"],"years":[2026,"2028:2030"],)"
      R"("location":"UTC"},{}])"));
  BOOST_REQUIRE(s);
  BOOST_TEST(s->expire_on_resolve);
  BOOST_REQUIRE(s->recurrence.size() == 2U);
  const time_interval expected{
      {{1320, 360}}, {{1, 5}}, {{-3, -1}, {15, 15}}, {{1, 1}, {4, 6}}, {{2026, 2026}, {2028, 2030}}, "UTC"};
  BOOST_CHECK(s->recurrence[0] == expected);
  BOOST_CHECK(s->recurrence[1] == time_interval{});
}

BOOST_AUTO_TEST_CASE(a_recurrence_that_cannot_be_says_where) {
  struct row {
    std::string interval;
    std::string part;
  };
  const std::vector<row> table{
      {R"({"weekday":["monday"]})", "recurrence[0].weekday: not known; expected times, weekdays,"},
      {R"({"weekdays":["monday","funday"]})", "recurrence[0].weekdays[1]: expected a weekday"},
      {R"({"weekdays":"monday"})", "recurrence[0].weekdays: expected an array, found a string"},
      {R"({"days_of_month":[32]})", "recurrence[0].days_of_month[0]: "},
      {R"({"months":["13"]})", "recurrence[0].months[0]: "},
      {R"({"years":[true]})", "recurrence[0].years[0]: expected a string, found a boolean"},
      {R"({"location":"Nowhere/Land"})", "recurrence[0].location: "},
      {R"({"times":[{"start_time":"25:00","end_time":"06:00"}]})", "recurrence[0].times[0].start_time: "},
      {R"({"times":[{"start_time":"24:00","end_time":"06:00"}]})", "recurrence[0].times[0].start_time: 24:00"},
      {R"({"times":[{"start_time":"06:00","end_time":"06:00"}]})", "recurrence[0].times[0]: begins and ends"},
      {R"({"times":[{"start_time":"06:00"}]})", "recurrence[0].times[0]: expected both start_time and end_time"},
      {R"({"times":[{"start":"06:00"}]})", "recurrence[0].times[0].start: not known"},
      {R"("night")", "recurrence[0]: expected an object, found a string"},
  };
  for (const auto& [interval, part] : table) {
    const auto answer = refused(body_with(R"(,"recurrence":[)" + interval + "]"));
    BOOST_TEST(answer.starts_with("400 400 "), answer);
    BOOST_TEST(contains(answer, part), interval << ": " << answer);
  }
}

BOOST_AUTO_TEST_CASE(a_silence_is_written_as_alertmanager_writes_it) {
  auto s = *parse_silence(body_with());
  s.id = "5d3f0a76-0000-4000-8000-000000000001";
  s.updated_at = at(-1);
  const auto text = [&](const std::string& state) {
    return R"({"id":"5d3f0a76-0000-4000-8000-000000000001","status":{"state":")" + state
           + R"("},"updatedAt":"2026-11-24T07:59:59.000Z","comment":"nightly batch","createdBy":"ann",)"
             R"("endsAt":"2026-11-24T09:00:00.250Z",)"
             R"("matchers":[{"isEqual":true,"isRegex":false,"name":"service","value":"batch"}],)"
             R"("startsAt":"2026-11-24T08:00:00.000Z"})";
  };
  BOOST_TEST(silence_text(s, at(-10)) == text("pending"));
  BOOST_TEST(silence_text(s, at(10)) == text("active"));
  BOOST_TEST(silence_text(s, at(4000)) == text("expired"));
}

BOOST_AUTO_TEST_CASE(our_extras_are_written_where_they_are_set_and_read_back) {
  auto s = *parse_silence(body_with());
  s.expire_on_resolve = true;
  s.recurrence = {{{{0, 1440}, {1320, 360}}, {{0, 0}, {1, 5}}, {{-3, -1}}, {{3, 3}}, {{2026, 2030}}, "UTC"}};
  const auto text = silence_text(s, at(0));
  BOOST_TEST(
      contains(
          text,
          R"(,"recurrence":[{"times":[{"start_time":"00:00","end_time":"24:00"},{"start_time":"22:00","end_time":"06:00"}],)"
          R"("weekdays":["sunday","monday:friday"],"days_of_month":["-3:-1"],"months":["march"],"years":["2026:2030"],)"
          R"("location":"UTC"}],"expireOnResolve":true})"),
      text);
  const auto again = parse_silence(text);
  BOOST_REQUIRE(again);
  BOOST_CHECK(again->recurrence == s.recurrence);
  BOOST_CHECK(again->matchers == s.matchers);
  BOOST_TEST(again->expire_on_resolve);
}

BOOST_AUTO_TEST_CASE(every_day_month_and_end_of_month_reads_back) {
  std::vector<time_interval> all;
  for (std::int32_t day = 0; day < 7; ++day) all.push_back({{}, {{day, day}}, {}, {}, {}, {}});
  for (std::int32_t month = 1; month <= 12; ++month) all.push_back({{}, {}, {}, {{month, 12}}, {}, {}});
  for (std::int32_t day = 1; day <= 31; ++day) all.push_back({{}, {}, {{day, 31}, {-day, -1}}, {}, {}, {}});
  for (std::int32_t minute = 0; minute < 1440; minute += 7) all.push_back({{{minute, 1440}}, {}, {}, {}, {}, {}});
  const auto again = read_intervals(intervals_text(all));
  BOOST_REQUIRE_MESSAGE(again, (again ? "" : again.error().message));
  BOOST_CHECK(*again == all);
}

BOOST_AUTO_TEST_CASE(hostile_text_in_matchers_reads_back) {
  for (const std::string& text :
       {std::string("\"quoted\" \\ 'x'"), std::string("nul\0here", 8), std::string("磁盘 ü 🔔"),
        std::string("</script>"), std::string("line\nfeed\r\t\x01")}) {
    const std::vector<matcher> matchers{matcher::make("name " + text, match_op::equal, text).value(),
                                        matcher::make("b", match_op::not_equal, text).value()};
    const auto again = read_matchers(matchers_text(matchers));
    BOOST_REQUIRE(again);
    BOOST_CHECK(*again == matchers);
    auto s = *parse_silence(body_with());
    s.matchers = matchers;
    s.comment = s.created_by = text;
    const auto parsed = parse_silence(silence_text(s, at(0)));
    BOOST_REQUIRE(parsed);
    BOOST_TEST((parsed->comment == text));
    BOOST_CHECK(parsed->matchers == matchers);
  }
}

BOOST_AUTO_TEST_CASE(invalid_utf8_is_read_as_replacement_characters) {
  const auto s = parse_silence(body_with(",\"comment\":\"odd\xff\""));
  BOOST_REQUIRE(s);
  BOOST_TEST(s->comment == "odd\xEF\xBF\xBD");
}

BOOST_AUTO_TEST_CASE(half_a_surrogate_pair_is_read_as_a_replacement_character) {
  for (const auto& [written, meant] :
       std::vector<std::pair<std::string, std::string>>{{R"(\ud800)", "\uFFFD"},
                                                        {R"(x\uDC00y)", "x\uFFFDy"},
                                                        {R"(\ud800\ud83d\udd14)", "\uFFFD🔔"},
                                                        {R"(\ud800\u0041)", "\uFFFDA"},
                                                        {R"(\ud800\n)", "\uFFFD\n"},
                                                        {R"(\\ud800)", R"(\ud800)"},
                                                        {R"(\\\ud800\ufffd)", "\\\uFFFD\uFFFD"}}) {
    const auto s = parse_silence(matcher_body(R"([{"name":"a","value":")" + written + R"(","isRegex":false}])"));
    BOOST_REQUIRE_MESSAGE(s, written);
    BOOST_TEST(s->matchers[0].value() == meant, written);
  }
  for (const auto* broken : {R"(\u12)", R"(\ud8)", R"(\ud800\u)", "\\"}) {
    BOOST_TEST(!parse_silence(matcher_body(R"([{"name":"a","value":")" + std::string(broken) + "\"")), broken);
  }
}

BOOST_AUTO_TEST_CASE(a_body_cut_anywhere_is_refused_and_harmless) {
  const auto whole = body_with(R"(,"recurrence":[{"weekdays":["monday"]}],"expireOnResolve":true)");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    BOOST_TEST(refused(whole.substr(0, size)) != "accepted", whole.substr(0, size));
  }
  BOOST_TEST(refused(std::string(5000, '[')) != "accepted");
}

BOOST_AUTO_TEST_CASE(stored_matchers_that_are_none_say_where) {
  struct row {
    std::string json;
    std::string part;
  };
  for (const auto& [json, part] :
       std::vector<row>{{"{}", "expected an array, found an object"},
                        {R"([{"name":"a"}])", "[0]: no member \"isRegex\""},
                        {R"([{"name":"a","value":"(","isRegex":true}])", "[0]: error parsing regexp"},
                        {"", ""}}) {
    const auto read = read_matchers(json);
    BOOST_REQUIRE(!read);
    BOOST_TEST(contains(read.error().message, part), read.error().message);
  }
}

BOOST_AUTO_TEST_SUITE_END()
