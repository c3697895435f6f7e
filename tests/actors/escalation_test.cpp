#include <boost/test/unit_test.hpp>

#include "tests/actors/support.hpp"

using namespace tocsin;
using namespace tocsin::testing;

namespace {

constexpr std::string_view ladder = R"(
route: {receiver: ops, group_by: [alertname]}
receivers:
  - name: ops
    webhook_configs: [{url: "http://127.0.0.1:1/"}]
  - name: on-call
    webhook_configs: [{url: "http://127.0.0.1:2/"}]
escalation:
  - name: info
    matchers: [severity="info"]
    steps: [{after: 5m, raise_to: warning}]
  - name: warning
    matchers: [severity="warning"]
    steps: [{after: 15m, raise_to: critical}]
  - name: critical
    matchers: [severity="critical"]
    steps: [{after: 5m, receiver: on-call}, {after: 10m, receiver: on-call}]
)";

alert lasting(std::initializer_list<label_view> labels) {
  auto a = firing(labels);
  a.ends_at = start + 48h;
  return a;
}

std::vector<notification> of_reason(const group& g, notification_reason reason) {
  std::vector<notification> found;
  for (const auto& n : g.notified) {
    if (n.reason == reason) found.push_back(n);
  }
  return found;
}

} // namespace

BOOST_AUTO_TEST_SUITE(escalation)

BOOST_AUTO_TEST_CASE(an_unacknowledged_info_climbs_through_all_levels_to_the_on_call_receiver) {
  group g(load(ladder));
  const auto a = lasting({{"alertname", "X"}, {"severity", "info"}});
  g.ingest(start, {a});
  const auto effects = g.advance(start + 1h);

  struct expected {
    timestamp at;
    int from, to;
    std::string reason;
  };
  const std::vector<expected> steps{
      {start + 5min, 1, 2, "not acknowledged for 5m, raised from info to warning"},
      {start + 20min, 2, 3, "not acknowledged for 15m, raised from warning to critical"},
      {start + 25min, 3, 3, "not acknowledged for 5m, told on-call"},
      {start + 35min, 3, 3, "not acknowledged for 10m, told on-call"},
  };
  BOOST_REQUIRE_EQUAL(effects.writes.escalations.size(), steps.size());
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto& taken = effects.writes.escalations[i];
    BOOST_TEST(to_rfc3339(taken.at) == to_rfc3339(steps[i].at));
    BOOST_TEST(taken.from_level.value() == steps[i].from);
    BOOST_TEST(taken.to_level.value() == steps[i].to);
    BOOST_TEST(taken.reason == steps[i].reason);
    BOOST_TEST(taken.escalated_by == "system");
  }
  const auto& e = g.find({{"alertname", "X"}, {"severity", "info"}});
  BOOST_CHECK(e.state.current_severity == severity::critical);
  BOOST_CHECK(e.declared_severity == severity::info);
  BOOST_CHECK(e.state.status == episode_status::escalated);
}

BOOST_AUTO_TEST_CASE(each_step_tells_the_receiver_it_names_or_the_groups_own) {
  group g(load(ladder));
  g.ingest(start, {lasting({{"alertname", "X"}, {"severity", "info"}})});
  g.advance(start + 1h);
  const auto told = of_reason(g, notification_reason::escalated);
  BOOST_REQUIRE_EQUAL(told.size(), 4u);
  BOOST_TEST(told[0].receiver == "ops");
  BOOST_CHECK(told[0].most_urgent() == severity::warning);
  BOOST_TEST(told[1].receiver == "ops");
  BOOST_TEST(told[2].receiver == "on-call");
  BOOST_TEST(told[2].highest_level().value() == 3);
  BOOST_TEST(told[3].receiver == "on-call");
}

BOOST_AUTO_TEST_CASE(an_acknowledgement_stops_escalation) {
  group g(load(ladder));
  const auto a = lasting({{"alertname", "X"}, {"severity", "info"}});
  g.ingest(start, {a});
  g.advance(start + 6min);
  const auto id = g.find({{"alertname", "X"}, {"severity", "info"}}).id;
  g.act(start + 7min, {act_request::kind::acknowledge, id, a.labels, "ann", "looking", 0, {}});
  BOOST_TEST(g.advance(start + 24h).writes.escalations.empty());
  const auto& e = g.find({{"alertname", "X"}, {"severity", "info"}});
  BOOST_TEST(e.state.level.value() == 2);
  BOOST_TEST(e.state.acknowledged_by == "ann");
  BOOST_CHECK(e.state.status == episode_status::acknowledged);
}

