#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <boost/test/unit_test.hpp>

#include "tests/e2e/api.hpp"
#include "tests/e2e/http_sink.hpp"
#include "tests/e2e/program.hpp"

using namespace tocsin::e2e;

namespace {

constexpr int clients = 4;
constexpr int requests_a_round = 50; ///< for each client at most, so that fifty rounds end in time
constexpr int alerts_a_request = 3;
constexpr std::string_view mark = "crash_id";

unsigned setting(const char* name, unsigned otherwise) {
  const char* text = std::getenv(name);
  return text ? static_cast<unsigned>(std::strtoul(text, nullptr, 10)) : otherwise;
}

using id_set = std::unordered_set<std::string>;

/// Adds the values of every label `crash_id` in JSON text, whether the labels
/// are an object or a string that holds one.
void add_marks(std::string_view text, id_set& into) {
  for (auto at = text.find(mark); at != std::string_view::npos; at = text.find(mark, at)) {
    at += mark.size();
    const auto begin = text.find_first_not_of("\\\": ", at);
    if (begin == std::string_view::npos) return;
    into.emplace(text.substr(begin, text.find_first_of("\\\"", begin) - begin));
    at = begin;
  }
}

/// Those of `expected` that are not in `found`, a few of them.
std::string missing(const id_set& expected, const id_set& found) {
  std::string out;
  std::size_t count = 0;
  for (const auto& id : expected) {
    if (found.contains(id)) continue;
    if (++count <= 5) out += id + ' ';
  }
  return count == 0 ? std::string{} : std::to_string(count) + " of " + std::to_string(expected.size()) + ": " + out;
}

/// What arrived at the receiver.
class arrivals {
 public:
  void take(const received& request) {
    const std::lock_guard lock(mutex_);
    add_marks(request.body, seen_);
    const auto [entry, first] = by_id_.try_emplace(request.headers.at("x-tocsin-notification-id"), record{0, kills_});
    ++entry->second.count;
    const auto kills_since = kills_ - entry->second.kills_before;
    unexplained_ = std::max(unexplained_, entry->second.count - 1 - kills_since);
  }
  /// The program was killed, and what it had sent has arrived.
  void killed() {
    const std::lock_guard lock(mutex_);
    ++kills_;
  }
  id_set seen() const {
    const std::lock_guard lock(mutex_);
    return seen_;
  }
  bool has_all(const id_set& expected) const {
    const std::lock_guard lock(mutex_);
    return std::all_of(expected.begin(), expected.end(), [&](const auto& id) { return seen_.contains(id); });
  }
  std::size_t notifications() const { return by_id_.size(); }
  /// By how many a notification came again more often than the program was killed meanwhile.
  int unexplained_repeats() const { return unexplained_; }
  std::size_t repeated() const {
    return static_cast<std::size_t>(
        std::count_if(by_id_.begin(), by_id_.end(), [](const auto& x) { return x.second.count > 1; }));
  }

 private:
  mutable std::mutex mutex_;
  id_set seen_;
  struct record {
    int count = 0;
    int kills_before = 0;
  };
  std::map<std::string, record> by_id_;
  int kills_ = 0;
  int unexplained_ = 0;
};

/// Half of the alerts are told at once, half wait in a window, so that kills meet both.
std::string configuration(const http_sink& sink) {
  return R"(
route:
  receiver: sink
  group_by: [batch]
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 1h
  routes:
    - matchers: ['severity="warning"']
      group_wait: 300ms
escalation: []
receivers:
  - name: sink
    webhook_configs:
      - url: )"
         + sink.url() + "\n";
}

/// One body; its alerts' marks are put into `ids`.
std::string body_of(const std::string& batch, bool urgent, std::vector<std::string>& ids) {
  std::vector<std::string> alerts;
  for (int i = 0; i < alerts_a_request; ++i) {
    ids.push_back(batch + "-" + std::to_string(i));
    alerts.push_back(alert_json(
        {{"alertname", "Crash"}, {"severity", urgent ? "critical" : "warning"}, {"batch", batch}, {mark, ids.back()}}));
  }
  return array_of(alerts);
}

