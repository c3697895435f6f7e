#include <algorithm>
#include <map>
#include <random>

#include <SQLiteCpp/Transaction.h>
#include <boost/test/unit_test.hpp>

#include "storage/reader.hpp"
#include "storage/rollup_check.hpp"
#include "storage/rollup_range.hpp"
#include "storage/rollup_writer.hpp"
#include "tests/storage/living_history.hpp"

using namespace tocsin;
using namespace tocsin::storage;
using namespace tocsin::test;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> all_cells(const location& where) {
  return column(
      where,
      "SELECT printf('%d %d %d %s %s %d: %d %d %d %s %s %d %d %s %s %d %d %d %d %d %d %d %s %s', grain, span, bucket, "
      "quote(alert_name), quote(service), severity, episodes, resolved, resolution_sum, resolution_least, "
      "resolution_most, acknowledged, acknowledgement_sum, acknowledgement_least, acknowledgement_most, "
      "level_sum, notifications, occurrences, unattended, with_targets, on_target, reopened, hex(resolution_spread), "
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
      "resolution_spread, acknowledgement_spread, reopened FROM rollups WHERE grain = 3 LIMIT 1");
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
