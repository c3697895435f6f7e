#include <string>

#include <boost/test/unit_test.hpp>

#include "ingest_samples.hpp"
#include "protocols/ingest.hpp"

using namespace std::chrono_literals;
using namespace std::string_literals;
using samples::now;
using tocsin::alert_parser;
using tocsin::timestamp;

namespace {

auto parse(std::string_view body) {
  return alert_parser{}.parse_webhook(body, samples::options);
}

/// A webhook whose list holds this.
std::string listing(std::string_view alerts) {
  return R"({"version":"4","alerts":[)" + std::string(alerts) + "]}";
}

/// The only alert of a webhook with one alert that has these members besides its labels.
tocsin::alert only_alert(std::string_view members, std::string_view group = {}) {
  const auto top = group.empty() ? ""s : R"("status":")" + std::string(group) + R"(",)";
  const auto body = "{" + top + R"("alerts":[{"labels":{"alertname":"x"},)" + std::string(members) + "}]}";
  auto parsed = parse(body);
  BOOST_REQUIRE_MESSAGE(parsed.has_value(), body << " refused");
  BOOST_REQUIRE_MESSAGE(parsed->accepted.size() == 1, body);
  return std::move(parsed->accepted.front());
}

timestamp at(std::string_view text) {
  return **tocsin::parse_rfc3339(text);
}

constexpr std::string_view zero_end = R"("endsAt":"0001-01-01T00:00:00Z")";

} // namespace

BOOST_AUTO_TEST_SUITE(webhook_bodies)

BOOST_AUTO_TEST_CASE(what_alertmanager_sends_is_taken_whole) {
  const auto parsed = parse(samples::webhook_body);
  BOOST_REQUIRE(parsed.has_value());
  BOOST_REQUIRE(parsed->accepted.size() == 2U);
  const auto& firing = parsed->accepted[0];
  BOOST_TEST(firing.labels.get("team") == "a<b");
  BOOST_TEST(firing.annotations.get("summary") == "API slow");
  BOOST_TEST(firing.generator_url == "http://prom.example/graph?g0.expr=up&g0.tab=1");
  BOOST_CHECK(firing.starts_at == at("2026-11-24T00:14:03.376Z"));
  BOOST_CHECK(firing.ends_at == now + 5min);
  BOOST_TEST(firing.timed_out_end);
  const auto& resolved = parsed->accepted[1];
  BOOST_CHECK(resolved.starts_at == at("2026-11-24T00:00:00.123Z"));
  BOOST_CHECK(resolved.ends_at == at("2026-11-24T00:20:03.421Z"));
  BOOST_TEST(!resolved.timed_out_end);
  BOOST_TEST(resolved.resolved_at(now));
}

BOOST_AUTO_TEST_CASE(what_grafana_sends_is_taken) {
  const auto parsed = parse(samples::grafana_body);
  BOOST_REQUIRE(parsed.has_value());
  BOOST_REQUIRE(parsed->accepted.size() == 1U);
  BOOST_TEST(parsed->accepted[0].labels.get("alertname") == "CPU");
}

BOOST_AUTO_TEST_CASE(any_version_or_none_is_taken) {
  for (const auto* version : {R"("version":"4",)", R"("version":"1",)", R"("version":"3",)", R"("version":0,)", ""}) {
    const auto parsed = parse("{"s + version + R"("alerts":[{"labels":{"a":"b"}}]})");
    BOOST_REQUIRE_MESSAGE(parsed.has_value(), version);
    BOOST_TEST(parsed->accepted.size() == 1U);
  }
}

BOOST_AUTO_TEST_CASE(a_list_without_alerts_is_taken) {
  for (const auto* body : {R"({"alerts":[]})", R"({"alerts":null})", R"({"Alerts":[],"truncatedAlerts":3})"}) {
    const auto parsed = parse(body);
    BOOST_REQUIRE_MESSAGE(parsed.has_value(), body);
    BOOST_TEST(parsed->accepted.empty());
    BOOST_TEST(parsed->rejected.empty());
  }
}

