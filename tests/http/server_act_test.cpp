#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/http/support.hpp"

using namespace tocsin::testing;

namespace {

/// One alert that fires since a minute.
struct with_alert : with_site {
  std::string started = moment(-1min);
  std::string path;

  with_alert() {
    BOOST_REQUIRE_EQUAL(post(), 200);
    path = "/api/alerts/history/" + std::to_string(http.get("/api/alerts/history").read().number("/data/0/id").value());
  }

  int post() {
    return http
        .post_alerts("["
                     + alert_json({{"alertname", "Acted"}, {"severity", "warning"}}, R"("startsAt":")" + started + '"')
                     + "]")
        .status;
  }

  json detail() { return http.get(path).read(); }
};

std::string code_of(const answer& a) {
  return a.read().text("/error/code").value_or("none");
}

} // namespace

BOOST_AUTO_TEST_SUITE(acts_over_http)

BOOST_FIXTURE_TEST_CASE(acknowledging_answers_with_the_alert_as_it_is_then, with_alert) {
  const auto a = http.put(path + "/acknowledge?acknowledged_by=ana&comment=on%20it%2C+soon");
  BOOST_TEST(a.status == 200, a.body);
  BOOST_TEST(a.header("Content-Type") == "application/json");
  const auto row = a.read();
  BOOST_TEST(row.keys("") == "success count data");
  BOOST_TEST(row.boolean("/success").value());
  BOOST_TEST(row.number("/count").value() == 1);
  BOOST_TEST(row.text("/data/status").value() == "acknowledged");
  BOOST_TEST(row.text("/data/acknowledged_by").value() == "ana");
  BOOST_TEST(row.text("/data/acknowledgment_time").value() > started);
  BOOST_TEST(detail().text("/data/acknowledgments/0/comment").value() == "on it, soon");
  BOOST_TEST(detail().text("/data/acknowledgments/0/acknowledged_by").value() == "ana");
}

BOOST_FIXTURE_TEST_CASE(acknowledging_again_adds_to_the_record, with_alert) {
  BOOST_TEST(http.put(path + "/acknowledge?acknowledged_by=ana").status == 200);
  const auto first = detail().text("/data/acknowledgment_time").value();
  BOOST_TEST(http.put(path + "/acknowledge?acknowledged_by=bo").status == 200);
  BOOST_TEST(detail().size("/data/acknowledgments").value() == 2U);
  BOOST_TEST(detail().text("/data/acknowledged_by").value() == "bo");
  BOOST_TEST(detail().text("/data/acknowledgment_time").value() == first);
}

BOOST_FIXTURE_TEST_CASE(parameters_may_come_as_json_or_in_the_query, with_alert) {
  auto a = http.put(path + "/acknowledge", R"({"acknowledged_by":"ana \"A\" <x>","comment":"line\nfeed"})");
  BOOST_TEST(a.status == 200, a.body);
  BOOST_TEST(detail().text("/data/acknowledgments/0/acknowledged_by").value() == "ana \"A\" <x>");
  BOOST_TEST(detail().text("/data/acknowledgments/0/comment").value() == "line\nfeed");
  a = http.put(path + "/acknowledge?acknowledged_by=query&comment=c", R"({"acknowledged_by":"body"})");
  BOOST_TEST(a.status == 200, a.body);
  BOOST_TEST(detail().text("/data/acknowledgments/1/acknowledged_by").value() == "body");
  BOOST_TEST(detail().text("/data/acknowledgments/1/comment").value() == "c");
  a = http.put(path + "/escalate", R"({"to_level":2,"reason":"r","escalated_by":"bo"})");
  BOOST_TEST(a.status == 200, a.body);
  a = http.put(path + "/escalate", R"({"to_level":"3"})", "text/plain");
  BOOST_TEST(a.status == 200, a.body);
  BOOST_TEST(a.read().number("/data/escalation_level").value() == 3);
}

