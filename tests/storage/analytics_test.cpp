#include "storage/analytics.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <set>

#include <SQLiteCpp/Transaction.h>

#include "storage/rollup_check.hpp"
#include "storage/rollup_range.hpp"
#include "storage/rollup_writer.hpp"
#include "tests/storage/fixture.hpp"

using namespace tocsin;
using namespace tocsin::storage;
using namespace tocsin::test;
using namespace std::chrono_literals;

namespace {

/// A writer's clock that a test moves.
timestamp moving{};
timestamp moving_clock() {
  return moving;
}

const timestamp epoch_day{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};

/// Sets the clock, and begins the roll-ups by it instead of the real one.
location begun(const location& where) {
  moving = epoch_day;
  SQLite::Database db(where.file(), SQLite::OPEN_READWRITE);
  db.exec("UPDATE marks SET value = " + std::to_string(hour_of(moving) - 2));
  return where;
}

struct moving_database {
  moving_database() : lock(prepare(where).value()), writer(begun(where), &moving_clock) {}

  void write(const write_batch& batch) {
    BOOST_REQUIRE(writer.apply(batch).has_value());
    BOOST_REQUIRE(writer.commit().has_value());
  }

  scratch_folder folder;
  location where{folder.path()};
  instance_lock lock;
  storage::writer writer;
};

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

/// One row as the simple count reads it.
struct row {
  std::string name;
  std::string service;
  severity sev = severity::info;
  std::int64_t start = 0;
  std::int64_t level = 1;
  std::optional<std::int64_t> resolution;
  std::optional<std::int64_t> acknowledgement;
};

std::vector<row> rows_of(const location& where) {
  std::vector<row> all;
  SQLite::Database db(where.file());
  statement query(db,
                  "SELECT alert_name, service, severity, start_time, escalation_level, resolution_time_seconds, "
                  "acknowledgment_time FROM alert_history");
  query.open();
  while (query.next()) {
    row_reader r(query);
    row one;
    one.name = r.string();
    one.service = r.string();
    one.sev = parse_severity(r.text()).value();
    one.start = r.number();
    one.level = r.number();
    one.resolution = r.maybe_number();
    const auto acknowledged = r.maybe_number();
    if (acknowledged) one.acknowledgement = std::max<std::int64_t>(*acknowledged - one.start, 0) / 1000;
    all.push_back(std::move(one));
  }
  return all;
}

/// Counted row by row, without any of what the roll-ups are made of.
struct simple_count {
  std::int64_t episodes = 0;
  std::vector<std::int64_t> resolutions;
  std::vector<std::int64_t> acknowledgements;
  std::int64_t levels = 0;
  std::int64_t unattended = 0;

