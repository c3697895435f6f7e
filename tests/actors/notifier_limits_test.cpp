#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "actors/notifier_state.hpp"
#include "tests/actors/support.hpp"

using namespace tocsin;
using namespace tocsin::testing;

namespace {

channel webhook(rate_limit limit = {}) {
  channel c;
  c.id = "ops/webhook/0";
  c.receiver = "ops";
  webhook_channel settings;
  settings.url = "http://127.0.0.1:1/hook";
  c.settings = settings;
  c.limit = limit;
  return c;
}

/// Notification number `id`, of a group of its own, about one alert.
delivery_order order(std::int64_t id, std::string_view name = "X") {
  delivery_order o;
  o.what.id = {id};
  o.what.group = {id};
  notified_alert a;
  a.id = {id};
  a.labels = label_set::of({{"alertname", name}});
  a.starts_at = start;
  o.what.alerts.push_back(a);
  o.what.created_at = start;
  return o;
}

wire_response status(int code) {
  wire_response r;
  r.status = code;
  r.took = 3ms;
  return r;
}

std::vector<std::int64_t> numbers(const std::vector<notification_id>& ids) {
  std::vector<std::int64_t> all;
  for (const auto id : ids) all.push_back(id.value);
  return all;
}

using list = std::vector<std::int64_t>;

} // namespace

BOOST_AUTO_TEST_SUITE(rate_limits)

BOOST_AUTO_TEST_CASE(what_exceeds_the_limit_goes_out_as_one_when_it_allows_and_nothing_is_dropped) {
  notifier_state n(webhook({2, 1min}));
  BOOST_TEST(numbers(n.deliver(start, order(1)).attempts) == list{1});
  BOOST_TEST(numbers(n.deliver(start, order(2)).attempts) == list{2});
  const auto third = n.deliver(start, order(3));
  BOOST_TEST(third.attempts.empty());
  BOOST_REQUIRE(third.waits.size() == 1u);
  BOOST_TEST((third.waits[0].due - start <= 30s + 1ms && third.waits[0].due - start > 29s));
  const auto fourth = n.deliver(start + 1s, order(4, "Y"));
  BOOST_TEST((fourth.attempts.empty() && fourth.waits.empty()));

  const auto due = third.waits[0].due;
  const auto released = n.retry(due, {3}, 0);
  BOOST_TEST(numbers(released.attempts) == list{3});
  const auto digest = n.what({3});
  BOOST_TEST((digest.reason == notification_reason::digest));
  BOOST_TEST(digest.alerts.size() == 2u);

  const auto done = n.answered(due, {3}, status(200));
  BOOST_REQUIRE(done.records.size() == 2u);
  BOOST_REQUIRE(done.reports.size() == 2u);
  for (const auto& r : done.records) BOOST_TEST((r.success && !r.next_attempt_at));
  for (const auto& [group, report] : done.reports) BOOST_TEST(report.delivered);
  n.answered(due, {1}, status(200));
  n.answered(due, {2}, status(200));
  BOOST_TEST(n.pending() == 0u);
}

BOOST_AUTO_TEST_CASE(a_digest_that_fails_is_retried_as_a_whole_at_the_usual_moments) {
  notifier_state n(webhook({1, 1min}));
  n.deliver(start, order(1));
  n.answered(start, {1}, status(200));
  const auto held = n.deliver(start, order(2));
  n.deliver(start, order(3));
  auto now = held.waits.at(0).due;
  auto effects = n.retry(now, {2}, 0);
  std::vector<duration> waits;
  while (!effects.attempts.empty()) {
    effects = n.answered(now, {2}, status(500));
    BOOST_REQUIRE(effects.records.size() == 2u);
    BOOST_TEST(effects.records[0].retry_count == effects.records[1].retry_count);
    if (effects.waits.empty()) break;
    waits.push_back(effects.waits[0].due - now);
    now = effects.waits[0].due;
    effects = n.retry(now, {2}, effects.waits[0].attempt);
  }
  BOOST_TEST((waits == std::vector<duration>{5s, 10s, 20s}));
  BOOST_TEST(effects.reports.size() == 2u);
  BOOST_TEST(n.pending() == 0u);
}

