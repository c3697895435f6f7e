#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "actors/flap_detector.hpp"
#include "tests/actors/support.hpp"

using namespace tocsin;
using namespace tocsin::testing;

namespace {

constexpr std::string_view with_flapping = R"(
route: {receiver: ops, group_by: [alertname], group_wait: 0s, group_interval: 1s}
receivers:
  - name: ops
    webhook_configs: [{url: "http://127.0.0.1:1/"}]
escalation: []
flapping: {changes: 4, window: 10m, calm: 5m}
)";

std::size_t count(const group& g, event_kind what) {
  return static_cast<std::size_t>(
      std::count_if(g.events.begin(), g.events.end(), [what](const auto& e) { return e.what == what; }));
}

/// Lets what was sent arrive, so that members that are over can go.
void deliver_all(group& g, timestamp now) {
  for (const auto& n : std::vector(g.notified)) g.report(now, n.id, true);
}

const std::initializer_list<label_view> door = {{"alertname", "Door"}};

} // namespace

BOOST_AUTO_TEST_SUITE(flapping)

BOOST_AUTO_TEST_CASE(more_changes_than_allowed_within_the_window_are_flapping_until_it_is_calm) {
  flap_detector d({3, 10min, 5min});
  const auto labels = label_set::of(door);
  BOOST_TEST(!d.note(start, labels));
  BOOST_TEST(!d.note(start + 1min, labels));
  BOOST_TEST(!d.note(start + 2min, labels));
  BOOST_TEST(d.note(start + 3min, labels));
  BOOST_TEST(!d.note(start + 4min, labels)); // said already
  BOOST_TEST(d.flapping(labels));
  BOOST_TEST(d.describe(labels) == "flapping: 4 changes within 10m");
  BOOST_TEST(d.settle(start + 8min).empty());
  BOOST_TEST(d.settle(start + 9min).size() == 1u);
  BOOST_TEST(d.empty());
}

BOOST_AUTO_TEST_CASE(slow_changes_are_not_flapping) {
  flap_detector d({3, 10min, 5min});
  for (int i = 0; i < 50; ++i) BOOST_TEST_REQUIRE(!d.note(start + i * 4min, label_set::of(door)));
  BOOST_TEST(d.settle(start + 49 * 4min + 10min).empty());
  BOOST_TEST(d.empty());
}

BOOST_AUTO_TEST_CASE(what_is_remembered_can_be_taken_over) {
  flap_detector d({3, 10min, 5min});
  for (int i = 0; i < 4; ++i) d.note(start + i * 1min, label_set::of(door));
  flap_detector other({3, 10min, 5min});
  for (const auto& [labels, changes] : d.remembered()) {
    for (const auto at : changes) other.note(at, labels);
  }
  BOOST_TEST(other.flapping(label_set::of(door)));
}

BOOST_AUTO_TEST_CASE(an_alert_that_comes_and_goes_is_told_once_as_flapping_and_resolved_when_it_is_calm) {
  group g(load(with_flapping), door);
  auto now = start;
  for (int i = 0; i < 10; ++i) {
    g.ingest(now, {firing(door, now)});
    g.advance(now + 10s);
    deliver_all(g, now + 10s);
    g.ingest(now + 20s, {ended(door, now + 20s, now)});
    g.advance(now + 30s);
    deliver_all(g, now + 30s);
    now += 40s;
  }
  // Firing, resolved, firing, resolved, and with the fifth change flapping; nothing after that.
  BOOST_REQUIRE(g.notified.size() == 5u);
  BOOST_TEST((g.notified[4].reason == notification_reason::flapping));
  BOOST_TEST(g.notified[4].alerts.at(0).flapping);
  BOOST_TEST(g.notified[4].firing());
  BOOST_TEST(count(g, event_kind::flapping) == 1u);
  BOOST_TEST(g.find(door).state.occurrence_count == 8);
  BOOST_TEST(g.find(door).state.reopen_count == 7);

  g.advance(now + 5min);
  BOOST_REQUIRE(g.notified.size() == 6u);
  BOOST_TEST((g.notified[5].reason == notification_reason::all_alerts_resolved));
  BOOST_TEST(count(g, event_kind::calmed) == 1u);
  deliver_all(g, now + 5min);
  g.advance(now + 30min);
  BOOST_TEST(g.state().idle());
}

