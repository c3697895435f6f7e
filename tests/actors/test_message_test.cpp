#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "tests/actors/told.hpp"
#include "tests/actors/world.hpp"

using namespace tocsin;
using namespace tocsin::testing;

namespace {

constexpr std::string_view one_hook = R"(
route: {receiver: ops, group_by: [alertname], group_wait: 0s}
receivers:
  - name: ops
    webhook_configs:
      - url: "http://ops.test/"
        rate_limit: {messages: 1, per: 1h}
escalation: []
)";

void answer_with(world& w, int status) {
  w.answer = [status](const http_request&) {
    wire_response r;
    r.status = status;
    r.body = status == 200 ? "ok" : "out of order";
    return r;
  };
}

} // namespace

BOOST_AUTO_TEST_SUITE(test_messages)

BOOST_AUTO_TEST_CASE(one_goes_out_at_once_marked_as_such_and_is_recorded) {
  world w(one_hook);
  answer_with(w, 200);
  const auto report = w.try_out({"ops/webhook/0", "ann"});
  BOOST_REQUIRE(report.has_value());
  BOOST_TEST(report->delivered);
  BOOST_TEST(report->attempts.size() == 1u);
  BOOST_REQUIRE(w.requests.size() == 1u);
  const auto told = read_told(w.requests[0]);
  BOOST_TEST(told.reason == "test message");
  BOOST_TEST(told.alerts.at(0).labels.get("alertname") == "TocsinTest");
  BOOST_TEST(w.requests[0].body.find("ann tries whether messages arrive on ops/webhook/0") != std::string::npos);
  const auto rows = w.notifications().rows;
  BOOST_REQUIRE(rows.size() == 1u);
  BOOST_TEST(rows[0].attempt.alert_name == "TocsinTest");
  BOOST_TEST((rows[0].attempt.reason == notification_reason::test));
  BOOST_TEST(w.history().total == 0);
}

BOOST_AUTO_TEST_CASE(one_that_fails_is_retried_as_any_other_and_every_attempt_is_told) {
  world w(one_hook);
  answer_with(w, 500);
  const auto report = w.try_out({"ops/webhook/0", ""}, 36s);
  BOOST_REQUIRE(report.has_value());
  BOOST_TEST(!report->delivered);
  BOOST_REQUIRE(report->attempts.size() == 4u);
  BOOST_TEST((report->attempts[3].at - report->attempts[0].at == 35s));
  BOOST_TEST(report->attempts[3].message.find("500") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(with_one_attempt_the_answer_comes_at_once) {
  world w(one_hook);
  answer_with(w, 500);
  const auto report = w.try_out({"ops/webhook/0", "", 1});
  BOOST_REQUIRE(report.has_value());
  BOOST_TEST(report->attempts.size() == 1u);
}

BOOST_AUTO_TEST_CASE(it_waits_for_no_rate_limit_and_for_no_dead_endpoint) {
  world w(one_hook);
  answer_with(w, 200);
  for (int i = 0; i < 3; ++i) BOOST_TEST(w.try_out({"ops/webhook/0", ""}).value().delivered);
  answer_with(w, 500);
  for (int i = 0; i < 10; ++i) BOOST_TEST(!w.try_out({"ops/webhook/0", "", 1}).value().delivered);
  BOOST_TEST(w.metric_of(R"(tocsin_channel_dead{channel="ops/webhook/0"})").value_or(-1) == 1.0);
  answer_with(w, 200);
  BOOST_TEST(w.try_out({"ops/webhook/0", "", 1}).value().delivered);
  BOOST_TEST(w.metric_of(R"(tocsin_channel_dead{channel="ops/webhook/0"})").value_or(-1) == 0.0);
}

BOOST_AUTO_TEST_CASE(a_channel_that_is_not_there_is_an_error_and_one_that_goes_away_ends_the_test) {
  world w(one_hook);
  BOOST_TEST(!w.try_out({"ops/webhook/7", ""}).has_value());
}

BOOST_AUTO_TEST_CASE(the_number_of_a_test_is_not_used_again_after_a_restart) {
  world w(one_hook);
  w.try_out({"ops/webhook/0", ""});
  w.crash();
  w.start();
  w.try_out({"ops/webhook/0", ""});
  const auto rows = w.notifications().rows;
  BOOST_REQUIRE(rows.size() == 2u);
  BOOST_TEST(rows[0].attempt.notification.value != rows[1].attempt.notification.value);
}

BOOST_AUTO_TEST_SUITE_END()
