#include "tests/actors/noise_world.hpp"

#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "tests/actors/full_disk.hpp"

using namespace tocsin;
using namespace tocsin::testing;
using namespace tocsin::testing::noise;

// Silences, time intervals and cascades, with all actors and a real storage.

BOOST_AUTO_TEST_SUITE(silenced)

BOOST_AUTO_TEST_CASE(a_silenced_alert_is_not_told_until_the_silence_ends) {
  world w(simple);
  const auto id = w.silence_for(of("alertname=X", w.now(), 1h)).id;
  BOOST_TEST(id.size() == 36u);
  w.ingest({lasting({{"alertname", "X"}}), lasting({{"alertname", "Y"}})});
  w.advance(30min, 10s);
  BOOST_TEST(w.requests.size() == 1u);
  const auto row = w.history().rows.at(1).alert;
  BOOST_TEST((row.state.status == episode_status::suppressed));
  BOOST_TEST(row.state.suppressed_by == "silenced by ann until 2026-11-24T09:00:00Z: maintenance");
  w.expire(id);
  w.advance(2min);
  BOOST_TEST(w.requests.size() == 2u);
  BOOST_TEST(kinds(w, row.id.value) == (std::vector<std::string>{"silenced", "released"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_silence_reaches_an_alert_that_was_told_at_once_and_stops_its_repeats_and_escalation) {
  world w(R"(
route: {receiver: ops, group_by: [alertname], group_wait: 0s, group_interval: 1m, repeat_interval: 5m}
receivers:
  - name: ops
    webhook_configs: [{url: "http://ops.example/"}]
escalation:
  - steps: [{after: 10m, raise_to: critical}]
)");
  w.ingest({lasting({{"alertname", "X"}})});
  w.advance(1min);
  BOOST_TEST(w.requests.size() == 1u);
  w.silence_for(of("alertname=X", w.now(), 1h));
  BOOST_TEST((w.history().rows.at(0).alert.state.status == episode_status::suppressed));
  w.advance(50min, 10s);
  BOOST_TEST(w.requests.size() == 1u);
  w.advance(25min, 10s);
  // The silence has ended: it is repeated, and escalates after its full time.
  BOOST_TEST(w.requests.size() > 2u);
  BOOST_TEST(w.history().rows.at(0).alert.state.level.value() == 2);
}

BOOST_AUTO_TEST_CASE(silences_survive_a_crash) {
  world w(simple);
  w.silence_for(of("alertname=X", w.now(), 1h));
  w.ingest({lasting({{"alertname", "X"}})});
  w.crash();
  w.start();
  w.advance(10min, 10s);
  BOOST_TEST(w.requests.empty());
  w.advance(55min, 10s);
  BOOST_TEST(w.requests.size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_was_told_before_is_told_to_be_resolved_though_it_is_silenced_and_we_crashed) {
  world w(simple);
  w.ingest({lasting({{"alertname", "X"}})});
  w.advance(1min);
  w.silence_for(of("alertname=X", w.now(), 1h));
  w.crash();
  w.start();
  w.ingest({ended({{"alertname", "X"}}, w.now())});
  w.advance(3min);
  BOOST_TEST(told(w, "firing") == 1u);
  BOOST_TEST(told(w, "resolved") == 1u);
}

BOOST_AUTO_TEST_CASE(a_silence_that_ends_with_its_alerts_does) {
  world w(simple);
  auto s = of("alertname=X", w.now(), 100h);
  s.expire_on_resolve = true;
  w.silence_for(s);
  w.ingest({lasting({{"alertname", "X"}})});
  w.advance(1min);
  w.ingest({ended({{"alertname", "X"}}, w.now())});
  w.advance(1min);
  w.ingest({lasting({{"alertname", "X"}}, w.now())});
  w.advance(2min);
  BOOST_TEST(told(w, "firing") == 1u);
}

BOOST_AUTO_TEST_CASE(a_silence_that_cannot_be_stored_is_an_error_and_does_not_hold) {
  world w(simple);
  {
    const full_disk full;
    BOOST_CHECK_THROW(w.silence_for(of("alertname=X", w.now(), 1h)), std::runtime_error);
  }
  w.ingest({lasting({{"alertname", "X"}})});
  w.advance(1min);
  BOOST_TEST(w.requests.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_silence_that_cannot_be_ended_on_disk_holds_on) {
  world w(simple);
  const auto id = w.silence_for(of("alertname=X", w.now(), 1h)).id;
  {
    const full_disk full;
    BOOST_CHECK_THROW(w.expire(id), std::runtime_error);
  }
  w.ingest({lasting({{"alertname", "X"}})});
  w.advance(1min);
  BOOST_TEST(w.requests.empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(time_intervals)

BOOST_AUTO_TEST_CASE(a_route_is_quiet_while_its_interval_holds_and_tells_what_is_left_afterwards) {
  world w(R"(
route:
  receiver: ops
  group_by: [alertname]
  group_wait: 10s
  group_interval: 1m
  routes:
    - matchers: [team="batch"]
      mute_time_intervals: [morning]
receivers:
  - name: ops
    webhook_configs: [{url: "http://ops.example/"}]
time_intervals:
  - name: morning
    time_intervals: [{times: [{start_time: '08:00', end_time: '09:00'}]}]
escalation: []
)");
  w.ingest({lasting({{"alertname", "X"}, {"team", "batch"}}), lasting({{"alertname", "Y"}})});
  w.advance(50min, 10s);
  BOOST_TEST(w.requests.size() == 1u);
  BOOST_TEST(w.detail(episode_id{1})->row.alert.state.suppressed_by == "muted by the time interval morning");
  w.advance(12min, 10s);
  BOOST_TEST(w.requests.size() == 2u);
}

BOOST_AUTO_TEST_CASE(outside_of_its_active_intervals_a_route_is_quiet) {
  world w(R"(
route:
  receiver: ops
  group_by: [alertname]
  group_wait: 10s
  group_interval: 1m
  routes:
    - matchers: [team="batch"]
      active_time_intervals: [later]
receivers:
  - name: ops
    webhook_configs: [{url: "http://ops.example/"}]
time_intervals:
  - name: later
    time_intervals: [{times: [{start_time: '08:30', end_time: '09:00'}]}]
escalation: []
)");
  w.ingest({lasting({{"alertname", "X"}, {"team", "batch"}})});
  w.advance(29min, 10s);
  BOOST_TEST(w.requests.empty());
  w.advance(3min, 10s);
  BOOST_TEST(w.requests.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_maintenance_window_mutes_on_every_route) {
  world w(std::string(simple) + R"(
maintenance_windows:
  - name: upgrade
    matchers: [service="db"]
    time_intervals: [{times: [{start_time: '08:00', end_time: '08:30'}]}]
    comment: new version
)");
  w.ingest({lasting({{"alertname", "X"}, {"service", "db"}}), lasting({{"alertname", "Y"}, {"service", "web"}})});
  w.advance(20min, 10s);
  BOOST_TEST(w.requests.size() == 1u);
  BOOST_TEST(w.detail(episode_id{1})->row.alert.state.suppressed_by
             == "muted by the maintenance window upgrade: new version");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(clusters)

constexpr std::string_view cascading = R"(
route: {receiver: ops, group_by: [alertname], group_wait: 10s, group_interval: 1m}
receivers:
  - name: ops
    webhook_configs: [{url: "http://ops.example/"}]
  - name: dba
    webhook_configs: [{url: "http://dba.example/"}]
escalation: []
correlation:
  clusters:
    - name: database
      matchers: [service="db"]
      cascade: {more_than: 2, receiver: dba}
)";

BOOST_AUTO_TEST_CASE(a_cascade_raises_one_alert_tells_who_is_to_be_told_and_is_recorded) {
  world w(cascading);
  for (const auto name : {"A", "B", "C"}) w.ingest({lasting({{"alertname", name}, {"service", "db"}})});
  const auto to_dba = [](const auto& r) { return r.url == "http://dba.example/"; };
  BOOST_TEST(std::count_if(w.requests.begin(), w.requests.end(), to_dba) == 1);
  const auto first = w.detail(episode_id{1});
  BOOST_TEST((first->row.alert.state.current_severity == severity::critical));
  BOOST_TEST(first->escalations.size() == 1u);
  BOOST_TEST(first->row.root_cause == "cascade of cluster database");
  BOOST_TEST(first->correlations.size() == 2u);
  BOOST_TEST(w.detail(episode_id{3})->row.root_cause == "cascade of cluster database");
  BOOST_TEST(kinds(w, 1) == std::vector<std::string>{"cascade"}, boost::test_tools::per_element());
  w.advance(5min, 10s);
  BOOST_TEST(std::count_if(w.requests.begin(), w.requests.end(), to_dba) == 1);
}

BOOST_AUTO_TEST_CASE(silenced_alerts_make_no_cascade_until_they_are_released) {
  world w(cascading);
  const auto id = w.silence_for(of("alertname=A", w.now(), 1h)).id;
  for (const auto name : {"A", "B", "C"}) w.ingest({lasting({{"alertname", name}, {"service", "db"}})});
  w.advance(5min, 10s);
  BOOST_TEST(w.detail(episode_id{2})->escalations.empty());
  w.expire(id);
  w.advance(1min, 10s);
  BOOST_TEST(w.detail(episode_id{1})->escalations.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
