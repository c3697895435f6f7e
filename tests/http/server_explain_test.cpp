#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/http/support.hpp"

using namespace tocsin::testing;

namespace {

struct with_alert : with_site {
  std::string id;

  with_alert() {
    BOOST_REQUIRE_EQUAL(
        http.post_alerts("[" + alert_json({{"alertname", "Told"}, {"severity", "warning"}}) + "]").status, 200);
    id = std::to_string(http.get("/api/alerts/history").read().number("/data/0/id").value());
  }
  json explained() { return http.get("/api/alerts/explain/" + id).read(); }
};

} // namespace

BOOST_AUTO_TEST_SUITE(explanations_over_http)

BOOST_FIXTURE_TEST_CASE(an_alert_that_nobody_was_told_of_says_why, with_alert) {
  const auto a = http.get("/api/alerts/explain/" + id);
  BOOST_TEST(a.status == 200);
  const auto story = a.read();
  BOOST_TEST(story.keys("") == "success count data");
  BOOST_TEST(story.text("/data/summary").value_or("") == "Nobody was told yet: the receiver silent has no channel.");
  BOOST_TEST(story.text("/data/route").value_or("") == "silent@{}");
  BOOST_TEST(story.is_null("/data/route_change"));
  BOOST_TEST(story.size("/data/routes").value_or(0) == 3U);
  BOOST_TEST(story.text("/data/routes/1/why").value_or("")
             == "to=\"nobody\" does not match: the alert has no label to");
  BOOST_TEST(story.text("/data/timeline/0/what").value_or("") == "received");
  BOOST_TEST(story.text("/data/timeline/1/what").value_or("") == "grouped");
  BOOST_TEST(story.text("/data/timeline/1/group_labels/alertname").value_or("") == "Told");
}

BOOST_FIXTURE_TEST_CASE(an_acknowledgement_and_the_end_are_part_of_the_story, with_alert) {
  BOOST_TEST(http.put("/api/alerts/history/" + id + "/acknowledge?acknowledged_by=ana&comment=on%20it").status == 200);
  BOOST_TEST(explained().text("/data/summary").value_or("").starts_with("It is acknowledged by ana since "));
  BOOST_TEST(http.put("/api/alerts/history/" + id + "/resolve").status == 200);
  const auto story = explained();
  BOOST_TEST(story.text("/data/summary").value_or("").starts_with("It ended at "));
  BOOST_TEST(story.text("/data/timeline/2/text").value_or("") == "Acknowledged by ana: on it.");
  BOOST_TEST(story.text("/data/timeline/3/what").value_or("") == "resolved");
}

BOOST_FIXTURE_TEST_CASE(a_silenced_alert_says_who_silenced_it, with_site) {
  BOOST_REQUIRE_EQUAL(
      http.post("/api/v2/silences", R"({"matchers":[{"name":"alertname","value":"Quiet","isRegex":false}],"startsAt":")"
                                        + moment() + R"(","endsAt":")" + moment(1h)
                                        + R"(","createdBy":"ann","comment":"works"})")
          .status,
      200);
  BOOST_REQUIRE_EQUAL(http.post_alerts("[" + alert_json({{"alertname", "Quiet"}, {"to", "nobody"}}) + "]").status, 200);
  const auto path =
      "/api/alerts/explain/" + std::to_string(http.get("/api/alerts/history").read().number("/data/0/id").value());
  BOOST_TEST(eventually(5s, [&] {
    return http.get(path)
        .read()
        .text("/data/summary")
        .value_or("")
        .starts_with("It is not notified now: silenced by ann until ");
  }));
  BOOST_TEST(http.get(path).body.find("\"what\":\"silenced\"") != std::string::npos, http.get(path).body);
}

BOOST_FIXTURE_TEST_CASE(an_unknown_id_is_not_found, with_site) {
  const auto unknown = http.get("/api/alerts/explain/999");
  BOOST_TEST(unknown.status == 404);
  BOOST_TEST(unknown.read().text("/error/code").value_or("") == "not_found");
  BOOST_TEST(http.get("/api/alerts/explain/x").status == 400);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(reload_over_http)

BOOST_FIXTURE_TEST_CASE(a_reload_takes_the_new_configuration_or_says_why_not, with_alert) {
  here.edit("silences: {max_breadth: 0}\n");
  const auto taken = http.post("/-/reload", "");
  BOOST_TEST(taken.status == 200, taken.body);
  BOOST_TEST(taken.body == "");

  here.edit("nonsense: 1\n");
  const auto refused = http.post("/-/reload", "");
  BOOST_TEST(refused.status == 500);
  BOOST_TEST(refused.body.starts_with("failed to reload config: "), refused.body);
  BOOST_TEST(refused.body.find("nonsense") != std::string::npos, refused.body);
  BOOST_TEST(refused.header("Content-Type").starts_with("text/plain"));
  BOOST_TEST(http.get("/-/healthy").status == 200);
  BOOST_TEST(explained().text("/data/status").value_or("") == "firing");
}

BOOST_FIXTURE_TEST_CASE(a_reload_is_a_post, with_site) {
  const auto a = http.get("/-/reload");
  BOOST_TEST(a.status == 405);
  BOOST_TEST(a.header("Allow") == "POST");
}

BOOST_AUTO_TEST_SUITE_END()