  void add(const row& r) {
    ++episodes;
    levels += r.level;
    if (r.resolution) resolutions.push_back(*r.resolution);
    if (r.acknowledgement) acknowledgements.push_back(*r.acknowledgement);
    if (r.resolution && !r.acknowledgement) ++unattended;
  }
};

std::int64_t sum_of(const std::vector<std::int64_t>& all) {
  std::int64_t sum = 0;
  for (const auto one : all) sum += one;
  return sum;
}

void check_times(const rollup_times& found, std::vector<std::int64_t> expected, bool spreads) {
  std::sort(expected.begin(), expected.end());
  BOOST_TEST(found.count == static_cast<std::int64_t>(expected.size()));
  BOOST_TEST(found.sum == sum_of(expected));
  BOOST_TEST((found.least == (expected.empty() ? std::nullopt : std::optional(expected.front()))));
  BOOST_TEST((found.most == (expected.empty() ? std::nullopt : std::optional(expected.back()))));
  if (!spreads) return;
  for (const auto q : {0.5, 0.95, 0.99}) {
    const auto seen = found.spread.quantile(q);
    BOOST_REQUIRE(seen.has_value() == !expected.empty());
    if (!seen) continue;
    const auto rank = std::max(1.0, std::ceil(q * static_cast<double>(expected.size()) - 1e-9));
    const auto exact = static_cast<double>(expected[static_cast<std::size_t>(rank) - 1]);
    BOOST_TEST(std::abs(*seen - exact) <= exact * 0.01 + 1e-9);
  }
}

void check_same(const rollup_values& found, const simple_count& expected, bool spreads) {
  BOOST_TEST(found.episodes == expected.episodes);
  BOOST_TEST(found.level_sum == expected.levels);
  BOOST_TEST(found.unattended == expected.unattended);
  check_times(found.resolution, expected.resolutions, spreads);
  check_times(found.acknowledgement, expected.acknowledgements, spreads);
}

bool wanted(const row& r, const analytics_filter& f) {
  const auto hour = std::chrono::floor<std::chrono::hours>(f.since).time_since_epoch() / 1ms;
  return r.start >= hour && (!f.alert_name || r.name == *f.alert_name) && (!f.service || r.service == *f.service);
}

void check_statistics(reader& reading, const std::vector<row>& rows, const analytics_filter& filter) {
  std::map<severity, simple_count> expected;
  std::map<std::string, std::int64_t> services;
  for (const auto& r : rows) {
    if (!wanted(r, filter)) continue;
    expected[r.sev].add(r);
    ++services[r.service];
  }
  const auto found = reading.statistics(filter);
  BOOST_REQUIRE(found.severities.size() == expected.size());
  for (const auto& [sev, count] : expected) check_same(found.severities.at(sev), count, true);
  std::int64_t last = std::numeric_limits<std::int64_t>::max();
  BOOST_TEST(found.top_services.size() == std::min<std::size_t>(services.size(), 10));
  for (const auto& [service, count] : found.top_services) {
    BOOST_TEST(services.at(service) == count);
    BOOST_TEST(count <= last);
    last = count;
  }
}

void check_top(reader& reading, const std::vector<row>& rows, const analytics_filter& filter) {
  std::map<std::string, simple_count> expected;
  for (const auto& r : rows) {
    if (wanted(r, filter)) expected[r.name].add(r);
  }
  const auto found = reading.top_alerts(filter, alert_order::resolution_time, 100);
  BOOST_REQUIRE(found.size() == expected.size());
  double last = std::numeric_limits<double>::infinity();
  for (const auto& one : found) {
    check_same(one.values, expected.at(one.alert_name), false);
    const auto& times = expected.at(one.alert_name).resolutions;
    const auto average = times.empty() ? -1 : static_cast<double>(sum_of(times)) / static_cast<double>(times.size());
    BOOST_TEST(average <= last);
    last = average;
  }
}

void check_trends(reader& reading, const std::vector<row>& rows, const analytics_filter& filter, rollup_span span) {
  const std::int64_t length = span == rollup_span::hour ? 3'600'000 : 86'400'000;
  std::map<std::pair<std::int64_t, severity>, simple_count> expected;
  for (const auto& r : rows) {
    if (wanted(r, filter)) expected[{r.start / length * length / 3'600'000, r.sev}].add(r);
  }
  const auto found = reading.trends(filter, span);
  BOOST_REQUIRE(found.size() == expected.size());
  auto next = expected.begin();
  for (const auto& point : found) {
    BOOST_TEST((std::pair{point.hour, point.severity} == next->first));
    check_same(point.values, next->second, false);
    ++next;
  }
}

/// Pages of the history say how many rows there are in all; here `since` counts to the millisecond.
void check_totals(reader& reading, const std::vector<row>& rows, timestamp since) {
  for (const auto status : {std::optional<episode_status>{}, std::optional(episode_status::resolved),
                            std::optional(episode_status::firing)}) {
    for (const auto sev : {std::optional<severity>{}, std::optional(severity::warning)}) {
      for (const auto& service : {std::optional<std::string>{}, std::optional<std::string>{"X"}}) {
        history_filter filter;
        filter.since = since;
        filter.status = status;
        filter.severity = sev;
        filter.service = service;
        filter.limit = 1;
        const auto expected = std::count_if(rows.begin(), rows.end(), [&](const row& r) {
          const auto stands = r.resolution ? episode_status::resolved : episode_status::firing;
          return r.start >= since.time_since_epoch().count() && (!status || stands == *status)
                 && (!sev || r.sev == *sev) && (!service || r.service == *service);
        });
        BOOST_TEST(reading.history(filter).total == expected);
      }
    }
  }
}

/// A history that lives: episodes open, are acknowledged, escalate, end, fire again; some began long ago.
class living_history {
 public:
  explicit living_history(std::uint64_t seed) : random_(seed) {}

  void step() {
    moving += duration{static_cast<duration::rep>(random_() % (random_() % 20 == 0 ? 200'000'000 : 4'000'000))};
    write_batch batch;
    const auto opened = random_() % 6;
    for (std::uint64_t i = 0; i < opened; ++i) open(batch);
    for (std::uint64_t i = 0; i < 4 && !episodes_.empty(); ++i) change(batch, episodes_[random_() % episodes_.size()]);
    here.write(batch);
  }

  moving_database here;

