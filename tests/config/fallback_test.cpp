#include "tests/config/support.hpp"

using namespace tocsin::config;
using namespace tocsin::config::test;

BOOST_AUTO_TEST_SUITE(fallbacks)

BOOST_AUTO_TEST_CASE(a_receiver_may_name_another_that_is_told_what_it_could_not_be) {
  const auto c = loaded("route: {receiver: ops}\nreceivers: [{name: ops, fallback: reserve}, {name: reserve}]\n");
  BOOST_TEST(c.find_receiver("ops")->fallback == "reserve");
  BOOST_TEST(c.find_receiver("reserve")->fallback.empty());
  BOOST_TEST(summary(c).find("  ops: no channel, its alerts are recorded only; where that fails reserve\n")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(one_that_is_not_there_and_a_circle_are_refused_with_their_line) {
  const std::string head = "route: {receiver: a}\nreceivers:\n";
  BOOST_TEST(refused(head + "  - name: a\n    fallback: nobody\n")
             == "tocsin.yml:4: receivers[0].fallback: the receiver \"nobody\" is not defined; define it in receivers");
  BOOST_TEST(
      refused(head + "  - name: a\n    fallback: a\n")
      == "tocsin.yml:4: receivers[0].fallback: the fallbacks and budgets lead in a circle, at the receiver \"a\"");
  BOOST_TEST(
      refused(head + "  - {name: a, fallback: b}\n  - {name: b, fallback: c}\n  - {name: c, fallback: a}\n")
      == "tocsin.yml:3: receivers[0].fallback: the fallbacks and budgets lead in a circle, at the receiver \"a\"");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(rate_limits)

BOOST_AUTO_TEST_CASE(a_channel_may_have_one) {
  const auto c = loaded(
      "route: {receiver: ops}\nreceivers: [{name: ops, stdout_configs: [{rate_limit: {messages: 5, per: 30s}}, "
      "{}]}]\n");
  BOOST_TEST(c.find_channel("ops/stdout/0")->limit.messages == 5U);
  BOOST_TEST((c.find_channel("ops/stdout/0")->limit.per == std::chrono::seconds{30}));
  BOOST_TEST(c.find_channel("ops/stdout/1")->limit.messages == 0U);
}

BOOST_AUTO_TEST_CASE(what_is_no_limit_is_refused) {
  const auto with = [](const std::string& limit) {
    return refused(
        "route: {receiver: ops}\nreceivers:\n  - name: ops\n    stdout_configs:\n      - rate_limit: " + limit + "\n");
  };
  const std::string at = "tocsin.yml:5: receivers[0].stdout_configs[0].rate_limit";
  BOOST_TEST(with("{messages: 0}") == at + ".messages: expected a whole number, 1 or more, found \"0\"");
  BOOST_TEST(with("{messages: 5, per: 0s}") == at + ".per: expected a duration above zero, found \"0s\"");
  BOOST_TEST(with("{count: 5}") == at + ".count: unknown key; expected one of messages, per");
  BOOST_TEST(with("5") == at + ": expected a mapping, found \"5\"");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(daily_budgets)

namespace {

std::string with_channel(const std::string& keys) {
  return "route: {receiver: ops}\nreceivers:\n  - name: mail\n  - name: ops\n    stdout_configs:\n      - " + keys
         + "\n";
}

} // namespace

BOOST_AUTO_TEST_CASE(a_channel_may_have_one_and_a_price) {
  const auto c = loaded(with_channel("{daily_budget: {messages: 20, receiver: mail}, cost_per_message: 0.08}"));
  const auto* channel = c.find_channel("ops/stdout/0");
  BOOST_REQUIRE(channel != nullptr);
  BOOST_TEST(channel->budget.messages == 20U);
  BOOST_TEST(channel->budget.receiver == "mail");
  BOOST_TEST(channel->cost_per_message == 0.08);
}

BOOST_AUTO_TEST_CASE(one_that_would_drop_messages_is_refused) {
  const std::string at = "tocsin.yml:6: receivers[1].stdout_configs[0].";
  BOOST_TEST(refused(with_channel("daily_budget: {messages: 20}"))
             == at + "daily_budget: nobody to tell once it is spent; add receiver");
  BOOST_TEST(refused(with_channel("daily_budget: {messages: 0, receiver: mail}"))
             == at + "daily_budget.messages: expected a whole number, 1 or more, found \"0\"");
  BOOST_TEST(refused(with_channel("daily_budget: {messages: 2, receiver: nobody}"))
             == at + "daily_budget.receiver: the receiver \"nobody\" is not defined; define it in receivers");
  BOOST_TEST(refused(with_channel("daily_budget: {messages: 2, receiver: ops}"))
             == "tocsin.yml:4: receivers[1]: the fallbacks and budgets lead in a circle, at the receiver \"ops\"");
  for (const auto* cost : {"-1", "cheap", "nan", "0.1x"}) {
    BOOST_TEST(refused(with_channel(std::string("cost_per_message: ") + cost))
               == at + "cost_per_message: expected a number from 0 to 1000000 such as 0.08, found \"" + cost + "\"");
  }
}

BOOST_AUTO_TEST_CASE(fallbacks_and_budgets_together_may_not_lead_in_a_circle) {
  BOOST_TEST(
      refused("route: {receiver: a}\nreceivers:\n  - {name: a, fallback: b}\n  - name: b\n    stdout_configs: "
              "[{daily_budget: {messages: 1, receiver: a}}]\n")
      == "tocsin.yml:3: receivers[0].fallback: the fallbacks and budgets lead in a circle, at the receiver \"a\"");
}

BOOST_AUTO_TEST_SUITE_END()
