#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/protocols/channel_samples.hpp"

using namespace tocsin;
using namespace tocsin::samples;

namespace {

/// The keys of a JSON object's outermost level, in order.
std::vector<std::string> outer_keys(std::string_view json) {
  std::vector<std::string> keys;
  int depth = 0;
  for (std::size_t i = 0; i < json.size(); ++i) {
    if (json[i] == '{' || json[i] == '[') ++depth;
    if (json[i] == '}' || json[i] == ']') --depth;
    if (json[i] != '"') continue;
    const auto begin = ++i;
    while (json[i] != '"') i += json[i] == '\\' ? 2 : 1;
    if (depth == 1 && i + 1 < json.size() && json[i + 1] == ':') keys.emplace_back(json.substr(begin, i - begin));
  }
  return keys;
}

/// The keys of the first object in the array `alerts`.
std::vector<std::string> alert_keys(std::string_view json) {
  constexpr std::string_view before = "\"alerts\":[";
  const auto at = json.find(before);
  return at == std::string_view::npos ? std::vector<std::string>{} : outer_keys(json.substr(at + before.size()));
}

std::vector<std::string> first(std::vector<std::string> keys, std::size_t n) {
  keys.resize(std::min(n, keys.size()));
  return keys;
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_webhook)

BOOST_AUTO_TEST_CASE(is_the_payload_of_alertmanager_to_the_byte) {
  const auto request = request_of(webhook_to("http://sink:9000/hook"), two_alerts());
  const std::string expected =
      R"({"receiver":"web\\.hook","status":"firing","alerts":[)"
      R"({"status":"firing","labels":{"alertname":"PoolExhausted","instance":"db1","severity":"critical"},)"
      R"("annotations":{"summary":"All \u003c100\u003e connections \u0026 more are in use"},)"
      R"("startsAt":"2026-11-24T12:00:00.12Z","endsAt":"0001-01-01T00:00:00Z",)"
      R"("generatorURL":"http://prom:9090/graph?g0.expr=a\u0026g0.tab=1","fingerprint":")"
      + fingerprint_fnv(two_alerts().alerts[0].labels)
      + R"("},{"status":"resolved","labels":{"alertname":"PoolExhausted","instance":"db2","severity":"critical"},)"
        R"("annotations":{"summary":"All \u003c100\u003e connections \u0026 more are in use"},)"
        R"("startsAt":"2026-11-24T12:00:00.12Z","endsAt":"2026-11-24T12:01:30Z",)"
        R"("generatorURL":"http://prom:9090/graph?g0.expr=a\u0026g0.tab=1","fingerprint":")"
      + fingerprint_fnv(two_alerts().alerts[1].labels)
      + R"("}],"notification_reason":"first notification","groupLabels":{"alertname":"PoolExhausted"},)"
        R"("commonLabels":{"alertname":"PoolExhausted","severity":"critical"},)"
        R"("commonAnnotations":{"summary":"All \u003c100\u003e connections \u0026 more are in use"},"routeLabels":{},)"
        R"("externalURL":"http://tocsin.example:9095","version":"4","groupKey":"{}:{alertname=\"PoolExhausted\"}",)"
        R"("truncatedAlerts":0,"tocsin":{"notification_id":7,"level":2,"severity":"critical",)"
        R"("alert_ids":[0,0],"occurrences":[3,1],"acknowledged_by":["ana",""],"flapping":[false,false],)"
        R"("acknowledge_url":"","explain_urls":["",""]}})"
        "\n";
  BOOST_TEST(request.body == expected);
}

BOOST_AUTO_TEST_CASE(carries_its_headers_and_the_same_id_on_every_attempt) {
  const std::vector<std::pair<std::string, std::string>> expected{
      {"Content-Type", "application/json"}, {"User-Agent", "Tocsin/0.1.0"}, {"X-Tocsin-Notification-Id", "7"}};
  const auto request = request_of(webhook_to("http://sink/"), two_alerts());
  BOOST_TEST((request.headers == expected));
  BOOST_TEST(request.url == "http://sink/");
  BOOST_TEST((request.timeout == duration{10s}));
  BOOST_TEST((request_of(webhook_to("http://sink/"), two_alerts()).headers == request.headers));
}

BOOST_AUTO_TEST_CASE(cuts_the_tail_at_max_alerts_and_still_tells_that_the_group_fires) {
  auto n = two_alerts();
  std::swap(n.alerts[0], n.alerts[1]);
  auto c = webhook_to("http://sink/");
  std::get<webhook_channel>(c.settings).max_alerts = 1;
  const auto body = request_of(c, n).body;
  BOOST_TEST(contains(body, R"("status":"firing","alerts":[{"status":"resolved")"));
  BOOST_TEST(contains(body, R"("truncatedAlerts":1,)"));
  BOOST_TEST(contains(body, R"("occurrences":[1],)"));
  BOOST_TEST(contains(body, R"("commonLabels":{"alertname":"PoolExhausted","instance":"db2","severity":"critical"})"));
  BOOST_TEST(!contains(body, "db1"));
}

BOOST_AUTO_TEST_CASE(says_resolved_when_all_of_it_is) {
  auto n = two_alerts();
  n.alerts[0].ended_at = noon + 91s;
  n.reason = notification_reason::all_alerts_resolved;
  const auto body = request_of(webhook_to("http://sink/"), n).body;
  BOOST_TEST(body.starts_with(R"({"receiver":"web\\.hook","status":"resolved","alerts":[)"));
  BOOST_TEST(contains(body, R"("notification_reason":"all alerts resolved")"));
  BOOST_TEST(!contains(body, "0001-01-01"));
}

