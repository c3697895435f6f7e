#include "tests/actors/world.hpp"

#include <stdexcept>

#include <boost/test/unit_test.hpp>

#include "tests/actors/full_disk.hpp"

using namespace tocsin;
using namespace tocsin::testing;

// The real actors and the real storage, with time that the test moves.

namespace {

constexpr std::string_view quiet = R"(
route: {receiver: ops, group_by: [alertname]}
receivers:
  - name: ops
    webhook_configs: [{url: "http://ops.test/"}]
  - name: on-call
    webhook_configs: [{url: "http://on-call.test/"}]
escalation:
  - matchers: [severity="warning"]
    steps: [{after: 5m, raise_to: critical, receiver: on-call}]
)";

alert lasting(std::initializer_list<label_view> labels) {
  auto a = firing(labels);
  a.ends_at = start + 48h;
  return a;
}

wire_response status(int code) {
  wire_response r;
  r.status = code;
  return r;
}

std::vector<std::string> times_of(const world& w, std::string_view url) {
  std::vector<std::string> times;
  for (const auto& r : w.requests) {
    if (r.url == url) times.push_back(to_rfc3339(r.at).substr(11, 12));
  }
  return times;
}

} // namespace

BOOST_AUTO_TEST_SUITE(actors_together)

BOOST_AUTO_TEST_CASE(a_window_closes_on_time_and_one_notification_goes_out) {
  world w(quiet);
  BOOST_TEST(w.ingest({lasting({{"alertname", "X"}, {"instance", "a"}})}).opened == 1);
  w.advance(10s);
  BOOST_TEST(w.ingest({lasting({{"alertname", "X"}, {"instance", "b"}})}).opened == 1);
  w.advance(1min);
  BOOST_TEST(times_of(w, "http://ops.test/") == std::vector<std::string>{"08:00:30.000"},
             boost::test_tools::per_element());
  BOOST_TEST(w.history().total == 2);
  BOOST_TEST(w.history().rows.at(0).notification_count == 1);
  BOOST_TEST(w.notifications().total == 1);
}

BOOST_AUTO_TEST_CASE(alerts_of_one_request_reach_their_groups_and_are_answered_together) {
  world w(quiet);
  std::vector<alert> alerts;
  for (const auto* name : {"A", "B", "C", "A", "B"}) {
    alerts.push_back(lasting({{"alertname", name}, {"instance", std::to_string(alerts.size())}}));
  }
  alerts.push_back(alerts.front());
  const auto tally = w.ingest(std::move(alerts));
  BOOST_TEST(tally.opened == 5);
  BOOST_TEST(tally.duplicates == 1);
  BOOST_TEST(w.groups_alive() == 3u);
  BOOST_TEST(w.history().total == 5);
}

BOOST_AUTO_TEST_CASE(a_receiver_that_fails_is_tried_at_five_ten_and_twenty_seconds) {
  world w(quiet);
  w.answer = [](const http_request&) { return status(500); };
  w.ingest({lasting({{"alertname", "X"}, {"severity", "critical"}})});
  w.advance(40s, 100ms);
  const std::vector<std::string> expected{"08:00:00.000", "08:00:05.000", "08:00:15.000", "08:00:35.000"};
  BOOST_TEST(times_of(w, "http://ops.test/") == expected, boost::test_tools::per_element());
  BOOST_TEST(w.notifications().total == 4);
}

BOOST_AUTO_TEST_CASE(a_receiver_that_fails_for_good_is_told_by_a_later_notification) {
  world w(quiet);
  w.answer = [](const http_request&) { return status(400); };
  w.ingest({lasting({{"alertname", "X"}, {"severity", "critical"}})});
  BOOST_TEST(w.requests.size() == 1u);
  w.answer = [](const http_request&) { return status(200); };
  w.advance(2min);
  BOOST_TEST(w.requests.size() == 2u);
  w.advance(2min);
  BOOST_TEST(w.requests.size() == 2u);
}

