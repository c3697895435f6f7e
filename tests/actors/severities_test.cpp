#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/actors/world.hpp"

using namespace tocsin;
using namespace tocsin::testing;

// A channel that takes some severities only is told of no others.

namespace {

constexpr std::string_view paged = R"(
route: {receiver: ops, group_by: [alertname]}
receivers:
  - name: ops
    sms_configs:
      - {account_sid: AC1, auth_token: t, from: '+15005550006', to: ['+491701234567'], api_url: 'http://sms.test',
         send_resolved: true}
escalation:
  - matchers: [severity="warning"]
    steps: [{after: 5m, raise_to: critical}]
)";

alert lasting(std::initializer_list<label_view> labels) {
  auto a = firing(labels);
  a.ends_at = start + 48h;
  return a;
}

alert over(std::initializer_list<label_view> labels, const world& w) {
  auto a = firing(labels);
  a.ends_at = w.now();
  return a;
}

void answer_as_twilio(world& w) {
  w.answer = [](const http_request&) {
    wire_response r;
    r.status = 201;
    return r;
  };
}

bool says(const world::sent& request, std::string_view part) {
  return request.body.find(part) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(severities_of_a_channel)

BOOST_AUTO_TEST_CASE(an_alert_that_is_not_urgent_enough_is_never_told_there) {
  world w(paged);
  answer_as_twilio(w);
  w.ingest({lasting({{"alertname", "X"}, {"severity", "info"}})});
  w.advance(3min);
  w.ingest({over({{"alertname", "X"}, {"severity", "info"}}, w)});
  w.advance(3min);
  BOOST_TEST(w.requests.empty());
  BOOST_TEST(w.notifications().total == 0);
}

BOOST_AUTO_TEST_CASE(it_is_told_once_it_was_raised_and_when_it_is_over) {
  world w(paged);
  answer_as_twilio(w);
  w.ingest({lasting({{"alertname", "X"}, {"severity", "warning"}})});
  w.advance(4min);
  BOOST_TEST(w.requests.empty());
  w.advance(2min);
  BOOST_REQUIRE(w.requests.size() == 1U);
  BOOST_TEST(says(w.requests[0], "CRITICAL%20FIRING%3A1"));
  w.ingest({over({{"alertname", "X"}, {"severity", "warning"}}, w)});
  w.advance(2min);
  BOOST_REQUIRE(w.requests.size() == 2U);
  BOOST_TEST(says(w.requests[1], "CRITICAL%20RESOLVED"));
}

BOOST_AUTO_TEST_CASE(of_a_mixed_group_the_urgent_ones_are_told_alone) {
  world w(paged);
  answer_as_twilio(w);
  w.ingest({lasting({{"alertname", "X"}, {"severity", "critical"}, {"instance", "a"}}),
            lasting({{"alertname", "X"}, {"severity", "warning"}, {"instance", "b"}})});
  w.advance(1s);
  BOOST_REQUIRE(w.requests.size() == 1U);
  BOOST_TEST(says(w.requests[0], "FIRING%3A1%20X%20a"));
}

BOOST_AUTO_TEST_SUITE_END()
