#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "tests/actors/full_disk.hpp"
#include "tests/actors/world.hpp"

using namespace tocsin;
using namespace tocsin::testing;

// Silences, time intervals, cascades and new configurations, with all actors and a real storage.
namespace {

constexpr std::string_view simple = R"(
route: {receiver: ops, group_by: [alertname], group_wait: 10s, group_interval: 1m, repeat_interval: 1h}
receivers:
  - name: ops
    webhook_configs: [{url: "http://ops.example/"}]
escalation: []
)";

alert lasting(std::initializer_list<label_view> labels, timestamp began = start) {
  auto a = firing(labels, began);
  a.ends_at = start + 100h;
  return a;
}

silence of(std::string_view matchers, timestamp from, duration length) {
  silence s;
  s.matchers = parse_matchers(matchers).value();
  s.starts_at = from;
  s.ends_at = from + length;
  s.created_by = "ann";
  s.comment = "maintenance";
  return s;
}

std::size_t told(const world& w, std::string_view status) {
  const auto text = "\"status\":\"" + std::string(status) + "\",\"alerts\"";
  return static_cast<std::size_t>(std::count_if(w.requests.begin(), w.requests.end(),
                                                [&](const auto& r) { return r.body.find(text) != std::string::npos; }));
}

std::vector<std::string> kinds(world& w, std::int64_t id) {
  std::vector<std::string> all;
  const auto found = w.detail(episode_id{id});
  for (const auto& e : found->events) all.emplace_back(to_string(e.what));
  return all;
}

} // namespace

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

BOOST_AUTO_TEST_SUITE(reloading)

BOOST_AUTO_TEST_CASE(a_group_whose_route_is_unchanged_keeps_its_window) {
  world w(simple);
  w.ingest({lasting({{"alertname", "X"}})});
  w.advance(6s);
  w.reload(simple);
  w.advance(3s);
  BOOST_TEST(w.requests.empty());
  w.advance(1s);
  BOOST_REQUIRE(w.requests.size() == 1u);
  BOOST_TEST((w.requests[0].at == start + 10s));
}

BOOST_AUTO_TEST_CASE(a_group_whose_route_is_unchanged_keeps_interval_repeat_and_what_was_told) {
  world w(simple);
  w.ingest({lasting({{"alertname", "X"}, {"i", "1"}})});
  w.advance(30s);
  w.reload(simple);
  w.ingest({lasting({{"alertname", "X"}, {"i", "2"}})});
  w.advance(10min, 5s);
  BOOST_REQUIRE(w.requests.size() == 2u);
  BOOST_TEST((w.requests[1].at == start + 70s));
  w.advance(55min, 10s);
  BOOST_TEST(w.requests.size() == 3u);
}

BOOST_AUTO_TEST_CASE(an_escalation_deadline_stays_where_it_was) {
  constexpr std::string_view escalating = R"(
route: {receiver: ops, group_by: [alertname], group_wait: 0s}
receivers:
  - name: ops
    webhook_configs: [{url: "http://ops.example/"}]
escalation:
  - steps: [{after: 10m, raise_to: critical}]
)";
  world w(escalating);
  w.ingest({lasting({{"alertname", "X"}})});
  w.advance(9min, 10s);
  w.reload(escalating);
  w.advance(61s);
  const auto found = w.detail(episode_id{1});
  BOOST_REQUIRE(found->escalations.size() == 1u);
  BOOST_TEST((found->escalations[0].at == start + 10min));
}

BOOST_AUTO_TEST_CASE(alerts_go_to_their_new_route_and_nothing_is_lost_or_told_twice) {
  world w(simple);
  w.ingest({lasting({{"alertname", "X"}, {"team", "db"}}), lasting({{"alertname", "Y"}})});
  w.advance(1min);
  BOOST_TEST(w.requests.size() == 2u);
  w.reload(R"(
route:
  receiver: ops
  group_by: [alertname]
  group_wait: 10s
  group_interval: 1m
  routes:
    - matchers: [team="db"]
      receiver: dba
receivers:
  - name: ops
    webhook_configs: [{url: "http://ops.example/"}]
  - name: dba
    webhook_configs: [{url: "http://dba.example/"}]
escalation: []
)");
  w.advance(5min, 10s);
  // Who is responsible now is told; who knew it already is not.
  BOOST_REQUIRE(w.requests.size() == 3u);
  BOOST_TEST(w.requests[2].url == "http://dba.example/");
  BOOST_TEST(kinds(w, 1) == std::vector<std::string>{"rerouted"}, boost::test_tools::per_element());
  w.ingest({ended({{"alertname", "X"}, {"team", "db"}}, w.now())});
  w.advance(5min, 10s);
  // Both believed that it fires, so both hear that it does not any more.
  BOOST_REQUIRE(w.requests.size() == 5u);
  BOOST_TEST(w.requests[3].url != w.requests[4].url);
  BOOST_TEST(told(w, "resolved") == 2u);
}

