#include "protocols/ingest.hpp"

#include <string>

#include <boost/test/unit_test.hpp>

#include "ingest_samples.hpp"

using namespace std::chrono_literals;
using namespace std::string_literals;
using samples::now;
using tocsin::alert_parser;
using tocsin::parsed_alerts;
using tocsin::refusal;
using tocsin::result;
using tocsin::timestamp;

namespace {

result<parsed_alerts, refusal> parse(std::string_view body) {
  return alert_parser{}.parse_v2(body, samples::options);
}

/// Parses a body that must be taken and returns what was accepted of it.
std::vector<tocsin::alert> accepted(std::string_view body) {
  auto parsed = parse(body);
  BOOST_REQUIRE_MESSAGE(parsed.has_value(), body << " refused: " << (parsed ? "" : parsed.error().message));
  for (const auto& sentence : parsed->rejected) BOOST_ERROR(body << " rejected: " << sentence);
  return std::move(parsed->accepted);
}

tocsin::alert only_alert(std::string_view body) {
  auto alerts = accepted(body);
  BOOST_REQUIRE_MESSAGE(alerts.size() == 1, body << " holds " << alerts.size());
  return std::move(alerts.front());
}

timestamp at(std::string_view text) {
  return **tocsin::parse_rfc3339(text);
}

/// An alert with good labels and these members.
std::string with(std::string_view members) {
  return R"([{"labels":{"alertname":"x"},)" + std::string(members) + "}]";
}

struct refused_case {
  std::string body;
  std::int32_t status;
  std::int32_t code;
  std::string message;
};

void check_refused(const refused_case& c) {
  const auto parsed = parse(c.body);
  BOOST_REQUIRE_MESSAGE(!parsed, c.body << " was taken");
  BOOST_TEST(parsed.error().http_status == c.status, c.body);
  BOOST_TEST(parsed.error().code == c.code, c.body);
  BOOST_TEST(parsed.error().message == c.message, c.body);
}

/// That the message says so, after the words that every unreadable body gets.
void check_unreadable(const std::string& body, std::string_view because) {
  const auto parsed = parse(body);
  BOOST_REQUIRE_MESSAGE(!parsed, body << " was taken");
  BOOST_TEST(parsed.error().http_status == 400);
  BOOST_TEST(parsed.error().code == 400);
  const auto expected = "parsing alerts body from \"\" failed, because " + std::string(because);
  BOOST_TEST(parsed.error().message.substr(0, expected.size()) == expected, body);
}

} // namespace

BOOST_AUTO_TEST_SUITE(api_v2_bodies)

BOOST_AUTO_TEST_CASE(what_prometheus_sends_is_taken_whole) {
  const auto alerts = accepted(samples::prometheus_body);
  BOOST_REQUIRE(alerts.size() == 2U);
  const auto& first = alerts[0];
  BOOST_TEST(first.labels.size() == 4U);
  BOOST_TEST(first.labels.get("cluster") == "prod-上海");
  BOOST_TEST(first.labels.get("instance") == "127.0.0.1:3");
  BOOST_TEST(first.annotations.get("summary") == "Backend down");
  BOOST_TEST(first.generator_url == "http://prom.example:9090/graph?g0.expr=up+%3D%3D+0&g0.tab=1");
  BOOST_CHECK(first.starts_at == at("2026-11-24T00:17:28.227Z"));
  BOOST_CHECK(first.ends_at == at("2026-11-24T00:30:28.227Z"));
  BOOST_TEST(!first.timed_out_end);
  BOOST_TEST(!first.resolved_at(now));
  BOOST_TEST(alerts[1].resolved_at(now));
  BOOST_TEST(alerts[1].annotations.empty());
}

BOOST_AUTO_TEST_CASE(a_body_without_alerts_is_taken) {
  for (const auto* body : {"[]", " [ ] \n", "null", " null\n", "null [1]", "[] trailing"}) {
    BOOST_TEST(accepted(body).empty(), body);
  }
}