BOOST_AUTO_TEST_CASE(one_that_is_calm_while_it_fires_is_told_as_usual_again) {
  group g(load(with_flapping), door);
  for (int i = 0; i < 3; ++i) {
    g.ingest(start + i * 20s, {firing(door, start + i * 20s)});
    g.advance(start + i * 20s + 5s);
    if (i < 2) g.ingest(start + i * 20s + 10s, {ended(door, start + i * 20s + 10s)});
    g.advance(start + i * 20s + 15s);
  }
  const auto told = g.notified.size();
  BOOST_TEST((g.notified.back().reason == notification_reason::flapping));
  BOOST_TEST(g.find(door).state.suppressed_by == "flapping: 5 changes within 10m");
  g.advance(start + 6min);
  BOOST_TEST(g.notified.size() == told);
  BOOST_TEST(g.find(door).state.suppressed_by.empty());
  g.ingest(start + 7min, {ended(door, start + 7min)});
  g.advance(start + 8min);
  BOOST_TEST((g.notified.back().reason == notification_reason::all_alerts_resolved));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(deduplication)

BOOST_AUTO_TEST_CASE(an_alert_that_fires_again_within_its_window_is_the_same_episode) {
  // A warning: ten seconds.
  group g(load(plain), {{"alertname", "X"}});
  g.ingest(start, {firing({{"alertname", "X"}})});
  const auto id = g.find({{"alertname", "X"}}).id;
  g.ingest(start + 5s, {ended({{"alertname", "X"}}, start + 5s)});
  const auto again = g.ingest(start + 14s, {firing({{"alertname", "X"}}, start + 14s)});
  BOOST_TEST(again.tally.duplicates == 1);
  BOOST_TEST(g.find({{"alertname", "X"}}).id.value == id.value);
  BOOST_TEST(g.find({{"alertname", "X"}}).state.occurrence_count == 2);
  BOOST_TEST(g.find({{"alertname", "X"}}).state.reopen_count == 1);
  BOOST_TEST(g.find({{"alertname", "X"}}).state.active());
  BOOST_TEST(count(g, event_kind::reopened) == 1u);
  g.advance(start + 1min);
  BOOST_REQUIRE(g.notified.size() == 1u);
  BOOST_TEST(g.notified[0].alerts.at(0).occurrence_count == 2);
}

BOOST_AUTO_TEST_CASE(later_or_after_a_resolution_by_hand_it_is_a_new_episode) {
  group late(load(plain), {{"alertname", "X"}});
  late.ingest(start, {firing({{"alertname", "X"}})});
  late.ingest(start + 5s, {ended({{"alertname", "X"}}, start + 5s)});
  BOOST_TEST(late.ingest(start + 15s, {firing({{"alertname", "X"}}, start + 15s)}).tally.opened == 1);

  group by_hand(load(plain), {{"alertname", "X"}});
  by_hand.ingest(start, {firing({{"alertname", "X"}})});
  act_request act;
  act.what = act_request::kind::resolve;
  act.episode = by_hand.find({{"alertname", "X"}}).id;
  act.labels = label_set::of({{"alertname", "X"}});
  by_hand.act(start + 5s, act);
  BOOST_TEST(by_hand.ingest(start + 6s, {firing({{"alertname", "X"}}, start + 6s)}).tally.opened == 1);

  // A critical one has no such window.
  group critical(load(plain), {{"alertname", "X"}});
  const auto labels = {label_view{"alertname", "X"}, label_view{"severity", "critical"}};
  critical.ingest(start, {firing(labels)});
  critical.ingest(start + 1s, {ended(labels, start + 1s)});
  BOOST_TEST(critical.ingest(start + 2s, {firing(labels, start + 2s)}).tally.opened == 1);
}

BOOST_AUTO_TEST_CASE(alerts_that_differ_only_in_what_does_not_count_are_told_as_one_with_their_number) {
  const auto config = load(std::string(plain) + "deduplication: {labels: [alertname, service]}\n");
  group g(config, {{"alertname", "X"}});
  for (const auto pod : {"a", "b", "c"}) {
    g.ingest(start + 1s, {firing({{"alertname", "X"}, {"service", "web"}, {"pod", pod}})});
  }
  g.ingest(start + 1s, {firing({{"alertname", "X"}, {"service", "db"}, {"pod", "a"}})});
  g.advance(start + 1min);
  BOOST_REQUIRE(g.notified.size() == 1u);
  BOOST_REQUIRE(g.notified[0].alerts.size() == 2u);
  for (const auto& a : g.notified[0].alerts) {
    BOOST_TEST(a.occurrence_count == (a.labels.get("service") == "web" ? 3 : 1));
  }
  BOOST_TEST(count(g, event_kind::deduplicated) == 2u);
  const auto& second = g.find({{"alertname", "X"}, {"service", "web"}, {"pod", "b"}});
  BOOST_TEST(second.state.suppressed_by == "told as one with alert 1, which has the same alertname, service");

  // When the one that was told ends, another is told: the trouble is not over.
  g.ingest(start + 2min, {ended({{"alertname", "X"}, {"service", "web"}, {"pod", "a"}}, start + 2min)});
  g.advance(start + 4min);
  const auto& last = g.notified.back().alerts;
  BOOST_TEST(std::any_of(last.begin(), last.end(), [](const auto& a) { return a.labels.get("pod") == "b"; }));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(suppressed_escalation)

BOOST_AUTO_TEST_CASE(an_alert_that_was_told_and_is_suppressed_since_does_not_escalate) {
  const auto config = load(R"(
route: {receiver: ops, group_by: [alertname]}
receivers:
  - name: ops
    webhook_configs: [{url: "http://127.0.0.1:1/"}]
escalation:
  - steps: [{after: 5m, raise_to: critical}]
)");
  group g(config, {{"alertname", "X"}});
  g.ingest(start, {firing({{"alertname", "X"}})});
  g.advance(start + 1min);
  BOOST_REQUIRE(g.notified.size() == 1u);
  g.suppress("X", "silenced by ann");
  g.advance(start + 20min);
  BOOST_TEST(g.notified.size() == 1u);
  BOOST_TEST(g.find({{"alertname", "X"}}).state.level.value() == 1);
  BOOST_TEST((g.find({{"alertname", "X"}}).state.status == episode_status::suppressed));
  // Released, it gets its full time again, and then escalates.
  g.suppress("X", "");
  g.advance(start + 30min);
  BOOST_TEST(g.find({{"alertname", "X"}}).state.level.value() == 2);
}

BOOST_AUTO_TEST_CASE(what_was_told_is_told_to_be_resolved_though_it_is_suppressed_by_then) {
  group g(load(plain), {{"alertname", "X"}});
  g.ingest(start, {firing({{"alertname", "X"}})});
  g.advance(start + 1min);
  g.suppress("X", "silenced by ann");
  g.ingest(start + 2min, {ended({{"alertname", "X"}}, start + 2min)});
  g.advance(start + 4min);
  BOOST_REQUIRE(g.notified.size() == 2u);
  BOOST_TEST((g.notified[1].reason == notification_reason::all_alerts_resolved));
}

BOOST_AUTO_TEST_SUITE_END()