 private:
  void open(write_batch& batch) {
    static const std::vector<std::string> names{"X", "Ünïcode 磁盘", "a,\"b\"\nc", "'; DROP TABLE rollups; --", ""};
    auto began = moving - duration{static_cast<duration::rep>(random_() % 3 == 0 ? random_() % 9'000'000'000 : 0)};
    if (random_() % 5 == 0) began = std::chrono::floor<std::chrono::hours>(began);
    const auto& name = names[random_() % names.size()];
    const auto& service = names[random_() % names.size()];
    episodes_.push_back(episode_of(static_cast<std::int64_t>(episodes_.size()) + 1, name, service,
                                   static_cast<severity>(1 + random_() % 3), began));
    batch.opened.emplace_back(episodes_.back());
  }

  void change(write_batch& batch, episode& e) {
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

  std::mt19937_64 random_;
  std::vector<episode> episodes_;
};

void check_all(const location& where) {
  reader reading(where, 1);
  const auto rows = rows_of(where);
  for (const auto days : {1, 2, 7, 30, 64, 365}) {
    const auto since = moving - std::chrono::hours{24 * days};
    for (const auto& name : {std::optional<std::string>{}, std::optional<std::string>{"a,\"b\"\nc"}}) {
      for (const auto& service : {std::optional<std::string>{}, std::optional<std::string>{"Ünïcode 磁盘"}}) {
        const analytics_filter filter{name, service, since};
        check_statistics(reading, rows, filter);
        check_trends(reading, rows, filter, rollup_span::day);
        check_trends(reading, rows, filter, rollup_span::hour);
      }
    }
    check_totals(reading, rows, since);
    check_top(reading, rows, {std::nullopt, std::nullopt, since});
    check_top(reading, rows, {std::nullopt, "Ünïcode 磁盘", since});
  }
}

std::vector<std::string> all_cells(const location& where) {
  return column(
      where,
      "SELECT printf('%d %d %d %s %s %d: %d %d %d %s %s %d %d %s %s %d %d %d %d %d %d %s %s', grain, span, bucket, "
      "quote(alert_name), quote(service), severity, episodes, resolved, resolution_sum, resolution_least, "
      "resolution_most, acknowledged, acknowledgement_sum, acknowledgement_least, acknowledgement_most, "
      "level_sum, notifications, occurrences, unattended, with_targets, on_target, hex(resolution_spread), "
      "hex(acknowledgement_spread)) FROM rollups");
}

} // namespace

BOOST_AUTO_TEST_SUITE(rollups)

BOOST_AUTO_TEST_CASE(a_range_is_covered_once_by_the_coarsest_stretches) {
  std::mt19937_64 random(5);
  for (int round = 0; round < 2000; ++round) {
    const auto rolled = static_cast<std::int64_t>(random() % 3000);
    const auto since = static_cast<std::int64_t>(random() % 3200);
    // Hour by hour: which stretch holds it? Days and seasons hold only what is rolled.
    std::map<std::int64_t, int> held;
    for (const auto& r : cover(since, rolled)) {
      const auto length = r.span == rollup_span::hour ? 1 : r.span == rollup_span::day ? 24 : 24 * 32;
      const auto end = r.end == no_end ? 4000 : r.end;
      for (auto b = r.begin; b < end; ++b) {
        for (std::int64_t h = b * length; h < (b + 1) * length; ++h) {
          if (r.span == rollup_span::hour || h < rolled) ++held[h];
        }
      }
    }
    for (std::int64_t h = 0; h < 4000; ++h) {
      const auto times = held.contains(h) ? held.at(h) : 0;
      BOOST_REQUIRE_MESSAGE(times == (h >= since ? 1 : 0), "hour " << h << " is counted " << times << " times from "
                                                                   << since << ", rolled " << rolled);
    }
  }
}

BOOST_AUTO_TEST_CASE(every_answer_is_what_the_rows_say_however_they_came_and_changed) {
  for (const std::uint64_t seed : {1, 2, 3, 4}) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      living_history story(seed);
      for (int i = 0; i < 300; ++i) {
        story.step();
        if (i % 100 == 99) check_all(story.here.where);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(cells_that_were_kept_are_those_that_are_made_anew_from_the_rows) {
  living_history story(9);
  for (int i = 0; i < 400; ++i) story.step();
  // All hours that are over are rolled, one a commit.
  for (int i = 0; i < 100; ++i) story.here.write(batch_of({episode_of(100'000 + i, "Z", "z", severity::info, moving)}));
  const auto kept = all_cells(story.here.where);
  {
    SQLite::Database db(story.here.where.file(), SQLite::OPEN_READWRITE);
    SQLite::Transaction transaction(db);
    rollup_writer(db).rebuild(moving);
    transaction.commit();
  }
  const auto anew = all_cells(story.here.where);
  BOOST_TEST(kept.size() > 1000u);
  std::vector<std::string> only_kept;
  std::set_difference(kept.begin(), kept.end(), anew.begin(), anew.end(), std::back_inserter(only_kept));
  BOOST_TEST(only_kept.empty(), only_kept.size()
                                    << " cells are not what the rows say, the first: " << only_kept.front());
  BOOST_TEST(kept == anew, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_check_counts_all_rows_anew_and_names_every_cell_that_is_wrong) {
  living_history story(11);
  for (int i = 0; i < 200; ++i) story.step();
  const auto good = verify_rollups(story.here.where).value();
  BOOST_TEST(good.differences == 0);
  BOOST_TEST(good.rows == static_cast<std::int64_t>(rows_of(story.here.where).size()));
  BOOST_TEST(good.cells == static_cast<std::int64_t>(all_cells(story.here.where).size()));

  SQLite::Database db(story.here.where.file(), SQLite::OPEN_READWRITE);
  db.exec("UPDATE rollups SET episodes = episodes + 1 WHERE grain = 3 AND span = 1");
  const auto wrong = static_cast<std::int64_t>(db.getChanges());
  db.exec("DELETE FROM rollups WHERE (grain, span, bucket) = (SELECT 0, 0, min(bucket) FROM rollups WHERE span = 0)");
  const auto missing = static_cast<std::int64_t>(db.getChanges());
  db.exec(
      "INSERT INTO rollups SELECT 0, 0, -5, alert_name, service, severity, episodes, resolved, resolution_sum, "
      "resolution_least, resolution_most, acknowledged, acknowledgement_sum, acknowledgement_least, "
      "acknowledgement_most, level_sum, notifications, occurrences, unattended, with_targets, on_target, "
      "resolution_spread, acknowledgement_spread FROM rollups WHERE grain = 3 LIMIT 1");
  const auto bad = verify_rollups(story.here.where).value();
  BOOST_TEST(bad.differences == wrong + missing + 1);
  BOOST_TEST(!bad.examples.empty());
}

BOOST_AUTO_TEST_CASE(a_rebuild_mends_them_but_not_while_the_program_runs) {
  scratch_folder folder;
  const location where{folder.path()};
  {
    auto lock = prepare(where).value();
    storage::writer writer(begun(where), &moving_clock);
    BOOST_REQUIRE(writer.apply(batch_of({episode_of(1, "X", "s", severity::warning, moving)})).has_value());
    BOOST_REQUIRE(writer.commit().has_value());
    BOOST_TEST(!rebuild_rollups(where).has_value());
  }
  SQLite::Database(where.file(), SQLite::OPEN_READWRITE).exec("DELETE FROM rollups");
  BOOST_TEST(verify_rollups(where).value().differences == 4);
  BOOST_TEST(rebuild_rollups(where).value() == 1);
  BOOST_TEST(verify_rollups(where).value().differences == 0);
  BOOST_TEST(!verify_rollups({"/nowhere"}).has_value());
}

BOOST_AUTO_TEST_CASE(what_was_cleaned_up_stays_counted_but_the_history_says_how_many_rows_there_are) {
  moving_database here;
  write_batch batch;
  for (std::int64_t i = 1; i <= 200; ++i) {
    auto e = episode_of(i, "X", "s", severity::warning, epoch_day + std::chrono::hours{i * 24});
    if (i % 10 != 0) {
      e.state.ended_at = e.starts_at + 60s;
      e.state.status = episode_status::resolved;
    }
    moving = e.starts_at;
    batch.opened.emplace_back(e);
    here.write(batch);
    batch = {};
  }
  const auto cutoff = epoch_day + std::chrono::hours{100 * 24 + 7};
  cleaning run(cutoff);
  while (!run.over()) BOOST_REQUIRE(here.writer.clean(run, 1000).has_value());
  reader reading(here.where, 1);
  const auto since = epoch_day;
  BOOST_TEST(total_of(reading.statistics({std::nullopt, std::nullopt, since}).severities).episodes == 200);
  history_filter filter;
  filter.since = since;
  const auto left = static_cast<std::int64_t>(rows_of(here.where).size());
  BOOST_TEST(left < 120);
  BOOST_TEST(reading.history(filter).total == left);
  filter.status = episode_status::resolved;
  BOOST_TEST(reading.history(filter).total == left - 20);
  BOOST_TEST(verify_rollups(here.where).value().differences == 0);

  const auto kept = all_cells(here.where);
  {
    SQLite::Database db(here.where.file(), SQLite::OPEN_READWRITE);
    SQLite::Transaction transaction(db);
    rollup_writer(db).rebuild(moving);
    transaction.commit();
  }
  BOOST_TEST(all_cells(here.where) == kept, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_batch_that_fails_and_a_transaction_that_is_dropped_leave_no_trace) {
  moving_database here;
  here.write(batch_of({episode_of(1, "X", "s", severity::warning, moving)}));
  const auto before = all_cells(here.where);
  BOOST_REQUIRE(here.writer.apply(batch_of({episode_of(2, "X", "s", severity::warning, moving)})).has_value());
  here.writer.rollback();
  BOOST_TEST(all_cells(here.where) == before, boost::test_tools::per_element());
  // The second of two batches breaks the rule that an id is used once; the first is kept.
  BOOST_REQUIRE(here.writer.apply(batch_of({episode_of(3, "X", "s", severity::warning, moving)})).has_value());
  BOOST_REQUIRE(!here.writer.apply(batch_of({episode_of(1, "Y", "s", severity::critical, moving)})).has_value());
  BOOST_REQUIRE(here.writer.commit().has_value());
  reader reading(here.where, 1);
  const auto found = reading.statistics({std::nullopt, std::nullopt, moving});
  BOOST_TEST(found.severities.at(severity::warning).episodes == 2);
  BOOST_TEST(!found.severities.contains(severity::critical));
}

BOOST_AUTO_TEST_CASE(notifications_that_arrived_are_counted_for_each_of_their_alerts) {
  moving_database here;
  here.write(
      batch_of({episode_of(1, "X", "s", severity::warning, moving), episode_of(2, "Y", "s", severity::info, moving)}));
  write_batch told;
  told.intents.push_back(sample_intent(7, {{{1}, false}, {{2}, false}}));
  here.write(told);
  write_batch arrived;
  auto attempt = sample_attempt(7);
  attempt.success = true;
  attempt.next_attempt_at.reset();
  arrived.attempts.push_back(attempt);
  here.write(arrived);
  reader reading(here.where, 1);
  const auto found = reading.statistics({std::nullopt, std::nullopt, moving});
  BOOST_TEST(total_of(found.severities).notifications == 2);
}

BOOST_AUTO_TEST_CASE(targets_are_met_by_what_was_taken_and_over_in_time_or_over_before_it_had_to_be_taken) {
  const auto on_target = [](severity s, std::optional<std::int64_t> acknowledged, std::int64_t resolved) {
    contribution c;
    c.severity = s;
    c.acknowledgement_seconds = acknowledged;
    c.resolution_seconds = resolved;
    const auto v = values_of(c);
    return std::pair{v.with_targets, v.on_target};
  };
  using counts = std::pair<std::int64_t, std::int64_t>;
  BOOST_TEST((on_target(severity::critical, 300, 1800) == counts{1, 1}));
  BOOST_TEST((on_target(severity::critical, 301, 1800) == counts{1, 0}));
  BOOST_TEST((on_target(severity::critical, 10, 1801) == counts{1, 0}));
  BOOST_TEST((on_target(severity::critical, std::nullopt, 299) == counts{1, 1}));
  BOOST_TEST((on_target(severity::critical, std::nullopt, 301) == counts{1, 0}));
  BOOST_TEST((on_target(severity::warning, 900, 7200) == counts{1, 1}));
  BOOST_TEST((on_target(severity::info, std::nullopt, 1'000'000) == counts{0, 0}));
}

BOOST_AUTO_TEST_CASE(a_history_from_before_there_were_any_gets_them_at_the_next_start) {
  moving = epoch_day;
  scratch_folder folder;
  const location where{folder.path()};
  {
    auto lock = prepare(where).value();
    storage::writer writer(where, &moving_clock);
    BOOST_REQUIRE(writer.apply(batch_of({episode_of(1, "X", "s", severity::warning, moving - 240h)})).has_value());
    BOOST_REQUIRE(writer.commit().has_value());
  }
  {
    SQLite::Database db(where.file(), SQLite::OPEN_READWRITE);
    db.exec("DELETE FROM rollups; DELETE FROM marks");
  }
  auto lock = prepare(where).value();
  reader reading(where, 1);
  BOOST_TEST(total_of(reading.statistics({std::nullopt, std::nullopt, moving - 480h}).severities).episodes == 1);
}

BOOST_AUTO_TEST_SUITE_END()