BOOST_FIXTURE_TEST_CASE(acknowledging_needs_somebody, with_alert) {
  for (const std::string call :
       {"/acknowledge", "/acknowledge?acknowledged_by=", "/acknowledge?comment=x", "/acknowledge/"}) {
    const auto a = http.put(path + call);
    BOOST_TEST(a.status == 400);
    BOOST_TEST(a.body
               == "{\"success\":false,\"error\":{\"code\":\"missing_parameter\",\"message\":\"acknowledged_by: required and must not "
                  "be empty\",\"parameter\":\"acknowledged_by\"}}\n");
  }
  BOOST_TEST(http.put(path + "/acknowledge", R"({"acknowledged_by":null})").status == 400);
  BOOST_TEST(http.put(path + "/acknowledge?acknowledged_by=" + std::string(257, 'x')).status == 400);
  BOOST_TEST(http.put(path + "/acknowledge", R"({"acknowledged_by":"ana","comment":")" + std::string(4097, 'x') + "\"}")
                 .read()
                 .text("/error/parameter")
                 .value()
             == "comment");
  BOOST_TEST(detail().text("/data/status").value() == "firing");
  BOOST_TEST(detail().size("/data/acknowledgments").value() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_body_that_is_no_object_is_refused, with_alert) {
  for (const std::string body : {"[]", "7", "{", "acknowledged_by=ana", "\"ana\"", "null"}) {
    const auto a = http.put(path + "/acknowledge?acknowledged_by=ana", body);
    BOOST_TEST(a.status == 400, body);
    BOOST_TEST(code_of(a) == "invalid_body");
    BOOST_TEST(a.read().is_null("/error/parameter"));
  }
  BOOST_TEST(detail().text("/data/status").value() == "firing");
}

BOOST_FIXTURE_TEST_CASE(escalating_goes_up_and_is_recorded, with_alert) {
  const auto a = http.put(path + "/escalate?to_level=2&reason=customers%20call&escalated_by=ana");
  BOOST_TEST(a.status == 200, a.body);
  BOOST_TEST(a.read().number("/data/escalation_level").value() == 2);
  BOOST_TEST(a.read().text("/data/status").value() == "escalated");
  BOOST_TEST(http.put(path + "/escalate?to_level=3").status == 200);
  const auto after = detail();
  BOOST_TEST(after.size("/data/escalations").value() == 2U);
  BOOST_TEST(after.number("/data/escalations/0/from_level").value() == 1);
  BOOST_TEST(after.number("/data/escalations/0/to_level").value() == 2);
  BOOST_TEST(after.text("/data/escalations/0/reason").value() == "customers call");
  BOOST_TEST(after.text("/data/escalations/0/escalated_by").value() == "ana");
  BOOST_TEST(after.text("/data/escalations/1/escalated_by").value() == "system");
}

