#include "actors/suppressor_state.hpp"

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

BOOST_AUTO_TEST_SUITE(suppressor)

BOOST_AUTO_TEST_CASE(a_symptom_is_suppressed_while_its_cause_fires_with_equal_labels) {
  suppressor_state s(load(rules));
  BOOST_TEST(s.reason(start, slow("a")).empty());
  s.observe(start, {pool("a"), start + 5min});
  const auto reason = s.reason(start, slow("a"));
  BOOST_TEST(reason.find("inhibited by PoolExhausted") == 0u);
  BOOST_TEST(reason.find("rule pool") != std::string::npos);
  BOOST_TEST(s.reason(start, slow("b")).empty());
}

BOOST_AUTO_TEST_CASE(it_is_told_again_once_the_cause_has_ended) {
  suppressor_state s(load(rules));
  s.observe(start, {pool("a"), start + 5min});
  s.observe(start + 1min, {pool("a"), start + 1min});
  BOOST_TEST(s.reason(start + 1min, slow("a")).empty());
  BOOST_TEST(s.sources() == 0u);
}

BOOST_AUTO_TEST_CASE(a_cause_that_is_not_heard_of_again_suppresses_nothing_after_its_time) {
  suppressor_state s(load(rules));
  s.observe(start, {pool("a"), start + 5min});
  BOOST_TEST(!s.reason(start + 4min, slow("a")).empty());
  BOOST_TEST(s.reason(start + 5min, slow("a")).empty());
}

BOOST_AUTO_TEST_CASE(a_label_missing_on_both_sides_counts_as_equal) {
  suppressor_state s(load(rules));
  s.observe(start, {label_set::of({{"alertname", "PoolExhausted"}}), start + 5min});
  BOOST_TEST(!s.reason(start, label_set::of({{"alertname", "Slow"}})).empty());
}

BOOST_AUTO_TEST_CASE(alerts_that_match_both_sides_do_not_suppress_each_other) {
  suppressor_state s(load(rules));
  const auto one = label_set::of({{"alertname", "A"}, {"severity", "critical"}, {"service", "s"}});
  const auto other = label_set::of({{"alertname", "B"}, {"severity", "critical"}, {"service", "s"}});
  const auto lesser = label_set::of({{"alertname", "C"}, {"severity", "warning"}, {"service", "s"}});
  s.observe(start, {one, start + 5min});
  s.observe(start, {other, start + 5min});
  BOOST_TEST(s.reason(start, one).empty());
  BOOST_TEST(s.reason(start, other).empty());
  BOOST_TEST(!s.reason(start, lesser).empty());
}

BOOST_AUTO_TEST_SUITE_END()
