#include "tests/storage/living_history.hpp"

#include <algorithm>

#include <SQLiteCpp/Database.h>

#include "storage/rollup.hpp"
#include "storage/statement.hpp"

using namespace std::chrono_literals;

namespace tocsin::test {

using namespace tocsin::storage;

timestamp moving{};
timestamp moving_clock() {
  return moving;
}

location begun(const location& where) {
  moving = epoch_day;
  SQLite::Database db(where.file(), SQLite::OPEN_READWRITE);
  db.exec("UPDATE marks SET value = " + std::to_string(hour_of(moving) - 2));
  return where;
}

moving_database::moving_database() : lock(prepare(where).value()), writer(begun(where), &moving_clock) {}

void moving_database::write(const write_batch& batch) {
  BOOST_REQUIRE(writer.apply(batch).has_value());
  BOOST_REQUIRE(writer.commit().has_value());
}

episode episode_of(std::int64_t id, std::string_view name, std::string_view service, severity s, timestamp began) {
  episode e;
  e.id = {id};
  e.group = {1};
  e.labels = service.empty() ? label_set::of({{"alertname", name}})
                             : label_set::of({{"alertname", name}, {"service", service}});
  e.declared_severity = e.state.current_severity = s;
  e.starts_at = e.received_at = e.state.last_seen = began;
  e.state.expires_at = began + 1h;
  return e;
}

std::vector<raw_row> rows_of(const location& where) {
  std::vector<raw_row> all;
  SQLite::Database db(where.file());
  statement query(db,
                  "SELECT alert_name, service, severity, start_time, escalation_level, resolution_time_seconds, "
                  "acknowledgment_time, occurrence_count, reopen_count FROM alert_history");
  query.open();
  while (query.next()) {
    row_reader r(query);
    raw_row one;
    one.name = r.string();
    one.service = r.string();
    one.sev = parse_severity(r.text()).value();
    one.start = r.number();
    one.level = r.number();
    one.resolution = r.maybe_number();
    const auto acknowledged = r.maybe_number();
    if (acknowledged) one.acknowledgement = std::max<std::int64_t>(*acknowledged - one.start, 0) / 1000;
    one.occurrences = r.number();
    one.reopened = r.number();
    all.push_back(std::move(one));
  }
  return all;
}

bool wanted(const raw_row& r, const analytics_filter& f) {
  const auto hour = std::chrono::floor<std::chrono::hours>(f.since).time_since_epoch() / 1ms;
  return r.start >= hour && (!f.alert_name || r.name == *f.alert_name) && (!f.service || r.service == *f.service);
}

void simple_count::add(const raw_row& r) {
  ++episodes;
  levels += r.level;
  occurrences += r.occurrences;
  reopened += r.reopened;
  if (r.resolution) resolutions.push_back(*r.resolution);
  if (r.acknowledgement) acknowledgements.push_back(*r.acknowledgement);
  if (r.resolution && !r.acknowledgement) ++unattended;
  if (!r.resolution || r.sev == severity::info) return;
  ++judged;
  const auto acknowledge_within = r.sev == severity::critical ? 300 : 900;
  const auto resolve_within = r.sev == severity::critical ? 1800 : 7200;
  const auto taken = std::min(r.acknowledgement.value_or(*r.resolution), *r.resolution);
  if (*r.resolution > resolve_within || taken > acknowledge_within) ++missed;
}

std::int64_t sum_of(const std::vector<std::int64_t>& all) {
  std::int64_t sum = 0;
  for (const auto one : all) sum += one;
  return sum;
}

void living_history::step() {
  moving += duration{static_cast<duration::rep>(random_() % (random_() % 20 == 0 ? 200'000'000 : 4'000'000))};
  write_batch batch;
  const auto opened = random_() % 6;
  for (std::uint64_t i = 0; i < opened; ++i) open(batch);
  for (std::uint64_t i = 0; i < 4 && !episodes_.empty(); ++i) change(batch, episodes_[random_() % episodes_.size()]);
  here.write(batch);
}

void living_history::open(write_batch& batch) {
  static const std::vector<std::string> names{"X", "Ünïcode 磁盘", "a,\"b\"\nc", "'; DROP TABLE rollups; --", ""};
  auto began = moving - duration{static_cast<duration::rep>(random_() % 3 == 0 ? random_() % 9'000'000'000 : 0)};
  if (random_() % 5 == 0) began = std::chrono::floor<std::chrono::hours>(began);
  const auto& name = names[random_() % names.size()];
  const auto& service = names[random_() % names.size()];
  episodes_.push_back(episode_of(static_cast<std::int64_t>(episodes_.size()) + 1, name, service,
                                 static_cast<severity>(1 + random_() % 3), began));
  batch.opened.emplace_back(episodes_.back());
}

void living_history::change(write_batch& batch, episode& e) {
  auto& s = e.state;
  switch (random_() % 5) {
    case 0:
      if (!s.acknowledged_at) s.acknowledged_at = moving - 5s;
      break;
    case 1:
      s.ended_at = moving;
      s.status = episode_status::resolved;
      break;
    case 2:
      if (s.ended_at) ++s.reopen_count;
      s.ended_at.reset();
      s.status = episode_status::firing;
      break;
    case 3:
      s.current_severity = more_urgent(s.current_severity, severity::warning);
      s.level = s.level.next();
      break;
    case 4: ++s.occurrence_count; break;
  }
  batch.updated.push_back({e.id, s});
}

} // namespace tocsin::test
