#include <boost/test/unit_test.hpp>

#include "tests/actors/told.hpp"
#include "tests/actors/world.hpp"

using namespace tocsin;
using namespace tocsin::testing;

namespace {

constexpr std::string_view inhibiting = R"(
route: {receiver: ops, group_by: [alertname]}
receivers:
  - {name: ops, webhook_configs: [{url: "http://ops.test/"}]}
  - {name: on-call, webhook_configs: [{url: "http://on-call.test/"}]}
inhibit_rules: [{source_matchers: [alertname="Root"], target_matchers: [alertname="Leaf"]}]
escalation:
  - {matchers: [severity="warning"], steps: [{after: 1h, receiver: on-call}]}
)";

alert lasting(const world& w, std::initializer_list<label_view> labels) {
  auto a = firing(labels, w.now());
  a.ends_at = w.now() + 24h;
  return a;
}

std::size_t told_firing(const world& w, const label_set& labels) {
  std::size_t count = 0;
  for (const auto& r : w.requests) {
    for (const auto& a : read_told(r).alerts) count += a.firing && a.labels == labels ? 1 : 0;
  }
  return count;
}

silence silence_of(const world& w, std::string_view name, std::string_view value) {
  silence s;
  s.matchers = {*matcher::make(std::string(name), match_op::equal, std::string(value))};
  s.starts_at = w.now();
  s.ends_at = w.now() + 2h;
  s.created_by = "ann";
  s.comment = "planned";
  return s;
}

} // namespace

BOOST_AUTO_TEST_SUITE(between_two_messages)

// What is escalated by hand is told by a decision, which asks about the whole group.
BOOST_AUTO_TEST_CASE(escalating_one_alert_by_hand_does_not_tell_a_silenced_one_of_its_group) {
  world w(inhibiting);
  w.silence_for(silence_of(w, "instance", "b"));
  const auto mine = lasting(w, {{"alertname", "X"}, {"instance", "a"}});
  const auto silenced = lasting(w, {{"alertname", "X"}, {"instance", "b"}});
  w.ingest({mine, silenced});
  episode_id id;
  for (const auto& row : w.history().rows) {
    if (row.alert.labels == mine.labels) id = row.alert.id;
  }
  // No step is left, so that the group's own channel is told.
  w.act({act_request::kind::escalate, id, {}, "ann", "customers call", 2, {}}, mine.labels);
  w.act({act_request::kind::escalate, id, {}, "ann", "customers call", 3, {}}, mine.labels);
  w.advance(1s);
  BOOST_TEST(told_firing(w, silenced.labels) == 0u);
}

BOOST_AUTO_TEST_CASE(an_inhibited_alert_that_is_escalated_by_hand_is_not_told_before_its_window_closes) {
  world w(inhibiting);
  const auto leaf = lasting(w, {{"alertname", "Leaf"}});
  w.ingest({lasting(w, {{"alertname", "Root"}})});
  w.ingest({leaf});
  for (const auto& row : w.history().rows) {
    if (row.alert.labels == leaf.labels) {
      w.act({act_request::kind::escalate, row.alert.id, {}, "ann", "", 3, {}}, leaf.labels);
    }
  }
  w.advance(1s);
  BOOST_TEST(told_firing(w, leaf.labels) == 0u);
}

// Alerts that come after the question are not known to be unsuppressed.
BOOST_AUTO_TEST_CASE(a_cascade_does_not_count_alerts_that_nobody_has_asked_about) {
  world w(R"(
route: {receiver: ops, group_by: [database]}
receivers:
  - {name: ops, webhook_configs: [{url: "http://ops.test/"}]}
  - {name: on-call, webhook_configs: [{url: "http://on-call.test/"}]}
inhibit_rules: [{source_matchers: [alertname="Down"], target_matchers: [alertname="Slow"]}]
escalation: []
correlation:
  clusters:
    - {name: database, alerts: [Slow], cascade: {more_than: 3, severity: warning, raise_to: critical, receiver: on-call}}
)");
  w.ingest({lasting(w, {{"alertname", "Down"}, {"severity", "critical"}})});
  std::vector<alert> symptoms;
  for (const auto* database : {"a", "b"}) {
    for (const auto* table : {"1", "2", "3", "4", "5"}) {
      symptoms.push_back(lasting(w, {{"alertname", "Slow"}, {"database", database}, {"table", table}}));
    }
  }
  w.ingest(symptoms);
  w.advance(2min);
  BOOST_TEST(w.requests.size() == 1u);
  for (const auto& s : symptoms) BOOST_TEST(told_firing(w, s.labels) == 0u, to_text(s.labels));
}