BOOST_AUTO_TEST_CASE(what_the_framework_refuses_it_refuses_in_its_words) {
  const auto good = R"({"labels":{"a":"b"}})"s;
  const refused_case cases[] = {
      {"", 422, 602, "alerts in body is required"},
      {" \r\n\t", 422, 602, "alerts in body is required"},
      {"[{}]", 422, 602, "0.labels in body is required"},
      {"[" + good + R"(,{"labels":null}])", 422, 602, "1.labels in body is required"},
      {with(R"("generatorURL":"not a url ::")"), 422, 601,
       R"(0.generatorURL in body must be of type uri: "not a url ::")"},
      {R"([{"generatorURL":"x y"},{}])", 422, 601, R"(0.generatorURL in body must be of type uri: "x y")"},
      {R"([{},{"generatorURL":"x y"}])", 422, 602, "0.labels in body is required"},
  };
  for (const auto& c : cases) check_refused(c);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_refused_with_its_place) {
  const std::pair<std::string, std::string_view> cases[] = {
      {"{}", "expected an array of alerts, found an object"},
      {R"("text")", "expected an array of alerts, found a string"},
      {"12", "expected an array of alerts, found a number"},
      {"true", "expected an array of alerts, found a boolean"},
      {"nul", "expected an array of alerts, found null"},
      {"\xEF\xBB\xBF[]", "expected an array of alerts, found something that is not JSON"},
      {"hello", "expected an array of alerts, found something that is not JSON"},
      {"[1]", "[0]: expected an object, found a number"},
      {"[null]", "[0]: expected an object, found null"},
      {"[[]]", "[0]: expected an object, found an array"},
      {R"([{"labels":[]}])", "[0].labels: expected an object, found an array"},
      {R"([{"labels":"x"}])", "[0].labels: expected an object, found a string"},
      {R"([{"labels":{"a":"b"}},{"labels":{"severity":5}}])", "[1].labels.severity: expected a string, found a number"},
      {R"([{"labels":{"a":true}}])", "[0].labels.a: expected a string, found a boolean"},
      {R"([{"labels":{"a":{}}}])", "[0].labels.a: expected a string, found an object"},
      {R"([{"labels":{"a":["b"]}}])", "[0].labels.a: expected a string, found an array"},
      {R"([{"LABELS":{"a":-1}}])", "[0].LABELS.a: expected a string, found a number"},
      {with(R"("annotations":{"n":1.5})"), "[0].annotations.n: expected a string, found a number"},
      {with(R"("annotations":[])"), "[0].annotations: expected an object, found an array"},
      {with(R"("startsAt":1795480000)"), "[0].startsAt: expected a string, found a number"},
      {with(R"("endsAt":false)"), "[0].endsAt: expected a string, found a boolean"},
      {with(R"("startsAt":"garbage")"), R"([0].startsAt: not a time: "garbage"; expected RFC 3339)"},
      {with(R"("endsAt":"2026-11-24 00:00:00Z")"), "[0].endsAt: not a time"},
      {with(R"("endsAt":"2026-02-30T00:00:00Z")"), "[0].endsAt: not a time"},
      {with(R"("generatorURL":{})"), "[0].generatorURL: expected a string, found an object"},
  };
  for (const auto& [body, because] : cases) check_unreadable(body, because);
}

BOOST_AUTO_TEST_CASE(a_message_shows_only_the_beginning_of_a_long_name) {
  const auto parsed = parse(R"([{"labels":{")" + std::string(1'000'000, 'n') + R"(":5}}])");
  BOOST_REQUIRE(!parsed);
  BOOST_TEST(parsed.error().message.size() < 400U);
  BOOST_TEST(parsed.error().message.find("expected a string, found a number") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(malformed_json_inside_the_array_refuses_all_of_it) {
  const auto good = R"({"labels":{"a":"b"}})"s;
  const std::string bodies[] = {
      "[",
      "[{",
      R"([{"labels")",
      R"([{"labels":)",
      R"([{"labels":{"a":"b"}})",
      "[" + good,
      "[" + good + ",",
      "[" + good + ",]",
      "[" + good + " " + good + "]",
      "[" + good + "}",
      "[" + good + ",{]",
      "[,]",
      "[,{}]",
      R"([{"labels":{"a":"b"]])",
      R"([{"labels":{"a":"b"}])",
      R"([{"labels":{"a" "b"}}])",
      R"([{"labels":{"a":}}])",
      R"([{"labels":{"a":"b",}}])",
      R"([{"labels":{,}}])",
      R"([{"labels":{"a":"b" "c":"d"}}])",
      R"([{labels:{"a":"b"}}])",
      R"([{'labels':{"a":"b"}}])",
      R"([{"labels":{"a":"b"}}}])",
      R"([{"labels":{"a":"\q"}}])",
      R"([{"labels":{"a":"\u12g4"}}])",
      R"([{"labels":{"a":"\u12"}}])",
      R"([{"labels":{"a":"\ud83dA\u"}}])",
      R"([{"labels":{"a\x":"b"}}])",
      "[{\"labels\":{\"a\":\"line\nbreak\"}}]",
      "[{\"labels\":{\"a\":\"nul\0\"}}]"s,
      R"([{"labels":{"a":"b}}])",
      R"([{"labels":{"a":nulx}}])",
      R"([{"labels":{"a":"b"},"x":tru}])",
      R"([{"labels":{"a":"b"},"x":}])",
      R"([{"labels":{"a":"b"},"x":nul}])",
      R"([{"labels":{"a":"b"},"x":{"y":[}]}}])",
      R"([{"labels":{"a":"b"},"x":]}])",
      R"([{"labels":{"a":"b"},"x":,"y":1}])",
      R"([{"labels":{"a":"b"},"x":"\z"}])",
      R"([{"labels":{"a":"b"}:1}])",
  };
  for (const auto& body : bodies) {
    check_unreadable(body, "");
    // One that is good does not save the ones beside it.
    if (body.size() > 2 && body.back() == ']') check_unreadable("[" + good + "," + body.substr(1), "");
  }
}

