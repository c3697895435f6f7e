#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "protocols/digest.hpp"
#include "tests/protocols/channel_samples.hpp"

using namespace tocsin;
using namespace tocsin::samples;

namespace {

constexpr std::string_view routing_key = "0123456789abcdef0123456789abcdef";

channel pagerduty() {
  channel c;
  c.id = "ops/pagerduty/0";
  pagerduty_channel settings;
  settings.routing_key = routing_key;
  c.settings = settings;
  return c;
}

pagerduty_channel& settings_of(channel& c) {
  return std::get<pagerduty_channel>(c.settings);
}

std::string action_of(const notification& n) {
  const auto body = request_of(pagerduty(), n).body;
  constexpr std::string_view before = "\"event_action\":\"";
  const auto at = body.find(before) + before.size();
  return body.substr(at, body.find('"', at) - at);
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_pagerduty_event)

BOOST_AUTO_TEST_CASE(is_an_event_of_version_2_to_the_byte) {
  const auto request = request_of(pagerduty(), two_alerts());
  const std::string expected =
      R"({"routing_key":"0123456789abcdef0123456789abcdef","event_action":"acknowledge","dedup_key":")"
      + sha256_hex("{}:{alertname=\"PoolExhausted\"}")
      + R"x(","payload":{"summary":"[FIRING:1] PoolExhausted on db1: All <100> connections & more are in use",)x"
        R"("source":"db1","severity":"critical","timestamp":"2026-11-24T12:00:00.120Z","class":"PoolExhausted",)"
        R"("custom_details":{"num_firing":1,"num_resolved":1,"level":2,"reason":"first notification",)"
        R"x("firing":["PoolExhausted instance=db1 severity=critical: All <100> connections & more are in use )x"
        R"x((acknowledged by ana)"],)x"
        R"("resolved":["PoolExhausted instance=db2 severity=critical: All <100> connections & more are in use"]}},)"
        R"("links":[{"href":"http://tocsin.example:9095","text":"Tocsin"},)"
        R"({"href":"http://prom:9090/graph?g0.expr=a&g0.tab=1","text":"Expression: PoolExhausted"}],)"
        R"("client":"Tocsin","client_url":"http://tocsin.example:9095"})";
  BOOST_TEST(request.body == expected);
  BOOST_TEST(request.url == "https://events.pagerduty.com/v2/enqueue");
  BOOST_TEST(request.headers.front().second == "application/json");
}

BOOST_AUTO_TEST_CASE(triggers_while_something_fires_that_nobody_acknowledged) {
  auto n = two_alerts();
  BOOST_TEST(action_of(n) == "acknowledge");
  n.alerts[0].acknowledged_by.clear();
  BOOST_TEST(action_of(n) == "trigger");
  n.alerts[1].ended_at.reset();
  n.alerts[0].acknowledged_by = "ana";
  BOOST_TEST(action_of(n) == "trigger");
  n.alerts[1].acknowledged_by = "ben";
  BOOST_TEST(action_of(n) == "acknowledge");
  for (auto& a : n.alerts) a.ended_at = noon;
  BOOST_TEST(action_of(n) == "resolve");
}

BOOST_AUTO_TEST_CASE(has_the_same_key_from_trigger_to_resolve_and_another_for_another_group) {
  auto n = two_alerts();
  const auto key = "\"dedup_key\":\"" + sha256_hex(n.group_key) + "\"";
  BOOST_TEST(contains(request_of(pagerduty(), n).body, key));
  n.id = {8};
  for (auto& a : n.alerts) a.ended_at = noon;
  BOOST_TEST(contains(request_of(pagerduty(), n).body, key));
  n.group_key += "x";
  BOOST_TEST(!contains(request_of(pagerduty(), n).body, key));
}