BOOST_AUTO_TEST_CASE(status_decides_and_the_end_follows) {
  const auto firing_past_end = only_alert(R"("status":"firing","endsAt":"2026-11-24T00:20:00Z")");
  BOOST_TEST(firing_past_end.timed_out_end);
  BOOST_CHECK(firing_past_end.ends_at == now + 5min);

  const auto firing_future_end = only_alert(R"("status":"firing","endsAt":"2026-11-24T00:40:00Z")");
  BOOST_TEST(!firing_future_end.timed_out_end);
  BOOST_CHECK(firing_future_end.ends_at == at("2026-11-24T00:40:00Z"));
  BOOST_CHECK(firing_future_end.starts_at == now);

  for (const auto end :
       {zero_end, std::string_view(R"("endsAt":"2026-11-24T00:40:00Z")"), std::string_view(R"("x":1)")}) {
    const auto resolved = only_alert(R"("status":"resolved",)" + std::string(end));
    BOOST_CHECK(resolved.ends_at == now);
    BOOST_CHECK(resolved.starts_at == now);
    BOOST_TEST(!resolved.timed_out_end);
    BOOST_TEST(resolved.resolved_at(now));
  }
}

BOOST_AUTO_TEST_CASE(an_alert_without_a_status_follows_its_group_and_its_end) {
  BOOST_TEST(!only_alert(zero_end).resolved_at(now));
  BOOST_TEST(only_alert(R"("endsAt":"2026-11-24T00:20:00Z")").resolved_at(now));
  BOOST_TEST(only_alert(zero_end, "resolved").resolved_at(now));
  BOOST_TEST(!only_alert(zero_end, "firing").resolved_at(now));
  BOOST_TEST(only_alert(R"("endsAt":"2026-11-24T00:20:00Z")", "firing").resolved_at(now));
  BOOST_TEST(!only_alert(R"("status":"firing")", "resolved").resolved_at(now));
  BOOST_TEST(!only_alert(R"("status":"odd")").resolved_at(now));

  const auto behind = parse(R"({"alerts":[{"labels":{"a":"b"}}],"status":"resolved"})");
  BOOST_REQUIRE(behind.has_value());
  BOOST_TEST(behind->accepted.at(0).resolved_at(now));
}

BOOST_AUTO_TEST_CASE(a_start_in_the_future_has_begun_when_it_is_notified) {
  const auto firing = only_alert(R"("status":"firing","startsAt":"2026-11-24T05:00:00Z",)" + std::string(zero_end));
  BOOST_CHECK(firing.starts_at == now);
  BOOST_TEST(!firing.resolved_at(now));
  const auto resolved =
      only_alert(R"("status":"resolved","startsAt":"2026-11-24T05:00:00Z","endsAt":"2026-11-24T06:00:00Z")");
  BOOST_CHECK(resolved.starts_at == now);
  BOOST_CHECK(resolved.ends_at == now);
}

