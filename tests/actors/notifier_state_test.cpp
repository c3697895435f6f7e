#include "actors/notifier_state.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/actors/support.hpp"

using namespace tocsin;
using namespace tocsin::testing;

namespace {

notifier_state webhook_notifier() {
  return notifier_state({"ops/webhook/0", "ops", true, webhook_channel{"http://127.0.0.1:1/hook", 0, {}, 10s, {}}});
}

delivery_order order(std::int64_t id, std::int64_t of_group = 1) {
  delivery_order o;
  o.what.id = {id};
  o.what.group = {of_group};
  o.what.alerts.push_back({{id}, label_set::of({{"alertname", "X"}}), {}, {}, severity::warning, {}, start, {}, 1, {}});
  return o;
}

wire_response status(int code, std::optional<duration> retry_after = {}) {
  wire_response r;
  r.status = code;
  r.retry_after = retry_after;
  r.took = 3ms;
  return r;
}

wire_response refused() {
  wire_response r;
  r.error = "Connection refused";
  return r;
}

} // namespace

BOOST_AUTO_TEST_SUITE(notifier)

BOOST_AUTO_TEST_CASE(a_failing_receiver_is_tried_at_once_and_after_five_ten_and_twenty_seconds) {
  auto n = webhook_notifier();
  auto effects = n.deliver(start, order(1));
  std::vector<std::chrono::seconds> waits;
  auto now = start;
  while (!effects.attempts.empty()) {
    BOOST_REQUIRE_LT(waits.size(), 10u);
    effects = n.answered(now, {1}, refused());
    BOOST_REQUIRE_EQUAL(effects.records.size(), 1u);
    BOOST_TEST(effects.records[0].retry_count == static_cast<int>(waits.size()));
    BOOST_TEST(!effects.records[0].success);
    if (effects.waits.empty()) break;
    waits.push_back(std::chrono::duration_cast<std::chrono::seconds>(effects.waits[0].due - now));
    BOOST_CHECK(effects.records[0].next_attempt_at == effects.waits[0].due);
    now = effects.waits[0].due;
    effects = n.retry(now, {1}, effects.waits[0].attempt);
  }
  BOOST_CHECK((waits == std::vector<std::chrono::seconds>{5s, 10s, 20s}));
  BOOST_REQUIRE_EQUAL(effects.reports.size(), 1u);
  BOOST_TEST(!effects.reports[0].second.delivered);
  BOOST_TEST(n.pending() == 0u);
}

BOOST_AUTO_TEST_CASE(a_success_ends_it_and_is_reported_to_its_group) {
  auto n = webhook_notifier();
  n.deliver(start, order(1, 42));
  const auto effects = n.answered(start + 1s, {1}, status(200));
  BOOST_TEST(effects.waits.empty());
  BOOST_REQUIRE_EQUAL(effects.reports.size(), 1u);
  BOOST_TEST(effects.reports[0].first.value == 42);
  BOOST_TEST(effects.reports[0].second.delivered);
  BOOST_REQUIRE_EQUAL(effects.records.size(), 1u);
  BOOST_TEST(effects.records[0].success);
  BOOST_TEST(effects.records[0].took.count() == 3);
  BOOST_TEST(!effects.records[0].next_attempt_at.has_value());
}

BOOST_AUTO_TEST_CASE(a_receiver_that_asks_to_wait_is_given_its_time) {
  auto n = webhook_notifier();
  n.deliver(start, order(1));
  const auto effects = n.answered(start, {1}, status(429, 90s));
  BOOST_REQUIRE_EQUAL(effects.waits.size(), 1u);
  BOOST_CHECK(effects.waits[0].due == start + 90s);
}

BOOST_AUTO_TEST_CASE(a_refusal_for_good_is_not_tried_again) {
  auto n = webhook_notifier();
  n.deliver(start, order(1));
  const auto effects = n.answered(start, {1}, status(404));
  BOOST_TEST(effects.waits.empty());
  BOOST_REQUIRE_EQUAL(effects.reports.size(), 1u);
  BOOST_TEST(!effects.reports[0].second.delivered);
}

BOOST_AUTO_TEST_CASE(notifications_of_one_group_keep_their_order) {
  auto n = webhook_notifier();
  BOOST_TEST(n.deliver(start, order(1)).attempts.size() == 1u);
  BOOST_TEST(n.deliver(start, order(2)).attempts.empty());
  BOOST_TEST(n.answered(start, {1}, refused()).attempts.empty());
  n.retry(start + 5s, {1}, 1);
  const auto effects = n.answered(start + 5s, {1}, status(200));
  BOOST_REQUIRE_EQUAL(effects.attempts.size(), 1u);
  BOOST_TEST(effects.attempts[0].value == 2);
}

BOOST_AUTO_TEST_CASE(a_group_that_cannot_be_delivered_does_not_hold_another_up) {
  auto n = webhook_notifier();
  n.deliver(start, order(1, 1));
  n.answered(start, {1}, refused());
  BOOST_TEST(n.deliver(start, order(2, 2)).attempts.size() == 1u);
}

BOOST_AUTO_TEST_CASE(more_than_the_bound_wait_for_a_free_place) {
  auto n = webhook_notifier();
  std::size_t started = 0;
  for (std::int64_t i = 1; i <= static_cast<std::int64_t>(notifier_state::max_in_flight) + 3; ++i) {
    started += n.deliver(start, order(i, i)).attempts.size();
  }
  BOOST_TEST(started == notifier_state::max_in_flight);
  BOOST_TEST(n.answered(start, {1}, status(200)).attempts.size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_unfinished_notification_goes_on_with_the_attempts_it_had) {
  auto n = webhook_notifier();
  auto o = order(1);
  o.attempts = 3;
  o.not_before = start + 20s;
  auto effects = n.deliver(start, o);
  BOOST_TEST(effects.attempts.empty());
  BOOST_REQUIRE_EQUAL(effects.waits.size(), 1u);
  BOOST_CHECK(effects.waits[0].due == start + 20s);
  BOOST_TEST(n.retry(start + 20s, {1}, 3).attempts.size() == 1u);
  effects = n.answered(start + 20s, {1}, refused());
  BOOST_TEST(effects.records.at(0).retry_count == 3);
  BOOST_TEST(effects.waits.empty());
  BOOST_TEST(effects.reports.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_stale_timer_and_a_stale_answer_do_nothing) {
  auto n = webhook_notifier();
  n.deliver(start, order(1));
  BOOST_TEST(n.retry(start, {1}, 0).attempts.empty());
  n.answered(start, {1}, refused());
  BOOST_TEST(n.answered(start, {1}, status(200)).records.empty());
  BOOST_TEST(n.retry(start + 5s, {1}, 0).attempts.empty());
  BOOST_TEST(n.retry(start + 5s, {7}, 1).attempts.empty());
  BOOST_TEST(n.retry(start + 5s, {1}, 1).attempts.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