BOOST_AUTO_TEST_CASE(escalation_happens_on_time_and_is_recorded) {
  world w(quiet);
  w.ingest({lasting({{"alertname", "X"}, {"severity", "warning"}})});
  w.advance(10min);
  BOOST_TEST(times_of(w, "http://on-call.test/") == std::vector<std::string>{"08:05:00.000"},
             boost::test_tools::per_element());
  const auto row = w.history().rows.at(0);
  BOOST_CHECK(row.alert.state.current_severity == severity::critical);
  const auto detail = w.detail(row.alert.id);
  BOOST_REQUIRE(detail.has_value());
  BOOST_TEST(detail->escalations.size() == 1u);
  BOOST_TEST(detail->notifications.size() >= 2u);
}

BOOST_AUTO_TEST_CASE(an_acknowledgement_is_stored_and_stops_escalation) {
  world w(quiet);
  const auto a = lasting({{"alertname", "X"}, {"severity", "warning"}});
  w.ingest({a});
  const auto id = w.history().rows.at(0).alert.id;
  BOOST_CHECK(w.act({act_request::kind::acknowledge, id, {}, "ann", "mine", 0, {}}, a.labels).what
              == act_result::outcome::done);
  w.advance(1h);
  BOOST_TEST(times_of(w, "http://on-call.test/").empty());
  const auto detail = w.detail(id);
  BOOST_REQUIRE(detail.has_value());
  BOOST_REQUIRE_EQUAL(detail->acknowledgements.size(), 1u);
  BOOST_TEST(detail->acknowledgements[0].comment == "mine");
}

BOOST_AUTO_TEST_CASE(a_group_ends_when_it_is_empty) {
  world w(quiet);
  w.ingest({lasting({{"alertname", "X"}, {"severity", "critical"}})});
  BOOST_TEST(w.groups_alive() == 1u);
  w.advance(1min);
  w.ingest({ended({{"alertname", "X"}, {"severity", "critical"}}, start + 1min)});
  w.advance(1min);
  BOOST_TEST(w.groups_alive() == 0u);
  BOOST_TEST(w.requests.size() == 2u);
  BOOST_TEST(w.ingest({lasting({{"alertname", "X"}, {"severity", "critical"}})}).opened == 1);
  BOOST_TEST(w.requests.size() == 3u);
}

BOOST_AUTO_TEST_CASE(the_end_of_an_alert_that_was_never_seen_costs_no_write) {
  world w(quiet);
  w.advance(1min);
  BOOST_TEST(w.ingest({ended({{"alertname", "X"}}, start + 1s)}).ignored == 1);
  w.advance(1min);
  BOOST_TEST(w.groups_alive() == 0u);
  BOOST_TEST(w.writes() == 0u);
  w.ingest({lasting({{"alertname", "X"}, {"severity", "critical"}})});
  BOOST_TEST(w.writes() > 0u);
}