BOOST_AUTO_TEST_CASE(alerts_that_break_a_rule_are_rejected_with_their_place) {
  const auto parsed = parse(listing(
      R"({"labels":{"a":"b"}},{"labels":{}},{"status":"firing"},{"labels":{"":"x"}},)"
      R"({"status":"resolved","labels":{"a":"b"},"startsAt":"2026-11-24T00:10:00Z","endsAt":"2026-11-24T00:09:00Z"},)"
      R"({"status":"firing","labels":{"a":"b"},"startsAt":"2026-11-24T02:00:00Z","endsAt":"2026-11-24T01:00:00Z"},)"
      R"({"labels":{"a":"b"},"annotations":{"":""}})"));
  BOOST_REQUIRE(parsed.has_value());
  BOOST_TEST(parsed->accepted.size() == 1U);
  const std::vector<std::string> expected{
      "alerts[1]: at least one label pair required",      "alerts[2]: at least one label pair required",
      R"(alerts[3]: invalid label set: invalid name "")", "alerts[4]: start time must be before end time",
      "alerts[5]: start time must be before end time",    R"(alerts[6]: invalid annotations: invalid name "")"};
  BOOST_TEST(parsed->rejected == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_odd_generator_url_is_kept) {
  BOOST_TEST(only_alert(R"("generatorURL":"not a url ::")").generator_url == "not a url ::");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_refused_with_its_place) {
  const std::pair<std::string, std::string_view> cases[] = {
      {"", "it is empty; expected an object"},
      {" \n", "it is empty; expected an object"},
      {"[]", "expected an object, found an array"},
      {"null", "expected an object, found null"},
      {"{}", R"(no member "alerts"; expected Alertmanager's webhook, version 4)"},
      {R"({"status":"firing"})", R"(no member "alerts")"},
      {R"({"alerts":{}})", "alerts: expected an array, found an object"},
      {R"({"alerts":"x"})", "alerts: expected an array, found a string"},
      {listing("1"), "alerts[0]: expected an object, found a number"},
      {listing("null"), "alerts[0]: expected an object, found null"},
      {listing(R"({"labels":{"a":"b"}},{"labels":{"severity":3}})"),
       "alerts[1].labels.severity: expected a string, found a number"},
      {listing(R"({"labels":[]})"), "alerts[0].labels: expected an object, found an array"},
      {listing(R"({"status":1})"), "alerts[0].status: expected a string, found a number"},
      {listing(R"({"startsAt":"not-a-timestamp"})"), R"(alerts[0].startsAt: not a time: "not-a-timestamp")"},
      {listing("") + "{}", "not well-formed JSON: more text behind the object"},
      {listing("") + "x", "not well-formed JSON"},
      {listing("").substr(0, 15), "not well-formed JSON"},
      {R"({"alerts":[]],"x":[})", "not well-formed JSON"},
      {R"({"alerts":[],"groupLabels":{"a":]}})", "groupLabels: not well-formed JSON: brackets do not match"},
      {R"({"alerts":[],"x":)" + std::string(20'000, '[') + std::string(20'000, ']') + "}",
       "x: nested more than 10000 levels deep"},
      {"{\"receiver\":\"\xFFx\",\"alerts\":[]}", "not UTF-8 at byte 13"},
  };
  for (const auto& [body, because] : cases) {
    const auto parsed = parse(body);
    BOOST_REQUIRE_MESSAGE(!parsed, body << " was taken");
    BOOST_TEST(parsed.error().http_status == 400);
    BOOST_TEST(parsed.error().code == 400);
    const auto expected = "webhook body: " + std::string(because);
    BOOST_TEST(parsed.error().message.substr(0, expected.size()) == expected, body.substr(0, 200));
  }
}

BOOST_AUTO_TEST_CASE(a_body_cut_anywhere_is_refused) {
  // Without its last byte, the line's end, it is whole.
  for (std::size_t size = 1; size + 1 < samples::webhook_body.size(); ++size) {
    const auto parsed = parse(samples::webhook_body.substr(0, size));
    BOOST_REQUIRE_MESSAGE(!parsed, "cut at byte " << size);
    BOOST_TEST(!parsed.error().message.empty());
  }
}

BOOST_AUTO_TEST_CASE(lone_surrogates_are_read_as_the_replacement_character) {
  const auto parsed = parse(listing(R"({"labels":{"a":"\ud800x"}})"));
  BOOST_REQUIRE(parsed.has_value());
  BOOST_TEST(parsed->accepted.at(0).labels.get("a") == "\uFFFDx");
}

BOOST_AUTO_TEST_CASE(the_last_list_of_two_wins) {
  const auto parsed =
      parse(R"({"alerts":[{"labels":{"a":"1"}},{"labels":{"a":"2"}}],"ALERTS":[{"labels":{"a":"3"}}]})");
  BOOST_REQUIRE(parsed.has_value());
  BOOST_REQUIRE(parsed->accepted.size() == 1U);
  BOOST_TEST(parsed->accepted[0].labels.get("a") == "3");
}

BOOST_AUTO_TEST_SUITE_END()
