#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "tests/actors/full_disk.hpp"
#include "tests/actors/noise_world.hpp"

using namespace tocsin;
using namespace tocsin::testing;
using namespace tocsin::testing::noise;

// New configurations, with all actors and a real storage.

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
  // It is grouped as before.
  w.ingest({lasting({{"alertname", "X"}, {"i", "2"}})});
  w.advance(2min, 5s);
  BOOST_TEST(w.groups_alive() == 2u);
  BOOST_TEST(w.requests.size() == 3u);
  w.reload(finer);
  w.advance(5min, 5s);
  BOOST_TEST(w.requests.size() == 3u);
  BOOST_TEST(w.groups_alive() == 3u);
}

BOOST_AUTO_TEST_CASE(a_request_that_was_routed_by_the_configuration_before_is_routed_anew) {
  world w(simple);
  auto request = w.route({lasting({{"alertname", "X"}, {"i", "1"}})});
  auto finer = std::string(simple);
  finer.replace(finer.find("[alertname]"), 11, "[alertname, i]");
  w.reload(finer);
  BOOST_TEST(w.hand_in(std::move(request)).opened == 1);
  w.ingest({lasting({{"alertname", "X"}, {"i", "2"}})});
  BOOST_TEST(w.groups_alive() == 2u);
  w.advance(1min);
  BOOST_REQUIRE(w.requests.size() == 2u);
  for (const auto& r : w.requests)
    BOOST_TEST(r.body.find("\"groupLabels\":{\"alertname\":\"X\",\"i\":") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