BOOST_FIXTURE_TEST_CASE(escalating_down_or_to_where_it_is_conflicts, with_alert) {
  BOOST_TEST(http.put(path + "/escalate?to_level=3").status == 200);
  for (const auto* level : {"3", "2", "1"}) {
    const auto a = http.put(path + "/escalate?to_level=" + level);
    BOOST_TEST(a.status == 409, level);
    BOOST_TEST(code_of(a) == "conflict");
    BOOST_TEST(a.read().text("/error/message").value_or("").find("is at level 3 already") != std::string::npos, a.body);
  }
  BOOST_TEST(detail().number("/data/escalation_level").value() == 3);
  BOOST_TEST(detail().size("/data/escalations").value() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_level_is_one_two_or_three, with_alert) {
  struct row {
    std::string given;
    std::string code;
  };
  for (const auto& [given, code] : std::vector<row>{{"?to_level=0", "invalid_parameter"},
                                                    {"?to_level=4", "invalid_parameter"},
                                                    {"?to_level=x", "invalid_parameter"},
                                                    {"?to_level=-2", "invalid_parameter"},
                                                    {"?to_level=2.0", "invalid_parameter"},
                                                    {"?to_level=4294967298", "invalid_parameter"},
                                                    {"?to_level=99999999999999999999", "invalid_parameter"},
                                                    {"?to_level=2%00", "invalid_parameter"},
                                                    {"?to_level=", "missing_parameter"},
                                                    {"", "missing_parameter"},
                                                    {"?level=2", "missing_parameter"}}) {
    BOOST_TEST_CONTEXT(given) {
      const auto a = http.put(path + "/escalate" + given);
      BOOST_TEST(a.status == 400, a.status << " " << a.body);
      BOOST_TEST(code_of(a) == code);
      BOOST_TEST(a.read().text("/error/parameter").value_or("") == "to_level");
      if (code == "invalid_parameter") {
        BOOST_TEST(a.read().text("/error/message").value().find("a whole number from 1 to 3") != std::string::npos);
      }
    }
  }
  BOOST_TEST(detail().number("/data/escalation_level").value() == 1);
}

BOOST_FIXTURE_TEST_CASE(resolving_ends_the_alert_once, with_alert) {
  const auto a = http.put(path + "/resolve?resolution_time_seconds=45");
  BOOST_TEST(a.status == 200, a.body);
  BOOST_TEST(a.read().text("/data/status").value() == "resolved");
  BOOST_TEST(a.read().number("/data/resolution_time_seconds").value() == 45);
  const auto ended = a.read().text("/data/end_time").value();
  for (const std::string call :
       {"/resolve", "/resolve?resolution_time_seconds=1", "/acknowledge?acknowledged_by=ana", "/escalate?to_level=2"}) {
    const auto again = http.put(path + call);
    BOOST_TEST(again.status == 409, call);
    BOOST_TEST(code_of(again) == "conflict");
    BOOST_TEST(again.read().text("/error/message").value().find("was resolved at " + ended) != std::string::npos,
               again.body);
    BOOST_TEST(again.read().text("/error/parameter").value() == "id");
  }
  BOOST_TEST(detail().size("/data/escalations").value() == 0U);
  BOOST_TEST(detail().size("/data/acknowledgments").value() == 0U);
  BOOST_TEST(detail().number("/data/resolution_time_seconds").value() == 45);
}

BOOST_FIXTURE_TEST_CASE(resolving_without_a_time_takes_the_clock, with_alert) {
  const auto a = http.put(path + "/resolve");
  BOOST_TEST(a.status == 200, a.body);
  const auto took = a.read().number("/data/resolution_time_seconds").value();
  BOOST_TEST((took >= 60 && took < 70), took);
  BOOST_TEST(http.total("&status=firing") == 0);
}

BOOST_FIXTURE_TEST_CASE(a_resolution_time_is_a_number_of_seconds, with_alert) {
  for (const std::string given : {"-1", "soon", "", "1.5", "3153600001", "99999999999999999999"}) {
    const auto a = http.put(path + "/resolve?resolution_time_seconds=" + given);
    BOOST_TEST(a.status == 400, given);
    BOOST_TEST(a.read().text("/error/parameter").value_or("") == "resolution_time_seconds");
  }
  BOOST_TEST(detail().text("/data/status").value() == "firing");
  BOOST_TEST(
      http.put(path + "/resolve?resolution_time_seconds=0").read().number("/data/resolution_time_seconds").value()
      == 0);
}

BOOST_FIXTURE_TEST_CASE(an_alert_that_fires_again_is_another_one, with_alert) {
  BOOST_TEST(http.put(path + "/resolve").status == 200);
  started = moment();
  BOOST_TEST(post() == 200);
  BOOST_TEST(http.total() == 2);
  BOOST_TEST(http.put(path + "/resolve").status == 409);
  const auto second = http.get("/api/alerts/history?status=firing").read().number("/data/0/id").value();
  BOOST_TEST(http.put("/api/alerts/history/" + std::to_string(second) + "/acknowledge?acknowledged_by=ana").status
             == 200);
}

BOOST_FIXTURE_TEST_CASE(ids_are_checked_before_parameters, with_alert) {
  for (const std::string act : {"/acknowledge", "/resolve?resolution_time_seconds=x", "/escalate?to_level=9"}) {
    for (const std::string id : {"abc", "0", "-1", "99999999999999999999", "1%00", "%25", "%201"}) {
      const auto a = http.put("/api/alerts/history/" + id + act);
      BOOST_TEST(a.status == 400, id << act << ": " << a.body);
      BOOST_TEST(a.read().text("/error/parameter").value_or("") == "id");
    }
  }
}

BOOST_FIXTURE_TEST_CASE(an_unknown_id_is_not_found_by_any_act, with_alert) {
  for (const std::string act : {"/acknowledge?acknowledged_by=ana", "/resolve", "/escalate?to_level=2"}) {
    const auto a = http.put("/api/alerts/history/999999" + act);
    BOOST_TEST(a.status == 404, act);
    BOOST_TEST(code_of(a) == "not_found");
    BOOST_TEST(a.read().text("/error/parameter").value() == "id");
  }
}

BOOST_FIXTURE_TEST_CASE(a_put_without_a_body_and_without_its_length_is_an_empty_body, with_alert) {
  raw_connection raw(here.port());
  BOOST_REQUIRE(raw.write("PUT " + path + "/acknowledge?acknowledged_by=ana HTTP/1.1\r\nHost: x\r\n\r\n"));
  const auto a = raw.read();
  BOOST_TEST(a.status == 200, a.body);
  BOOST_TEST(a.read().text("/data/acknowledged_by").value_or("") == "ana");
  BOOST_REQUIRE(raw.write("DELETE " + path + " HTTP/1.1\r\nHost: x\r\n\r\n"));
  BOOST_TEST(raw.read().status == 405);
}

BOOST_FIXTURE_TEST_CASE(a_refused_request_takes_its_body_along, with_alert) {
  raw_connection raw(here.port());
  BOOST_REQUIRE(raw.write("POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"));
  const auto refused = raw.read();
  BOOST_TEST(refused.status == 405);
  BOOST_TEST(refused.header("Allow") == "GET,HEAD");
  BOOST_REQUIRE(raw.write("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n"));
  BOOST_TEST(raw.read().status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
