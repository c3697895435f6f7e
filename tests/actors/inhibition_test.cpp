#include "actors/inhibition.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/actors/support.hpp"

using namespace tocsin;
using namespace tocsin::testing;

namespace {

constexpr std::string_view rules = R"(
route: {receiver: ops}
receivers: [{name: ops}]
inhibit_rules:
  - name: pool
    source_matchers: [alertname="PoolExhausted"]
    target_matchers: [alertname=~"Slow|Many"]
    equal: [database, instance]
  - source_matchers: [severity="critical"]
    target_matchers: [severity=~"critical|warning"]
    equal: [service]
)";

label_set pool(std::string_view database) {
  return label_set::of({{"alertname", "PoolExhausted"}, {"database", database}, {"instance", "i"}});
}

label_set slow(std::string_view database) {
  return label_set::of({{"alertname", "Slow"}, {"database", database}, {"instance", "i"}});
}

} // namespace

BOOST_AUTO_TEST_SUITE(inhibition_rules)

BOOST_AUTO_TEST_CASE(a_symptom_is_suppressed_while_its_cause_fires_with_equal_labels) {
  inhibition s(load(rules));
  BOOST_TEST(!s.reason(start, slow("a")));
  s.observe(start, {pool("a"), start + 5min});
  const auto reason = s.reason(start, slow("a"));
  BOOST_TEST((reason.what == suppression::kind::inhibited));
  BOOST_TEST(reason.by == fingerprint_fnv(pool("a")));
  BOOST_TEST(reason.why == "inhibited by PoolExhausted (" + reason.by + "), rule pool");
  BOOST_TEST(reason.cause == "PoolExhausted (" + reason.by + ")");
  BOOST_TEST(!s.reason(start, slow("b")));
}

BOOST_AUTO_TEST_CASE(it_is_told_again_once_the_cause_has_ended) {
  inhibition s(load(rules));
  s.observe(start, {pool("a"), start + 5min});
  s.observe(start + 1min, {pool("a"), start + 1min});
  BOOST_TEST(!s.reason(start + 1min, slow("a")));
  BOOST_TEST(s.sources() == 0u);
}

BOOST_AUTO_TEST_CASE(a_cause_that_is_not_heard_of_again_suppresses_nothing_after_its_time) {
  inhibition s(load(rules));
  s.observe(start, {pool("a"), start + 5min});
  BOOST_TEST(static_cast<bool>(s.reason(start + 4min, slow("a"))));
  BOOST_TEST(!s.reason(start + 5min, slow("a")));
}

BOOST_AUTO_TEST_CASE(a_cause_inhibits_until_the_latest_end_that_its_senders_named) {
  inhibition s(load(rules));
  s.observe(start, {pool("a"), start + 5min});
  s.observe(start + 1min, {pool("a"), start + 2min});
  BOOST_TEST(static_cast<bool>(s.reason(start + 4min, slow("a"))));
  // One that was only derived gives way, and shortens nothing.
  s.observe(start + 1min, {pool("b"), start + 5min, true});
  s.observe(start + 1min, {pool("b"), start + 3min, false});
  s.observe(start + 1min, {pool("b"), start + 2min, true});
  BOOST_TEST(static_cast<bool>(s.reason(start + 2min, slow("b"))));
  BOOST_TEST(!s.reason(start + 4min, slow("b")));
}

BOOST_AUTO_TEST_CASE(a_label_missing_on_both_sides_counts_as_equal) {
  inhibition s(load(rules));
  s.observe(start, {label_set::of({{"alertname", "PoolExhausted"}}), start + 5min});
  BOOST_TEST(static_cast<bool>(s.reason(start, label_set::of({{"alertname", "Slow"}}))));
}

BOOST_AUTO_TEST_CASE(alerts_that_match_both_sides_do_not_suppress_each_other) {
  inhibition s(load(rules));
  const auto one = label_set::of({{"alertname", "A"}, {"severity", "critical"}, {"service", "s"}});
  const auto other = label_set::of({{"alertname", "B"}, {"severity", "critical"}, {"service", "s"}});
  const auto lesser = label_set::of({{"alertname", "C"}, {"severity", "warning"}, {"service", "s"}});
  s.observe(start, {one, start + 5min});
  s.observe(start, {other, start + 5min});
  BOOST_TEST(!s.reason(start, one));
  BOOST_TEST(!s.reason(start, other));
  BOOST_TEST(static_cast<bool>(s.reason(start, lesser)));
}

BOOST_AUTO_TEST_CASE(of_two_alerts_that_inhibit_each_other_the_more_urgent_one_is_told) {
  inhibition s(load(R"(
route: {receiver: ops}
receivers: [{name: ops}]
inhibit_rules:
  - source_matchers: [alertname="A"]
    target_matchers: [alertname="B"]
  - source_matchers: [alertname="B"]
    target_matchers: [alertname="A"]
)"));
  const auto a = label_set::of({{"alertname", "A"}, {"severity", "warning"}});
  const auto b = label_set::of({{"alertname", "B"}, {"severity", "critical"}});
  s.observe(start, {a, start + 5min});
  s.observe(start, {b, start + 5min});
  BOOST_TEST(static_cast<bool>(s.reason(start, a)));
  BOOST_TEST(!s.reason(start, b));
}

BOOST_AUTO_TEST_CASE(a_cycle_of_three_tells_exactly_one_and_what_hangs_on_it_stays_quiet) {
  inhibition s(load(R"(
route: {receiver: ops}
receivers: [{name: ops}]
inhibit_rules:
  - {source_matchers: [alertname="A"], target_matchers: [alertname="B"]}
  - {source_matchers: [alertname="B"], target_matchers: [alertname="C"]}
  - {source_matchers: [alertname="C"], target_matchers: [alertname="A"]}
  - {source_matchers: [alertname="C"], target_matchers: [alertname="Z"]}
)"));
  int told = 0;
  for (const auto name : {"A", "B", "C"}) s.observe(start, {label_set::of({{"alertname", name}}), start + 5min});
  for (const auto name : {"A", "B", "C"}) told += s.reason(start, label_set::of({{"alertname", name}})) ? 0 : 1;
  BOOST_TEST(told == 1);
  BOOST_TEST(static_cast<bool>(s.reason(start, label_set::of({{"alertname", "Z"}}))));
}

BOOST_AUTO_TEST_CASE(a_cycle_that_something_outside_inhibits_is_quiet_as_a_whole) {
  inhibition s(load(R"(
route: {receiver: ops}
receivers: [{name: ops}]
inhibit_rules:
  - {source_matchers: [alertname="A"], target_matchers: [alertname="B"]}
  - {source_matchers: [alertname="B"], target_matchers: [alertname="A"]}
  - {source_matchers: [alertname="Root"], target_matchers: [alertname="A"]}
)"));
  for (const auto name : {"A", "B", "Root"}) s.observe(start, {label_set::of({{"alertname", name}}), start + 5min});
  BOOST_TEST(static_cast<bool>(s.reason(start, label_set::of({{"alertname", "A"}}))));
  BOOST_TEST(static_cast<bool>(s.reason(start, label_set::of({{"alertname", "B"}}))));
  BOOST_TEST(!s.reason(start, label_set::of({{"alertname", "Root"}})));
}

BOOST_AUTO_TEST_SUITE_END()
