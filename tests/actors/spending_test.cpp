#include "actors/spending.hpp"

#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "tests/actors/told.hpp"
#include "tests/actors/world.hpp"

using namespace tocsin;
using namespace tocsin::testing;

namespace {

constexpr std::string_view two_a_day = R"(
route: {receiver: pager, group_by: [alertname], group_wait: 0s, group_interval: 1m, repeat_interval: 1h}
receivers:
  - name: pager
    webhook_configs:
      - url: "http://pager.test/"
        daily_budget: {messages: 2, receiver: mail}
        cost_per_message: 0.5
  - name: mail
    webhook_configs:
      - url: "http://mail.test/"
        rate_limit: {messages: 1, per: 10m}
escalation: []
)";

alert lasting(std::string_view name) {
  auto a = firing({{"alertname", name}});
  a.ends_at = start + 96h;
  return a;
}

std::vector<told> told_to(const world& w, std::string_view url) {
  std::vector<told> all;
  for (const auto& r : w.requests) {
    if (r.url == url) all.push_back(read_told(r));
  }
  return all;
}

std::vector<std::string> names_told(const std::vector<told>& all) {
  std::vector<std::string> names;
  for (const auto& t : all) {
    for (const auto& a : t.alerts) names.emplace_back(a.labels.get("alertname"));
  }
  std::sort(names.begin(), names.end());
  return names;
}

using words = std::vector<std::string>;

} // namespace

BOOST_AUTO_TEST_SUITE(daily_budgets)

BOOST_AUTO_TEST_CASE(a_day_begins_at_midnight_utc_and_a_clock_set_back_renews_nothing) {
  spending s(2);
  const auto midnight = std::chrono::floor<std::chrono::days>(start);
  const auto evening = midnight + 23h;
  for (int i = 0; i < 2; ++i) {
    BOOST_TEST(s.allows(evening));
    s.launched();
    s.settled(evening, true);
  }
  BOOST_TEST(!s.allows(evening));
  BOOST_TEST(!s.allows(evening - 30h));
  BOOST_TEST((spending::renewed_after(evening) == timestamp{midnight + 24h}));
  BOOST_TEST(s.allows(midnight + 24h));
  BOOST_TEST(s.left(midnight + 24h) == 2u);
}

BOOST_AUTO_TEST_CASE(what_is_on_its_way_keeps_its_place_and_what_failed_costs_nothing) {
  spending s(1);
  s.launched();
  BOOST_TEST(!s.allows(start));
  s.settled(start, false);
  BOOST_TEST(s.allows(start));
}

BOOST_AUTO_TEST_CASE(what_the_budget_does_not_pay_for_goes_as_a_digest_to_the_receiver_it_names) {
  world w(two_a_day);
  for (const auto* name : {"A", "B", "C", "D", "E"}) w.ingest({lasting(name)});
  w.advance(11min, 5s);
  BOOST_TEST(names_told(told_to(w, "http://pager.test/")) == (words{"A", "B"}), boost::test_tools::per_element());
  const auto mails = told_to(w, "http://mail.test/");
  BOOST_TEST(names_told(mails) == (words{"C", "D", "E"}), boost::test_tools::per_element());
  BOOST_REQUIRE(mails.size() == 2u);
  BOOST_TEST(mails[0].reason == "another channel failed");
  BOOST_TEST(mails[1].reason == "rate limit reached");
  BOOST_TEST(w.metric_of(R"(tocsin_channel_cost_total{channel="pager/webhook/0"})").value_or(-1) == 1.0);
  BOOST_TEST(w.metric_of(R"(tocsin_channel_budget_left{channel="pager/webhook/0"})").value_or(-1) == 0.0);
  const auto rows = w.notifications().rows;
  const auto refused = std::find_if(rows.begin(), rows.end(), [](const auto& r) { return !r.attempt.success; });
  BOOST_REQUIRE((refused != rows.end()));
  BOOST_TEST(refused->attempt.message
             == "not attempted: the daily budget of 2 messages is spent until 2026-11-25T00:00:00.000Z; mail is told "
                "instead");
}

BOOST_AUTO_TEST_CASE(what_still_fires_is_told_once_the_budget_is_renewed) {
  world w(two_a_day);
  for (const auto* name : {"A", "B", "C"}) w.ingest({lasting(name)});
  w.advance(std::chrono::floor<std::chrono::days>(start) + 24h - start - 1min, 1min);
  BOOST_TEST(names_told(told_to(w, "http://pager.test/")) == (words{"A", "B"}), boost::test_tools::per_element());
  w.advance(2min, 1s);
  const auto later = told_to(w, "http://pager.test/");
  const auto c = std::count_if(later.begin(), later.end(),
                               [](const told& t) { return t.alerts.at(0).labels.get("alertname") == "C"; });
  BOOST_TEST(c == 1);
}

BOOST_AUTO_TEST_CASE(that_an_alert_is_over_is_told_whatever_it_costs) {
  world w(two_a_day);
  for (const auto* name : {"A", "B", "C"}) w.ingest({lasting(name)});
  w.advance(1min);
  w.ingest({ended({{"alertname", "A"}}, w.now())});
  w.advance(2min);
  const auto told_last = told_to(w, "http://pager.test/");
  BOOST_REQUIRE(told_last.size() == 3u);
  BOOST_TEST(!told_last.back().alerts.at(0).firing);
}

BOOST_AUTO_TEST_CASE(a_restart_does_not_renew_it) {
  world w(two_a_day);
  for (const auto* name : {"A", "B"}) w.ingest({lasting(name)});
  w.advance(10s);
  w.crash();
  w.start();
  BOOST_TEST(w.metric_of(R"(tocsin_channel_budget_left{channel="pager/webhook/0"})").value_or(-1) == 0.0);
  w.ingest({lasting("C")});
  w.advance(10s);
  BOOST_TEST(names_told(told_to(w, "http://pager.test/")) == (words{"A", "B"}), boost::test_tools::per_element());
  BOOST_TEST(names_told(told_to(w, "http://mail.test/")) == (words{"C"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_reload_that_raises_it_lets_more_through_and_keeps_the_count) {
  world w(two_a_day);
  for (const auto* name : {"A", "B"}) w.ingest({lasting(name)});
  w.advance(10s);
  std::string raised(two_a_day);
  raised.replace(raised.find("messages: 2"), 11, "messages: 3");
  w.reload(raised);
  for (const auto* name : {"C", "D"}) w.ingest({lasting(name)});
  w.advance(10s);
  BOOST_TEST(names_told(told_to(w, "http://pager.test/")) == (words{"A", "B", "C"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
