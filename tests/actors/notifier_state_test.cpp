#include "actors/notifier_state.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/actors/support.hpp"

using namespace tocsin;
using namespace tocsin::testing;

namespace {

notifier_state webhook_notifier() {
  return notifier_state({"ops/webhook/0", "ops", true, webhook_channel{"http://127.0.0.1:1/hook", {}, 0, {}, 10s, {}}});
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

/// A mail for three people, to which the server said this.
notifier_state mail_notifier() {
  channel c;
  c.id = "ops/email/0";
  c.receiver = "ops";
  email_channel settings;
  settings.to = {{"", "a@ops.example"}, {"", "b@ops.example"}, {"", "c@ops.example"}};
  c.settings = settings;
  return notifier_state(c);
}

wire_response reply(std::int32_t status, std::vector<recipient_reply> recipients) {
  wire_response r;
  r.status = status;
  r.recipients = std::move(recipients);
  return r;
}

using texts = std::vector<std::string>;

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

BOOST_AUTO_TEST_CASE(a_mail_that_some_have_is_tried_again_for_the_others_only) {
  auto n = mail_notifier();
  n.deliver(start, order(1));
  BOOST_TEST(n.only_to({1}).empty());
  auto effects = n.answered(
      start, {1}, reply(250, {{"a@ops.example", 250, {}}, {"b@ops.example", 450, {}}, {"c@ops.example", 451, {}}}));
  BOOST_REQUIRE(effects.records.size() == 1u);
  BOOST_TEST(effects.records[0].success);
  BOOST_TEST(effects.records[0].recipients == "a@ops.example, b@ops.example, c@ops.example");
  BOOST_REQUIRE(effects.waits.size() == 1u);
  BOOST_CHECK(effects.waits[0].due == start + 5s);
  BOOST_TEST(effects.reports.empty());
  BOOST_TEST(n.retry(start + 5s, {1}, 1).attempts.size() == 1u);
  BOOST_TEST(n.only_to({1}) == (texts{"b@ops.example", "c@ops.example"}), boost::test_tools::per_element());

  // Nobody this time, without a word about anybody: the same two again.
  BOOST_TEST(n.answered(start + 5s, {1}, refused()).records.at(0).recipients == "b@ops.example, c@ops.example");
  n.retry(start + 15s, {1}, 2);
  BOOST_TEST(n.only_to({1}).size() == 2u);
  n.answered(start + 15s, {1}, reply(250, {{"b@ops.example", 250, {}}, {"c@ops.example", 451, {}}}));
  n.retry(start + 35s, {1}, 3);
  BOOST_TEST(n.only_to({1}) == (texts{"c@ops.example"}), boost::test_tools::per_element());
  effects = n.answered(start + 35s, {1}, reply(450, {{"c@ops.example", 450, {}}}));
  BOOST_TEST(!effects.records.at(0).success);
  BOOST_TEST(effects.records.at(0).told);
  // The group takes it as told: a new mail would go to those who have this one.
  BOOST_REQUIRE(effects.reports.size() == 1u);
  BOOST_TEST(effects.reports[0].second.delivered);
}

BOOST_AUTO_TEST_CASE(a_mail_that_nobody_has_in_the_end_is_not_told) {
  auto n = mail_notifier();
  auto o = order(1);
  o.attempts = 3;
  n.deliver(start, o);
  const auto effects = n.answered(start, {1}, reply(450, {{"a@ops.example", 450, {}}}));
  BOOST_TEST(!effects.records.at(0).told);
  BOOST_TEST(!effects.reports.at(0).second.delivered);
}

BOOST_AUTO_TEST_CASE(a_server_that_takes_a_mail_for_some_is_not_dead) {
  auto n = mail_notifier();
  for (std::int64_t i = 1; i <= 30; ++i) {
    n.deliver(start, order(i, i));
    n.answered(start, {i}, reply(250, {{"a@ops.example", 250, {}}, {"b@ops.example", 450, {}}}));
  }
  BOOST_TEST(!n.dead_since().has_value());
}

BOOST_AUTO_TEST_SUITE_END()
