#include <cmath>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/e2e/api.hpp"
#include "tests/e2e/http_sink.hpp"
#include "tests/e2e/program.hpp"

using namespace tocsin::e2e;

namespace {

/// A route and a receiver of one webhook for each way to fail.
class configuration {
 public:
  void add(const std::string& name, const std::string& url) {
    routes_ += "    - {receiver: " + name + ", matchers: ['to=\"" + name + "\"']}\n";
    receivers_ += "  - name: " + name + "\n    webhook_configs:\n      - {url: '" + url + "', timeout: 1s}\n";
  }
  std::string text() const {
    return "route:\n  receiver: healthy\n  group_by: [alertname]\n  group_wait: 0s\n  group_interval: 10m\n"
           "  repeat_interval: 1h\n  routes:\n"
           + routes_ + "receivers:\n" + receivers_;
  }

 private:
  std::string routes_;
  std::string receivers_;
};

std::string alert_to(std::string_view name) {
  return alert_json({{"alertname", "To-" + std::string(name)}, {"severity", "critical"}, {"to", name}});
}

/// The attempts for one receiver, oldest last.
json attempts_of(api& client, const std::string& name) {
  return json(client.get("/api/alerts/notification-history?alert_name=To-" + name).body);
}

void expect_failed_attempt(api& client, const std::string& name) {
  BOOST_TEST_CONTEXT("receiver " << name) {
    std::string message;
    BOOST_TEST(eventually(5s, [&] {
      const auto attempts = attempts_of(client, name);
      message = attempts.text("/data/0/message").value_or("");
      return attempts.boolean("/data/0/success") == false && !message.empty();
    }));
    BOOST_TEST_MESSAGE(name << ": " << message);
  }
}

double seconds_between(const received& a, const received& b) {
  return std::chrono::duration<double>(b.at - a.at).count();
}

} // namespace

BOOST_AUTO_TEST_SUITE(retries)

// One test for all, because the waits of 5 and 10 s are real and can be waited for together.
BOOST_AUTO_TEST_CASE(failing_receivers_are_tried_again_and_delay_nobody) {
  http_sink broken({behaviour::answering(500, "out of order"), behaviour::answering(500, "out of order")});
  http_sink limited({behaviour::retry_after(429, 1)});
  http_sink hangs({}, behaviour::hanging());
  http_sink half({}, behaviour::half_an_answer());
  http_sink closes({}, behaviour::closing());
  http_sink refuses({}, behaviour::answering(400, "bad request"));
  http_sink healthy;
  configuration c;
  c.add("broken", broken.url());
  c.add("limited", limited.url());
  c.add("hangs", hangs.url());
  c.add("half", half.url());
  c.add("closes", closes.url());
  c.add("refuses", refuses.url());
  c.add("absent", "http://127.0.0.1:" + std::to_string(closed_port()) + "/");
  c.add("healthy", healthy.url());
  program tocsin(c.text());
  api client(tocsin);

  std::vector<std::string> failing;
  for (const auto* name : {"broken", "limited", "hangs", "half", "closes", "refuses", "absent"}) {
    failing.push_back(alert_to(name));
  }
  BOOST_TEST(client.post_all(failing).status == 200);
  BOOST_REQUIRE(hangs.wait_for_count(5s, 1));

  // While one receiver hangs and the others wait for their retries:
  const auto before = clock::now();
  BOOST_TEST(client.post_all({alert_to("healthy")}).status == 200);
  BOOST_REQUIRE(healthy.wait_for_count(5s, 1));
  const auto took = std::chrono::duration<double>(healthy.all().front().at - before).count();
  BOOST_TEST(took < 0.2);

  for (const auto* name : {"hangs", "half", "closes", "refuses", "absent"}) expect_failed_attempt(client, name);

  BOOST_REQUIRE(limited.wait_for_count(10s, 2));
  const auto waited = seconds_between(limited.all()[0], limited.all()[1]);
  BOOST_TEST(waited >= 1.0);
  BOOST_TEST(waited < 6.0);

  BOOST_REQUIRE(broken.wait_for_count(20s, 3));
  const auto tries = broken.all();
  BOOST_TEST(std::abs(seconds_between(tries[0], tries[1]) - 5.0) < 0.3);
  BOOST_TEST(std::abs(seconds_between(tries[1], tries[2]) - 10.0) < 0.3);
  for (const auto& t : tries) {
    BOOST_TEST(t.headers.at("x-tocsin-notification-id") == tries[0].headers.at("x-tocsin-notification-id"));
    BOOST_TEST(t.body == tries[0].body);
  }
  BOOST_TEST(eventually(5s, [&] { return attempts_of(client, "broken").number("/total") == 3; }));
  const auto attempts = attempts_of(client, "broken");
  BOOST_TEST(attempts.boolean("/data/0/success").value());
  BOOST_TEST(attempts.number("/data/0/retry_count").value() == 2);
  BOOST_TEST(!attempts.boolean("/data/1/success").value());
  BOOST_TEST(attempts.text("/data/2/message").value() == "HTTP 500: out of order");
  BOOST_TEST(attempts.number("/data/2/retry_count").value() == 0);

  BOOST_TEST(hangs.count() >= 2U);
  BOOST_TEST(half.count() >= 2U);
  BOOST_TEST(closes.count() >= 2U);
  // What the receiver does not want it does not want a second time either.
  BOOST_TEST(refuses.count() == 1U);
}

BOOST_AUTO_TEST_CASE(a_retry_survives_a_kill_with_its_attempt_count) {
  http_sink broken({behaviour::answering(503)});
  program tocsin(one_webhook(broken.url()));
  {
    api client(tocsin);
    BOOST_TEST(client.post_all({alert_json({{"alertname", "Survives"}, {"severity", "critical"}})}).status == 200);
    BOOST_REQUIRE(broken.wait_for_count(5s, 1));
    BOOST_TEST(eventually(5s, [&] {
      return json(client.get("/api/alerts/notification-history?alert_name=Survives").body).number("/total") == 1;
    }));
  }
  tocsin.kill();
  tocsin.start();
  BOOST_REQUIRE(broken.wait_for_count(10s, 2));
  const auto requests = broken.all();
  BOOST_TEST(requests[1].headers.at("x-tocsin-notification-id") == requests[0].headers.at("x-tocsin-notification-id"));
  api client(tocsin);
  BOOST_TEST(eventually(5s, [&] {
    const json attempts(client.get("/api/alerts/notification-history?alert_name=Survives").body);
    return attempts.boolean("/data/0/success") == true && attempts.number("/data/0/retry_count") == 1;
  }));
}

BOOST_AUTO_TEST_SUITE_END()
