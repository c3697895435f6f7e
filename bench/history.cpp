// Fills a storage folder with a year of alerts, and measures how fast new ones are written.
//   bench_history fill FOLDER EPISODES DAYS
//   bench_history inserts FOLDER ROUNDS
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "storage/connection.hpp"
#include "storage/database.hpp"
#include "storage/episode_statements.hpp"
#include "storage/rollup_check.hpp"

namespace {

using namespace tocsin;
using namespace std::chrono_literals;

constexpr int names = 40;
constexpr int services = 50;
constexpr std::size_t batch_size = 500;

timestamp now{};
timestamp generated_time() {
  return now;
}

double seconds_since(std::chrono::steady_clock::time_point began) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

/// Few names and services have most of the alerts: the n-th a share of 1/n.
std::discrete_distribution<int> skewed(int count) {
  std::vector<double> weights;
  for (int i = 1; i <= count; ++i) weights.push_back(1.0 / i);
  return {weights.begin(), weights.end()};
}

/// Alerts as a system of some size has them: 1 in 10 critical, 6 in 10 warning; 97 in 100 over, after some minutes;
/// 3 in 10 acknowledged.
class alerts {
 public:
  explicit alerts(std::uint64_t seed) : random_(seed) {}

  episode next(std::int64_t id, timestamp began, bool finished) {
    const auto name = "Alert" + std::to_string(name_(random_));
    const auto service = "service-" + std::to_string(service_(random_));
    const auto instance = "host-" + std::to_string(random_() % 200) + ".example.org:9100";
    episode e;
    e.id = {id};
    e.group = {1 + static_cast<std::int64_t>(random_() % 2000)};
    const auto kind = random_() % 10;
    e.declared_severity = kind == 0 ? severity::critical : kind < 7 ? severity::warning : severity::info;
    e.labels = label_set::of({{"alertname", name},
                              {"instance", instance},
                              {"job", "node"},
                              {"service", service},
                              {"severity", to_string(e.declared_severity)}});
    e.annotations = label_set::of({{"summary", name + " on " + instance}});
    e.starts_at = e.received_at = began;
    auto& s = e.state;
    s.current_severity = e.declared_severity;
    s.last_seen = began;
    s.expires_at = began + 5min;
    s.escalation.since = began;
    if (finished) finish(e, began);
    return e;
  }

 private:
  void finish(episode& e, timestamp began) {
    auto& s = e.state;
    const auto lasted = std::chrono::seconds{static_cast<std::int64_t>(length_(random_))};
    if (random_() % 10 < 3) {
      s.acknowledged_at = began + lasted / 3;
      s.acknowledged_by = "ann";
    }
    s.occurrence_count = 1 + lasted / 60s;
    if (random_() % 100 < 97) {
      s.ended_at = began + lasted;
      s.status = episode_status::resolved;
    }
  }

  std::mt19937_64 random_;
  std::discrete_distribution<int> name_ = skewed(names);
  std::discrete_distribution<int> service_ = skewed(services);
  std::lognormal_distribution<double> length_{6.5, 1.2};
};

void check(const result<void>& done) {
  if (!done) throw std::runtime_error(done.error().message);
}

void fill(const storage::location& where, std::int64_t episodes, std::int64_t days) {
  auto lock = storage::prepare(where);
  if (!lock) throw std::runtime_error(lock.error().message);
  storage::writer writer(where, &generated_time);
  const auto end = std::chrono::floor<duration>(std::chrono::system_clock::now());
  const auto step =
      std::chrono::duration<double, std::milli>(std::chrono::hours{24 * days}) / static_cast<double>(episodes);
  alerts source(1);
  const auto began = std::chrono::steady_clock::now();
  write_batch batch;
  for (std::int64_t i = 1; i <= episodes; ++i) {
    now = end - std::chrono::floor<duration>(step * static_cast<double>(episodes - i));
    batch.opened.emplace_back(source.next(i, now, true));
    if (batch.opened.size() < batch_size && i < episodes) continue;
    check(writer.apply(batch));
    check(writer.commit());
    writer.checkpoint();
    batch = {};
  }
  const auto took = seconds_since(began);
  const auto bytes = static_cast<double>(std::filesystem::file_size(where.file()));
  std::printf("filled   %lld alerts over %lld days in %.0f s (%.0f a second), %.0f bytes each\n",
              static_cast<long long>(episodes), static_cast<long long>(days), took,
              static_cast<double>(episodes) / took, bytes / static_cast<double>(episodes));
}

/// The same rows by the same statements, without roll-ups.
class plain_inserts {
 public:
  explicit plain_inserts(const storage::location& where)
      : db_(storage::open_for_writing(where.file())),
        begin_(db_, "BEGIN IMMEDIATE"),
        commit_(db_, "COMMIT"),
        episodes_(db_) {}

  void write(const write_batch& batch) {
    begin_.run();
    for (const auto& e : batch.opened) episodes_.open(e);
    commit_.run();
  }

 private:
  SQLite::Database db_;
  storage::statement begin_;
  storage::statement commit_;
  storage::episode_statements episodes_;
};

void inserts(const storage::location& where, int rounds) {
  constexpr std::int64_t each = 50'000;
  const storage::location plain_place{where.folder + "-plain"};
  auto lock = storage::prepare(where);
  auto plain_lock = storage::prepare(plain_place);
  if (!lock || !plain_lock) throw std::runtime_error("the folders are in use");
  storage::writer writer(where, &generated_time);
  plain_inserts plain(plain_place);
  std::vector<double> ours;
  std::vector<double> theirs;
  std::int64_t id = writer.recover().last_episode.value;
  now = std::chrono::floor<duration>(std::chrono::system_clock::now());
  for (int round = 0; round < rounds; ++round) {
    alerts source(static_cast<std::uint64_t>(round) + 7);
    std::vector<write_batch> batches(1);
    for (std::int64_t i = 0; i < each; ++i) {
      if (batches.back().opened.size() == batch_size) batches.emplace_back();
      batches.back().opened.emplace_back(source.next(++id, now - std::chrono::seconds{i / 100}, false));
    }
    auto began = std::chrono::steady_clock::now();
    for (const auto& b : batches) {
      check(writer.apply(b));
      check(writer.commit());
    }
    ours.push_back(static_cast<double>(each) / seconds_since(began));
    began = std::chrono::steady_clock::now();
    for (const auto& b : batches) plain.write(b);
    theirs.push_back(static_cast<double>(each) / seconds_since(began));
    writer.checkpoint();
  }
  std::sort(ours.begin(), ours.end());
  std::sort(theirs.begin(), theirs.end());
  const auto a = ours[ours.size() / 2];
  const auto b = theirs[theirs.size() / 2];
  std::printf("inserts  %.0f a second with roll-ups, %.0f plain (the same rows, SQLite alone): %.2f\n", a, b, a / b);
}

} // namespace

int main(int argc, char** argv) {
  const std::string mode = argc > 2 ? argv[1] : "";
  try {
    if (mode == "fill" && argc == 5) {
      fill({argv[2]}, std::atoll(argv[3]), std::atoll(argv[4]));
      return 0;
    }
    if (mode == "inserts" && argc == 4) {
      inserts({argv[2]}, std::atoi(argv[3]));
      return 0;
    }
  } catch (const std::exception& e) {
    std::fprintf(stderr, "bench_history: %s\n", e.what());
    return 1;
  }
  std::fputs("usage: bench_history fill FOLDER EPISODES DAYS | inserts FOLDER ROUNDS\n", stderr);
  return 2;
}
