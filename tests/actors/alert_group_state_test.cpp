#include <boost/test/unit_test.hpp>

#include "tests/actors/support.hpp"

using namespace tocsin;
using namespace tocsin::testing;

namespace {

constexpr std::string_view waits = R"(
route: {receiver: ops, group_by: [alertname], group_wait: 30s, group_interval: 5m, repeat_interval: 1h}
receivers:
  - name: ops
    webhook_configs: [{url: "http://127.0.0.1:1/"}]
escalation: []
)";

constexpr std::string_view two_channels = R"(
route: {receiver: ops}
receivers:
  - name: ops
    webhook_configs: [{url: "http://127.0.0.1:1/"}, {url: "http://127.0.0.1:2/", send_resolved: false}]
)";

std::vector<std::string> names_in(const notification& n) {
  std::vector<std::string> names;
  for (const auto& a : n.alerts) names.emplace_back(a.labels.get("instance"));
  return names;
}

} // namespace

BOOST_AUTO_TEST_SUITE(alert_group_state_windows)

BOOST_AUTO_TEST_CASE(a_critical_alert_is_notified_at_once_and_in_the_transaction_that_stores_it) {
  group g(load(plain));
  const auto effects = g.ingest(start, {firing({{"alertname", "X"}, {"severity", "critical"}})});
  BOOST_TEST(effects.tally.opened == 1);
  BOOST_TEST(effects.writes.opened.size() == 1u);
  BOOST_TEST(effects.writes.intents.size() == 1u);
  BOOST_REQUIRE_EQUAL(g.notified.size(), 1u);
  BOOST_TEST(to_string(g.notified[0].reason) == "first notification");
  BOOST_TEST(g.notified[0].channel == "ops/webhook/0");
}

BOOST_AUTO_TEST_CASE(a_warning_waits_thirty_seconds_and_an_info_sixty) {
  for (const auto& [severity, window] : {std::pair{"warning", 30s}, std::pair{"info", 60s}}) {
    group g(load(plain));
    g.ingest(start, {firing({{"alertname", "X"}, {"severity", severity}})});
    g.advance(start + window - 1ms);
    BOOST_TEST(g.notified.empty(), severity << " was told before its window closed");
    g.advance(start + window);
    BOOST_TEST(g.notified.size() == 1u, severity << " was not told when its window closed");
  }
}

