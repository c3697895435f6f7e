#include <boost/test/unit_test.hpp>

#include "tests/http/support.hpp"

using namespace tocsin;
using namespace tocsin::testing;

namespace {

constexpr const char* rota = R"(
on_call:
  people:
    - {name: ann, phone: "+4917000000001"}
    - {name: bob, phone: "+4917000000002", slack: "@bob"}
  sms: {api_url: "http://127.0.0.1:1", account_sid: AC1, auth_token: t0ken, from: "+15005550006"}
  slack: {api_url: "http://127.0.0.1:1/secret"}
  schedules:
    - name: primary
      time_zone: Europe/Berlin
      layers: [{people: [ann], start: 2020-01-06}]
    - name: nobody
      layers: [{people: [bob], start: 2099-01-05}]
)";

struct with_rota {
  site here{"http://127.0.0.1:1/", rota};
  client http{here.port()};

  answer take_over(const std::string& more) {
    return http.post("/api/oncall/overrides",
                     R"({"schedule": "primary", "person": "bob", "created_by": "ann")" + more + "}");
  }
  std::string until(std::chrono::hours later) { return R"(, "ends_at": ")" + moment(later) + "\""; }
};

} // namespace

BOOST_AUTO_TEST_SUITE(on_call_calls)

BOOST_FIXTURE_TEST_CASE(who_is_on_call_now_and_next_with_how_to_reach_them_and_no_secrets, with_rota) {
  const auto answer = http.get("/api/oncall");
  BOOST_REQUIRE(answer.status == 200);
  const auto all = answer.read();
  BOOST_TEST(all.number("/count").value_or(0) == 2);
  BOOST_TEST(all.text("/data/0/now/person").value_or("") == "ann");
  BOOST_TEST(all.text("/data/0/now/phone").value_or("") == "+4917000000001");
  BOOST_TEST(all.text("/data/0/now/layer").value_or("") == "layer-1");
  BOOST_TEST(all.is_null("/data/0/next"));
  BOOST_TEST(all.is_null("/data/1/now/person"));
  BOOST_TEST(answer.body.find("t0ken") == std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(an_override_holds_from_its_answer_on_until_it_is_ended, with_rota) {
  const auto made = take_over(until(2h));
  BOOST_REQUIRE_MESSAGE(made.status == 200, made.body);
  const auto id = made.read().text("/data/id").value_or("");
  BOOST_TEST(made.read().text("/data/status").value_or("") == "active");
  const auto now = http.get("/api/oncall").read();
  BOOST_TEST(now.text("/data/0/now/person").value_or("") == "bob");
  BOOST_TEST(now.text("/data/0/now/slack").value_or("") == "@bob");
  BOOST_TEST(now.text("/data/0/now/override_id").value_or("") == id);
  BOOST_TEST(now.text("/data/0/next/person").value_or("") == "ann");
  BOOST_TEST(http.get("/api/oncall/primary?days=1").read().column("person") == "bob ann");

  BOOST_TEST(http.del("/api/oncall/overrides/" + id + "?by=eve").read().text("/data/ended_by").value_or("") == "eve");
  BOOST_TEST(http.get("/api/oncall").read().text("/data/0/now/person").value_or("") == "ann");
  BOOST_TEST(http.get("/api/oncall/overrides").read().text("/data/0/status").value_or("") == "over");
  BOOST_TEST(http.del("/api/oncall/overrides/" + id).status == 404);
}

BOOST_FIXTURE_TEST_CASE(a_gap_is_a_metric_and_a_shift_without_a_person, with_rota) {
  const auto metrics = http.get("/metrics").body;
  BOOST_TEST(metrics.find("\ntocsin_oncall_gap{schedule=\"primary\"} 0\n") != std::string::npos);
  BOOST_TEST(metrics.find("\ntocsin_oncall_gap{schedule=\"nobody\"} 1\n") != std::string::npos);
  const auto shifts = http.get("/api/oncall/nobody?days=90").read();
  BOOST_TEST(shifts.number("/count").value_or(0) == 1);
  BOOST_TEST(shifts.is_null("/data/0/person"));
}

BOOST_FIXTURE_TEST_CASE(bad_parameters_are_refused_by_name, with_rota) {
  const auto refused = [](const answer& a, const std::string& parameter, int status = 400) {
    BOOST_TEST(a.status == status, a.body);
    BOOST_TEST(a.read().text("/error/parameter").value_or("") == parameter, a.body);
  };
  refused(take_over(""), "ends_at");
  refused(take_over(R"(, "ends_at": "tomorrow")"), "ends_at");
  refused(take_over(until(-1h)), "ends_at");
  refused(take_over(until(24h * 91)), "ends_at");
  refused(take_over(until(1h) + R"(, "starts_at": "x")"), "starts_at");
  refused(take_over(until(1h) + R"(, "person": "joe")"), "person");
  refused(take_over(until(1h) + R"(, "schedule": "other")"), "schedule");
  refused(http.post("/api/oncall/overrides", "{}"), "schedule");
  refused(http.get("/api/oncall/other"), "schedule", 404);
  refused(http.get("/api/oncall/primary?days=91"), "days");
  refused(http.get("/api/oncall/primary?days=0"), "days");
}

BOOST_AUTO_TEST_SUITE_END()