BOOST_AUTO_TEST_CASE(has_the_key_order_of_recorded_bodies) {
  const char* given = std::getenv("TOCSIN_SHARED_DATA");
  const std::filesystem::path data = given ? given : TOCSIN_SOURCE_DIR "/../shared/data";
  const auto file = data / "webhooks-recorded" / "mixed-am0.28.1__002__webhook__firing_3.json";
  std::ifstream in(file);
  if (!in) {
    BOOST_TEST_MESSAGE("skipped: no recorded bodies in " << data.string());
    return;
  }
  const std::string recorded{std::istreambuf_iterator<char>(in), {}};
  const auto ours = request_of(webhook_to("http://sink/"), two_alerts()).body;
  auto keys = outer_keys(ours);
  // Newer versions than the recorded one have these two; the last one is ours.
  std::erase(keys, "notification_reason");
  std::erase(keys, "routeLabels");
  std::erase(keys, "tocsin");
  BOOST_TEST(keys == outer_keys(recorded), boost::test_tools::per_element());
  BOOST_TEST(keys.size() == 10U);
  BOOST_TEST(first(alert_keys(ours), 7) == first(alert_keys(recorded), 7), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(quotes_every_character_that_go_quotes_in_the_receiver) {
  auto n = two_alerts();
  n.receiver = R"(a.b+c*d?e(f)g[h]i{j}k^l$m|n\o/ü x)";
  const auto body = request_of(webhook_to("http://sink/"), n).body;
  BOOST_TEST(contains(body, R"("receiver":"a\\.b\\+c\\*d\\?e\\(f\\)g\\[h\\]i\\{j\\}k\\^l\\$m\\|n\\\\o/ü x","status")"));
}

BOOST_AUTO_TEST_CASE(is_judged_by_its_status) {
  struct row {
    std::int32_t status;
    verdict::kind expected;
  };
  using enum verdict::kind;
  for (const auto& [status, expected] : std::vector<row>{
           {200, delivered}, {201, delivered}, {204, delivered}, {299, delivered}, {301, give_up}, {302, give_up},
           {400, give_up},   {401, give_up},   {403, give_up},   {404, give_up},   {408, retry},   {410, give_up},
           {422, give_up},   {425, retry},     {429, retry},     {500, retry},     {502, retry},   {503, retry},
           {504, retry},     {599, retry},     {0, retry}}) {
    BOOST_TEST_CONTEXT("HTTP " << status) {
      BOOST_TEST((judge(webhook_to("http://sink/"), answer(status)).what == expected));
    }
  }
}

BOOST_AUTO_TEST_CASE(waits_as_long_as_it_is_asked_but_not_for_days) {
  struct row {
    std::int32_t status;
    duration asked;
    std::optional<duration> expected;
  };
  for (const auto& [status, asked, expected] : std::vector<row>{{429, 7s, 7s},
                                                                {503, 90s, 90s},
                                                                {429, 48h, 1h},
                                                                {429, -5s, 0s},
                                                                {500, 7s, std::nullopt},
                                                                {200, 7s, std::nullopt}}) {
    auto response = answer(status);
    response.retry_after = asked;
    BOOST_TEST_CONTEXT("HTTP " << status << ", " << asked.count() << " ms") {
      BOOST_TEST((judge(webhook_to("http://sink/"), response).wait == expected));
    }
  }
}

BOOST_AUTO_TEST_CASE(remembers_what_the_receiver_said_but_no_secrets) {
  const auto c = webhook_to("https://bob:pa55w0rd@sink:9000/hooks/0123456789abcdef?token=fedcba9876543210");
  const auto message = [&](wire_response r) { return judge(c, r).message; };
  BOOST_TEST(message(answer(200, "thanks")) == "HTTP 200");
  BOOST_TEST(message(answer(500)) == "HTTP 500");
  BOOST_TEST(message(answer(500, "out of\norder\x1b[31m")) == R"(HTTP 500: out of\norder\x1b[31m)");
  BOOST_TEST(message(answer(500, std::string(1000, 'x'))) == "HTTP 500: " + std::string(200, 'x') + "…");
  BOOST_TEST(message(answer(404, "no /hooks/0123456789abcdef?token=fedcba9876543210 here"))
             == "HTTP 404: no <hidden> here");
  for (std::string_view secret : {"pa55w0rd", "0123456789abcdef", "fedcba9876543210", "bob:pa55w0rd"}) {
    BOOST_TEST(!contains(message(answer(404, "I do not know " + std::string(secret) + ".")), secret));
  }
  wire_response broken;
  broken.error = "Connection to bob:pa55w0rd@sink refused";
  BOOST_TEST(message(broken) == "Connection to <hidden>@sink refused");
  BOOST_TEST(message(wire_response{}) == "no answer");
}

BOOST_AUTO_TEST_CASE(names_its_recipient_without_secrets) {
  struct row {
    std::string url;
    std::string expected;
  };
  for (const auto& [url, expected] : std::vector<row>{{"http://sink:9000/a/b?c=d", "sink:9000"},
                                                      {"https://u:p@sink/secret", "sink"},
                                                      {"https://u:p%40@ss@sink:1?x=/@y", "sink:1"},
                                                      {"http://[::1]:8080/x", "[::1]:8080"},
                                                      {"sink:9000/x", "sink:9000"},
                                                      {"", ""}}) {
    BOOST_TEST(webhook_to(url).recipients() == expected);
  }
  BOOST_TEST(webhook_to("http://x/").kind() == "webhook");
}

BOOST_AUTO_TEST_SUITE_END()
