#include <string>

#include <boost/test/unit_test.hpp>

#include "actors/engine.hpp"
#include "tests/http/support.hpp"

using namespace tocsin::testing;

BOOST_AUTO_TEST_SUITE(the_status_of_the_program)

BOOST_FIXTURE_TEST_CASE(it_tells_version_configuration_storage_and_queues, with_site) {
  BOOST_REQUIRE_EQUAL(http.post_alerts("[" + alert_json({{"alertname", "X"}}) + "]").status, 200);
  const auto a = http.get("/api/status");
  BOOST_REQUIRE_EQUAL(a.status, 200);
  BOOST_TEST(a.header("Cache-Control") == "no-store");
  const auto status = a.read();
  BOOST_TEST(status.keys("/data")
             == "version started_at uptime_seconds config storage queues channels receivers routes silences");
  BOOST_TEST((status.text("/data/version") == "test"));
  BOOST_TEST((status.text("/data/config/source") == "test.yml"));
  BOOST_TEST((status.boolean("/data/config/last_reload_failed") == false));
  BOOST_TEST(status.is_null("/data/config/last_reload_error"));
  BOOST_TEST(status.text("/data/config/yaml")->find("receiver: silent") != std::string::npos);
  BOOST_TEST((status.text("/data/storage/file") == here.folder() + "/tocsin.db"));
  BOOST_TEST(status.number("/data/storage/bytes").value_or(0) > 0);
  BOOST_TEST(status.number("/data/storage/wal_bytes").value_or(0) > 0);
  BOOST_TEST((status.number("/data/storage/active_alerts") == 1));
  BOOST_TEST((status.number("/data/storage/alerts") == 1));
  BOOST_TEST(status.is_null("/data/storage/cleaned_until"));
  BOOST_TEST((status.number("/data/queues/alerts_in_flight") == 0));
  BOOST_TEST((status.number("/data/receivers") == 3));
  BOOST_TEST((status.number("/data/routes") == 3));
  BOOST_TEST((status.number("/data/silences") == 0));
}

BOOST_FIXTURE_TEST_CASE(a_channel_that_cannot_be_reached_fails_and_says_why, with_site) {
  BOOST_TEST((http.get("/api/status").read().size("/data/channels") == 2U));
  BOOST_REQUIRE_EQUAL(http.post_alerts("[" + alert_json({{"alertname", "X"}, {"to", "nobody"}}) + "]").status, 200);
  BOOST_TEST((eventually(5s, [this] {
    const auto status = http.get("/api/status").read();
    return status.boolean("/data/channels/1/failing") == true;
  })));
  const auto status = http.get("/api/status").read();
  BOOST_TEST((status.text("/data/channels/1/channel") == "unreachable/webhook/0"));
  BOOST_TEST((status.text("/data/channels/1/kind") == "webhook"));
  BOOST_TEST((status.text("/data/channels/1/receiver") == "unreachable"));
  BOOST_TEST(status.is_null("/data/channels/1/last_success_at"));
  BOOST_TEST(status.text("/data/channels/1/last_failure_at").has_value());
  BOOST_TEST(status.text("/data/channels/1/last_failure")->find("127.0.0.1") != std::string::npos);
  BOOST_TEST((status.boolean("/data/channels/0/failing") == false));
  BOOST_TEST((status.number("/data/queues/unfinished_notifications") == 1));
}

BOOST_FIXTURE_TEST_CASE(a_reload_that_was_refused_is_told_until_one_succeeds, with_site) {
  const auto loaded = http.get("/api/status").read().text("/data/config/loaded_at");
  here.edit("no_such_key: 1\n");
  BOOST_REQUIRE_EQUAL(http.post("/-/reload", "").status, 500);
  const auto status = http.get("/api/status").read();
  BOOST_TEST((status.boolean("/data/config/last_reload_failed") == true));
  BOOST_TEST(status.text("/data/config/last_reload_error")->find("no_such_key") != std::string::npos);
  BOOST_TEST((status.text("/data/config/loaded_at") == loaded));
  BOOST_TEST(http.get("/metrics").body.find("tocsin_config_last_reload_successful 0") != std::string::npos);
  here.edit("");
  BOOST_REQUIRE_EQUAL(http.post("/-/reload", "").status, 200);
  const auto later = http.get("/api/status").read();
  BOOST_TEST((later.boolean("/data/config/last_reload_failed") == false));
  BOOST_TEST(later.is_null("/data/config/last_reload_error"));
  BOOST_TEST((later.text("/data/config/loaded_at") > loaded));
  BOOST_TEST(http.get("/metrics").body.find("tocsin_config_last_reload_successful 1") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(no_secret_of_the_configuration_is_told) {
  site here{"http://127.0.0.1:1/", R"(route: {receiver: ops}
receivers:
  - name: ops
    slack_configs: [{api_url: "http://127.0.0.1:1/services/T0/B0/hush-slack", channel: "#ops"}]
    webhook_configs:
      - {url: "http://127.0.0.1:1/hook/hush-path?token=hush-token", http_config: {basic_auth: {username: u, password: hush-pass}}}
    pagerduty_configs: [{routing_key: hush-key}]
)"};
  client http{here.port()};
  const auto a = http.get("/api/status");
  BOOST_REQUIRE_EQUAL(a.status, 200);
  BOOST_TEST((a.read().size("/data/channels") == 3U));
  BOOST_TEST(a.body.find("hush") == std::string::npos, a.body);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(statistics_of_notifications)

BOOST_FIXTURE_TEST_CASE(they_have_each_channel_and_each_day_also_those_without_attempts, with_site) {
  BOOST_REQUIRE_EQUAL(http.post_alerts("[" + alert_json({{"alertname", "X"}, {"to", "nobody"}}) + "]").status, 200);
  BOOST_TEST((eventually(
      5s, [this] { return http.get("/api/alerts/notification-statistics").read().size("/data/channels") == 1U; })));
  const auto found = http.get("/api/alerts/notification-statistics?days=3").read();
  BOOST_TEST((found.number("/data/time_period_days") == 3));
  BOOST_TEST(found.keys("/data/channels/0")
             == "channel kind attempts notifications delivered failed retries success_percent average_duration_ms");
  BOOST_TEST((found.text("/data/channels/0/channel") == "unreachable/webhook/0"));
  BOOST_TEST((found.text("/data/channels/0/kind") == "webhook"));
  BOOST_TEST((found.number("/data/channels/0/notifications") == 1));
  BOOST_TEST((found.number("/data/channels/0/delivered") == 0));
  BOOST_TEST((found.number("/data/channels/0/success_percent") == 0));
  BOOST_TEST((found.size("/data/by_day") == 4U));
  BOOST_TEST((found.text("/data/by_day/3/day") == moment().substr(0, 10)));
  BOOST_TEST((found.number("/data/by_day/3/attempts") == found.number("/data/channels/0/attempts")));
  BOOST_TEST((found.number("/data/by_day/0/attempts") == 0));
  BOOST_TEST(found.is_null("/data/by_day/0/success_percent"));
  BOOST_TEST((http.get("/api/alerts/notification-statistics?channel=slack").read().size("/data/channels") == 0U));
  BOOST_TEST((http.get("/api/alerts/notification-statistics?channel=webhook").read().size("/data/channels") == 1U));
  const auto refused = http.get("/api/alerts/notification-statistics?days=31");
  BOOST_TEST(refused.status == 400);
  BOOST_TEST(refused.body.find("from 1 to 30, found \\\"31\\\"") != std::string::npos, refused.body);
}

BOOST_AUTO_TEST_SUITE_END()
