// Measures how long writes wait for their commit, alone and while the history is being
// cleaned: the real history actor and storage, without HTTP.
// usage: bench_cleaning FOLDER [ALERTS (100000)] [WRITES A SECOND (200)]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include "actors/history.hpp"
#include "config/load.hpp"

namespace {

using namespace tocsin;
using clock = std::chrono::steady_clock;

constexpr timestamp now{std::chrono::sys_days{std::chrono::year{2026} / 11 / 24} + std::chrono::hours{8}};
constexpr std::int64_t alerts_a_write = 5;

struct actor_config : caf::actor_system_config {
  actor_config() {
    add_message_types<caf::id_block::tocsin>();
    set("scheduler.policy", caf::atom("sharing"));
    set("logger.verbosity", caf::atom("quiet"));
  }
};

episode episode_of(std::int64_t id, timestamp began) {
  episode e;
  e.id = episode_id{id};
  e.group = group_id{1};
  e.labels = label_set::of({{"alertname", "DiskFull"},
                            {"severity", "warning"},
                            {"service", "ledger"},
                            {"instance", "db" + std::to_string(id % 1000)},
                            {"device", std::to_string(id)}});
  e.annotations = label_set::of({{"summary", "A disk of the ledger is nearly full"}});
  e.starts_at = e.received_at = began;
  e.state.expires_at = began + std::chrono::minutes{5};
  return e;
}

/// One that is over, with what usually belongs to one: an escalation, an acknowledgement, a notification.
void add_old(write_batch& batch, std::int64_t id) {
  const auto began = now - std::chrono::hours{24 * 100} + std::chrono::seconds{id};
  auto e = episode_of(id, began);
  e.state.ended_at = began + std::chrono::minutes{10};
  e.state.status = episode_status::resolved;
  batch.opened.emplace_back(std::move(e));
  batch.escalations.push_back(
      {episode_id{id}, escalation_level{1}, escalation_level{2}, "not acknowledged for 5m", "system", began});
  batch.acknowledgements.push_back({episode_id{id}, "ada", "cleaning up", began});
  notification_intent n;
  n.id = notification_id{id};
  n.group = group_id{1};
  n.channel = "ops/webhook/0";
  n.created_at = began;
  n.alerts = {{episode_id{id}, false}};
  batch.intents.push_back(n);
  attempt_record a;
  a.notification = n.id;
  a.alert_name = "DiskFull";
  a.channel = n.channel;
  a.success = true;
  a.at = began;
  a.message = "200 OK";
  batch.attempts.push_back(a);
}

void fill(storage::writer& writer, std::int64_t alerts) {
  for (std::int64_t id = 1; id <= alerts;) {
    write_batch batch;
    for (int i = 0; i < 1000 && id <= alerts; ++i) add_old(batch, id++);
    if (!writer.apply(batch) || !writer.commit()) throw std::runtime_error("cannot fill the database");
    writer.checkpoint();
  }
}

double millis(clock::duration d) {
  return std::chrono::duration<double, std::milli>(d).count();
}

/// Writes new alerts at a constant rate until `done`; each delay counts from when the write was due.
std::vector<double> write_until(caf::actor_system& system, const history_actor& history, std::int64_t& next,
                                clock::duration between, const std::function<bool()>& done) {
  caf::scoped_actor self{system};
  std::vector<double> delays;
  for (auto due = clock::now(); !done(); due += between) {
    std::this_thread::sleep_until(due);
    write_batch batch;
    for (std::int64_t i = 0; i < alerts_a_write; ++i) batch.opened.emplace_back(episode_of(next++, now));
    self->request(history, caf::infinite, write_atom_v, std::move(batch))
        .receive([](caf::ok_atom) {}, [](const caf::error&) { throw std::runtime_error("a write failed"); });
    delays.push_back(millis(clock::now() - due));
  }
  return delays;
}

void print(const char* what, std::vector<double> delays) {
  std::sort(delays.begin(), delays.end());
  const auto at = [&](double share) { return delays[static_cast<std::size_t>(share * double(delays.size() - 1))]; };
  std::printf("%-18s %8zu writes   p50 %7.2f ms   p99 %7.2f ms   p99.9 %7.2f ms   max %7.2f ms\n", what, delays.size(),
              at(0.5), at(0.99), at(0.999), delays.back());
}

double megabytes(const storage::location& where) {
  return static_cast<double>(std::filesystem::file_size(where.file())) / 1e6;
}

void run(const storage::location& where, std::int64_t alerts, std::int64_t rate) {
  auto lock = storage::prepare(where);
  if (!lock) throw std::runtime_error(lock.error().message);
  auto writer = std::make_shared<storage::writer>(where);
  fill(*writer, alerts);
  std::printf("%lld alerts with %lld rows, %.0f MB\n", static_cast<long long>(alerts),
              static_cast<long long>(alerts * 5), megabytes(where));

  const auto configuration = std::make_shared<current_config>(
      config::load_text("route: {receiver: a}\nreceivers: [{name: a}]\nhistory: {retention: 0}\n", "bench.yml", {})
          .value());
  actor_config cfg;
  caf::actor_system system(cfg);
  const auto history = system.spawn<caf::detached>(
      tocsin::history, std::move(writer), std::make_shared<storage::instance_lock>(std::move(*lock)),
      std::make_shared<telemetry>(), retention_rule{configuration, time_source::system()});
  auto next = alerts + 1;
  const auto between = std::chrono::duration_cast<clock::duration>(std::chrono::duration<double>(1.0 / double(rate)));
  const auto pause_until = clock::now() + std::chrono::seconds{20};
  print("alone", write_until(system, history, next, between, [&] { return clock::now() >= pause_until; }));

  const auto began = clock::now();
  auto cleaned = std::async(std::launch::async, [&] {
    caf::scoped_actor self{system};
    cleanup_report report;
    self->request(history, caf::infinite, clean_atom_v, cleanup_request{now - std::chrono::hours{24 * 30}})
        .receive([&](const cleanup_report& r) { report = r; }, [](const caf::error&) {});
    return report;
  });
  print("while cleaning", write_until(system, history, next, between, [&] {
          return cleaned.wait_for(std::chrono::seconds{0}) == std::future_status::ready;
        }));
  const auto report = cleaned.get();
  std::printf("deleted %lld alerts, %lld rows in %.1f s; the file has %.0f MB\n", static_cast<long long>(report.alerts),
              static_cast<long long>(report.rows), millis(clock::now() - began) / 1000, megabytes(where));
  caf::anon_send_exit(history, caf::exit_reason::user_shutdown);
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: bench_cleaning FOLDER [ALERTS (100000)] [WRITES A SECOND (200)]\n");
    return 2;
  }
  try {
    run({argv[1]}, argc > 2 ? std::atoll(argv[2]) : 100'000, argc > 3 ? std::atoll(argv[3]) : 200);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "bench_cleaning: %s\n", e.what());
    return 1;
  }
  return 0;
}
