#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/e2e/http_sink.hpp"
#include "tests/e2e/routes_to.hpp"

using namespace tocsin::e2e;

namespace {

std::string metric(api& client, const std::string& name) {
  const auto page = client.get("/metrics").body;
  const auto at = page.find("\n" + name + " ");
  if (at == std::string::npos) return "";
  const auto begin = at + name.size() + 2;
  return page.substr(begin, page.find('\n', begin) - begin);
}

/// How often each alert is told as firing in these messages, by its label `alertname`.
std::map<std::string, int> told_in(const http_sink::requests& messages) {
  std::map<std::string, int> told;
  for (const auto& message : messages) {
    const json payload(message.body);
    for (std::size_t i = 0; i < payload.size("/alerts").value_or(0); ++i) {
      const auto at = "/alerts/" + std::to_string(i);
      if (payload.text(at + "/status") == "firing") ++told[payload.text(at + "/labels/alertname").value_or("")];
    }
  }
  return told;
}

/// Reports new alerts at an even pace until it is destroyed.
class stream_of_alerts {
 public:
  static constexpr std::size_t per_request = 100;
  static constexpr auto every = 25ms; // 4,000 alerts/s

  explicit stream_of_alerts(const program& to) : thread_([this, &to] { run(to); }) {}
  ~stream_of_alerts() { stop(); }

  void stop() {
    over_ = true;
    if (thread_.joinable()) thread_.join();
  }
  std::size_t sent() const { return sent_; }
  /// By how much the worst of its own timers was late: what the machine does to everybody.
  clock::duration latest() const { return latest_; }

 private:
  void run(const program& to) {
    api client(to);
    for (auto next = clock::now(); !over_; next += every) {
      std::this_thread::sleep_until(next);
      const auto late = clock::now() - next;
      std::vector<std::string> alerts;
      for (std::size_t i = 0; i < per_request; ++i) {
        alerts.push_back(alert_json(
            {{"alertname", "Load"}, {"severity", "info"}, {"to", "load"}, {"n", std::to_string(sent_ + i)}}));
      }
      if (client.post_all(alerts).status == 200) sent_ += per_request;
      if (late < every) latest_ = std::max(latest_, late);
      next = std::max(next, clock::now() - every); // no catching up after a stall
    }
  }

  std::atomic<bool> over_ = false;
  std::atomic<std::size_t> sent_ = 0;
  clock::duration latest_{}; ///< written by the thread, read after `stop`
  std::thread thread_;
};

double seconds_between(const received& a, const received& b) {
  return std::chrono::duration<double>(b.at - a.at).count();
}

} // namespace

BOOST_AUTO_TEST_SUITE(limits)

BOOST_AUTO_TEST_CASE(a_burst_beyond_the_rate_limit_becomes_few_messages_that_tell_everything_once) {
  constexpr std::size_t groups = 20;
  http_sink sink;
  routes_to configuration;
  configuration.add_webhook("few", sink.url(), ", rate_limit: {messages: 1, per: 2s}");
  program tocsin(configuration.text());
  api client(tocsin);
  std::vector<std::string> alerts;
  for (std::size_t i = 0; i < groups; ++i) alerts.push_back(alert_to("few", "Group" + std::to_string(i)));
  BOOST_TEST(client.post_all(alerts).status == 200);
  BOOST_TEST(sink.wait_for(10s, [&](const auto& all) { return told_in(all).size() == groups; }));
  const auto messages = sink.all();
  BOOST_TEST(messages.size() <= 3U);
  BOOST_REQUIRE(messages.size() >= 2U);
  for (const auto& [name, times] : told_in(messages)) BOOST_TEST(times == 1, name);
  BOOST_TEST(seconds_between(messages[0], messages[1]) > 1.9);
  BOOST_TEST(json(messages[0].body).text("/notification_reason").value() == "first notification");
  BOOST_TEST(json(messages[1].body).text("/notification_reason").value() == "rate limit reached");
  // The history has a row for each group, as if it had been told alone.
  BOOST_TEST(eventually(5s, [&] {
    return json(client.get("/api/alerts/notification-history?success=true").body).number("/total")
           == static_cast<std::int64_t>(groups);
  }));
}

// One test for both, because the waits of 30 and 35 s are real and can be waited for together.
BOOST_AUTO_TEST_CASE(under_load_retries_keep_their_moments_and_a_dead_channel_is_probed_until_it_is_back) {
  constexpr std::size_t groups = 12;
  http_sink failing({behaviour::answering(500), behaviour::answering(500), behaviour::answering(500)});
  http_sink load;
  auto down = reserve_port();
  routes_to configuration;
  configuration.add_webhook("failing", failing.url());
  configuration.add_webhook("down", "http://127.0.0.1:" + std::to_string(port_of(down)) + "/");
  configuration.add("load", "webhook_configs: [{url: '" + load.url() + "'}]", ", group_wait: 10m");
  auto text = configuration.text();
  text.replace(text.find("group_interval: 10m"), 19, "group_interval: 2s");
  program tocsin(text);
  api client(tocsin);
  stream_of_alerts stream(tocsin);

  const auto dead = "tocsin_channel_dead{channel=\"down/webhook/0\"}";
  std::vector<std::string> alerts{alert_to("failing")};
  for (std::size_t i = 0; i < groups; ++i) alerts.push_back(alert_to("down", "Group" + std::to_string(i)));
  const auto begin = clock::now();
  BOOST_TEST(client.post_all(alerts).status == 200);
  BOOST_TEST(eventually(5s, [&] { return metric(client, dead) == "1"; }));
  BOOST_TEST(tocsin.output().wait_for_err("channel is left alone but for a probe every 30 s", 5s).has_value());

  // It is up again long before anybody looks.
  http_sink back(std::move(down));
  BOOST_TEST(back.wait_for_count(35s, 1));
  const auto probed = std::chrono::duration<double>(back.all().front().at - begin).count();
  BOOST_TEST_MESSAGE("probed after " << probed << " s");
  BOOST_TEST(probed >= 29.9);
  BOOST_TEST(back.wait_for(10s, [&](const auto& all) { return told_in(all).size() == groups; }));
  BOOST_TEST(eventually(5s, [&] { return metric(client, dead) == "0"; }));
  BOOST_TEST(tocsin.output().wait_for_err("channel accepts messages again", 5s).has_value());
  for (const auto& [name, times] : told_in(back.all())) BOOST_TEST(times == 1, name);

  BOOST_REQUIRE(failing.wait_for_count(20s, 4));
  stream.stop();
  const auto tries = failing.all();
  const auto machine = std::chrono::duration<double>(stream.latest()).count();
  const auto took = std::chrono::duration<double>(clock::now() - begin).count();
  BOOST_TEST_MESSAGE(static_cast<double>(stream.sent()) / took
                     << " alerts/s meanwhile; the machine's own timers were up to " << machine * 1000 << " ms late");
  const double waits[] = {5, 10, 20};
  for (std::size_t i = 0; i < std::size(waits); ++i) {
    const auto late = seconds_between(tries[i], tries[i + 1]) - waits[i];
    BOOST_TEST_MESSAGE("retry " << i + 1 << ": " << late * 1000 << " ms late");
    BOOST_TEST(late >= -0.001);
    BOOST_TEST(late <= 0.05 + 3 * machine);
  }
  BOOST_TEST(stream.sent() > 10'000U);
}

BOOST_AUTO_TEST_SUITE_END()
