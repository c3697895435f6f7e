#include <filesystem>
#include <fstream>
#include <stdexcept>

#include <SQLiteCpp/Database.h>

#include "fixture.hpp"
#include "storage/import/import_text.hpp"
#include "storage/import/importer.hpp"
#include "storage/progress.hpp"
#include "storage/rollup_check.hpp"

using namespace tocsin;
using namespace tocsin::test;
using namespace std::chrono_literals;

namespace {

const timestamp now = at(10'000'000);

/// A folder with a storage to be filled and files to be read.
struct workbench {
  scratch_folder folder;
  storage::location where{folder.path() + "/data"};

  std::string file(const std::string& name, std::string_view content) const {
    auto path = folder.path() + "/" + name;
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }

  storage::import_order order(std::string path) const {
    storage::import_order o;
    o.file = std::move(path);
    o.where = where;
    return o;
  }

  storage::import_report import(const storage::import_order& o, const storage::import_watcher& watch = {}) const {
    auto done = storage::import_history(o, now, watch);
    BOOST_REQUIRE_MESSAGE(done, (done ? "" : done.error().message));
    return std::move(*done);
  }
  storage::import_report import(const std::string& path) const { return import(order(path)); }

  std::string refusal_of(const storage::import_order& o) const {
    const auto done = storage::import_history(o, now);
    return done ? "taken" : done.error().message;
  }

  std::vector<std::string> query(const std::string& sql) const { return column(where, sql); }

  void check_rollups() const {
    const auto found = storage::verify_rollups(where);
    BOOST_REQUIRE(found);
    BOOST_TEST(found->differences == 0);
  }
};

/// Comma-separated values with as many alerts, one each minute.
std::string many(int rows) {
  std::string out = "id,alert_name,severity,service,start_time,end_time,related_alerts\n";
  for (int i = 1; i <= rows; ++i) {
    const auto begin = 1'790'000'000 + 60 * i;
    out += std::to_string(i) + ",Alert" + std::to_string(i % 7) + "," + (i % 2 == 0 ? "critical" : "info") + ",svc"
           + std::to_string(i % 3) + "," + std::to_string(begin) + "," + std::to_string(begin + i % 5000) + ",["
           + std::to_string(i - 1) + "]\n";
  }
  return out;
}

constexpr const char* two_lines =
    "alert_name,start_time,end_time\nA,2026-01-01T00:00:00Z,2026-01-01T01:00:00Z\nB,2026-01-01T00:00:00Z,2026-01-01T02:"
    "00:00Z\n";

/// A file in the shape of the original implementation.
std::string seed(const workbench& bench, const std::string& rows) {
  const auto path = bench.folder.path() + "/seed.db";
  SQLite::Database db(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  db.exec(R"sql(
CREATE TABLE alert_history (id INTEGER PRIMARY KEY AUTOINCREMENT, alert_name TEXT, severity TEXT, service TEXT,
  category TEXT, instance TEXT, status TEXT, start_time TIMESTAMP, end_time TIMESTAMP, duration INTEGER,
  resolution_time INTEGER, escalation_level INTEGER, acknowledgment_time TIMESTAMP, labels TEXT, annotations TEXT,
  root_cause TEXT, related_alerts TEXT, notification_channels TEXT, notification_count INTEGER, created_at TIMESTAMP,
  updated_at TIMESTAMP, mood TEXT);
CREATE TABLE escalation_history (id INTEGER PRIMARY KEY, alert_id INTEGER, from_level INTEGER, to_level INTEGER,
  reason TEXT, escalated_by TEXT, escalated_at TIMESTAMP);
CREATE TABLE acknowledgments (id INTEGER PRIMARY KEY, alert_id INTEGER, acknowledged_by TEXT, comment TEXT,
  acknowledged_at TIMESTAMP, resolved_at TIMESTAMP);
CREATE TABLE alert_correlations (id INTEGER PRIMARY KEY, alert1_id INTEGER, alert2_id INTEGER, correlation_score REAL,
  correlation_type TEXT, created_at TIMESTAMP);
)sql" + rows);
  return path;
}

constexpr const char* seed_rows = R"sql(
INSERT INTO alert_history (id, alert_name, severity, service, status, start_time, end_time, related_alerts, labels)
VALUES (40, 'Late', 'critical', 'db', 'resolved', '2025-11-12 10:00:00', '2025-11-12T10:30:00.123456', '[20, 99]', NULL),
       (20, 'Early', 'warning', 'web', 'acknowledged', '2025-11-12 09:00:00', 1762938900, '40', '{"team": "x"}'),
       (30, 'Open', 'info', 'web', 'firing', '2025-11-12 09:00:00', NULL, NULL, NULL);
INSERT INTO escalation_history (alert_id, from_level, to_level, reason, escalated_by, escalated_at)
VALUES (40, 1, 2, 'nobody came', 'system', '2025-11-12 10:05:00'), (30, 1, 2, 'x', 'system', '2025-11-12 10:05:00'),
       (40, 2, 3, 'x', 'system', 'never');
INSERT INTO acknowledgments (alert_id, acknowledged_by, comment, acknowledged_at)
VALUES (20, 'ana', 'on it', '2025-11-12 09:05:00');
INSERT INTO alert_correlations (alert1_id, alert2_id, correlation_score, correlation_type, created_at)
VALUES (40, 20, 0.75, 'cascade', '2025-11-12 10:01:00'), (40, 30, 0.5, 'cascade', '2025-11-12 10:01:00'),
       (20, 40, 7, 'cascade', '2025-11-12 10:01:00');
)sql";

} // namespace

