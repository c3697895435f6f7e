#include <algorithm>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/e2e/api.hpp"
#include "tests/e2e/http_sink.hpp"
#include "tests/e2e/program.hpp"

using namespace tocsin::e2e;

BOOST_AUTO_TEST_SUITE(delivery)

BOOST_AUTO_TEST_CASE(a_first_alert_arrives_and_is_remembered) {
  http_sink sink;
  program tocsin(one_webhook(sink.url("/hook")));
  api client(tocsin);

  const auto posted = client.post_all({alert_json(
      {{"alertname", "FirstAlert"}, {"severity", "critical"}, {"service", "shop"}}, {{"summary", "it rings"}})});
  BOOST_TEST(posted.status == 200);
  BOOST_TEST(posted.body == "");

  BOOST_REQUIRE(sink.wait_for_count(5s, 1));
  const auto request = sink.all().front();
  BOOST_TEST(request.method == "POST");
  BOOST_TEST(request.path == "/hook");
  BOOST_TEST(request.headers.at("content-type") == "application/json");
  BOOST_TEST(request.headers.at("user-agent").starts_with("Tocsin/"));
  const json payload(request.body);
  BOOST_REQUIRE(payload.valid());
  BOOST_TEST(payload.text("/version").value() == "4");
  BOOST_TEST(payload.text("/receiver").value() == "sink");
  BOOST_TEST(payload.text("/status").value() == "firing");
  BOOST_TEST(payload.text("/groupKey").value() == R"({}:{alertname="FirstAlert"})");
  BOOST_TEST(payload.text("/notification_reason").value() == "first notification");
  BOOST_TEST(payload.size("/alerts").value() == 1U);
  BOOST_TEST(payload.text("/alerts/0/labels/service").value() == "shop");
  BOOST_TEST(payload.text("/alerts/0/annotations/summary").value() == "it rings");
  BOOST_TEST(payload.text("/alerts/0/endsAt").value() == "0001-01-01T00:00:00Z");

  const auto found = client.get("/api/alerts/history?alert_name=FirstAlert");
  BOOST_TEST(found.status == 200);
  const json history(found.body);
  BOOST_TEST(history.boolean("/success").value());
  BOOST_TEST(history.number("/total").value() == 1);
  BOOST_TEST(history.text("/data/0/alert_name").value() == "FirstAlert");
  BOOST_TEST(history.text("/data/0/status").value() == "firing");
  BOOST_TEST(history.text("/data/0/severity").value() == "critical");
  BOOST_TEST(history.text("/data/0/service").value() == "shop");

  // The attempt is written once the receiver has answered, so it may be a moment late.
  std::string attempts;
  BOOST_TEST(eventually(5s, [&] {
    attempts = client.get("/api/alerts/notification-history?alert_name=FirstAlert").body;
    return json(attempts).number("/total") == 1;
  }));
  const json attempt(attempts);
  BOOST_TEST(attempt.boolean("/data/0/success").value());
  BOOST_TEST(attempt.text("/data/0/alert_name").value() == "FirstAlert");
  BOOST_TEST(attempt.text("/data/0/channel").value() == "sink/webhook/0");
  BOOST_TEST(attempt.text("/data/0/recipients").value() == "127.0.0.1:" + std::to_string(sink.port()));
  BOOST_TEST(attempt.text("/data/0/message").value() == "HTTP 200");
  BOOST_TEST(attempt.number("/data/0/retry_count").value() == 0);
  BOOST_TEST(tocsin.terminate().value_or(-1) == 0);
}