// A flapping alert that is just down is told as if it fired, so it is asked about too.
BOOST_AUTO_TEST_CASE(a_flapping_alert_that_is_down_for_a_moment_is_not_told_while_it_is_silenced) {
  world w(R"(
route: {receiver: ops, group_by: [alertname]}
receivers: [{name: ops, webhook_configs: [{url: "http://ops.test/"}]}]
escalation: []
flapping: {changes: 4, window: 10m, calm: 5m}
)");
  const auto a = lasting(w, {{"alertname", "X"}});
  for (int i = 0; i < 3; ++i) {
    w.ingest({a});
    w.advance(1s);
    auto over = a;
    over.ends_at = w.now();
    w.ingest({over});
    w.advance(1s);
  }
  BOOST_TEST(w.requests.empty());
  w.silence_for(silence_of(w, "alertname", "X"));
  w.advance(2min);
  BOOST_TEST(told_firing(w, a.labels) == 0u);
}

// An end that was only derived does not shorten one that was sent.
BOOST_AUTO_TEST_CASE(a_source_that_a_second_sender_reports_without_an_end_inhibits_as_long_as_it_fires) {
  world w(inhibiting);
  const auto root = lasting(w, {{"alertname", "Root"}});
  w.ingest({root});
  w.advance(10s);
  auto derived = root;
  derived.ends_at = w.now() + 5min;
  derived.timed_out_end = true;
  w.ingest({derived});
  const auto leaf = lasting(w, {{"alertname", "Leaf"}});
  w.ingest({leaf});
  w.advance(10min);
  for (const auto& row : w.history().rows) BOOST_TEST(row.alert.state.active());
  BOOST_TEST(told_firing(w, leaf.labels) == 0u);
}

// A notification on its way stays in the lane of the old group; the new group must not overtake it.
BOOST_AUTO_TEST_CASE(after_a_reload_the_end_of_an_alert_does_not_overtake_its_beginning) {
  world w(R"(
route: {receiver: ops, group_by: [alertname]}
receivers: [{name: ops, webhook_configs: [{url: "http://ops.test/"}]}]
escalation: []
)");
  ledger book;
  w.answer = [](const http_request&) {
    wire_response r;
    r.status = 500;
    return r;
  };
  const auto a = lasting(w, {{"alertname", "X"}, {"service", "s"}, {"severity", "critical"}});
  w.ingest({a});
  w.requests.clear();
  w.answer = [](const http_request&) {
    wire_response r;
    r.status = 200;
    return r;
  };
  w.reload(R"(
route: {receiver: ops, group_by: [service]}
receivers: [{name: ops, webhook_configs: [{url: "http://ops.test/"}]}]
escalation: []
)");
  auto over = a;
  over.ends_at = w.now();
  w.ingest({over});
  w.advance(10min);
  for (const auto& r : w.requests) book.note(read_told(r));
  BOOST_TEST(book.still_firing() == std::vector<std::string>{}, boost::test_tools::per_element());
}

// An earlier notification put the belief there; a repeat that fails does not take it away.
BOOST_AUTO_TEST_CASE(a_repeat_that_fails_does_not_make_the_group_forget_what_was_told_before) {
  world w(R"(
route: {receiver: ops, group_by: [alertname], repeat_interval: 5m}
receivers: [{name: ops, webhook_configs: [{url: "http://ops.test/"}]}]
escalation: []
)");
  ledger book;
  std::vector<bool> arrived;
  int status = 200;
  w.answer = [&](const http_request&) {
    arrived.push_back(status == 200);
    wire_response r;
    r.status = status;
    return r;
  };
  const auto a = lasting(w, {{"alertname", "X"}, {"severity", "critical"}});
  w.ingest({a});
  w.advance(4min);
  status = 500;
  w.advance(2min - 10s);
  BOOST_TEST(arrived.size() == 5u);
  status = 200;
  auto over = a;
  over.ends_at = w.now();
  w.ingest({over});
  w.advance(10min);
  for (std::size_t i = 0; i < w.requests.size(); ++i) {
    if (arrived[i]) book.note(read_told(w.requests[i]));
  }
  BOOST_TEST(book.still_firing() == std::vector<std::string>{}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_group_that_is_restored_with_nothing_left_to_do_ends) {
  world w(R"(
route:
  receiver: ops
  group_by: [alertname]
  routes:
    - {receiver: audit, matchers: [team="db"], continue: true}
    - {receiver: ops, matchers: [team="db"]}
receivers:
  - {name: ops, webhook_configs: [{url: "http://ops.test/"}]}
  - {name: audit, webhook_configs: [{url: "http://audit.test/"}]}
escalation: []
)");
  const auto a = lasting(w, {{"alertname", "X"}, {"team", "db"}, {"severity", "critical"}});
  w.ingest({a});
  w.advance(1min);
  w.answer = [](const http_request& request) {
    wire_response r;
    r.status = request.url == "http://audit.test/" ? 500 : 200;
    return r;
  };
  auto over = a;
  over.ends_at = w.now();
  w.ingest({over});
  w.crash();
  w.start();
  w.answer = [](const http_request&) {
    wire_response r;
    r.status = 200;
    return r;
  };
  w.advance(1h);
  BOOST_TEST(w.groups_alive() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
