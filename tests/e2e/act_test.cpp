#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/e2e/api.hpp"
#include "tests/e2e/http_sink.hpp"
#include "tests/e2e/program.hpp"

using namespace tocsin::e2e;

namespace {

/// A program with one critical alert that has been told.
struct with_one_alert {
  http_sink sink;
  program tocsin{one_webhook(sink.url())};
  api client{tocsin};
  std::string path;

  with_one_alert() {
    client.post_all({alert_json({{"alertname", "Acted"}, {"severity", "warning"}})});
    const json history(client.get("/api/alerts/history?alert_name=Acted").body);
    const auto id = history.number("/data/0/id");
    BOOST_REQUIRE(id.has_value());
    path = "/api/alerts/history/" + std::to_string(*id);
    BOOST_REQUIRE(sink.wait_for_count(5s, 1));
  }

  json detail() { return json(client.get(path).body); }
};

} // namespace

BOOST_AUTO_TEST_SUITE(acts)

BOOST_FIXTURE_TEST_CASE(an_alert_can_be_acknowledged, with_one_alert) {
  const auto a = client.put(path + "/acknowledge?acknowledged_by=ana&comment=on%20it");
  BOOST_TEST(a.status == 200, a.body);
  BOOST_TEST(json(a.body).boolean("/success").value());
  const auto after = detail();
  BOOST_TEST(after.text("/data/status").value() == "acknowledged");
  BOOST_TEST(after.text("/data/acknowledged_by").value() == "ana");
  BOOST_TEST(after.size("/data/acknowledgments").value_or(0) == 1U);
  BOOST_TEST(after.text("/data/acknowledgments/0/comment").value() == "on it");
}

BOOST_FIXTURE_TEST_CASE(an_alert_can_be_escalated, with_one_alert) {
  const auto a = client.put(path + "/escalate?to_level=3&reason=customers%20call&escalated_by=ana");
  BOOST_TEST(a.status == 200, a.body);
  const auto after = detail();
  BOOST_TEST(after.text("/data/status").value() == "escalated");
  BOOST_TEST(after.number("/data/escalation_level").value() == 3);
  BOOST_TEST(after.size("/data/escalations").value_or(0) == 1U);
  BOOST_TEST(after.number("/data/escalations/0/to_level").value() == 3);
  BOOST_TEST(after.text("/data/escalations/0/reason").value() == "customers call");
  BOOST_TEST(after.text("/data/escalations/0/escalated_by").value() == "ana");
}

BOOST_FIXTURE_TEST_CASE(an_alert_can_be_resolved_by_hand, with_one_alert) {
  const auto a = client.put(path + "/resolve?resolution_time_seconds=90");
  BOOST_TEST(a.status == 200, a.body);
  const auto after = detail();
  BOOST_TEST(after.text("/data/status").value() == "resolved");
  BOOST_TEST(after.number("/data/resolution_time_seconds").value() == 90);
  BOOST_REQUIRE(sink.wait_for_count(5s, 2));
  BOOST_TEST(json(sink.all()[1].body).text("/status").value() == "resolved");
}

BOOST_FIXTURE_TEST_CASE(an_act_survives_a_kill, with_one_alert) {
  BOOST_TEST(client.put(path + "/acknowledge?acknowledged_by=ana").status == 200);
  tocsin.kill();
  tocsin.start();
  api again(tocsin);
  BOOST_TEST(json(again.get(path).body).text("/data/acknowledged_by").value() == "ana");
}

BOOST_FIXTURE_TEST_CASE(bad_parameters_are_refused_by_name, with_one_alert) {
  struct row {
    std::string call;
    std::string parameter;
  };
  for (const auto& [call, parameter] :
       std::vector<row>{{"PUT " + path + "/acknowledge", "acknowledged_by"},
                        {"PUT " + path + "/acknowledge?acknowledged_by=", "acknowledged_by"},
                        {"PUT " + path + "/escalate", "to_level"},
                        {"PUT " + path + "/escalate?to_level=4", "to_level"},
                        {"PUT " + path + "/escalate?to_level=0", "to_level"},
                        {"PUT " + path + "/escalate?to_level=high", "to_level"},
                        {"PUT " + path + "/resolve?resolution_time_seconds=-1", "resolution_time_seconds"},
                        {"PUT " + path + "/resolve?resolution_time_seconds=soon", "resolution_time_seconds"},
                        {"GET /api/alerts/history?limit=0", "limit"},
                        {"GET /api/alerts/history?limit=10001", "limit"},
                        {"GET /api/alerts/history?limit=99999999999999999999", "limit"},
                        {"GET /api/alerts/history?limit=ten", "limit"},
                        {"GET /api/alerts/history?offset=-1", "offset"},
                        {"GET /api/alerts/history?days=0", "days"},
                        {"GET /api/alerts/history?days=366", "days"},
                        {"GET /api/alerts/history?severity=loud", "severity"},
                        {"GET /api/alerts/history?status=gone", "status"},
                        {"GET /api/alerts/notification-history?success=maybe", "success"}}) {
    BOOST_TEST_CONTEXT(call) {
      const auto a = call.starts_with("PUT ") ? client.put(call.substr(4)) : client.get(call.substr(4));
      BOOST_TEST(a.status == 400, a.status << " " << a.body);
      const json error(a.body);
      BOOST_TEST(!error.boolean("/success").value_or(true));
      BOOST_TEST(error.text("/error/parameter").value_or("") == parameter);
      BOOST_TEST(error.text("/error/message").value_or("").find(parameter) != std::string::npos);
    }
  }
  BOOST_TEST(detail().text("/data/status").value() == "firing");
}

BOOST_FIXTURE_TEST_CASE(what_is_unknown_is_not_found, with_one_alert) {
  for (const std::string id : {"999999", "0", "-1", "x", "99999999999999999999"}) {
    const auto unknown = "/api/alerts/history/" + id;
    BOOST_TEST_CONTEXT(unknown) {
      const auto numeric = id == "999999";
      for (const auto status : {client.get(unknown).status, client.put(unknown + "/resolve").status,
                                client.put(unknown + "/acknowledge?acknowledged_by=ana").status,
                                client.put(unknown + "/escalate?to_level=2").status}) {
        BOOST_TEST((numeric ? status == 404 : status == 404 || status == 400), status);
      }
    }
  }
  BOOST_TEST(client.get("/api/nothing").status == 404);
  BOOST_TEST(client.get("/api/v2/nothing").status == 404);
}

BOOST_FIXTURE_TEST_CASE(a_wrong_method_is_refused_with_the_right_ones, with_one_alert) {
  for (const auto& a :
       {client.remove("/api/v2/alerts"), client.put("/api/v2/alerts"), client.post("/api/alerts/history", "{}"),
        client.remove(path), client.get(path + "/resolve"), client.get("/api/alerts/webhook")}) {
    BOOST_TEST(a.status == 405);
    BOOST_TEST(a.headers.contains("allow"));
  }
}

BOOST_FIXTURE_TEST_CASE(it_says_that_it_is_healthy_and_ready, with_one_alert) {
  BOOST_TEST(client.get("/-/healthy").status == 200);
  BOOST_TEST(client.get("/-/ready").status == 200);
  const auto metrics = client.get("/metrics");
  BOOST_TEST(metrics.status == 200);
  BOOST_TEST(metrics.body.find("# TYPE tocsin_") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