BOOST_AUTO_TEST_CASE(a_further_route_notifies_too_and_the_alert_stays_one_row) {
  world w(R"(
route:
  receiver: ops
  routes:
    - {receiver: audit, matchers: [team=~".+"], continue: true}
    - {receiver: ops, matchers: [team="db"]}
receivers:
  - {name: ops, webhook_configs: [{url: "http://ops.test/"}]}
  - {name: audit, webhook_configs: [{url: "http://audit.test/"}]}
)");
  w.ingest({lasting({{"alertname", "X"}, {"team", "db"}, {"severity", "critical"}})});
  w.advance(1s);
  BOOST_TEST(times_of(w, "http://ops.test/").size() == 1u);
  BOOST_TEST(times_of(w, "http://audit.test/").size() == 1u);
  BOOST_TEST(w.history().total == 1);
  w.ingest({ended({{"alertname", "X"}, {"team", "db"}, {"severity", "critical"}}, start + 1s)});
  w.advance(1s);
  BOOST_TEST(times_of(w, "http://ops.test/").size() == 2u);
  BOOST_TEST(times_of(w, "http://audit.test/").size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_symptom_in_the_same_request_as_its_cause_is_not_told) {
  world w(R"(
route: {receiver: ops, group_by: [alertname]}
receivers: [{name: ops, webhook_configs: [{url: "http://ops.test/"}]}]
inhibit_rules: [{source_matchers: [alertname="Root"], target_matchers: [alertname="Symptom"]}]
escalation: []
)");
  w.ingest({lasting({{"alertname", "Symptom"}, {"severity", "critical"}}),
            lasting({{"alertname", "Root"}, {"severity", "critical"}})});
  w.advance(1min);
  BOOST_REQUIRE_EQUAL(w.requests.size(), 1u);
  BOOST_TEST(w.requests[0].body.find("\"alertname\":\"Root\"") != std::string::npos);
  for (const auto& row : w.history().rows) {
    const auto symptom = row.alert.labels.get("alertname") == "Symptom";
    BOOST_TEST((row.alert.state.status == episode_status::suppressed) == symptom);
  }
}

BOOST_AUTO_TEST_CASE(a_report_that_is_answered_from_the_board_keeps_its_alert_alive_and_is_counted) {
  world w(quiet);
  auto a = firing({{"alertname", "X"}});
  a.ends_at = start + 4min;
  w.ingest({a});
  BOOST_TEST(!w.sightings().report(a, w.now()));
  w.ingest({a});
  w.advance(3min);
  a.ends_at = start + 7min;
  BOOST_TEST(w.sightings().report(a, w.now()));
  w.advance(2min);
  const auto row = w.history().rows.at(0);
  BOOST_TEST(row.alert.state.active());
  BOOST_TEST(row.alert.state.occurrence_count == 3);
}

BOOST_AUTO_TEST_CASE(no_report_is_answered_from_the_board_for_an_alert_that_has_ended) {
  world w(quiet);
  auto a = firing({{"alertname", "X"}});
  a.ends_at = start + 4min;
  w.ingest({a});
  w.ingest({a});
  BOOST_TEST(w.sightings().contains(a.labels));
  w.advance(4min);
  BOOST_TEST(!w.history().rows.at(0).alert.state.active());
  a.ends_at = start + 9min;
  BOOST_TEST(!w.sightings().report(a, w.now()));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_written_is_refused_with_its_duplicate_and_taken_once_it_can) {
  world w(quiet);
  const auto a = lasting({{"alertname", "X"}, {"severity", "critical"}});
  {
    const full_disk full;
    for (const auto& answer : w.ingest_twice(a)) BOOST_TEST(!answer.has_value());
    BOOST_TEST(w.requests.empty());
  }
  w.advance(2s);
  BOOST_TEST(w.history().total == 0);
  BOOST_TEST(w.ingest({a}).opened == 1);
  BOOST_TEST(w.requests.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_group_whose_write_failed_goes_on_with_what_is_stored) {
  world w(quiet);
  const auto stored = lasting({{"alertname", "X"}, {"instance", "a"}});
  w.ingest({stored});
  {
    const full_disk full;
    BOOST_CHECK_THROW(w.ingest({lasting({{"alertname", "X"}, {"instance", "b"}})}), std::runtime_error);
  }
  w.advance(1min);
  BOOST_REQUIRE_EQUAL(w.requests.size(), 1u);
  BOOST_TEST(times_of(w, "http://ops.test/").at(0) == "08:00:30.000");
  BOOST_TEST(w.requests[0].body.find("\"instance\":\"a\"") != std::string::npos);
  BOOST_TEST(w.requests[0].body.find("\"instance\":\"b\"") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(crash_and_restart)

BOOST_AUTO_TEST_CASE(an_unfinished_notification_of_an_alert_that_ended_meanwhile_still_tells_that_it_fires) {
  world w(quiet);
  w.answer = [](const http_request&) { return status(500); };
  w.ingest({lasting({{"alertname", "X"}, {"severity", "critical"}})});
  w.advance(1s);
  w.ingest({ended({{"alertname", "X"}, {"severity", "critical"}}, start + 1s)});
  w.crash();
  w.requests.clear();
  w.answer = [](const http_request&) { return status(200); };
  w.start();
  w.advance(1min);
  BOOST_REQUIRE_EQUAL(w.requests.size(), 2u);
  BOOST_TEST(w.requests[0].body.find("\"status\":\"firing\"") != std::string::npos);
  BOOST_TEST(w.requests[1].body.find("\"status\":\"resolved\"") != std::string::npos);
  BOOST_TEST(w.requests[1].body.find("\"status\":\"firing\"") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_open_window_closes_on_time_after_a_crash) {
  world w(quiet);
  w.ingest({lasting({{"alertname", "X"}})});
  w.advance(10s);
  w.crash();
  w.start();
  w.advance(1min);
  BOOST_TEST(times_of(w, "http://ops.test/") == std::vector<std::string>{"08:00:30.000"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_unfinished_notification_goes_on_with_its_next_attempt) {
  world w(quiet);
  w.answer = [](const http_request&) { return status(500); };
  w.ingest({lasting({{"alertname", "X"}, {"severity", "critical"}})});
  w.advance(6s);
  BOOST_TEST(w.requests.size() == 2u);
  w.crash();
  w.start();
  w.answer = [](const http_request&) { return status(200); };
  w.advance(1min);
  const std::vector<std::string> expected{"08:00:00.000", "08:00:05.000", "08:00:15.000"};
  BOOST_TEST(times_of(w, "http://ops.test/") == expected, boost::test_tools::per_element());
  const auto attempts = w.notifications();
  BOOST_REQUIRE_EQUAL(attempts.total, 3);
  BOOST_TEST(attempts.rows.front().attempt.retry_count == 2);
  BOOST_TEST(attempts.rows.front().attempt.success);
}

BOOST_AUTO_TEST_CASE(levels_and_acknowledgements_outlive_a_crash) {
  world w(quiet);
  const auto escalated = lasting({{"alertname", "X"}, {"severity", "warning"}});
  const auto taken = lasting({{"alertname", "Y"}, {"severity", "warning"}});
  w.ingest({escalated, taken});
  const auto id = w.history().rows.at(0).alert.labels == taken.labels ? w.history().rows.at(0).alert.id
                                                                      : w.history().rows.at(1).alert.id;
  w.act({act_request::kind::acknowledge, id, {}, "ann", "", 0, {}}, taken.labels);
  w.advance(6min);
  BOOST_TEST(times_of(w, "http://on-call.test/").size() == 1u);
  w.crash();
  w.start();
  w.advance(4min);
  BOOST_TEST(times_of(w, "http://on-call.test/").size() == 1u);
  for (const auto& row : w.history().rows) {
    const auto& state = row.alert.state;
    BOOST_TEST(state.level.value() == (row.alert.labels == taken.labels ? 1 : 2));
    BOOST_TEST(state.acknowledged_by == (row.alert.labels == taken.labels ? "ann" : ""));
  }
}

BOOST_AUTO_TEST_CASE(the_end_of_an_alert_that_was_told_before_a_crash_is_told_after_it) {
  world w(quiet);
  w.ingest({lasting({{"alertname", "X"}, {"severity", "critical"}})});
  w.advance(1s);
  w.crash();
  w.start();
  w.ingest({ended({{"alertname", "X"}, {"severity", "critical"}}, start + 1s)});
  w.advance(1s);
  BOOST_REQUIRE_EQUAL(w.requests.size(), 2u);
  BOOST_TEST(w.requests[1].body.find("\"status\":\"resolved\"") != std::string::npos);
  w.advance(1min);
  BOOST_TEST(w.groups_alive() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
