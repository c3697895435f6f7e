#include <boost/test/unit_test.hpp>

#include "tests/protocols/channel_samples.hpp"

using namespace tocsin;
using namespace tocsin::samples;

namespace {

notification with_hints() {
  auto n = two_alerts();
  n.route_labels = label_set::of({{"team", "db"}});
  n.alerts[0].id = {41};
  n.alerts[1].id = {42};
  n.hints = {{"PoolExhausted",
              {{"a leak <of> connections", "slow queries"},
               {"look at pg_stat_activity"},
               {"restart the pooler"},
               "http://grafana.example/d/db"}}};
  return n;
}

} // namespace

BOOST_AUTO_TEST_SUITE(hints)

BOOST_AUTO_TEST_CASE(are_lines_on_a_terminal) {
  const auto text = text_of(with_hints(), false);
  BOOST_TEST(contains(text, "\n  Probable causes: a leak <of> connections; slow queries\n"));
  BOOST_TEST(contains(text, "\n  Investigate: look at pg_stat_activity\n"));
  BOOST_TEST(contains(text, "\n  Quick fixes: restart the pooler\n"));
  BOOST_TEST(contains(text, "\n  Dashboard: http://grafana.example/d/db\n"));
  BOOST_TEST(contains(text, " #41"));
}

BOOST_AUTO_TEST_CASE(are_fields_in_slack_and_escaped) {
  const auto body = request_of(slack_to(""), with_hints()).body;
  BOOST_TEST(contains(
      body, R"({"title":"Probable causes","value":"a leak &lt;of&gt; connections; slow queries","short":false})"));
  BOOST_TEST(contains(body, R"({"title":"Dashboard","value":"http://grafana.example/d/db","short":false})"));
}

BOOST_AUTO_TEST_CASE(stand_under_our_own_key_in_a_webhook_beside_the_labels_of_the_route) {
  const auto body = request_of(webhook_to("http://sink.example/"), with_hints()).body;
  BOOST_TEST(contains(body, R"("routeLabels":{"team":"db"})"));
  BOOST_TEST(contains(body, R"("alert_ids":[41,42])"));
  BOOST_TEST(
      contains(body, R"("hints":[{"alert_name":"PoolExhausted","causes":["a leak \u003cof\u003e connections",)"));
  BOOST_TEST(contains(body, R"("dashboard":"http://grafana.example/d/db"}])"));
}

BOOST_AUTO_TEST_CASE(name_their_alert_where_there_are_several_and_are_silent_once_all_is_resolved) {
  auto n = with_hints();
  n.hints.push_back({"Slow", {{"a missing index"}, {}, {}, {}}});
  BOOST_TEST(contains(text_of(n, false), "  Probable causes (Slow): a missing index\n"));
  for (auto& a : n.alerts) a.ended_at = noon + 2min;
  BOOST_TEST(!contains(text_of(n, false), "Probable causes"));
}

BOOST_AUTO_TEST_CASE(of_a_flapping_alert_do_not_hide_that_it_flaps) {
  auto n = with_hints();
  n.reason = notification_reason::flapping;
  n.alerts[0].flapping = true;
  BOOST_TEST(contains(text_of(n, false), "#41 flapping"));
  BOOST_TEST(contains(request_of(slack_to(""), n).body, "flapping: "));
  BOOST_TEST(contains(request_of(webhook_to("http://sink.example/"), n).body, R"("flapping":[true,false])"));
}

BOOST_AUTO_TEST_SUITE_END()
