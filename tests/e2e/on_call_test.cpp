#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/e2e/api.hpp"
#include "tests/e2e/http_sink.hpp"
#include "tests/e2e/program.hpp"

using namespace tocsin::e2e;

namespace {

/// Ann is on call whenever nobody took over; steps follow soon.
std::string configuration(const http_sink& ops, const http_sink& sms) {
  return "route: {receiver: ops, group_by: [alertname], group_wait: 0s}\nreceivers:\n"
         "  - name: ops\n    webhook_configs: [{url: '"
         + ops.url()
         + "'}]\nescalation:\n  - name: critical\n    matchers: ['severity=\"critical\"']\n"
           "    steps: [{after: 0s, oncall: primary}]\n"
           "on_call:\n  people:\n    - {name: ann, phone: '+491700000001'}\n    - {name: bob, phone: '+491700000002'}\n"
           "  sms: {account_sid: AC1, auth_token: t0ken, from: '+15005550006', api_url: '"
         + sms.url()
         + "'}\n  schedules:\n    - name: primary\n      time_zone: Europe/Berlin\n"
           "      layers: [{people: [ann], start: 2020-01-06}]\n";
}

behaviour queued() {
  return behaviour::answering(201, R"({"sid":"SM1","status":"queued"})");
}

std::string critical(std::string_view name) {
  return alert_json({{"alertname", name}, {"severity", "critical"}});
}

std::string person_now(api& client) {
  return json(client.get("/api/oncall").body).text("/data/0/now/person").value_or("");
}

} // namespace

BOOST_AUTO_TEST_SUITE(on_call)

BOOST_AUTO_TEST_CASE(an_override_outlives_a_crash_and_the_person_it_names_is_called) {
  http_sink ops;
  http_sink sms({}, queued());
  program tocsin(configuration(ops, sms));
  std::string id;
  {
    api client(tocsin);
    BOOST_TEST(client.post_all({critical("Before")}).status == 200);
    const auto call = sms.wait_for_body(10s, "Before");
    BOOST_REQUIRE(call);
    BOOST_TEST(call->body.starts_with("To=%2B491700000001&"));
    const auto made =
        client.post("/api/oncall/overrides",
                    R"({"schedule":"primary","person":"bob","created_by":"ann","comment":"dentist","ends_at":")"
                        + moment(2h) + "\"}");
    BOOST_REQUIRE_MESSAGE(made.status == 200, made.body);
    id = json(made.body).text("/data/id").value_or("");
  }
  tocsin.kill();
  tocsin.start();

  api client(tocsin);
  BOOST_TEST(person_now(client) == "bob");
  BOOST_TEST(client.post_all({critical("After")}).status == 200);
  const auto call = sms.wait_for_body(10s, "After");
  BOOST_REQUIRE(call);
  BOOST_TEST(call->body.starts_with("To=%2B491700000002&"));
  BOOST_TEST(client.get("/api/alerts/history?alert_name=After").body.find("t0ken") == std::string::npos);

  BOOST_TEST(client.remove("/api/oncall/overrides/" + id + "?by=ann").status == 200);
  BOOST_TEST(person_now(client) == "ann");
  tocsin.kill();
  tocsin.start();
  api again(tocsin);
  BOOST_TEST(person_now(again) == "ann");
}

BOOST_AUTO_TEST_SUITE_END()
