#include "storage/schema.hpp"

#include <array>
#include <filesystem>
#include <fstream>

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <unistd.h>

#include "fixture.hpp"
#include "storage/connection.hpp"

using namespace tocsin;
using namespace tocsin::test;

namespace {

bool mentions(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// What `prepare` says against a folder; empty when it has nothing against it.
std::string refusal(const storage::location& where) {
  const auto lock = storage::prepare(where);
  return lock ? std::string() : lock.error().message;
}

void run_sql(const storage::location& where, const char* sql) {
  SQLite::Database(where.file(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec(sql);
}

constexpr std::array<storage::migration, 2> two_steps{{
    {"a table", "CREATE TABLE bells (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO bells VALUES (1, 'tocsin')"},
    {"a column", "ALTER TABLE bells ADD COLUMN weight INTEGER NOT NULL DEFAULT 7"},
}};

constexpr std::array<storage::migration, 3> with_a_broken_step{{
    two_steps[0],
    two_steps[1],
    {"half a step", "DELETE FROM bells; CREATE TABLE bells (id INTEGER)"},
}};

} // namespace

BOOST_AUTO_TEST_SUITE(schema)

BOOST_AUTO_TEST_CASE(folder_and_file_are_made_where_missing) {
  scratch_folder folder;
  const storage::location where{folder.path() + "/deep/down"};
  BOOST_CHECK_EQUAL(refusal(where), "");
  const auto newest = std::to_string(storage::migrations().size());
  BOOST_CHECK(column(where, "PRAGMA user_version") == std::vector<std::string>{newest});
  BOOST_CHECK(column(where, "PRAGMA journal_mode") == std::vector<std::string>{"wal"});
  BOOST_CHECK_EQUAL(refusal(where), "");
}

BOOST_AUTO_TEST_CASE(an_empty_file_is_version_0_and_is_brought_up) {
  scratch_folder folder;
  const storage::location where{folder.path()};
  std::ofstream(where.file()).close();
  BOOST_CHECK_EQUAL(refusal(where), "");
  BOOST_CHECK(column(where, "SELECT count(*) FROM alert_history") == std::vector<std::string>{"0"});
}

BOOST_AUTO_TEST_CASE(what_was_written_survives_the_next_prepare) {
  scratch_folder folder;
  const storage::location where{folder.path()};
  {
    const auto lock = storage::prepare(where);
    BOOST_REQUIRE(lock);
    storage::writer writer(where);
    BOOST_REQUIRE(writer.apply(batch_of({sample_episode(3)})));
    BOOST_REQUIRE(writer.commit());
  }
  BOOST_CHECK_EQUAL(refusal(where), "");
  BOOST_CHECK(column(where, "SELECT id FROM alert_history") == std::vector<std::string>{"3"});
}

BOOST_AUTO_TEST_CASE(a_file_of_a_newer_program_is_refused_and_left_alone) {
  scratch_folder folder;
  const storage::location where{folder.path()};
  BOOST_REQUIRE_EQUAL(refusal(where), "");
  run_sql(where, "PRAGMA user_version = 4711");
  const auto message = refusal(where);
  BOOST_CHECK(mentions(message, where.file()));
  BOOST_CHECK(mentions(message, "schema version 4711"));
  BOOST_CHECK(mentions(message, "up to " + std::to_string(storage::migrations().size())));
  BOOST_CHECK(column(where, "PRAGMA user_version") == std::vector<std::string>{"4711"});
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_database_is_refused_and_left_alone) {
  scratch_folder folder;
  const storage::location where{folder.path()};
  const std::string text(5000, 'x');
  std::ofstream(where.file()) << text;
  const auto message = refusal(where);
  BOOST_CHECK(mentions(message, where.file() + " is not a SQLite database"));
  std::ifstream file(where.file());
  BOOST_CHECK(std::string(std::istreambuf_iterator<char>(file), {}) == text);
}

BOOST_AUTO_TEST_CASE(the_database_of_another_program_is_refused) {
  scratch_folder folder;
  const storage::location where{folder.path()};
  run_sql(where, "CREATE TABLE recipes (name TEXT)");
  BOOST_CHECK(mentions(refusal(where), "database of another program"));
  BOOST_CHECK(column(where, "SELECT name FROM sqlite_schema") == std::vector<std::string>{"recipes"});
}

BOOST_AUTO_TEST_CASE(a_folder_that_cannot_be_made_is_named) {
  scratch_folder folder;
  std::ofstream(folder.path() + "/file").close();
  const auto message = refusal({folder.path() + "/file/below"});
  BOOST_CHECK(mentions(message, folder.path() + "/file/below"));
  BOOST_CHECK(mentions(message, "--storage.path"));
}

BOOST_AUTO_TEST_CASE(a_second_instance_is_refused_until_the_first_is_gone) {
  scratch_folder folder;
  const storage::location where{folder.path()};
  {
    auto first = storage::prepare(where);
    BOOST_REQUIRE(first);
    const auto moved = std::move(*first);
    const auto message = refusal(where);
    BOOST_CHECK(mentions(message, folder.path() + " is in use by another running instance"));
    BOOST_CHECK(mentions(message, "--storage.path"));
    BOOST_CHECK(mentions(message, "process " + std::to_string(::getpid())));
  }
  BOOST_CHECK_EQUAL(refusal(where), "");
}

BOOST_AUTO_TEST_CASE(a_later_migration_keeps_what_is_there) {
  scratch_folder folder;
  const auto file = folder.path() + "/bells.db";
  auto db = storage::open_for_writing(file);
  BOOST_REQUIRE(storage::migrate(db, file, std::span(two_steps).first(1)));
  BOOST_CHECK_EQUAL(storage::schema_version(db), 1);
  BOOST_REQUIRE(storage::migrate(db, file, two_steps));
  BOOST_CHECK_EQUAL(storage::schema_version(db), 2);
  BOOST_CHECK_EQUAL(db.execAndGet("SELECT name || weight FROM bells").getString(), "tocsin7");
}

BOOST_AUTO_TEST_CASE(a_file_of_version_1_keeps_its_rows_and_takes_new_ones) {
  scratch_folder folder;
  const storage::location where{folder.path()};
  {
    auto db = storage::open_for_writing(where.file());
    BOOST_REQUIRE(storage::migrate(db, where.file(), storage::migrations().first(1)));
    db.exec(R"sql(
      INSERT INTO alert_history (id, alert_name, severity, declared_severity, service, category, instance, status,
        start_time, escalation_level, group_id, expires_at, timed_out_end, last_seen, occurrence_count,
        escalation_policy, escalation_step, escalation_since, created_at, updated_at, fingerprint, generator_url,
        labels, annotations)
      VALUES (1, 'DiskFull', 'critical', 'info', 'ledger', '', '', 'firing', 1000, 1, 1, 9000, 0, 1000, 1, '', 0, 1000,
        1000, 1000, '', '', '{"alertname":"DiskFull"}', '{}');
      INSERT INTO notification_history (notification_id, alert_name, channel, channel_kind, recipients, success,
        sent_at, duration_ms, message, retry_count) VALUES (1, 'DiskFull', 'a/webhook/0', 'webhook', '', 1, 5, 6, '', 0);
      INSERT INTO notification_alerts VALUES (1, 0, 1, 0);
      INSERT INTO alert_correlations (alert1_id, alert2_id, correlation_score, correlation_type, created_at)
      VALUES (7, 1, 0.25, 'temporal', 1), (1, 7, 0.75, 'temporal', 2), (1, 7, 0.5, 'cascade', 3);
    )sql");
  }
  BOOST_REQUIRE_EQUAL(refusal(where), "");

  const auto detail = storage::reader(where).detail(episode_id{1});
  BOOST_REQUIRE(detail);
  BOOST_CHECK_EQUAL(detail->row.alert.labels.get("alertname"), "DiskFull");
  BOOST_CHECK_EQUAL(detail->route, "");
  BOOST_CHECK(!detail->window_until);
  BOOST_CHECK(detail->events.empty());
  BOOST_CHECK_EQUAL(detail->notifications.size(), 1);
  // Of two records of one pair the newer one is left.
  BOOST_REQUIRE_EQUAL(detail->correlations.size(), 2);
  BOOST_CHECK_EQUAL(detail->correlations[0].score, 0.75);
  BOOST_CHECK_EQUAL(detail->correlations[1].type, "cascade");

  storage::writer writer(where);
  BOOST_REQUIRE(writer.apply(batch_of({sample_episode(2)})));
  BOOST_REQUIRE(writer.commit());
  BOOST_CHECK((ids_of(writer.recover().episodes) == std::vector<std::int64_t>{1, 2}));
}

BOOST_AUTO_TEST_CASE(a_migration_that_fails_leaves_the_version_before_it_whole) {
  scratch_folder folder;
  const auto file = folder.path() + "/bells.db";
  auto db = storage::open_for_writing(file);
  const auto done = storage::migrate(db, file, with_a_broken_step);
  BOOST_REQUIRE(!done);
  BOOST_CHECK(mentions(done.error().message, file + " could not be brought from schema version 2 to 3 (half a step)"));
  BOOST_CHECK_EQUAL(storage::schema_version(db), 2);
  BOOST_CHECK_EQUAL(db.execAndGet("SELECT count(*) FROM bells").getInt(), 1);
}

BOOST_AUTO_TEST_SUITE_END()
