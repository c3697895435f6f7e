#include "storage/cleaning.hpp"

#include <filesystem>

#include <SQLiteCpp/Database.h>

#include "fixture.hpp"
#include "storage/connection.hpp"
#include "storage/schema.hpp"

using namespace tocsin;
using namespace tocsin::test;

namespace {

using strings = std::vector<std::string>;

/// Runs a clean-up to its end and returns it.
storage::cleaning clean(storage::writer& writer, timestamp cutoff, std::size_t most = 1000) {
  storage::cleaning run(cutoff);
  for (int steps = 0; !run.over(); ++steps) {
    BOOST_REQUIRE_LT(steps, 100'000);
    const auto taken = writer.clean(run, most);
    BOOST_REQUIRE_MESSAGE(taken.has_value(), (taken ? std::string() : taken.error().message));
  }
  return run;
}

/// An episode that began at `at(began)` and ended at `at(ended)`.
episode ended_episode(std::int64_t id, std::int64_t began, std::int64_t ended) {
  auto e = sample_episode(id);
  e.starts_at = at(began);
  e.state.ended_at = at(ended);
  e.state.status = episode_status::resolved;
  return e;
}

/// One alert with a row in every table that can have one, and a finished notification of it.
write_batch with_everything(std::int64_t id, std::int64_t ended) {
  auto batch = batch_of({ended_episode(id, ended - 10, ended)});
  const episode_id episode{id};
  batch.escalations.push_back({episode, escalation_level{1}, escalation_level{2}, "late", "system", at(ended)});
  batch.acknowledgements.push_back({episode, "Zoë", "on it", at(ended)});
  batch.events.push_back({episode, event_kind::released, "", "free", at(ended)});
  batch.intents.push_back(sample_intent(id * 10, {{episode, false}}));
  auto attempt = sample_attempt(id * 10);
  attempt.at = at(ended);
  batch.attempts.push_back(attempt);
  return batch;
}

const strings all_tables{"alert_history",      "escalation_history",  "acknowledgments",     "alert_events",
                         "alert_correlations", "notification_alerts", "notification_history"};

strings ids_left(const storage::location& where) {
  return column(where, "SELECT id FROM alert_history ORDER BY id");
}

std::string count_of(const storage::location& where, const std::string& from) {
  return column(where, "SELECT count(*) FROM " + from).at(0);
}

} // namespace

BOOST_AUTO_TEST_SUITE(cleaning)

BOOST_FIXTURE_TEST_CASE(an_old_alert_goes_with_all_its_rows, open_database) {
  write(with_everything(1, 100));
  write(with_everything(2, 5000));
  write_batch pairs;
  pairs.correlations.push_back({episode_id{1}, episode_id{2}, 0.9, "temporal", at(100)});
  write(pairs);
  // The old one is the second of its pair as well.
  write(batch_of({ended_episode(3, 90, 100)}));
  pairs.correlations = {{episode_id{2}, episode_id{3}, 0.9, "temporal", at(100)}};
  write(pairs);
  const auto run = clean(writer, at(1000));
  BOOST_CHECK(ids_left(where) == strings{"2"});
  BOOST_TEST(run.alerts == 2);
  BOOST_TEST(run.rows == 7 + 2);
  for (const auto& table : all_tables) {
    BOOST_TEST(count_of(where, table) == (table == "alert_correlations" ? "0" : "1"), table);
  }
  for (const auto* table : {"escalation_history", "acknowledgments", "alert_events", "notification_alerts"}) {
    BOOST_CHECK(column(where, std::string("SELECT alert_id FROM ") + table) == strings{"2"});
  }
}

BOOST_FIXTURE_TEST_CASE(small_steps_delete_the_same_and_no_step_deletes_much_more_than_it_may, open_database) {
  for (std::int64_t id = 1; id <= 20; ++id) write(with_everything(id, id <= 15 ? 100 : 5000));
  write_batch many;
  for (int i = 0; i < 50; ++i) many.events.push_back({episode_id{3}, event_kind::flapping, "", "again", at(i)});
  write(many);
  constexpr std::int64_t most = 5;
  constexpr std::int64_t attempts_of_one_notification = 1;
  storage::cleaning run(at(1000));
  while (!run.over()) {
    const auto before = run.rows;
    BOOST_REQUIRE(writer.clean(run, most));
    BOOST_TEST(run.rows - before <= most + attempts_of_one_notification);
  }
  BOOST_TEST(run.alerts == 15);
  BOOST_TEST(run.rows == 15 * 6 + 50);
  BOOST_TEST(count_of(where, "alert_history") == "5");
  BOOST_TEST(count_of(where, "alert_events") == "5");
  BOOST_TEST(count_of(where, "notification_history") == "5");
}

BOOST_FIXTURE_TEST_CASE(what_ended_at_the_cutoff_stays_and_a_millisecond_earlier_goes, open_database) {
  auto batch = batch_of({ended_episode(1, 10, 1000), ended_episode(2, 10, 1000), ended_episode(3, 10, 1000),
                         ended_episode(4, 999, 1001)});
  batch.opened[0].alert.state.ended_at = at(1000) - duration{1};
  batch.opened[2].alert.state.ended_at = at(1000) + duration{1};
  write(batch);
  clean(writer, at(1000));
  BOOST_CHECK(ids_left(where) == (strings{"2", "3", "4"}));
}

BOOST_FIXTURE_TEST_CASE(active_alerts_stay_however_old_they_are, open_database) {
  auto active = sample_episode(1);
  active.starts_at = at(0);
  write(batch_of({active, ended_episode(2, 0, 10)}));
  write_batch of_it;
  of_it.escalations.push_back({episode_id{1}, escalation_level{1}, escalation_level{2}, "late", "system", at(1)});
  write(of_it);
  clean(writer, at(100'000));
  BOOST_CHECK(ids_left(where) == strings{"1"});
  BOOST_TEST(count_of(where, "escalation_history") == "1");
}

BOOST_FIXTURE_TEST_CASE(what_a_channel_believes_to_fire_stays_until_it_is_told, open_database) {
  auto batch = batch_of({ended_episode(1, 0, 10), ended_episode(2, 0, 10)});
  // Told by a group that does not own it.
  batch.told.push_back({group_id{77}, episode_id{2}, {"ops/webhook/0"}});
  write(batch);
  clean(writer, at(1000));
  BOOST_CHECK(ids_left(where) == strings{"2"});
  write_batch told;
  told.told.push_back({group_id{77}, episode_id{2}, {}});
  write(told);
  clean(writer, at(1000));
  BOOST_CHECK(ids_left(where) == strings{});
}

BOOST_FIXTURE_TEST_CASE(what_an_unfinished_notification_tells_of_stays_with_its_attempts, open_database) {
  auto batch = batch_of({ended_episode(1, 0, 10), ended_episode(2, 0, 10)});
  batch.intents.push_back(sample_intent(5, {{episode_id{1}, true}}));
  auto failed = sample_attempt(5);
  failed.success = false;
  failed.next_attempt_at = at(30);
  batch.attempts.push_back(failed);
  write(batch);
  clean(writer, at(1000));
  BOOST_CHECK(ids_left(where) == strings{"1"});
  BOOST_CHECK(column(where, "SELECT notification_id FROM notification_history") == strings{"5"});
  BOOST_TEST(count_of(where, "notification_alerts") == "1");
  BOOST_REQUIRE_EQUAL(writer.recover().unfinished.size(), 1U);
}

BOOST_FIXTURE_TEST_CASE(a_notification_of_several_alerts_keeps_its_attempts_while_one_of_them_stays, open_database) {
  auto batch = batch_of({ended_episode(1, 0, 10), ended_episode(2, 0, 5000)});
  batch.intents.push_back(sample_intent(5, {{episode_id{1}, false}, {episode_id{2}, false}}));
  auto attempt = sample_attempt(5);
  attempt.at = at(2000);
  batch.attempts.push_back(attempt);
  write(batch);
  clean(writer, at(1000));
  BOOST_CHECK(column(where, "SELECT alert_id FROM notification_alerts") == strings{"2"});
  BOOST_TEST(count_of(where, "notification_history") == "1");
  clean(writer, at(6000));
  BOOST_TEST(count_of(where, "notification_alerts") == "0");
  BOOST_TEST(count_of(where, "notification_history") == "0");
}

BOOST_FIXTURE_TEST_CASE(old_attempts_go_also_when_their_alert_still_fires, open_database) {
  auto batch = batch_of({sample_episode(1)});
  for (std::int64_t n = 1; n <= 3; ++n) {
    batch.intents.push_back(sample_intent(n, {{episode_id{1}, false}}));
    auto attempt = sample_attempt(n);
    attempt.at = at(n * 1000);
    batch.attempts.push_back(attempt);
  }
  write(batch);
  const auto run = clean(writer, at(2000), 1);
  BOOST_CHECK(column(where, "SELECT notification_id FROM notification_history ORDER BY 1") == (strings{"2", "3"}));
  BOOST_TEST(run.alerts == 0);
  BOOST_TEST(run.rows == 1);
}

BOOST_FIXTURE_TEST_CASE(ids_are_not_used_again_after_a_clean_up, open_database) {
  write(with_everything(41, 100));
  clean(writer, at(1000));
  storage::writer again(where);
  BOOST_TEST(again.recover().last_episode.value == 41);
  BOOST_TEST(again.recover().last_notification.value == 410);
}

BOOST_FIXTURE_TEST_CASE(the_mark_is_the_greatest_cutoff_and_is_there_from_the_first_step_on, open_database) {
  const auto mark = [this] { return column(where, "SELECT value FROM marks WHERE name = 'cleaned_until'"); };
  const auto millis = [](timestamp t) { return std::to_string(t.time_since_epoch().count()); };
  BOOST_CHECK(mark() == strings{});
  for (std::int64_t id = 1; id <= 5; ++id) write(with_everything(id, 100));
  storage::cleaning run(at(1000));
  BOOST_REQUIRE(writer.clean(run, 1));
  BOOST_CHECK(!run.over());
  BOOST_CHECK(mark() == strings{millis(at(1000))});
  clean(writer, at(500));
  BOOST_CHECK(mark() == strings{millis(at(1000))});
  clean(writer, at(2000));
  BOOST_CHECK(mark() == strings{millis(at(2000))});
}

BOOST_FIXTURE_TEST_CASE(the_file_shrinks_and_keeps_a_twentieth_free, open_database) {
  for (std::int64_t block = 0; block < 20; ++block) {
    write_batch batch;
    for (std::int64_t i = 1; i <= 200; ++i) batch.append(with_everything(block * 200 + i, 100));
    write(batch);
  }
  clean(writer, at(1));
  const auto full = std::filesystem::file_size(where.file());
  BOOST_TEST(full > 1'000'000U);
  clean(writer, at(1000));
  BOOST_TEST(std::filesystem::file_size(where.file()) < full / 4);
  const auto pages = std::stol(column(where, "PRAGMA page_count").at(0));
  BOOST_TEST(std::stol(column(where, "PRAGMA freelist_count").at(0)) <= pages / 20 + 1);
  BOOST_CHECK(column(where, "PRAGMA integrity_check") == strings{"ok"});
}

BOOST_AUTO_TEST_CASE(a_file_of_version_2_is_cleaned_and_keeps_its_size) {
  scratch_folder folder;
  const storage::location where{folder.path()};
  {
    auto db = storage::open_for_writing(where.file());
    BOOST_REQUIRE(storage::migrate(db, where.file(), storage::migrations().first(2)));
    db.exec("INSERT INTO group_told VALUES (1, 2, '[\"ops/webhook/0\"]')");
  }
  const auto lock = storage::prepare(where);
  BOOST_REQUIRE(lock);
  BOOST_CHECK(column(where, "PRAGMA auto_vacuum") == strings{"0"});
  BOOST_TEST(count_of(where, "marks WHERE name = 'cleaned_until'") == "0");
  storage::writer writer(where);
  BOOST_REQUIRE(writer.apply(with_everything(1, 100)));
  BOOST_REQUIRE(writer.apply(with_everything(2, 100)));
  BOOST_REQUIRE(writer.commit());
  const auto pages = column(where, "PRAGMA page_count");
  BOOST_TEST(clean(writer, at(1000)).alerts == 1);
  BOOST_CHECK(ids_left(where) == strings{"2"});
  BOOST_CHECK(column(where, "PRAGMA page_count") == pages);
}

BOOST_FIXTURE_TEST_CASE(writes_go_on_between_the_steps, open_database) {
  for (std::int64_t id = 1; id <= 10; ++id) write(with_everything(id, 100));
  storage::cleaning run(at(1000));
  std::int64_t next = 100;
  while (!run.over()) {
    BOOST_REQUIRE(writer.clean(run, 3));
    write(with_everything(++next, 5000));
  }
  BOOST_TEST(run.alerts == 10);
  BOOST_TEST(count_of(where, "alert_history") == std::to_string(next - 100));
}

BOOST_FIXTURE_TEST_CASE(a_step_that_fails_changes_nothing, open_database) {
  write(with_everything(1, 100));
  SQLite::Database other(where.file(), SQLite::OPEN_READWRITE);
  other.exec("CREATE TRIGGER stop BEFORE DELETE ON notification_history BEGIN SELECT raise(ABORT, 'no'); END");
  storage::cleaning run(at(1000));
  const auto failed = writer.clean(run, 1000);
  BOOST_REQUIRE(!failed);
  BOOST_TEST(failed.error().message.find("cannot write to the database " + where.file()) == 0U, failed.error().message);
  BOOST_TEST(run.rows == 0);
  BOOST_TEST(count_of(where, "alert_events") == "1");
  BOOST_TEST(count_of(where, "marks WHERE name = 'cleaned_until'") == "0");
  other.exec("DROP TRIGGER stop");
  write(with_everything(2, 100));
  BOOST_TEST(clean(writer, at(1000)).alerts == 2);
}

BOOST_FIXTURE_TEST_CASE(an_alert_that_fires_must_have_its_row, open_database) {
  write(with_everything(1, 100));
  clean(writer, at(1000));
  auto reopened = sample_episode(1);
  write_batch batch;
  batch.updated.push_back({reopened.id, reopened.state});
  const auto refused = writer.apply(batch);
  BOOST_REQUIRE(!refused);
  BOOST_TEST(refused.error().message.find("alert 1 is not in the history any more") != std::string::npos,
             refused.error().message);
  // An end that comes late is no news of a row that is gone.
  batch.updated[0].state.ended_at = at(200);
  write(batch);
}

BOOST_AUTO_TEST_SUITE_END()