BOOST_AUTO_TEST_SUITE(import)

BOOST_FIXTURE_TEST_CASE(rows_get_ids_of_their_own_and_are_counted, workbench) {
  const auto report = import(file("a.csv", many(500)));
  BOOST_TEST(report.counts.read == 500);
  BOOST_TEST(report.counts.imported == 500);
  BOOST_TEST(report.counts.refused == 0);
  BOOST_TEST(storage::exit_code_of(report) == 0);
  BOOST_TEST(query("SELECT group_concat(DISTINCT status || group_id) FROM alert_history").at(0) == "resolved0");
  BOOST_TEST(query("SELECT last FROM sequences WHERE name = 'episode'").at(0) == "500");
  BOOST_TEST(query("SELECT count(*) FROM import_ids").at(0) == "0");
  check_rollups();
}

BOOST_FIXTURE_TEST_CASE(an_import_over_a_history_goes_on_with_its_ids_and_counts, workbench) {
  {
    auto lock = storage::prepare(where);
    storage::writer writer(where);
    auto e = sample_episode(70);
    e.state.ended_at = at(200);
    e.state.status = episode_status::resolved;
    BOOST_REQUIRE(writer.apply(batch_of({e})));
    BOOST_REQUIRE(writer.commit());
  }
  BOOST_TEST(import(file("a.csv", two_lines)).counts.imported == 2);
  BOOST_TEST(query("SELECT group_concat(id) FROM (SELECT id FROM alert_history ORDER BY id)").at(0) == "70,71,72");
  check_rollups();
}

BOOST_FIXTURE_TEST_CASE(a_second_import_changes_nothing, workbench) {
  const auto path = file("a.csv", many(500));
  import(path);
  const auto before = query("SELECT id || ' ' || fingerprint || related_alerts FROM alert_history");
  const auto again = import(path);
  BOOST_TEST(again.counts.imported == 0);
  BOOST_TEST(again.counts.duplicates == 500);
  BOOST_TEST(storage::exit_code_of(again) == 0);
  BOOST_TEST(query("SELECT id || ' ' || fingerprint || related_alerts FROM alert_history") == before,
             boost::test_tools::per_element());
  check_rollups();
}