BOOST_AUTO_TEST_CASE(alerts_that_arrive_within_the_window_make_one_notification) {
  group g(load(plain));
  g.ingest(start, {firing({{"alertname", "X"}, {"instance", "a"}})});
  g.ingest(start + 10s, {firing({{"alertname", "X"}, {"instance", "b"}}, start + 10s)});
  g.ingest(start + 29s, {firing({{"alertname", "X"}, {"instance", "c"}}, start + 29s)});
  g.advance(start + 10min);
  BOOST_REQUIRE_EQUAL(g.notified.size(), 1u);
  BOOST_TEST(names_in(g.notified[0]) == (std::vector<std::string>{"a", "b", "c"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_more_severe_alert_shortens_an_open_window) {
  group g(load(R"(
route: {receiver: ops}
receivers: [{name: ops, webhook_configs: [{url: "http://127.0.0.1:1/"}]}]
)"));
  g.ingest(start, {firing({{"alertname", "A"}, {"severity", "info"}})});
  g.ingest(start + 5s, {firing({{"alertname", "B"}, {"severity", "critical"}})});
  BOOST_REQUIRE_EQUAL(g.notified.size(), 1u);
  BOOST_TEST(g.notified[0].alerts.size() == 2u);
}

BOOST_AUTO_TEST_CASE(group_wait_and_group_interval_of_a_route_replace_the_windows) {
  group g(load(waits));
  g.ingest(start, {firing({{"alertname", "X"}, {"instance", "a"}, {"severity", "critical"}})});
  g.advance(start + 29s);
  BOOST_TEST(g.notified.empty());
  g.advance(start + 30s);
  BOOST_TEST(g.notified.size() == 1u);
  // Ticks are counted from the first flush: 30 s, 5 m 30 s, 10 m 30 s.
  g.ingest(start + 6min, {firing({{"alertname", "X"}, {"instance", "b"}, {"severity", "critical"}}, start + 6min)});
  g.advance(start + 10min + 29s);
  BOOST_TEST(g.notified.size() == 1u);
  g.advance(start + 10min + 30s);
  BOOST_REQUIRE_EQUAL(g.notified.size(), 2u);
  BOOST_TEST(to_string(g.notified[1].reason) == "new alerts added");
  BOOST_TEST(g.notified[1].alerts.size() == 2u);
}

BOOST_AUTO_TEST_CASE(an_alert_that_has_waited_elsewhere_does_not_wait_again_in_a_new_group) {
  group g(load(waits));
  g.ingest(start + 2min, {firing({{"alertname", "X"}}, start)});
  BOOST_TEST(g.notified.size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_repeat_interval_falls_on_a_tick_of_the_group_interval) {
  group g(load(waits));
  auto a = firing({{"alertname", "X"}});
  a.ends_at = start + 24h;
  g.ingest(start, {a});
  g.advance(start + 1h + 30s - 1ms);
  BOOST_TEST(g.notified.size() == 1u);
  g.advance(start + 1h + 30s);
  BOOST_REQUIRE_EQUAL(g.notified.size(), 2u);
  BOOST_TEST(to_string(g.notified[1].reason) == "repeat interval elapsed");
}

BOOST_AUTO_TEST_CASE(a_critical_alert_repeats_every_five_minutes_until_it_is_acknowledged) {
  group g(load(R"(
route: {receiver: ops, group_by: [alertname]}
receivers: [{name: ops, webhook_configs: [{url: "http://127.0.0.1:1/"}]}]
escalation: []
)"));
  auto a = firing({{"alertname", "X"}, {"severity", "critical"}});
  a.ends_at = start + 24h;
  g.ingest(start, {a});
  g.advance(start + 10min);
  BOOST_REQUIRE_EQUAL(g.notified.size(), 3u);
  const auto id = g.find({{"alertname", "X"}, {"severity", "critical"}}).id;
  const auto result = g.act(start + 11min, {act_request::kind::acknowledge, id, a.labels, "ann", "on it", 0, {}});
  BOOST_CHECK(result.what == act_result::outcome::done);
  g.advance(start + 5h);
  BOOST_TEST(g.notified.size() == 3u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(alert_group_state_episodes)

BOOST_AUTO_TEST_CASE(a_duplicate_is_counted_and_written_a_second_later_and_tells_nobody) {
  group g(load(plain));
  const auto a = firing({{"alertname", "X"}, {"severity", "critical"}});
  g.ingest(start, {a});
  const auto effects = g.ingest(start + 10s, {a, a});
  BOOST_TEST(effects.tally.duplicates == 2);
  BOOST_TEST(effects.writes.empty());
  BOOST_TEST(g.find({{"alertname", "X"}, {"severity", "critical"}}).state.occurrence_count == 3);
  BOOST_TEST(g.advance(start + 11s).writes.updated.size() == 1u);
  BOOST_TEST(g.notified.size() == 1u);
}

BOOST_AUTO_TEST_CASE(changed_annotations_are_written_before_the_answer) {
  group g(load(plain));
  auto a = firing({{"alertname", "X"}});
  g.ingest(start, {a});
  a.annotations = label_set::of({{"summary", "it burns brighter"}});
  const auto effects = g.ingest(start + 1s, {a});
  BOOST_REQUIRE_EQUAL(effects.writes.reannotated.size(), 1u);
  BOOST_TEST(effects.writes.reannotated[0].annotations.get("summary") == "it burns brighter");
}

BOOST_AUTO_TEST_CASE(what_comes_with_the_end_is_the_last_word_unless_it_says_nothing) {
  group g(load(plain));
  auto a = firing({{"alertname", "X"}});
  a.annotations = label_set::of({{"summary", "it burns"}});
  a.generator_url = "http://p/1";
  g.ingest(start, {a, firing({{"alertname", "Y"}})});
  auto end = ended({{"alertname", "X"}}, start + 50s);
  end.starts_at = start - 1h;
  const auto mute = g.ingest(start + 1min, {end});
  BOOST_REQUIRE_EQUAL(mute.writes.reannotated.size(), 1u);
  BOOST_TEST(mute.writes.reannotated[0].annotations.get("summary") == "it burns");
  BOOST_TEST(mute.writes.reannotated[0].generator_url == "http://p/1");
  BOOST_TEST((mute.writes.reannotated[0].starts_at == start - 1h));

  auto other = ended({{"alertname", "Y"}}, start + 50s);
  other.annotations = label_set::of({{"summary", "it is out"}});
  const auto spoken = g.ingest(start + 1min, {other});
  BOOST_REQUIRE_EQUAL(spoken.writes.reannotated.size(), 1u);
  BOOST_TEST(spoken.writes.reannotated[0].annotations.get("summary") == "it is out");
  BOOST_TEST((g.find({{"alertname", "Y"}}).state.status == episode_status::resolved));
}

BOOST_AUTO_TEST_CASE(an_earlier_beginning_counts_and_a_later_one_does_not) {
  group g(load(plain));
  g.ingest(start, {firing({{"alertname", "X"}})});
  auto a = firing({{"alertname", "X"}});
  a.starts_at = start - 1h;
  const auto effects = g.ingest(start + 1s, {a});
  BOOST_REQUIRE_EQUAL(effects.writes.reannotated.size(), 1u);
  BOOST_TEST((effects.writes.reannotated[0].starts_at == start - 1h));
  a.starts_at = start + 1s;
  BOOST_TEST(g.ingest(start + 2s, {a}).writes.reannotated.empty());
  BOOST_TEST((g.find({{"alertname", "X"}}).starts_at == start - 1h));
}

BOOST_AUTO_TEST_CASE(a_resolved_notification_follows_a_firing_one) {
  group g(load(plain));
  g.ingest(start, {firing({{"alertname", "X"}, {"severity", "critical"}})});
  g.report(start + 1s, g.notified[0].id, true);
  g.ingest(start + 1min, {ended({{"alertname", "X"}, {"severity", "critical"}}, start + 50s)});
  BOOST_REQUIRE_EQUAL(g.notified.size(), 2u);
  BOOST_TEST(to_string(g.notified[1].reason) == "all alerts resolved");
  BOOST_TEST(!g.notified[1].firing());
  BOOST_CHECK(g.notified[1].alerts.at(0).ended_at == start + 50s);
  BOOST_TEST(!g.state().idle());
  g.report(start + 61s, g.notified[1].id, true);
  BOOST_TEST(g.state().idle());
}

BOOST_AUTO_TEST_CASE(an_alert_that_ends_within_its_window_tells_nobody) {
  group g(load(plain));
  g.ingest(start, {firing({{"alertname", "X"}})});
  const auto effects = g.ingest(start + 10s, {ended({{"alertname", "X"}}, start + 10s)});
  BOOST_TEST(effects.tally.resolved == 1);
  g.advance(start + 1h);
  BOOST_TEST(g.notified.empty());
  BOOST_TEST(g.state().idle());
}

BOOST_AUTO_TEST_CASE(a_resolved_alert_that_was_never_seen_is_ignored) {
  group g(load(plain));
  const auto effects = g.ingest(start + 1min, {ended({{"alertname", "X"}}, start)});
  BOOST_TEST(effects.tally.ignored == 1);
  BOOST_TEST(effects.writes.empty());
  BOOST_TEST(g.state().idle());
}

BOOST_AUTO_TEST_CASE(an_alert_that_is_not_heard_of_again_ends_when_its_time_is_over) {
  group g(load(plain));
  auto a = firing({{"alertname", "X"}, {"severity", "critical"}});
  a.ends_at = start + 4min;
  g.ingest(start, {a});
  g.advance(start + 3min);
  BOOST_TEST(g.find({{"alertname", "X"}, {"severity", "critical"}}).state.active());
  g.advance(start + 4min);
  BOOST_REQUIRE_EQUAL(g.notified.size(), 2u);
  BOOST_CHECK(g.notified[1].alerts.at(0).ended_at == start + 4min);
}

BOOST_AUTO_TEST_CASE(the_latest_explicit_end_counts_and_a_derived_one_gives_way) {
  group g(load(plain));
  auto a = firing({{"alertname", "X"}});
  g.ingest(start, {a});
  a.ends_at = start + 30min;
  g.ingest(start + 1s, {a});
  BOOST_CHECK(g.find({{"alertname", "X"}}).state.expires_at == start + 1h);
  auto other = firing({{"alertname", "Y"}});
  other.timed_out_end = true;
  g.ingest(start, {other});
  other.timed_out_end = false;
  other.ends_at = start + 5min;
  g.ingest(start + 1s, {other});
  BOOST_CHECK(g.find({{"alertname", "Y"}}).state.expires_at == start + 5min);
  a.timed_out_end = true;
  a.ends_at = start + 5min;
  g.ingest(start + 1s, {a});
  BOOST_CHECK(g.find({{"alertname", "X"}}).state.expires_at == start + 1h);
}

BOOST_AUTO_TEST_CASE(firing_again_makes_a_new_episode_and_is_told_as_one_after_the_end_was_told) {
  group g(load(plain));
  const auto first = firing({{"alertname", "X"}, {"severity", "critical"}});
  g.ingest(start, {first});
  const auto first_id = g.find({{"alertname", "X"}, {"severity", "critical"}}).id;
  g.ingest(start + 1min, {ended({{"alertname", "X"}, {"severity", "critical"}}, start + 1min)});
  g.ingest(start + 2min, {firing({{"alertname", "X"}, {"severity", "critical"}}, start + 2min)});
  const auto& second = g.find({{"alertname", "X"}, {"severity", "critical"}});
  BOOST_CHECK(second.id > first_id);
  BOOST_TEST(second.state.active());
  BOOST_REQUIRE_EQUAL(g.notified.size(), 3u);
  BOOST_TEST(g.notified[2].firing());
}

BOOST_AUTO_TEST_CASE(firing_again_before_the_end_was_told_tells_neither) {
  group g(load(plain));
  g.ingest(start, {firing({{"alertname", "X"}})});
  g.advance(start + 30s);
  BOOST_REQUIRE_EQUAL(g.notified.size(), 1u);
  g.ingest(start + 40s, {ended({{"alertname", "X"}}, start + 40s)});
  g.ingest(start + 50s, {firing({{"alertname", "X"}}, start + 50s)});
  g.advance(start + 2min);
  BOOST_TEST(g.notified.size() == 1u);
  g.ingest(start + 3min, {ended({{"alertname", "X"}}, start + 3min, start + 50s)});
  g.advance(start + 10min);
  BOOST_REQUIRE_EQUAL(g.notified.size(), 2u);
  BOOST_TEST(!g.notified[1].firing());
}

BOOST_AUTO_TEST_CASE(a_channel_without_send_resolved_is_told_of_firing_alerts_only) {
  group g(load(two_channels));
  g.ingest(start, {firing({{"alertname", "X"}, {"severity", "critical"}})});
  BOOST_TEST(g.notified.size() == 2u);
  g.ingest(start + 1min, {ended({{"alertname", "X"}, {"severity", "critical"}}, start + 1min)});
  BOOST_REQUIRE_EQUAL(g.notified.size(), 3u);
  BOOST_TEST(g.notified[2].channel == "ops/webhook/0");
}

BOOST_AUTO_TEST_CASE(some_of_the_alerts_resolving_is_told_with_those_that_still_fire) {
  group g(load(plain));
  g.ingest(start, {firing({{"alertname", "X"}, {"instance", "a"}, {"severity", "critical"}}),
                   firing({{"alertname", "X"}, {"instance", "b"}, {"severity", "critical"}})});
  g.ingest(start + 1min, {ended({{"alertname", "X"}, {"instance", "a"}, {"severity", "critical"}}, start + 1min)});
  BOOST_REQUIRE_EQUAL(g.notified.size(), 2u);
  BOOST_TEST(to_string(g.notified[1].reason) == "some alerts resolved");
  BOOST_TEST(g.notified[1].alerts.size() == 2u);
  BOOST_TEST(g.notified[1].firing_count() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(alert_group_state_failures)

BOOST_AUTO_TEST_CASE(what_could_not_be_delivered_is_told_anew_on_that_channel_only) {
  group g(load(R"(
route: {receiver: ops, group_by: [alertname]}
receivers:
  - name: ops
    webhook_configs: [{url: "http://127.0.0.1:1/"}, {url: "http://127.0.0.1:2/"}]
escalation: []
)"));
  g.ingest(start, {firing({{"alertname", "X"}, {"severity", "warning"}})});
  g.advance(start + 30s);
  BOOST_REQUIRE_EQUAL(g.notified.size(), 2u);
  g.report(start + 31s, g.notified[0].id, true);
  g.report(start + 65s, g.notified[1].id, false);
  g.advance(start + 10min);
  BOOST_REQUIRE_EQUAL(g.notified.size(), 3u);
  BOOST_TEST(g.notified[2].channel == "ops/webhook/1");
  BOOST_TEST(g.notified[2].firing());
}

BOOST_AUTO_TEST_CASE(a_resolved_notification_that_failed_is_tried_until_it_goes_out) {
  group g(load(plain));
  g.ingest(start, {firing({{"alertname", "X"}, {"severity", "critical"}})});
  g.report(start + 1s, g.notified[0].id, true);
  g.ingest(start + 1min, {ended({{"alertname", "X"}, {"severity", "critical"}}, start + 1min)});
  g.report(start + 2min, g.notified[1].id, false);
  BOOST_TEST(!g.state().idle());
  g.advance(start + 5min);
  BOOST_REQUIRE_EQUAL(g.notified.size(), 3u);
  BOOST_TEST(!g.notified[2].firing());
  g.report(start + 6min, g.notified[2].id, true);
  BOOST_TEST(g.state().idle());
}

BOOST_AUTO_TEST_CASE(a_failure_is_not_told_anew_when_a_later_notification_tells_it_already) {
  group g(load(plain));
  g.ingest(start, {firing({{"alertname", "X"}, {"instance", "a"}, {"severity", "critical"}})});
  g.ingest(start + 1s, {firing({{"alertname", "X"}, {"instance", "b"}, {"severity", "critical"}}, start + 1s)});
  BOOST_REQUIRE_EQUAL(g.notified.size(), 2u);
  g.report(start + 35s, g.notified[0].id, false);
  g.report(start + 36s, g.notified[1].id, true);
  g.advance(start + 4min);
  BOOST_TEST(g.notified.size() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(alert_group_state_suppression)

namespace {
constexpr std::string_view inhibiting = R"(
route: {receiver: ops, group_by: [cluster]}
receivers: [{name: ops, webhook_configs: [{url: "http://127.0.0.1:1/"}]}]
inhibit_rules:
  - source_matchers: [alertname="Root"]
    target_matchers: [alertname="Symptom"]
)";
}

BOOST_AUTO_TEST_CASE(a_suppressed_alert_is_kept_with_its_reason_and_not_told) {
  group g(load(inhibiting));
  g.suppress("Symptom", "inhibited by Root");
  g.ingest(start, {firing({{"alertname", "Symptom"}, {"severity", "warning"}})});
  g.advance(start + 2h);
  BOOST_TEST(g.notified.empty());
  const auto e = g.stored().episodes.at(0);
  BOOST_TEST(e.state.suppressed_by == "inhibited by Root");
  BOOST_TEST(e.state.level.value() == 1, "a symptom does not escalate");
}

BOOST_AUTO_TEST_CASE(an_alert_that_comes_while_the_suppressor_is_asked_waits_for_the_next_decision) {
  group g(load(plain));
  auto& state = g.state();
  const auto first = firing({{"alertname", "X"}, {"i", "1"}, {"severity", "critical"}});
  const auto second = firing({{"alertname", "X"}, {"i", "2"}, {"severity", "critical"}});
  state.ingest(start, std::vector{first});
  BOOST_REQUIRE(state.decision_due(start));
  const auto question = state.begin_decision(true);
  BOOST_REQUIRE(question.alerts.size() == 1u);
  state.ingest(start, std::vector{second});
  suppression_answer answer;
  answer.alerts.resize(1);
  const auto told = state.finish_decision(start, question, answer);
  BOOST_REQUIRE(told.notifications.size() == 1u);
  BOOST_REQUIRE(told.notifications[0].alerts.size() == 1u);
  BOOST_TEST((told.notifications[0].alerts[0].labels == first.labels));
  // The next one asks about both.
  BOOST_REQUIRE(state.decision_due(start));
  const auto next = state.begin_decision(true);
  BOOST_TEST(next.alerts.size() == 2u);
  answer.alerts.resize(2);
  BOOST_TEST(state.finish_decision(start, next, answer).notifications.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_suppressed_alert_is_told_once_its_cause_is_gone) {
  group g(load(inhibiting));
  auto symptom = firing({{"alertname", "Symptom"}, {"severity", "warning"}});
  symptom.ends_at = start + 24h;
  g.suppress("Symptom", "inhibited by Root");
  g.ingest(start, {symptom});
  g.advance(start + 1min);
  BOOST_TEST(g.notified.empty());
  g.suppress("Symptom", "");
  g.advance(start + 2min);
  BOOST_REQUIRE_EQUAL(g.notified.size(), 1u);
  BOOST_TEST(g.find({{"alertname", "Symptom"}, {"severity", "warning"}}).state.suppressed_by.empty());
  BOOST_CHECK(g.find({{"alertname", "Symptom"}, {"severity", "warning"}}).state.status == episode_status::firing);
}

BOOST_AUTO_TEST_CASE(an_alert_that_was_told_is_told_as_resolved_even_when_suppressed_meanwhile) {
  group g(load(inhibiting));
  g.ingest(start, {firing({{"alertname", "Symptom"}, {"severity", "warning"}})});
  g.advance(start + 30s);
  BOOST_REQUIRE_EQUAL(g.notified.size(), 1u);
  g.suppress("Symptom", "inhibited by Root");
  g.ingest(start + 1min, {firing({{"alertname", "Other"}, {"severity", "critical"}}, start + 1min)});
  g.ingest(start + 2min, {ended({{"alertname", "Symptom"}, {"severity", "warning"}}, start + 2min)});
  g.advance(start + 4min);
  bool told = false;
  for (const auto& a : g.notified.back().alerts)
    told = told || (a.labels.get("alertname") == "Symptom" && a.resolved());
  BOOST_TEST(told);
}

BOOST_AUTO_TEST_SUITE_END()