BOOST_AUTO_TEST_CASE(a_body_cut_anywhere_is_refused) {
  for (std::size_t size = 1; size < samples::prometheus_body.size(); ++size) {
    const auto parsed = parse(samples::prometheus_body.substr(0, size));
    BOOST_REQUIRE_MESSAGE(!parsed, "cut at byte " << size);
    BOOST_TEST(parsed.error().code == 400);
  }
}

BOOST_AUTO_TEST_CASE(what_follows_the_array_is_not_looked_at) {
  for (const auto* tail :
       {" trailing", "[{]", "}", "]", "\"unclosed", " \xFF\xFE", "\x01\"\x01\"", "{\"a\":\"\\", ",,,"}) {
    const auto a = only_alert(R"([{"labels":{"a":"]\"[{"}}])" + std::string(tail));
    BOOST_TEST(a.labels.get("a") == R"(]"[{)", tail);
  }
}

BOOST_AUTO_TEST_CASE(valid_alerts_are_taken_beside_invalid_ones) {
  const auto parsed =
      parse(R"([{"labels":{}},{"labels":{"alertname":"good"}},{"labels":{"a":"","b":null}},)"
            R"({"labels":{"":"x"}},{"labels":{"a":"b"},"annotations":{"":"x"}},)"
            R"({"labels":{"a":"b"},"startsAt":"2026-11-24T00:00:00.001Z","endsAt":"2026-11-24T00:00:00Z"},)"
            R"({"labels":{"alertname":"good too"}}])");
  BOOST_REQUIRE(parsed.has_value());
  BOOST_REQUIRE(parsed->accepted.size() == 2U);
  BOOST_TEST(parsed->accepted[0].labels.get("alertname") == "good");
  BOOST_TEST(parsed->accepted[1].labels.get("alertname") == "good too");
  const std::vector<std::string> expected{
      "at least one label pair required", "at least one label pair required", R"(invalid label set: invalid name "")",
      R"(invalid annotations: invalid name "")", "start time must be before end time"};
  BOOST_TEST(parsed->rejected == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_label_of_megabytes_is_refused_by_its_name) {
  const std::string most(65'536, 'v');
  const std::string more(65'537, 'v');
  const auto parsed =
      parse(R"([{"labels":{"a":")" + most + R"(","b":"c"},"annotations":{"d":")" + more
            + R"("}},{"labels":{"a":"b","big":")" + more + R"("}},{"labels":{")" + more + R"(":"x"}}])");
  BOOST_REQUIRE(parsed.has_value());
  BOOST_TEST(parsed->accepted.size() == 1U);
  const std::vector<std::string> expected{
      R"(invalid label set: the value of label "big" has 65537 bytes, more than 65536)",
      R"(invalid label set: the name of label ")" + std::string(64, 'v') + R"(…" has 65537 bytes, more than 65536)"};
  BOOST_TEST(parsed->rejected == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(missing_times_are_filled_in) {
  const auto bare = only_alert(R"([{"labels":{"a":"b"}}])");
  BOOST_CHECK(bare.starts_at == now);
  BOOST_CHECK(bare.ends_at == now + 5min);
  BOOST_TEST(bare.timed_out_end);

  const auto ended = only_alert(with(R"("endsAt":"2026-11-24T00:00:00Z")"));
  BOOST_CHECK(ended.starts_at == at("2026-11-24T00:00:00Z"));
  BOOST_CHECK(ended.ends_at == ended.starts_at);
  BOOST_TEST(!ended.timed_out_end);
  BOOST_TEST(ended.resolved_at(now));

  const auto started = only_alert(with(R"("startsAt":"2026-11-24T08:00:00.5+08:00")"));
  BOOST_CHECK(started.starts_at == at("2026-11-24T00:00:00.5Z"));
  BOOST_CHECK(started.ends_at == now + 5min);
}

BOOST_AUTO_TEST_CASE(null_the_empty_string_and_the_year_one_are_no_times) {
  for (const auto* unset : {"null", R"("")", R"("0001-01-01T00:00:00Z")", R"("0001-01-01T00:00:00.000Z")"}) {
    const auto a = only_alert(with(R"("startsAt":)"s + unset + R"(,"endsAt":)" + unset));
    BOOST_CHECK(a.starts_at == now);
    BOOST_CHECK(a.ends_at == now + 5min);
    BOOST_TEST(a.timed_out_end);
  }
}

BOOST_AUTO_TEST_CASE(an_end_at_its_start_is_fine) {
  const auto a = only_alert(with(R"("startsAt":"2026-11-24T00:00:00Z","endsAt":"2026-11-24T00:00:00Z")"));
  BOOST_CHECK(a.starts_at == a.ends_at);
}

BOOST_AUTO_TEST_CASE(keys_match_in_any_case_and_the_last_of_two_wins) {
  const auto a =
      only_alert(R"([{"LABELS":{"A":"1","a":"2","a":"3"},"Labels":{"b":"1","b":"2"},"STARTSAT":"2026-11-24T00:00:00Z",)"
                 R"("endsat":"2026-11-24T01:00:00Z","EndsAt":"2026-11-24T02:00:00Z","GeneratorUrl":"/x",)"
                 R"("ANNOTATIONS":{"s":"t"}}])");
  BOOST_TEST(a.labels.size() == 1U);
  BOOST_TEST(a.labels.get("b") == "2");
  BOOST_TEST(a.annotations.get("s") == "t");
  BOOST_TEST(a.generator_url == "/x");
  BOOST_CHECK(a.ends_at == at("2026-11-24T02:00:00Z"));
  BOOST_TEST(only_alert(R"([{"labels":{"A":"1","a":"2"}}])").labels.size() == 2U);
}

BOOST_AUTO_TEST_CASE(escaped_keys_are_keys) {
  const auto a = only_alert(R"([{"\u006cabels":{"\u0061\"":"x"}}])");
  BOOST_TEST(a.labels.get("a\"") == "x");
}