BOOST_FIXTURE_TEST_CASE(an_import_that_was_cut_off_goes_on_where_it_was, workbench) {
  constexpr int rows = 25'000;
  const auto path = file("a.csv", many(rows));
  const auto interrupted = storage::import_history(order(path), now, [](const storage::import_progress& p) {
    if (p.counts.read >= 15'000) throw std::runtime_error("cut off");
  });
  BOOST_REQUIRE(!interrupted);
  // The transaction that was open is gone as a whole.
  BOOST_TEST(query("SELECT count(*) FROM alert_history").at(0) == "10000");
  check_rollups();
  const auto report = import(path);
  BOOST_TEST(report.read_before == 10'000);
  BOOST_TEST(report.counts.read == rows);
  BOOST_TEST(report.counts.imported == rows);
  BOOST_TEST(report.counts.duplicates == 0);
  BOOST_TEST(query("SELECT count(*), count(DISTINCT fingerprint || start_time) FROM alert_history").at(0) == "25000");
  // Ids of the first part are still known to the second: the row before is the related one.
  BOOST_TEST(query("SELECT count(*) FROM alert_history WHERE related_alerts = '[' || (id - 1) || ']'").at(0)
             == "24999");
  check_rollups();
}

BOOST_FIXTURE_TEST_CASE(from_the_start_again_leaves_out_what_is_there, workbench) {
  const auto path = file("a.csv", many(12'000));
  const auto interrupted = storage::import_history(order(path), now, [](const storage::import_progress& p) {
    if (p.counts.read >= 11'000) throw std::runtime_error("cut off");
  });
  BOOST_REQUIRE(!interrupted);
  auto o = order(path);
  o.from_start = true;
  const auto report = import(o);
  BOOST_TEST(report.read_before == 0);
  BOOST_TEST(report.counts.duplicates == 10'000);
  BOOST_TEST(report.counts.imported == 2'000);
  check_rollups();
}

BOOST_FIXTURE_TEST_CASE(broken_rows_are_told_and_left_out, workbench) {
  const auto report = import(file("a.csv",
                                  "alert_name,start_time,end_time,colour\r\nA,2026-01-01T00:00:00Z,2026-01-01T01:"
                                  "00:00Z,red\r\n\r\nB,x,y,red\r\nC,1\r\n\"a\"b,1,1,1\r\n"
                                  "D,2026-01-01T00:00:00Z,2026-01-01T01:00:00Z,\r\n"));
  BOOST_TEST(report.counts.read == 5);
  BOOST_TEST(report.counts.imported == 2);
  BOOST_TEST(report.counts.refused == 3);
  BOOST_TEST(storage::exit_code_of(report) == 1);
  const auto text = storage::report_text(order("a.csv"), report, 2s);
  BOOST_TEST(text == R"(a.csv (csv): 5 rows read; 2.0 s, 2 rows/s
  imported            2
  duplicates          0  are in the history already
  refused             3
    1 x start_time is no time such as 2025-11-12T10:00:00Z or seconds since 1970
    1 x the line has not as many cells as the header
    1 x the line has text behind the closing quote of a cell
  the first of them:
    line 4: start_time is no time such as 2025-11-12T10:00:00Z or seconds since 1970: "x"
    line 5: the line has not as many cells as the header: 2 instead of 4
    line 6: the line has text behind the closing quote of a cell
columns that are not known and were left out: colour
)");
}

BOOST_FIXTURE_TEST_CASE(a_broken_file_ends_the_import_and_says_where, workbench) {
  const auto report = import(file("a.csv", std::string(two_lines) + "C,\"2026"));
  BOOST_TEST(report.counts.imported == 2);
  BOOST_REQUIRE(report.broken_off);
  BOOST_TEST(report.broken_off->message
             == folder.path() + "/a.csv, line 4: a cell that begins with a quote has no closing one. The file is cut off "
                                "or damaged there.");
  BOOST_TEST(storage::exit_code_of(report) == 1);
  check_rollups();
  // A quote without end in a file without end is not read into memory.
  const auto endless = import(file("b.csv", std::string(two_lines) + "\"" + std::string(18'000'000, 'x')));
  BOOST_REQUIRE(endless.broken_off);
  BOOST_TEST(endless.broken_off->message.find("line 4: a row of more than 16 MiB") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(files_that_are_no_history_are_refused_before_anything_is_written, workbench) {
  const auto at_file = [&](const char* name) { return folder.path() + "/" + name; };
  const std::vector<std::pair<std::string, std::string>> table{
      {file("empty", ""), " is empty"},
      {file("blank", "\n\n"), " is empty"},
      {file("utf16",
            "\xFF\xFE"
            "a"),
       " is in UTF-16. Convert it to UTF-8: iconv -f UTF-16 -t UTF-8"},
      {file("array", "[{}]"), " is a JSON array. Expected one object a line: jq -c '.[]' makes that"},
      {file("prose", "Dear all,\n"),
       ", line 1: this is no header of alerts. Expected names of columns as the export writes them, start_time and "
       "alert_name or labels among them."},
      {file("twice", "alert_name,start_time,start_time\n"), ", line 1: two columns for start_time"},
      {file("binary", std::string("\0\0\0", 3)),
       ", line 1: this is no header of alerts. Expected names of columns as the export writes them, start_time and "
       "alert_name or labels among them."},
      {folder.path(), " is a folder; expected a file"},
  };
  for (const auto& [path, message] : table) BOOST_TEST(refusal_of(order(path)) == path + message);
  BOOST_TEST(refusal_of(order(at_file("none"))) == "cannot read " + at_file("none") + ": No such file or directory");
  BOOST_TEST(refusal_of(order("/dev/null")).starts_with("/dev/null is not a regular file"));
  auto forced = order(file("text", "a"));
  forced.format = storage::import_format::sqlite;
  BOOST_TEST(refusal_of(forced) == at_file("text") + " is no SQLite database");
  const auto fake = refusal_of(order(file("fake", std::string("SQLite format 3\0 and no more", 28))));
  BOOST_TEST(fake.starts_with("cannot read " + at_file("fake") + " as a SQLite database"), fake);
  { SQLite::Database(at_file("other.db"), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec("CREATE TABLE t (x)"); }
  BOOST_TEST(refusal_of(order(at_file("other.db")))
             == at_file("other.db") + " has no table alert_history, so it is no history of alerts");
  BOOST_TEST(!std::filesystem::exists(where.file()));
}

BOOST_FIXTURE_TEST_CASE(a_damaged_database_is_told_wherever_it_is_damaged, workbench) {
  std::string rows = seed_rows;
  for (int i = 100; i < 400; ++i) {
    rows += "INSERT INTO alert_history (id, alert_name, start_time, end_time) VALUES (" + std::to_string(i)
            + ", 'Many', 1762941600, 1762941700);";
  }
  const auto path = seed(*this, rows);
  std::ifstream in(path, std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(in)), {});
  BOOST_REQUIRE(whole.size() >= 8 * 4096);
  int told = 0;
  for (std::size_t page = 0; page * 4096 < whole.size(); ++page) {
    auto damaged = whole;
    damaged.replace(page * 4096 + (page == 0 ? 100 : 0), 3000, std::string(3000, '\xA5'));
    const auto done = storage::import_history(order(file("damaged.db", damaged)), now);
    const auto why = done ? (done->broken_off ? done->broken_off->message : "") : done.error().message;
    const bool malformed = why.find("malformed") != std::string::npos;
    told += malformed ? 1 : 0;
    // Of a page that is not needed nothing is seen.
    const bool all = done && done->counts.imported + done->counts.duplicates == 302 && done->counts.details == 3;
    BOOST_TEST((malformed || all), "page " << page << ": " << why);
    if (done) check_rollups();
    std::filesystem::remove_all(where.folder);
  }
  BOOST_TEST(told >= 7);
}

BOOST_FIXTURE_TEST_CASE(a_header_alone_is_a_history_without_alerts, workbench) {
  const auto report = import(file("a.csv",
                                  "\xEF\xBB\xBF"
                                  "alert_name,start_time,end_time\r\n"));
  BOOST_TEST(report.counts.read == 0);
  BOOST_TEST(storage::exit_code_of(report) == 0);
}

BOOST_FIXTURE_TEST_CASE(lines_of_json_are_read_with_what_they_get_wrong, workbench) {
  const std::string good = R"({"alert_name":"A","start_time":"2026-01-01T00:00:00Z","end_time":1767229200,)"
                           R"("labels":{"x":"\u0000\""},"related_alerts":[],"end":1})";
  const auto report =
      import(file("a.ndjson", "\xEF\xBB\xBF" + good + "\r\n\n{\"alert_name\":\n[1]\n" + good + " {}\n{\"a\":\"\xFF\"}\n"
                                  + R"({"alert_name":"B","start_time":nul,"end_time":1})" + "\n{\"l\":\""
                                  + std::string(17 << 20, 'x') + "\"}\n"
                                  + R"({"start_time":1767225600,"end_time":1767225600,"labels":{"alertname":"C"}})"));
  BOOST_TEST(report.counts.read == 8);
  BOOST_TEST(report.counts.imported == 2);
  BOOST_TEST(report.counts.refused == 6);
  BOOST_TEST(report.examples.at(0).place == "line 3");
  BOOST_TEST(report.reasons.at("the line is longer than 16 MiB") == 1);
  BOOST_TEST(report.reasons.at("the line has text behind its JSON object") == 1);
  BOOST_TEST(report.reasons.at("the line is no JSON object in UTF-8") == 4);
  BOOST_TEST(report.unknown_columns == std::vector<std::string>{"end"}, boost::test_tools::per_element());
  BOOST_TEST(query("SELECT group_concat(alert_name) FROM alert_history").at(0) == "A,C");
  BOOST_TEST(query("SELECT labels FROM alert_history").at(0) == R"({"alertname":"A","x":"\u0000\""})");
  check_rollups();
}

BOOST_FIXTURE_TEST_CASE(a_database_of_the_original_comes_with_all_that_belongs_to_its_alerts, workbench) {
  const auto path = seed(*this, seed_rows);
  const auto report = import(path);
  BOOST_TEST(report.counts.read == 3);
  BOOST_TEST(report.counts.imported == 2);
  BOOST_TEST(report.counts.details == 3);
  BOOST_TEST(report.unknown_columns == std::vector<std::string>{"mood"}, boost::test_tools::per_element());
  // One alert is open, one escalation has no time, one score is none.
  BOOST_TEST(report.counts.refused == 3);
  BOOST_TEST(report.examples.at(0).place == "row 30");
  BOOST_TEST(report.examples.at(1).place == "escalations, row 3");
  BOOST_TEST(query("SELECT id || alert_name || related_alerts FROM alert_history ORDER BY id")
                 == (std::vector<std::string>{"1Early[2]", "2Late[1]"}),
             boost::test_tools::per_element());
  BOOST_TEST(query("SELECT labels FROM alert_history WHERE id = 1").at(0)
             == R"({"alertname":"Early","service":"web","team":"x"})");
  BOOST_TEST(query("SELECT resolution_time_seconds FROM alert_history WHERE id = 2").at(0) == "1800");
  BOOST_TEST(query("SELECT alert_id || reason || to_level || escalated_at FROM escalation_history").at(0)
             == "2nobody came21762941900000");
  BOOST_TEST(query("SELECT alert_id || acknowledged_by || comment || resolved_at FROM acknowledgments").at(0)
             == "1anaon it1762938900000");
  BOOST_TEST(query("SELECT acknowledged_by || acknowledgment_time FROM alert_history WHERE id = 1").at(0)
             == "ana1762938300000");
  BOOST_TEST(query("SELECT alert1_id || ' ' || alert2_id || ' ' || correlation_score FROM alert_correlations").at(0)
             == "1 2 0.75");
  check_rollups();

  const auto again = import(path);
  BOOST_TEST(again.counts.duplicates == 2);
  BOOST_TEST(again.counts.details == 0);
  BOOST_TEST(query("SELECT count(*) FROM acknowledgments").at(0) == "1");
  check_rollups();
}

BOOST_FIXTURE_TEST_CASE(an_import_that_is_cut_off_between_any_two_steps_comes_to_the_same, workbench) {
  const auto path = seed(*this, seed_rows);
  int calls = 0;
  for (bool over = false; !over; ++calls) {
    // Each time it may take one step, and is then cut off.
    const auto done = storage::import_history(order(path), now, [](const storage::import_progress& p) {
      if (p.stage != storage::import_stage::over) throw std::runtime_error("cut off");
    });
    over = done.has_value();
    BOOST_REQUIRE(calls < 20);
    check_rollups();
  }
  BOOST_TEST(calls >= 5);
  BOOST_TEST(query("SELECT rows_read || ' ' || imported || ' ' || refused || ' ' || details FROM imports").at(0)
             == "3 2 3 3");
  BOOST_TEST(query("SELECT id || alert_name || related_alerts || acknowledged_by FROM alert_history ORDER BY id")
                 == (std::vector<std::string>{"1Early[2]ana", "2Late[1]"}),
             boost::test_tools::per_element());
  for (const auto* table : {"escalation_history", "acknowledgments", "alert_correlations"}) {
    BOOST_TEST(query(std::string("SELECT count(*) FROM ") + table).at(0) == "1");
  }
  BOOST_TEST(query("SELECT count(*) FROM import_ids").at(0) == "0");
}

BOOST_FIXTURE_TEST_CASE(a_database_with_few_columns_is_one_too, workbench) {
  const auto path = folder.path() + "/few.db";
  {
    SQLite::Database db(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    db.exec(
        "CREATE TABLE alert_history (alert_name, start_time, end_time);"
        "INSERT INTO alert_history VALUES ('A', 1762941600.5, 1762941700), ('A', 1762941600.5, 1762941700)");
  }
  const auto report = import(path);
  BOOST_TEST(report.counts.imported == 1);
  BOOST_TEST(report.counts.duplicates == 1);
}

BOOST_FIXTURE_TEST_CASE(the_database_of_another_tocsin_is_read_beside_its_writer, workbench) {
  open_database other;
  auto ended = sample_episode(5);
  ended.state.ended_at = at(300);
  ended.state.status = episode_status::resolved;
  write_batch batch = batch_of({ended, sample_episode(6)});
  batch.acknowledgements.push_back({episode_id{5}, "ana", "seen", at(100)});
  other.write(batch);
  const auto report = import(other.where.file());
  BOOST_TEST(report.counts.imported == 1);
  BOOST_TEST(report.counts.refused == 1);
  BOOST_TEST(report.counts.details == 1);
  BOOST_TEST(report.unknown_columns.empty());
  BOOST_TEST(query("SELECT fingerprint FROM alert_history")
                 == column(other.where,
                           "SELECT fingerprint FROM alert_history "
                           "WHERE id = 5"),
             boost::test_tools::per_element());
  // Into itself, or into one that is in use, it does not go.
  auto into_itself = order(other.where.file());
  into_itself.where = other.where;
  BOOST_TEST(refusal_of(into_itself) == other.where.file() + " is the database that it would be imported into");
  auto into_used = order(file("a.csv", two_lines));
  into_used.where = other.where;
  BOOST_TEST(refusal_of(into_used).find("is in use by another running instance") != std::string::npos);
  // To look is allowed.
  into_used.dry_run = true;
  BOOST_TEST(import(into_used).counts.imported == 2);
  BOOST_TEST(column(other.where, "SELECT count(*) FROM alert_history").at(0) == "2");
}

BOOST_FIXTURE_TEST_CASE(a_dry_run_writes_nothing, workbench) {
  auto o = order(file("a.csv", many(3000)));
  o.dry_run = true;
  BOOST_TEST(import(o).counts.imported == 3000);
  BOOST_TEST(!std::filesystem::exists(where.folder));
  import(file("b.csv", many(1000)));
  const auto report = import(o);
  BOOST_TEST(report.counts.duplicates == 1000);
  BOOST_TEST(report.counts.imported == 2000);
  BOOST_TEST(query("SELECT count(*) FROM alert_history").at(0) == "1000");
}

BOOST_FIXTURE_TEST_CASE(what_a_clean_up_deleted_is_not_counted_twice, workbench) {
  const auto path = file("a.csv", many(300));
  import(path);
  const auto whole = query("SELECT sum(episodes) FROM rollups WHERE grain = 3 AND span = 0").at(0);
  {
    auto lock = storage::prepare(where);
    storage::writer writer(where);
    storage::cleaning run(timestamp(std::chrono::seconds(1'790'000'000 + 60 * 200)));
    while (!run.over()) BOOST_REQUIRE(writer.clean(run, 1000));
    BOOST_TEST(run.alerts > 50);
  }
  const auto left = std::stoll(query("SELECT count(*) FROM alert_history").at(0));
  const auto report = import(path);
  BOOST_TEST(report.counts.imported == 0);
  BOOST_TEST(report.counts.duplicates + report.counts.counted_before == 300);
  BOOST_TEST(report.counts.duplicates == left);
  BOOST_TEST(query("SELECT sum(episodes) FROM rollups WHERE grain = 3 AND span = 0").at(0) == whole);

  // Old alerts of hours, names or services from which nothing was deleted come in and are counted.
  const auto fresh = import(file("b.csv",
                                 "alert_name,start_time,end_time\nNew,1789000000,1789000001\nAlert1,1789000000,"
                                 "1789000001\n"));
  BOOST_TEST(fresh.counts.imported == 2);
  BOOST_TEST(std::stoll(query("SELECT sum(episodes) FROM rollups WHERE grain = 3 AND span = 0").at(0)) == 302);
  check_rollups();
}

BOOST_FIXTURE_TEST_CASE(alerts_older_than_the_retention_are_warned_of, workbench) {
  auto o = order(file("a.csv", two_lines));
  o.retention = 24h * 30;
  const auto report = import(o);
  BOOST_TEST(report.older_than_retention == 2);
  BOOST_TEST(storage::report_text(o, report, 1s).find("warning: 2 of the imported alerts ended more than 30d ago")
             != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(nothing_that_was_imported_is_taken_up_at_a_start, workbench) {
  import(file("a.csv", two_lines));
  auto lock = storage::prepare(where);
  storage::writer writer(where);
  const auto state = writer.recover();
  BOOST_TEST(state.episodes.empty());
  BOOST_TEST(state.groups.empty());
  // It did not arrive of late either, so that nothing is taken to come and go, or to come together.
  BOOST_TEST(state.recent.empty());
  BOOST_TEST(state.last_episode.value == 2);
}

BOOST_FIXTURE_TEST_CASE(many_alerts_of_one_name_and_moment_are_told_apart_by_their_labels, workbench) {
  std::string lines = "start_time,end_time,labels\n";
  for (int i = 0; i < 60'000; ++i) {
    lines += "1790000000,1790000001,\"{\"\"alertname\"\":\"\"Storm\"\",\"\"n\"\":\"\"" + std::to_string(i % 59'000)
             + "\"\"}\"\n";
  }
  const auto report = import(file("storm.csv", lines));
  BOOST_TEST(report.counts.imported == 59'000);
  BOOST_TEST(report.counts.duplicates == 1'000);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(progress)

BOOST_AUTO_TEST_CASE(a_terminal_sees_a_bar_and_a_script_a_line_now_and_then) {
  const auto begin = storage::progress_meter::moment{} + 1h;
  storage::progress_meter bar(true, begin);
  BOOST_TEST(bar.update(0.1, "10 rows", 10, begin + 100ms) == "");
  BOOST_TEST(bar.update(0.55, "1000 rows", 1000, begin + 1s)
             == "\r\x1b[K[################              ] 1000 rows, 1000/s, 55.0%, 1s left");
  BOOST_TEST(bar.end() == "\r\x1b[K");
  storage::progress_meter lines(false, begin);
  BOOST_TEST(lines.update(0.25, "10 rows", 10, begin + 4s) == "");
  BOOST_TEST(lines.update(0.5, "6000 rows", 6000, begin + 6s) == "6000 rows, 1000/s, 50.0%, 12s left\n");
  BOOST_TEST(lines.update(0.6, "7000 rows", 7000, begin + 7s) == "");
  BOOST_TEST(lines.end() == "");
}

BOOST_AUTO_TEST_SUITE_END()