BOOST_AUTO_TEST_CASE(another_grouping_tells_nothing_twice) {
  world w(simple);
  w.ingest({lasting({{"alertname", "X"}, {"i", "1"}}), lasting({{"alertname", "X"}, {"i", "2"}})});
  w.advance(1min);
  BOOST_TEST(w.requests.size() == 1u);
  auto finer = std::string(simple);
  finer.replace(finer.find("[alertname]"), 11, "[alertname, i]");
  w.reload(finer);
  w.advance(10min, 10s);
  BOOST_TEST(w.requests.size() == 1u);
  BOOST_TEST(w.groups_alive() == 2u);
  w.crash();
  w.start();
  w.ingest({ended({{"alertname", "X"}, {"i", "1"}}, w.now())});
  w.advance(3min, 10s);
  BOOST_TEST(told(w, "resolved") == 1u);
}

BOOST_AUTO_TEST_CASE(a_notification_on_its_way_goes_on_and_its_failure_is_heard_by_the_new_group) {
  world w(simple);
  int attempts = 0;
  w.answer = [&attempts](const http_request&) {
    wire_response r;
    r.status = ++attempts <= 4 ? 500 : 200;
    return r;
  };
  w.ingest({lasting({{"alertname", "X"}})});
  w.advance(12s);
  BOOST_TEST(attempts == 1);
  auto finer = std::string(simple);
  finer.replace(finer.find("[alertname]"), 11, "[alertname, i]");
  w.reload(finer);
  w.advance(40s);
  BOOST_TEST(attempts == 4);
  // Failed for good: told again at the next interval, once.
  w.advance(5min, 5s);
  BOOST_TEST(attempts == 5);
}

BOOST_AUTO_TEST_CASE(a_channel_that_changes_goes_on_with_the_new_address_and_one_that_goes_gives_up) {
  world w(simple);
  w.answer = [](const http_request& request) {
    wire_response r;
    r.status = request.url == "http://new.example/" ? 200 : 500;
    return r;
  };
  w.ingest({lasting({{"alertname", "X"}})});
  w.advance(12s);
  auto moved = std::string(simple);
  moved.replace(moved.find("http://ops.example/"), 19, "http://new.example/");
  w.reload(moved);
  w.advance(10s);
  BOOST_TEST(w.requests.back().url == "http://new.example/");
  BOOST_TEST(w.notifications().rows.at(0).attempt.success);
  BOOST_TEST(w.notifications().rows.at(0).attempt.retry_count == 1);

  w.answer = [](const http_request&) {
    wire_response r;
    r.status = 500;
    return r;
  };
  w.ingest({lasting({{"alertname", "Z"}})});
  w.advance(12s);
  w.reload(R"(
route: {receiver: nobody, group_by: [alertname], group_wait: 10s}
receivers: [{name: nobody}]
)");
  const auto last = w.notifications().rows.at(0).attempt;
  BOOST_TEST(!last.success);
  BOOST_TEST(last.message == "the channel is not configured any more");
  const auto requests = w.requests.size();
  w.crash();
  w.start();
  w.advance(1h, 1min);
  BOOST_TEST(w.requests.size() == requests);
}

BOOST_AUTO_TEST_CASE(inhibition_and_silences_hold_over_a_reload) {
  constexpr std::string_view with_rule = R"(
route: {receiver: ops, group_by: [alertname], group_wait: 10s, group_interval: 1m}
receivers:
  - name: ops
    webhook_configs: [{url: "http://ops.example/"}]
escalation: []
inhibit_rules:
  - source_matchers: [alertname="Root"]
    target_matchers: [alertname="Symptom"]
)";
  world w(with_rule);
  w.silence_for(of("alertname=Quiet", w.now(), 1h));
  w.ingest({lasting({{"alertname", "Root"}}), lasting({{"alertname", "Symptom"}}), lasting({{"alertname", "Quiet"}})});
  w.reload(with_rule);
  w.advance(10min, 10s);
  BOOST_TEST(w.requests.size() == 1u);
  w.ingest({ended({{"alertname", "Root"}}, w.now())});
  w.advance(3min, 10s);
  BOOST_TEST(told(w, "firing") == 2u);
}

BOOST_AUTO_TEST_CASE(a_reload_during_which_nothing_can_be_written_changes_nothing) {
  world w(simple);
  const auto a = lasting({{"alertname", "X"}, {"i", "1"}});
  w.ingest({a});
  w.ingest({lasting({{"alertname", "Y"}})});
  w.ingest({a}); // its count is only in memory: a reload must write it
  auto finer = std::string(simple);
  finer.replace(finer.find("[alertname]"), 11, "[alertname, i]");
  {
    const full_disk full;
    BOOST_CHECK_THROW(w.reload(finer), std::runtime_error);
  }
  w.advance(5min, 5s);
  BOOST_TEST(w.requests.size() == 2u);
  for (const auto& r : w.requests) BOOST_TEST(r.body.find("\"i\":\"1\"},\"commonLabels\"") == std::string::npos);
  w.reload(finer);
  w.advance(5min, 5s);
  BOOST_TEST(w.requests.size() == 2u);
  BOOST_TEST(w.groups_alive() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