BOOST_AUTO_TEST_CASE(unknown_members_are_passed_over_however_deep) {
  const auto deep = std::string(9'000, '[') + std::string(9'000, ']');
  const auto a =
      only_alert(R"([{"x":{"y":[1,{"labels":{"no":"no"}}],"z":"\u0000]}"},"status":5,"n":-1.5e3,"t":true,"f":false,)"
                 R"("0":null,"s":"\"}","e":{},"l":[],"labels":{"alertname":"x"},"deep":)"
                 + deep + "}]");
  BOOST_TEST(a.labels.size() == 1U);
  BOOST_TEST(a.labels.get("alertname") == "x");
}

BOOST_AUTO_TEST_CASE(a_body_deeper_than_ten_thousand_is_refused) {
  const auto nested = [](std::size_t depth) {
    return with(R"("x":)" + std::string(depth, '[') + std::string(depth, ']'));
  };
  BOOST_TEST(accepted(nested(9'998)).size() == 1U);
  check_unreadable(nested(9'999), "[0].x: nested more than 10000 levels deep");
  check_unreadable(nested(1'000'000), "[0].x: nested more than 10000 levels deep");
  check_unreadable(std::string(200'000, '['), "");
}

BOOST_AUTO_TEST_CASE(empty_labels_are_dropped_and_empty_annotations_kept) {
  const auto a = only_alert(R"([{"labels":{"a":"1","empty":"","null":null,"":"","twice":"x","twice":""},)"
                            R"("annotations":{"empty":"","null":null}}])");
  BOOST_TEST(a.labels.size() == 1U);
  BOOST_TEST(a.labels.get("a") == "1");
  BOOST_TEST(a.annotations.size() == 2U);
  BOOST_TEST(a.annotations.contains("null"));
  BOOST_TEST(only_alert(with(R"("annotations":null)")).annotations.empty());
}

BOOST_AUTO_TEST_CASE(label_names_may_be_any_text_but_empty) {
  const auto a = only_alert(R"([{"labels":{"Straße.ü":"1","with space":"2","🔔":"3"}}])");
  BOOST_TEST(a.labels.get("Straße.ü") == "1");
  BOOST_TEST(a.labels.get("with space") == "2");
  BOOST_TEST(a.labels.get("🔔") == "3");
}

BOOST_AUTO_TEST_CASE(escapes_are_decoded) {
  constexpr std::pair<std::string_view, std::string_view> cases[] = {
      {R"(\u003c\u003e\u0026)", "<>&"},
      {R"(\"\\\/\b\f\n\r\t)", "\"\\/\b\f\n\r\t"},
      {R"(a\u00e9b\u4e0Ac\u4E0A)", "aéb上c上"},
      {R"(\ud83d\udd14!)", "🔔!"},
      {R"(\uD83D\uDD14)", "🔔"},
      {R"(plain then \u0041)", "plain then A"},
      {R"(\u2028)", "\xE2\x80\xA8"},
      {R"(\ud800)", "\uFFFD"},
      {R"(\udc00x)", "\uFFFDx"},
      {R"(\ud800\ud83d\udd14)", "\uFFFD🔔"},
      {R"(\ud800\n)", "\uFFFD\n"},
      {R"(\ud800\u0041)", "\uFFFDA"},
      {R"(\udd14\ud83d)", "\uFFFD\uFFFD"},
      {R"(\\u0041)", "\\u0041"},
      {R"(\\)", "\\"},
  };
  for (const auto& [json, text] : cases) {
    const auto a = only_alert(R"([{"labels":{"v":")" + std::string(json) + R"("},"annotations":{"v":")"
                              + std::string(json) + R"("}}])");
    BOOST_TEST(a.labels.get("v") == text, json);
    BOOST_TEST(a.annotations.get("v") == text, json);
  }
  const auto nul = only_alert(R"([{"labels":{"v":"a\u0000b"}}])");
  BOOST_TEST(nul.labels.get("v") == "a\0b"s);
}

BOOST_AUTO_TEST_CASE(each_byte_that_is_not_utf8_is_read_as_the_replacement_character) {
  constexpr std::pair<std::string_view, std::string_view> cases[] = {
      {"\xFF", "\uFFFD"},
      {"a\xC3", "a\uFFFD"},
      {"\xE2\x82!", "\uFFFD\uFFFD!"},
      {"\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD"},
      {"\xC0\xAF上", "\uFFFD\uFFFD上"},
      {"\xF4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"},
  };
  for (const auto& [bytes, text] : cases) {
    const auto both = accepted(R"([{"labels":{"v":")" + std::string(bytes) + R"("}},{"labels":{")" + std::string(bytes)
                               + R"(":"n"}}] tail)");
    BOOST_REQUIRE(both.size() == 2U);
    BOOST_TEST(both[0].labels.get("v") == text);
    BOOST_TEST(both[1].labels.get(text) == "n");
  }
}

