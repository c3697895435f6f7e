#include <algorithm>
#include <array>
#include <random>
#include <regex>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/actors/told.hpp"
#include "tests/actors/world.hpp"

using namespace tocsin;
using namespace tocsin::testing;

// What a window collects is told the same way, whatever came first.

namespace {

constexpr std::string_view rules = R"(
route:
  receiver: ops
  group_by: [service]
  routes:
    - {receiver: audit, matchers: [service="shop"], continue: true, group_by: [alertname]}
    - {receiver: ops, matchers: [service="shop"]}
receivers:
  - {name: ops, webhook_configs: [{url: "http://ops.test/"}]}
  - {name: audit, webhook_configs: [{url: "http://audit.test/"}]}
inhibit_rules:
  - {source_matchers: [alertname="Root"], target_matchers: [alertname="Leaf"], equal: [service]}
  - {source_matchers: [alertname="Leaf"], target_matchers: [alertname="Other"], equal: [service, instance]}
deduplication: {labels: [alertname, service, instance]}
escalation: []
)";

enum class arrival {
  one_request,  ///< all in one request, of all severities
  one_moment,   ///< each in its own request
  over_a_while, ///< each in its own request, a second apart; all of one severity, since the window is the first one's
};

std::string name_of(arrival how) {
  switch (how) {
    case arrival::one_request: return "in one request";
    case arrival::one_moment: return "at one moment";
    case arrival::over_a_while: return "over a while";
  }
  return {};
}

template <class List>
auto any(std::mt19937_64& random, const List& list) {
  return list[std::uniform_int_distribution<std::size_t>(0, std::size(list) - 1)(random)];
}

std::vector<alert> random_alerts(std::mt19937_64& random, arrival how) {
  std::vector<alert> alerts;
  const auto count = std::uniform_int_distribution<std::size_t>(3, 10)(random);
  while (alerts.size() < count) {
    const auto* service = any(random, std::array{"shop", "pay"});
    const auto* level = any(random, std::array{"critical", "warning", "info"});
    // Critical ones wait for nothing: those of one request are together only where one group owns them all.
    if (level == std::string_view("critical") && (how != arrival::one_request || service == std::string_view("shop"))) {
      level = "warning";
    }
    if (how == arrival::over_a_while) level = "warning";
    auto a = firing({{"alertname", any(random, std::array{"Root", "Leaf", "Other"})},
                     {"service", service},
                     {"instance", any(random, std::array{"a", "b"})},
                     {"rule", any(random, std::array{"1", "2", "3"})},
                     {"severity", level}},
                    start - any(random, std::array<duration, 5>{0s, 1s, 9s, 11s, 60s}));
    const auto same = [&a](const auto& other) { return other.labels == a.labels; };
    if (std::none_of(alerts.begin(), alerts.end(), same)) alerts.push_back(std::move(a));
  }
  return alerts;
}

/// The body without the numbers that count up over all groups.
std::string without_numbers(const std::string& body) {
  static const std::regex numbers(R"("notification_id":[0-9]+|"alert_ids":\[[0-9,]*\])");
  return std::regex_replace(body, numbers, "");
}

/// All that is told of these alerts, in a fixed order.
std::vector<std::string> told_of(const std::vector<alert>& alerts, arrival how) {
  world w(rules);
  if (how == arrival::one_request) {
    w.ingest(alerts);
  } else {
    for (const auto& a : alerts) {
      w.ingest({a});
      if (how == arrival::over_a_while) w.advance(1s);
    }
  }
  w.advance(3min);
  std::vector<std::string> all;
  for (const auto& r : w.requests) {
    // A window closes some time after the first of its group.
    const auto when = how == arrival::over_a_while ? std::string() : to_rfc3339(r.at);
    all.push_back(when + " " + r.url + " " + without_numbers(r.body));
  }
  std::sort(all.begin(), all.end());
  return all;
}

void compare(arrival how, std::uint64_t first, std::uint64_t count) {
  std::size_t compared = 0;
  for (auto seed = first; seed < first + count; ++seed) {
    std::mt19937_64 random(seed);
    auto alerts = random_alerts(random, how);
    const auto expected = told_of(alerts, how);
    compared += expected.size();
    for (int i = 0; i < 2; ++i) {
      std::shuffle(alerts.begin(), alerts.end(), random);
      BOOST_TEST_CONTEXT("seed " << seed << ", " << name_of(how)) {
        BOOST_TEST(told_of(alerts, how) == expected, boost::test_tools::per_element());
      }
    }
  }
  BOOST_TEST(compared > count);
  BOOST_TEST_MESSAGE(name_of(how) << ": seeds " << first << " to " << first + count - 1 << ", " << compared
                                  << " notifications");
}

} // namespace

BOOST_AUTO_TEST_SUITE(order_of_arrival)

BOOST_AUTO_TEST_CASE(the_order_within_a_request_does_not_change_what_is_told) {
  compare(arrival::one_request, 1, 60);
}

BOOST_AUTO_TEST_CASE(the_order_of_requests_at_one_moment_does_not_change_what_is_told) {
  compare(arrival::one_moment, 101, 60);
}

BOOST_AUTO_TEST_CASE(the_order_of_requests_within_a_window_does_not_change_what_is_told) {
  compare(arrival::over_a_while, 201, 60);
}

BOOST_AUTO_TEST_SUITE_END()