BOOST_AUTO_TEST_CASE(forty_alerts_of_one_body_are_one_message) {
  http_sink sink;
  program tocsin(one_webhook(sink.url()));
  api client(tocsin);
  std::vector<std::string> alerts;
  for (int i = 0; i < 40; ++i) {
    const auto instance = "node-" + std::to_string(i);
    alerts.push_back(alert_json({{"alertname", "NodeDown"}, {"severity", "critical"}, {"instance", instance}}));
  }
  BOOST_TEST(client.post_all(alerts).status == 200);
  BOOST_REQUIRE(sink.wait_for_count(5s, 1));
  BOOST_TEST(json(sink.all().front().body).size("/alerts").value() == 40U);

  // The same body again is no news: nothing more is sent, only counted.
  BOOST_TEST(client.post_all(alerts).status == 200);
  BOOST_TEST(history_total(client, "&alert_name=NodeDown") == 40);
  BOOST_TEST(!sink.wait_for_count(2500ms, 2));
}

BOOST_AUTO_TEST_CASE(a_resolved_message_follows_the_firing_one) {
  http_sink sink;
  program tocsin(one_webhook(sink.url()));
  api client(tocsin);
  const auto begin = moment(-1min);
  const auto firing =
      alert_json({{"alertname", "ComesAndGoes"}, {"severity", "critical"}}, {}, "\"startsAt\":\"" + begin + "\"");
  BOOST_TEST(client.post_all({firing}).status == 200);
  BOOST_REQUIRE(sink.wait_for_count(5s, 1));

  const auto resolved = alert_json({{"alertname", "ComesAndGoes"}, {"severity", "critical"}}, {},
                                   "\"startsAt\":\"" + begin + "\",\"endsAt\":\"" + moment(-1ms) + "\"");
  BOOST_TEST(client.post_all({resolved}).status == 200);
  BOOST_REQUIRE(sink.wait_for_count(5s, 2));
  const json payload(sink.all()[1].body);
  BOOST_TEST(payload.text("/status").value() == "resolved");
  BOOST_TEST(payload.text("/notification_reason").value() == "all alerts resolved");
  BOOST_TEST(payload.text("/alerts/0/status").value() == "resolved");
  BOOST_TEST(payload.text("/alerts/0/endsAt").value() != "0001-01-01T00:00:00Z");
  const auto history = client.get("/api/alerts/history?alert_name=ComesAndGoes").body;
  BOOST_TEST(json(history).text("/data/0/status").value() == "resolved");
}

BOOST_AUTO_TEST_CASE(a_webhook_of_alertmanager_is_taken_in) {
  http_sink sink;
  program tocsin(one_webhook(sink.url()));
  api client(tocsin);
  const std::string alert =
      R"({"status":"firing","labels":{"alertname":"Forwarded","severity":"critical"},"annotations":{},)"
      R"("startsAt":")"
      + moment(-1s) + R"(","endsAt":"0001-01-01T00:00:00Z","generatorURL":"","fingerprint":"x"})";
  const auto body = R"({"receiver":"web\\.hook","status":"firing","alerts":[)" + alert
                    + R"(],"groupLabels":{},"commonLabels":{},"commonAnnotations":{},"externalURL":"http://am:9093",)"
                      R"("version":"4","groupKey":"{}:{}","truncatedAlerts":0,"unknown":[1,{"a":null}]})";
  const auto posted = client.post("/api/alerts/webhook", body);
  BOOST_TEST(posted.status / 100 == 2, posted.status << " " << posted.body);
  BOOST_TEST(sink.wait_for_body(5s, "Forwarded").has_value());
  BOOST_TEST(history_total(client, "&alert_name=Forwarded") == 1);
}

BOOST_AUTO_TEST_CASE(an_unfinished_window_survives_a_restart) {
  http_sink sink;
  auto configuration = one_webhook(sink.url());
  configuration.replace(configuration.find("group_wait: 0s"), 14, "group_wait: 3s");
  program tocsin(configuration);
  {
    api client(tocsin);
    BOOST_TEST(client.post_all({alert_json({{"alertname", "Waits"}, {"severity", "critical"}})}).status == 200);
  }
  BOOST_TEST(sink.count() == 0U);
  tocsin.kill();
  tocsin.start();
  BOOST_TEST(sink.wait_for_body(8s, "Waits").has_value());
  BOOST_TEST(!sink.wait_for_count(2s, 2));
}

BOOST_AUTO_TEST_SUITE_END()