BOOST_AUTO_TEST_CASE(a_parser_serves_bodies_of_any_size_one_after_the_other) {
  alert_parser parser;
  auto big = "["s;
  for (int i = 0; i < 10'000; ++i) big += R"({"labels":{"alertname":"n","i":")" + std::to_string(i) + R"("}},)";
  big.back() = ']';
  const auto huge_text = std::string(9'000'000, 'x');
  const auto huge = with(R"("annotations":{"a":")" + huge_text + "\"}");
  for (int round = 0; round < 3; ++round) {
    const auto many = parser.parse_v2(big, samples::options);
    BOOST_REQUIRE(many.has_value());
    BOOST_TEST(many->accepted.size() == 10'000U);
    BOOST_TEST(many->accepted.back().labels.get("i") == "9999");
    const auto one = parser.parse_v2(huge, samples::options);
    BOOST_REQUIRE(one.has_value());
    BOOST_CHECK(one->accepted.at(0).annotations.get("a") == huge_text);
    BOOST_TEST(!parser.parse_v2("[{", samples::options).has_value());
    BOOST_TEST(parser.parse_webhook(samples::webhook_body, samples::options)->accepted.size() == 2U);
    BOOST_TEST(parser.parse_v2(samples::prometheus_body, samples::options)->accepted.size() == 2U);
  }
}

BOOST_AUTO_TEST_SUITE_END()