/// Posts until the program dies under it; the marks of what was answered with 200.
std::vector<std::string> load(std::uint16_t port, const std::string& name, std::atomic<int>& refused) {
  api client(port);
  std::vector<std::string> answered;
  for (int i = 0; i < requests_a_round; ++i) {
    std::vector<std::string> ids;
    const auto a = client.post_alerts(body_of(name + "-" + std::to_string(i), i % 2 == 0, ids));
    if (a.status == 0) break;
    if (a.status != 200) {
      ++refused;
      continue;
    }
    answered.insert(answered.end(), ids.begin(), ids.end());
  }
  return answered;
}

/// One round: load from all clients, SIGKILL at some moment of it.
void crash_under_load(program& tocsin, unsigned round, std::chrono::milliseconds moment_of_kill, id_set& answered,
                      std::atomic<int>& refused) {
  std::vector<std::vector<std::string>> results(clients);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < results.size(); ++i) {
    std::string name = "r";
    name.append(std::to_string(round)).append("-c").append(std::to_string(i));
    threads.emplace_back([&, i, name, port = tocsin.port()] { results[i] = load(port, name, refused); });
  }
  std::this_thread::sleep_for(moment_of_kill);
  tocsin.kill();
  for (auto& t : threads) t.join();
  for (const auto& r : results) answered.insert(r.begin(), r.end());
}

std::string integrity(const program& tocsin) {
  SQLite::Database database(tocsin.database().string(), SQLite::OPEN_READWRITE);
  return database.execAndGet("PRAGMA integrity_check").getString();
}

id_set whole_history(api& client) {
  constexpr std::int64_t page = 5000;
  id_set found;
  const auto total = history_total(client);
  for (std::int64_t offset = 0; offset < total; offset += page) {
    const auto a =
        client.get("/api/alerts/history?limit=" + std::to_string(page) + "&offset=" + std::to_string(offset));
    BOOST_REQUIRE(a.status == 200);
    add_marks(a.body, found);
  }
  return found;
}

} // namespace

BOOST_AUTO_TEST_SUITE(crash)

BOOST_AUTO_TEST_CASE(kills_at_random_moments_lose_nothing_that_was_answered) {
  const auto rounds = setting("TOCSIN_CRASH_ROUNDS", 50);
  const auto seed = setting("TOCSIN_CRASH_SEED", std::random_device{}());
  BOOST_TEST_MESSAGE(rounds << " rounds; TOCSIN_CRASH_SEED=" << seed << " repeats their moments");
  std::mt19937 random(seed);
  std::uniform_int_distribution<int> moments(20, 400);

  arrivals arrived;
  http_sink sink;
  sink.keep_nothing();
  sink.on_request([&](const received& r) { arrived.take(r); });
  program tocsin(configuration(sink));
  id_set answered;
  std::atomic<int> refused = 0;
  const auto begin = clock::now();
  for (unsigned round = 0; round < rounds; ++round) {
    crash_under_load(tocsin, round, std::chrono::milliseconds(moments(random)), answered, refused);
    BOOST_TEST(eventually(10s, [&] { return sink.idle(); }));
    arrived.killed();
    if (round % 10 == 0) BOOST_TEST(integrity(tocsin) == "ok");
    tocsin.start();
  }
  BOOST_TEST_MESSAGE(answered.size() << " alerts answered with 200 in "
                                     << std::chrono::duration<double>(clock::now() - begin).count() << " s, " << refused
                                     << " requests refused");
  BOOST_TEST(answered.size() > rounds);

  api client(tocsin);
  BOOST_TEST(missing(answered, whole_history(client)) == "");
  // 5 s for a retry of an attempt that a kill cut off, the rest for slow machines.
  eventually(30s, [&] { return arrived.has_all(answered); });
  BOOST_TEST(missing(answered, arrived.seen()) == "");
  BOOST_TEST(tocsin.terminate().value_or(-1) == 0);
  BOOST_TEST(integrity(tocsin) == "ok");
  BOOST_TEST_MESSAGE(arrived.notifications()
                     << " notifications arrived, " << arrived.repeated() << " of them again after a kill");
  // Each kill may repeat an unfinished notification once; more means that it is not recorded as sent.
  BOOST_TEST(arrived.unexplained_repeats() <= 0);
}

BOOST_AUTO_TEST_SUITE_END()