BOOST_AUTO_TEST_CASE(the_on_call_receiver_is_told_of_the_end_too) {
  group g(load(ladder));
  g.ingest(start, {lasting({{"alertname", "X"}, {"severity", "critical"}})});
  g.advance(start + 6min);
  g.ingest(start + 7min, {ended({{"alertname", "X"}, {"severity", "critical"}}, start + 7min)});
  g.advance(start + 8min);
  std::vector<std::string> told;
  for (const auto& n : g.notified) {
    if (!n.firing()) told.push_back(n.receiver);
  }
  BOOST_TEST(told == (std::vector<std::string>{"ops", "on-call"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_escalation_that_could_not_be_delivered_is_told_anew) {
  group g(load(ladder));
  g.ingest(start, {lasting({{"alertname", "X"}, {"severity", "critical"}})});
  g.advance(start + 5min);
  const auto first = of_reason(g, notification_reason::escalated);
  BOOST_REQUIRE_EQUAL(first.size(), 1u);
  g.report(start + 6min, first[0].id, false);
  g.advance(start + 8min);
  const auto& last = g.notified.back();
  BOOST_TEST(last.receiver == "on-call");
  BOOST_TEST(last.firing());
}

BOOST_AUTO_TEST_CASE(escalating_by_hand_takes_the_next_step_and_records_by_whom) {
  group g(load(ladder));
  const auto a = lasting({{"alertname", "X"}, {"severity", "critical"}});
  g.ingest(start, {a});
  const auto id = g.find({{"alertname", "X"}, {"severity", "critical"}}).id;
  const auto result = g.act(start + 1min, {act_request::kind::escalate, id, a.labels, "bob", "customers call", 3, {}});
  BOOST_CHECK(result.what == act_result::outcome::done);
  BOOST_TEST(result.state.level.value() == 3);
  BOOST_TEST(g.notified.back().receiver == "on-call");
}

BOOST_AUTO_TEST_CASE(levels_only_count_up) {
  group g(load(ladder));
  const auto a = lasting({{"alertname", "X"}, {"severity", "critical"}});
  g.ingest(start, {a});
  const auto id = g.find({{"alertname", "X"}, {"severity", "critical"}}).id;
  const auto result = g.act(start + 1min, {act_request::kind::escalate, id, a.labels, "bob", "", 1, {}});
  BOOST_CHECK(result.what == act_result::outcome::conflict);
  BOOST_TEST(result.message.find("level 1 already") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(resolving_by_hand_ends_the_episode_and_tells_so) {
  group g(load(ladder));
  const auto a = lasting({{"alertname", "X"}, {"severity", "critical"}});
  g.ingest(start, {a});
  const auto id = g.find({{"alertname", "X"}, {"severity", "critical"}}).id;
  const auto result = g.act(start + 2min, {act_request::kind::resolve, id, a.labels, "", "", 0, 90});
  BOOST_CHECK(result.what == act_result::outcome::done);
  BOOST_CHECK(result.state.ended_at == start + 90s);
  BOOST_TEST(!g.notified.back().firing());
  const auto again = g.act(start + 3min, {act_request::kind::resolve, id, a.labels, "", "", 0, {}});
  BOOST_CHECK(again.what == act_result::outcome::not_active);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(restart)

BOOST_AUTO_TEST_CASE(a_window_closes_at_the_moment_it_was_to_close_before_the_restart) {
  group before(load(plain));
  before.ingest(start, {firing({{"alertname", "X"}})});
  auto after = before.restarted(start + 20s);
  after.advance(start + 29s);
  BOOST_TEST(after.notified.empty());
  after.advance(start + 30s);
  BOOST_TEST(after.notified.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_window_that_closed_meanwhile_is_flushed_at_once) {
  group before(load(plain));
  before.ingest(start, {firing({{"alertname", "X"}})});
  auto after = before.restarted(start + 10min);
  after.advance(start + 10min);
  BOOST_TEST(after.notified.size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_was_told_is_not_told_again_and_its_end_is_told) {
  group before(load(plain));
  before.ingest(start, {firing({{"alertname", "X"}})});
  before.advance(start + 30s);
  before.report(start + 31s, before.notified.at(0).id, true);
  auto after = before.restarted(start + 1min);
  after.advance(start + 3min);
  BOOST_TEST(after.notified.empty());
  after.ingest(start + 4min, {ended({{"alertname", "X"}}, start + 4min)});
  after.advance(start + 5min);
  BOOST_REQUIRE_EQUAL(after.notified.size(), 1u);
  BOOST_TEST(!after.notified[0].firing());
}

BOOST_AUTO_TEST_CASE(an_end_that_was_not_told_before_the_restart_is_told_after_it) {
  group before(load(plain));
  before.ingest(start, {firing({{"alertname", "X"}})});
  before.advance(start + 30s);
  before.report(start + 31s, before.notified.at(0).id, true);
  before.ingest(start + 1min, {ended({{"alertname", "X"}}, start + 1min)});
  auto after = before.restarted(start + 2min);
  after.advance(start + 2min);
  BOOST_REQUIRE_EQUAL(after.notified.size(), 1u);
  BOOST_TEST(!after.notified[0].firing());
}

BOOST_AUTO_TEST_CASE(escalation_goes_on_where_it_was) {
  group before(load(ladder));
  before.ingest(start, {lasting({{"alertname", "X"}, {"severity", "info"}})});
  before.advance(start + 6min);
  auto after = before.restarted(start + 7min);
  BOOST_TEST(after.advance(start + 20min - 1ms).writes.escalations.empty());
  const auto effects = after.advance(start + 20min);
  BOOST_REQUIRE_EQUAL(effects.writes.escalations.size(), 1u);
  BOOST_TEST(effects.writes.escalations[0].to_level.value() == 3);
}

BOOST_AUTO_TEST_CASE(an_escalation_that_fell_due_meanwhile_is_taken_at_once) {
  group before(load(ladder));
  before.ingest(start, {lasting({{"alertname", "X"}, {"severity", "info"}})});
  auto after = before.restarted(start + 10min);
  BOOST_TEST(after.advance(start + 10min).writes.escalations.size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_acknowledgement_outlives_a_restart) {
  group before(load(ladder));
  const auto a = lasting({{"alertname", "X"}, {"severity", "critical"}});
  before.ingest(start, {a});
  const auto id = before.find({{"alertname", "X"}, {"severity", "critical"}}).id;
  before.act(start + 1min, {act_request::kind::acknowledge, id, a.labels, "ann", "", 0, {}});
  auto after = before.restarted(start + 2min);
  after.advance(start + 24h);
  BOOST_TEST(after.notified.empty());
}

BOOST_AUTO_TEST_CASE(an_alert_whose_time_ran_out_while_nobody_listened_is_given_time_to_be_heard_of) {
  group before(load(plain));
  auto a = firing({{"alertname", "X"}});
  a.ends_at = start + 4min;
  before.ingest(start, {a});
  before.advance(start + 30s);
  before.report(start + 30s, before.notified.at(0).id, true);
  auto after = before.restarted(start + 20min);
  after.advance(start + 24min);
  BOOST_TEST(after.find({{"alertname", "X"}}).state.active());
  after.advance(start + 26min);
  BOOST_REQUIRE_EQUAL(after.notified.size(), 1u);
  BOOST_TEST(!after.notified[0].firing());
}

BOOST_AUTO_TEST_CASE(an_unfinished_notification_keeps_its_ended_alert_until_it_is_over) {
  group before(load(plain));
  before.ingest(start, {firing({{"alertname", "X"}, {"severity", "critical"}})});
  before.report(start + 1s, before.notified.at(0).id, true);
  before.ingest(start + 1min, {ended({{"alertname", "X"}, {"severity", "critical"}}, start + 1min)});
  const auto unfinished = before.notified.at(1).id;
  auto after = before.restarted(start + 2min);
  BOOST_TEST(!after.state().idle());
  after.report(start + 3min, unfinished, true);
  BOOST_TEST(after.state().idle());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(acknowledged_incidents)

namespace {

constexpr std::string_view paged = R"(
route: {receiver: ops, group_by: [alertname], group_wait: 0s, group_interval: 5m, repeat_interval: 1h}
receivers:
  - name: ops
    webhook_configs: [{url: "http://127.0.0.1:1/"}]
    pagerduty_configs: [{routing_key: "0123456789abcdef0123456789abcdef"}]
escalation: []
)";

act_request taking(const episode& e) {
  act_request act;
  act.what = act_request::kind::acknowledge;
  act.episode = e.id;
  act.labels = e.labels;
  act.by = "ann";
  return act;
}

} // namespace

BOOST_AUTO_TEST_CASE(an_incident_elsewhere_hears_at_once_that_all_of_it_is_taken_and_nobody_else_does) {
  group g(load(paged));
  g.ingest(start, {lasting({{"alertname", "X"}, {"instance", "a"}}), lasting({{"alertname", "X"}, {"instance", "b"}})});
  BOOST_REQUIRE(g.notified.size() == 2u);
  g.act(start + 1min, taking(g.find({{"alertname", "X"}, {"instance", "a"}})));
  BOOST_TEST(g.notified.size() == 2u);
  g.act(start + 2min, taking(g.find({{"alertname", "X"}, {"instance", "b"}})));
  BOOST_REQUIRE(g.notified.size() == 3u);
  const auto& told = g.notified.back();
  BOOST_TEST((told.reason == notification_reason::acknowledged));
  BOOST_TEST(told.channel == "ops/pagerduty/0");
  BOOST_TEST(told.alerts.size() == 2u);
  BOOST_TEST(told.alerts[0].acknowledged_by == "ann");
}

BOOST_AUTO_TEST_CASE(an_incident_that_was_never_opened_hears_nothing) {
  std::string later(paged);
  later.replace(later.find("group_wait: 0s"), 14, "group_wait: 1m");
  group g(load(later));
  g.ingest(start, {lasting({{"alertname", "X"}})});
  g.act(start + 1s, taking(g.find({{"alertname", "X"}})));
  BOOST_TEST(g.notified.empty());
}

BOOST_AUTO_TEST_SUITE_END()
