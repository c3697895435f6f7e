#include <algorithm>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "protocols/digest.hpp"
#include "tests/e2e/api.hpp"
#include "tests/e2e/http_sink.hpp"
#include "tests/e2e/program.hpp"

using namespace tocsin::e2e;

namespace {

std::string configuration(const std::string& receiver) {
  return "route:\n  receiver: ops\n  group_by: [alertname]\n  group_wait: 0s\n  group_interval: 1s\n"
         "  repeat_interval: 1h\nescalation: []\nreceivers:\n  - name: ops\n"
         + receiver;
}

std::string alert(std::string_view severity, std::string_view more = {}) {
  return alert_json({{"alertname", "PoolExhausted"}, {"severity", severity}, {"instance", "db1"}},
                    {{"summary", "all in use"}}, more);
}

std::string resolved(std::string_view severity) {
  return alert(severity, "\"endsAt\":\"" + moment() + "\"");
}

behaviour processed() {
  return behaviour::answering(202, R"({"status":"success","message":"Event processed","dedup_key":"x"})");
}

behaviour queued() {
  return behaviour::answering(201, R"({"sid":"SM1","status":"queued"})");
}

json attempts_of(api& client, const std::string& channel) {
  return json(client.get("/api/alerts/notification-history?channel=" + channel).body);
}

} // namespace

BOOST_AUTO_TEST_SUITE(paging)

BOOST_AUTO_TEST_CASE(a_pagerduty_incident_is_opened_and_closed_under_one_key) {
  http_sink sink({}, processed());
  program tocsin(configuration("    pagerduty_configs:\n      - {routing_key: R0UT1NGKEY, url: '"
                               + sink.url("/v2/enqueue") + "'}\n"));
  api client(tocsin);
  BOOST_TEST(client.post_all({alert("critical")}).status == 200);
  BOOST_REQUIRE(sink.wait_for_count(5s, 1));
  BOOST_TEST(client.post_all({resolved("critical")}).status == 200);
  BOOST_REQUIRE(sink.wait_for_count(5s, 2));

  const json first(sink.all()[0].body);
  const json second(sink.all()[1].body);
  BOOST_TEST(sink.all()[0].path == "/v2/enqueue");
  BOOST_TEST(first.text("/routing_key").value() == "R0UT1NGKEY");
  BOOST_TEST(first.text("/event_action").value() == "trigger");
  BOOST_TEST(first.text("/payload/severity").value() == "critical");
  BOOST_TEST(first.text("/payload/summary").value() == "[FIRING:1] PoolExhausted on db1: all in use");
  BOOST_TEST(second.text("/event_action").value() == "resolve");
  BOOST_TEST(second.text("/dedup_key").value() == first.text("/dedup_key").value());
  BOOST_TEST(eventually(5s, [&] { return attempts_of(client, "pagerduty").number("/total") == 2; }));
  const auto history = client.get("/api/alerts/notification-history").body;
  BOOST_TEST(json(history).text("/data/0/message").value() == "HTTP 202");
  BOOST_TEST(history.find("R0UT1NGKEY") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(only_the_number_that_failed_is_sent_a_text_message_again) {
  http_sink sink({behaviour::answering(500, R"({"code":20500})")}, queued());
  program tocsin(
      configuration("    sms_configs:\n      - account_sid: AC1\n        auth_token: secret\n"
                    "        from: '+15005550006'\n        to: ['+491701234567', '+491701234568']\n"
                    "        api_url: "
                    + sink.url() + "\n"));
  api client(tocsin);
  BOOST_TEST(client.post_all({alert("critical")}).status == 200);
  BOOST_REQUIRE(sink.wait_for_count(15s, 3));
  const auto sent = sink.all();
  BOOST_TEST(sent[0].path == "/2010-04-01/Accounts/AC1/Messages.json");
  BOOST_TEST(sent[0].headers.at("content-type") == "application/x-www-form-urlencoded");
  // AC1:secret
  BOOST_TEST(sent[0].headers.at("authorization") == "Basic QUMxOnNlY3JldA==");
  BOOST_TEST(sent[0].body != sent[1].body);
  BOOST_TEST(sent[2].body == sent[0].body);
  BOOST_TEST(!sink.wait_for_count(1s, 4));
  const auto failed = sent[0].body.starts_with("To=%2B491701234567&") ? "0-0" : "0-1";
  BOOST_TEST(eventually(5s, [&] { return attempts_of(client, "sms").number("/total") == 3; }));
  const auto attempts = attempts_of(client, "ops/sms/" + std::string(failed));
  BOOST_TEST(attempts.number("/total").value() == 2);
  BOOST_TEST(attempts.boolean("/data/0/success").value());
}

BOOST_AUTO_TEST_CASE(a_text_message_waits_until_the_alert_is_urgent_enough) {
  http_sink sink({}, queued());
  http_sink everything;
  program tocsin(configuration("    webhook_configs: [{url: '" + everything.url()
                               + "'}]\n"
                                 "    sms_configs:\n      - account_sid: AC1\n        auth_token: secret\n"
                                 "        from: '+15005550006'\n        to: ['+491701234567']\n        api_url: "
                               + sink.url() + "\n"));
  api client(tocsin);
  BOOST_TEST(client.post_all({alert("warning")}).status == 200);
  BOOST_REQUIRE(everything.wait_for_count(5s, 1));
  BOOST_TEST(client.post_all({alert("critical")}).status == 200);
  BOOST_REQUIRE(sink.wait_for_count(5s, 1));
  // Of the two alerts of the group it tells the critical one alone.
  BOOST_TEST(sink.all()[0].body.find("Body=CRITICAL%20FIRING%3A1%20") != std::string::npos);
  BOOST_TEST(attempts_of(client, "sms").number("/total").value_or(9) <= 1);
}

BOOST_AUTO_TEST_CASE(a_signed_webhook_can_be_verified_and_every_attempt_is_signed_anew) {
  http_sink sink({behaviour::answering(503)});
  program tocsin(configuration("    webhook_configs:\n      - {url: '" + sink.url() + "', hmac_secret: 'k3y'}\n"));
  api client(tocsin);
  BOOST_TEST(client.post_all({alert("critical")}).status == 200);
  BOOST_REQUIRE(sink.wait_for_count(15s, 2));
  const auto sent = sink.all();
  for (const auto& r : sent) {
    const auto& time = r.headers.at("x-tocsin-timestamp");
    BOOST_TEST(r.headers.at("x-tocsin-signature") == "v1=" + tocsin::hmac_sha256_hex("k3y", time + "." + r.body));
  }
  BOOST_TEST(sent[0].body == sent[1].body);
  BOOST_TEST(std::stol(sent[1].headers.at("x-tocsin-timestamp")) - std::stol(sent[0].headers.at("x-tocsin-timestamp"))
             >= 4);
}

BOOST_AUTO_TEST_SUITE_END()
