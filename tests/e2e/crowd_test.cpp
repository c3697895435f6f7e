#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <sys/resource.h>

#include "tests/e2e/http_sink.hpp"
#include "tests/e2e/routes_to.hpp"

using namespace tocsin::e2e;

namespace {

/// This side of a thousand connections needs descriptors too. The program begins with the same limit.
bool set_own_limit(rlim_t wanted) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_max < wanted) return false;
  limit.rlim_cur = wanted;
  return ::setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

rlimit limit_of(const program& p) {
  rlimit limit{};
  ::prlimit(p.output().pid(), RLIMIT_NOFILE, nullptr, &limit);
  return limit;
}

std::size_t open_descriptors(const program& p) {
  const auto folder = "/proc/" + std::to_string(p.output().pid()) + "/fd";
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

/// The program may open so many more.
void leave_descriptors(const program& p, std::size_t more) {
  auto limit = limit_of(p);
  limit.rlim_cur = open_descriptors(p) + more;
  BOOST_REQUIRE(::prlimit(p.output().pid(), RLIMIT_NOFILE, &limit, nullptr) == 0);
}

std::vector<std::string> alerts_to_crowd(std::size_t size) {
  std::vector<std::string> alerts;
  for (std::size_t i = 0; i < size; ++i) alerts.push_back(alert_to("r" + std::to_string(i)));
  return alerts;
}

/// Milliseconds from a report to its arrival at `fast`, for several reports one after the other; sorted.
std::vector<double> times_to(api& client, http_sink& fast, const std::string& what) {
  std::vector<double> times;
  for (int i = 0; i < 15; ++i) {
    const auto name = what + std::to_string(i);
    const auto before = clock::now();
    BOOST_REQUIRE(client.post_all({alert_to("fast", name)}).status == 200);
    const auto arrived = fast.wait_for_body(10s, name + "-fast");
    BOOST_REQUIRE(arrived);
    times.push_back(std::chrono::duration<double, std::milli>(arrived->at - before).count());
  }
  std::sort(times.begin(), times.end());
  return times;
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_crowd_of_slow_receivers)

BOOST_AUTO_TEST_CASE(a_thousand_of_them_do_not_keep_the_next_one_waiting) {
  constexpr std::size_t crowd = 1000;
  if (!set_own_limit(2 * crowd + 500)) {
    BOOST_TEST_MESSAGE("skipped: this user may not have enough open files (ulimit -Hn)");
    return;
  }
  http_sink slow({}, behaviour::slow(10s));
  http_sink fast;
  routes_to configuration;
  for (std::size_t i = 0; i < crowd; ++i) configuration.add_webhook("r" + std::to_string(i), slow.url(), "");
  configuration.add_webhook("fast", fast.url());
  program tocsin(configuration.text());
  BOOST_TEST(limit_of(tocsin).rlim_cur == limit_of(tocsin).rlim_max);
  api client(tocsin);

  const auto alone = times_to(client, fast, "Alone");
  BOOST_TEST(client.post_all(alerts_to_crowd(crowd)).status == 200);
  BOOST_REQUIRE(slow.wait_for_count(9s, crowd));
  BOOST_TEST(slow.open_connections() == crowd);
  const auto beside = times_to(client, fast, "Beside");
  BOOST_TEST(slow.open_connections() == crowd); // none of them was answered meanwhile

  const auto middle = alone.size() / 2;
  BOOST_TEST_MESSAGE("report to arrival, ms: alone p50 " << alone[middle] << " max " << alone.back() << "; beside "
                                                         << crowd << " slow ones p50 " << beside[middle] << " max "
                                                         << beside.back());
  // What a busy machine adds, it adds to both.
  BOOST_TEST(beside[middle] <= std::max(50.0, 3 * alone[middle]));

  // They are slow, not lost: 10 s is the default timeout as well, so some are answered and some are given up by now.
  BOOST_TEST(eventually(20s, [&] { return slow.open_connections() < 200; }));
  BOOST_TEST(fast.count() == alone.size() + beside.size());
  BOOST_TEST(tocsin.output().running());
}

BOOST_AUTO_TEST_CASE(when_descriptors_run_out_attempts_fail_and_are_made_again) {
  constexpr std::size_t crowd = 60;
  http_sink slow({}, behaviour::slow(1s));
  routes_to configuration;
  for (std::size_t i = 0; i < crowd; ++i) configuration.add_webhook("r" + std::to_string(i), slow.url(), "");
  program tocsin(configuration.text());
  api client(tocsin);
  BOOST_TEST(client.get("/-/ready").status == 200);
  // History is read on connections of its own; let them be open.
  BOOST_TEST(history_total(client) == 0);

  const auto before = limit_of(tocsin);
  leave_descriptors(tocsin, 20);
  BOOST_TEST(client.post_all(alerts_to_crowd(crowd)).status == 200);
  const auto failed = tocsin.output().wait_for_err("notification attempt failed", 5s);
  BOOST_REQUIRE(failed);
  BOOST_TEST(failed->find("no file descriptor left for a connection; see ulimit -n") != std::string::npos, *failed);
  BOOST_REQUIRE(slow.wait_for_count(5s, 15));
  BOOST_TEST(slow.count() < crowd);
  BOOST_REQUIRE(::prlimit(tocsin.output().pid(), RLIMIT_NOFILE, &before, nullptr) == 0);

  BOOST_TEST(slow.wait_for_count(15s, crowd));
  BOOST_TEST(eventually(10s, [&] {
    return json(client.get("/api/alerts/notification-history?success=true&limit=1").body).number("/total")
           == static_cast<std::int64_t>(crowd);
  }));
  const json attempts(client.get("/api/alerts/notification-history?success=false&limit=1").body);
  BOOST_TEST(attempts.number("/total").value_or(0) >= 1);
  BOOST_TEST(attempts.text("/data/0/message").value_or("")
             == "no file descriptor left for a connection; see ulimit -n");
}

BOOST_AUTO_TEST_SUITE_END()