BOOST_AUTO_TEST_CASE(maps_severities_and_takes_what_the_configuration_says) {
  auto n = two_alerts();
  for (auto s : {severity::critical, severity::warning, severity::info}) {
    for (auto& a : n.alerts) a.current_severity = s;
    BOOST_TEST(contains(request_of(pagerduty(), n).body, "\"severity\":\"" + std::string(to_string(s)) + "\""));
  }
  auto c = pagerduty();
  auto& s = settings_of(c);
  s.severity = "error";
  s.source = "cluster-1";
  s.component = "postgres";
  s.group = "shop";
  s.event_class = "saturation";
  s.client = "Ops";
  s.client_url = "https://ops.example";
  s.details = {{"runbook", "https://wiki/pool"}};
  s.images = {{"https://img/x.png", "https://grafana/x", "pool"}, {"https://img/y.png", "", ""}};
  s.links = {{"https://wiki/pool", "Runbook"}};
  const auto body = request_of(c, n).body;
  BOOST_TEST(contains(body, R"("source":"cluster-1","severity":"error","timestamp")"));
  BOOST_TEST(contains(body, R"("component":"postgres","group":"shop","class":"saturation","custom_details")"));
  BOOST_TEST(contains(body, R"("runbook":"https://wiki/pool"}})"));
  BOOST_TEST(contains(body, R"("images":[{"src":"https://img/x.png","href":"https://grafana/x","alt":"pool"},)"
                            R"({"src":"https://img/y.png"}],"links":[{"href":"https://wiki/pool","text":"Runbook"},)"));
  BOOST_TEST(contains(body, R"("client":"Ops","client_url":"https://ops.example"})"));
}

BOOST_AUTO_TEST_CASE(takes_component_and_group_from_the_labels_that_all_share) {
  auto n = two_alerts();
  for (auto& a : n.alerts) {
    a.labels = label_set::of({{"alertname", "X"}, {"service", "shop"}, {"category", "api"}, {"severity", "critical"}});
  }
  const auto body = request_of(pagerduty(), n).body;
  BOOST_TEST(contains(body, R"("source":"shop")"));
  BOOST_TEST(contains(body, R"("component":"shop","group":"api","class":"X")"));
}

BOOST_AUTO_TEST_CASE(brings_hints_with_their_dashboards) {
  auto n = two_alerts();
  n.hints = {{"PoolExhausted", {{"a leak"}, {"look"}, {"restart"}, "https://grafana/d/pool"}}};
  const auto body = request_of(pagerduty(), n).body;
  BOOST_TEST(contains(body, R"("Probable causes":"a leak","Investigate":"look","Quick fixes":"restart")"));
  BOOST_TEST(contains(body, R"("links":[{"href":"https://grafana/d/pool","text":"Dashboard: PoolExhausted"},)"));
}

BOOST_AUTO_TEST_CASE(keeps_to_the_limits) {
  auto n = two_alerts();
  std::string wordy;
  for (int i = 0; i < 5000; ++i) wordy += "ü";
  n.alerts.assign(1000, pool_exhausted("db1"));
  for (auto& a : n.alerts) a.annotations = label_set::of({{"summary", wordy}});
  auto c = pagerduty();
  const auto body = request_of(c, n).body;
  BOOST_TEST(body.size() < 512'000U);
  BOOST_TEST(contains(body, "\"and 950 more\"]"));
  const auto begin = body.find("\"summary\":\"") + 11;
  const auto summary = body.substr(begin, body.find('"', begin) - begin);
  BOOST_TEST(summary.ends_with("ü…"));
  // 1024 characters: the last is the ellipsis, those before it of ASCII are the prefix.
  BOOST_TEST(count(summary, "ü") == 1023 - std::string_view("[FIRING:1000] PoolExhausted on db1: ").size());

  settings_of(c).details = {{"all of it", std::string(600'000, 'x')}};
  const auto smaller = request_of(c, n).body;
  BOOST_TEST(smaller.size() < 512'000U);
  BOOST_TEST(!contains(smaller, "custom_details"));
}

BOOST_AUTO_TEST_CASE(counts_as_delivered_only_when_pagerduty_says_so) {
  struct row {
    std::int32_t status;
    std::string body;
    verdict::kind expected;
    std::string message;
  };
  using enum verdict::kind;
  const std::string expected_word = " (expected 202 and \"status\":\"success\")";
  for (const auto& [status, body, expected, message] : std::vector<row>{
           {202, R"({"status":"success","message":"Event processed","dedup_key":"x"})", delivered, "HTTP 202"},
           {202, R"({ "status" : "success" })", delivered, "HTTP 202"},
           {202, "{}", give_up, "HTTP 202: {}" + expected_word},
           {200, "<html>", give_up, "HTTP 200: <html>" + expected_word},
           {200, "", give_up, "HTTP 200: the answer is empty" + expected_word},
           {400, R"({"status":"invalid event"})", give_up, R"(HTTP 400: {"status":"invalid event"})"},
           {403, "", give_up, "HTTP 403"},
           {429, "", retry, "HTTP 429"},
           {500, "", retry, "HTTP 500"},
           {503, "", retry, "HTTP 503"},
           {0, "", retry, "no answer"},
           {400, "bad " + std::string(routing_key), give_up, "HTTP 400: bad <hidden>"}}) {
    const auto v = judge(pagerduty(), answer(status, body));
    BOOST_TEST((v.what == expected), status << " " << body);
    BOOST_TEST(v.message == message);
  }
}

BOOST_AUTO_TEST_CASE(waits_minutes_when_it_was_told_too_much) {
  BOOST_TEST((judge(pagerduty(), answer(429)).wait == duration{2min}));
  auto limited = answer(429);
  limited.retry_after = 3s;
  BOOST_TEST((judge(pagerduty(), limited).wait == duration{3s}));
  BOOST_TEST(!judge(pagerduty(), answer(500)).wait.has_value());
}

BOOST_AUTO_TEST_CASE(is_known_by_kind_and_host) {
  BOOST_TEST(pagerduty().kind() == "pagerduty");
  BOOST_TEST(pagerduty().recipients() == "events.pagerduty.com");
  BOOST_TEST(pagerduty().takes(severity::info));
}

BOOST_AUTO_TEST_SUITE_END()