BOOST_AUTO_TEST_CASE(an_alert_that_is_told_twice_in_a_digest_is_told_as_it_is_last) {
  notifier_state n(webhook({1, 1min}));
  n.deliver(start, order(1));
  const auto held = n.deliver(start, order(2));
  auto over = order(3);
  over.what.alerts[0].id = {2};
  over.what.alerts[0].ended_at = start + 5s;
  n.deliver(start + 5s, over);
  n.retry(held.waits.at(0).due, {2}, 0);
  const auto digest = n.what({2});
  BOOST_REQUIRE(digest.alerts.size() == 1u);
  BOOST_TEST(digest.alerts[0].resolved());
}

BOOST_AUTO_TEST_CASE(without_a_limit_nothing_is_held) {
  notifier_state n(webhook());
  for (std::int64_t i = 1; i <= 60; ++i) BOOST_TEST(n.deliver(start, order(i)).attempts.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_channel_that_goes_gives_up_what_is_held_and_keeps_what_is_on_its_way) {
  notifier_state n(webhook({1, 1min}));
  n.deliver(start, order(1));
  const auto held = n.deliver(start, order(2));
  n.deliver(start, order(3));
  n.retry(held.waits.at(0).due, {2}, 0); // 2 carries 3
  n.deliver(held.waits.at(0).due, order(4));
  const auto gone = n.retire(held.waits.at(0).due);
  BOOST_TEST(gone.reports.size() == 1u);
  BOOST_TEST(n.answered(held.waits.at(0).due, {2}, status(200)).reports.size() == 2u);
  BOOST_TEST(n.answered(held.waits.at(0).due, {1}, status(200)).reports.size() == 1u);
  BOOST_TEST(n.pending() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(circuit_breakers)

BOOST_AUTO_TEST_CASE(an_endpoint_that_fails_again_and_again_is_left_alone_but_for_a_probe) {
  notifier_state n(webhook());
  auto now = start;
  for (std::int64_t i = 1; i <= 10; ++i) {
    n.deliver(now, order(i));
    n.answered(now, {i}, status(503));
  }
  BOOST_REQUIRE(n.dead_since().has_value());
  const auto refused = n.deliver(now + 1s, order(11));
  BOOST_TEST(refused.attempts.empty());
  BOOST_REQUIRE(refused.records.size() == 1u);
  BOOST_TEST(refused.records[0].message.starts_with("not attempted: nothing was accepted since 2026-11-24T08:00:00"));
  BOOST_TEST(!refused.records[0].next_attempt_at.has_value());
  BOOST_REQUIRE(refused.reports.size() == 1u);
  BOOST_TEST(!refused.reports[0].second.delivered);
  // Half a minute later one is let through, and only one.
  BOOST_TEST(numbers(n.deliver(now + 30s, order(12)).attempts) == list{12});
  BOOST_TEST(n.deliver(now + 30s, order(13)).attempts.empty());
  n.answered(now + 30s, {12}, status(200));
  BOOST_TEST(!n.dead_since().has_value());
  BOOST_TEST(numbers(n.deliver(now + 31s, order(14)).attempts) == list{14});
}

BOOST_AUTO_TEST_CASE(a_single_notification_is_tried_four_times_whatever_happens) {
  notifier_state n(webhook());
  n.deliver(start, order(1));
  for (std::int32_t i = 0; i < 3; ++i) {
    const auto failed = n.answered(start, {1}, status(500));
    BOOST_REQUIRE(failed.waits.size() == 1u);
    BOOST_TEST(n.retry(failed.waits[0].due, {1}, i + 1).attempts.size() == 1u);
  }
  BOOST_TEST(!n.dead_since().has_value());
}

BOOST_AUTO_TEST_CASE(an_endpoint_that_refuses_a_message_for_good_is_not_dead) {
  notifier_state n(webhook());
  for (std::int64_t i = 1; i <= 30; ++i) {
    n.deliver(start, order(i));
    n.answered(start, {i}, status(400));
  }
  BOOST_TEST(!n.dead_since().has_value());
}

BOOST_AUTO_TEST_SUITE_END()
