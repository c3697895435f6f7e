#include <atomic>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <boost/test/unit_test.hpp>

#include "tests/e2e/api.hpp"
#include "tests/e2e/http_sink.hpp"
#include "tests/e2e/program.hpp"

using namespace tocsin::e2e;

namespace {

/// A command of the program that ends by itself.
struct finished {
  int status = -1;
  std::string out;
  std::string err;

  explicit finished(const std::vector<std::string>& arguments) {
    std::vector<std::string> command{TOCSIN_PROGRAM};
    command.insert(command.end(), arguments.begin(), arguments.end());
    process p(command);
    status = p.wait(60s).value_or(-1);
    out = p.out();
    err = p.err();
  }
};

std::string path_flag(const std::filesystem::path& storage) {
  return "--storage.path=" + storage.string();
}

std::string ended(std::chrono::hours ago) {
  return R"("startsAt":")" + moment(-ago) + R"(","endsAt":")" + moment(-ago + 30min) + '"';
}

/// Alerts of the kinds that are hard to carry over, all of which end.
std::vector<std::string> hard_alerts(bool over) {
  const auto when = [over](int hours) {
    return over ? ended(std::chrono::hours(hours)) : R"("startsAt":")" + moment(-std::chrono::hours(hours)) + '"';
  };
  return {alert_json({{"alertname", "=1+1"}, {"service", "'-x"}, {"severity", "critical"}},
                     {{"summary", "@a, \\\"b\\\"\\r\\nc"}}, when(5)),
          alert_json({{"alertname", "'=2"}, {"job", "ledger"}, {"severity", "info"}}, {}, when(4)),
          alert_json({{"alertname", "磁盘"}, {"component", "db"}, {"instance", "a:1"}},
                     {{"description", "\\u0000 \\u2028"}}, when(3))};
}

/// Without the numbers that another storage gives: the first cell, the group and the related alerts, which name ids.
std::string without_ids(const std::string& csv) {
  std::istringstream lines(csv);
  std::string out;
  for (std::string line; std::getline(lines, line);) {
    // Line ends within cells leave pieces of a row, which are compared as they are.
    const auto id = line.find_first_not_of("0123456789");
    if (id > 0 && id != std::string::npos && line[id] == ',') line.erase(0, id);
    // …,group_id,created_at,updated_at
    const auto created = line.rfind(',', line.rfind(',') - 1);
    const auto group = created == std::string::npos ? created : line.rfind(',', created - 1);
    const bool numbers =
        group != std::string::npos && line.find_first_not_of("0123456789", group + 1) == created && created > group + 1;
    if (numbers) line.erase(group, created - group);
    out += line + '\n';
  }
  return out;
}

std::string exported(program& tocsin, const std::string& parameters = {}) {
  return api(tocsin).get("/api/alerts/export/csv?days=365" + parameters).body;
}

std::string content_of(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

/// A file with as many alerts.
std::string many_rows(int rows) {
  std::string out = "id,alert_name,start_time,end_time\n";
  for (int i = 1; i <= rows; ++i) {
    const auto begin = std::to_string(1'700'000'000 + 10 * i);
    out += std::to_string(i) + ",Alert" + std::to_string(i % 50) + "," + begin + "," + begin + "\n";
  }
  return out;
}

std::string ask(const std::filesystem::path& storage, const std::string& sql) {
  SQLite::Database db((storage / "tocsin.db").string(), SQLite::OPEN_READONLY);
  return db.execAndGet(sql).getString();
}

} // namespace

BOOST_AUTO_TEST_SUITE(history_import)

BOOST_AUTO_TEST_CASE(an_export_that_is_imported_is_exported_alike) {
  http_sink sink;
  program first(one_webhook(sink.url()), {"--data.retention=0"});
  {
    api client(first);
    BOOST_REQUIRE_EQUAL(client.post_all(hard_alerts(false)).status, 200);
    const auto id = json(client.get("/api/alerts/history?days=365").body).number("/data/0/id").value_or(0);
    BOOST_REQUIRE_EQUAL(
        client.put("/api/alerts/history/" + std::to_string(id) + "/acknowledge?acknowledged_by=%2Bana").status, 200);
    BOOST_REQUIRE_EQUAL(client.post_all(hard_alerts(true)).status, 200);
  }
  // Until all was told the export still changes.
  std::string before;
  BOOST_REQUIRE(eventually(20s, [&] {
    const auto now = exported(first);
    const bool quiet = now == before && now.find("firing") == std::string::npos;
    before = now;
    return quiet;
  }));
  BOOST_REQUIRE(before.find("'=1+1") != std::string::npos);
  BOOST_REQUIRE(before.find("''=2") != std::string::npos);

  temporary_folder folder;
  const auto csv = (folder.path() / "a.csv").string();
  const auto lines = (folder.path() / "a.ndjson").string();
  // The command writes what the API answers, beside the running program.
  for (const auto& [file, format] : {std::pair{csv, "csv"}, std::pair{lines, "ndjson"}}) {
    const finished made({"history", "export", file, std::string("--format=") + format, path_flag(first.storage())});
    BOOST_TEST(made.status == 0, made.err);
    BOOST_TEST(content_of(file) == exported(first, std::string("&format=") + format));
    BOOST_TEST(
        finished({"history", "export", file, std::string("--format=") + format, path_flag(first.storage())}).status
        == 1);
  }
  BOOST_TEST(content_of(csv) == before);
  for (const auto& file : {csv, lines}) {
    http_sink quiet;
    program second(one_webhook(quiet.url()), {"--data.retention=0"});
    second.terminate();
    std::filesystem::remove_all(second.storage());
    const finished import({"history", "import", file, path_flag(second.storage())});
    BOOST_TEST(import.status == 0, import.err + import.out);
    BOOST_TEST(import.out.find("imported            3\n") != std::string::npos, import.out);
    const finished verified({"storage", "verify", path_flag(second.storage())});
    BOOST_TEST(verified.status == 0, verified.out);
    second.start();
    BOOST_TEST(without_ids(exported(second)) == without_ids(before));
    // Nobody is told of what is imported.
    BOOST_TEST(quiet.count() == 0U);
  }
}

BOOST_AUTO_TEST_CASE(an_import_that_is_killed_goes_on_when_it_is_called_again) {
  constexpr int rows = 120'000;
  temporary_folder folder;
  const auto file = folder.write("a.csv", many_rows(rows));
  const auto storage = folder.path() / "data";
  int kills = 0;
  for (; kills < 3; ++kills) {
    process import({TOCSIN_PROGRAM, "history", "import", file, path_flag(storage)});
    const auto imported = [&storage] {
      try {
        return std::stol(ask(storage, "SELECT coalesce(max(imported), 0) FROM imports WHERE finished_at IS NULL"));
      } catch (const std::exception&) {
        return 0L; // not there yet
      }
    };
    const auto goal = (kills + 1) * 20'000L;
    BOOST_REQUIRE(eventually(30s, [&] { return imported() >= goal; }));
    import.kill();
    BOOST_TEST(ask(storage, "SELECT count(*) - (SELECT imported FROM imports) FROM alert_history") == "0");
  }
  const finished last({"history", "import", file, path_flag(storage)});
  BOOST_TEST(last.status == 0, last.err + last.out);
  BOOST_TEST(last.out.find("of them before it was broken off") != std::string::npos, last.out);
  BOOST_TEST(last.out.find("imported       120000\n") != std::string::npos, last.out);
  BOOST_TEST(last.out.find("duplicates          0  are") != std::string::npos, last.out);
  BOOST_TEST(ask(storage, "SELECT count(*) FROM alert_history") == std::to_string(rows));
  BOOST_TEST(ask(storage, "SELECT count(DISTINCT start_time) FROM alert_history") == std::to_string(rows));
  BOOST_TEST(finished({"storage", "verify", path_flag(storage)}).status == 0);
}

BOOST_AUTO_TEST_CASE(a_folder_in_use_takes_no_import_and_a_bad_command_line_is_told) {
  http_sink sink;
  program tocsin(one_webhook(sink.url()));
  temporary_folder folder;
  const auto file = folder.write("a.csv", many_rows(1));
  const finished refused({"history", "import", file, path_flag(tocsin.storage())});
  BOOST_TEST(refused.status == 1);
  BOOST_TEST(refused.out == "");
  BOOST_TEST(refused.err.find("is in use by another running instance (process ") != std::string::npos, refused.err);
  BOOST_TEST(finished({"history", "import"}).status == 2);
  const auto broken = folder.write("b.csv", "alert_name,start_time\nA,x\n");
  const finished partly({"history", "import", broken, path_flag(folder.path() / "data")});
  BOOST_TEST(partly.status == 1);
  BOOST_TEST(partly.out.find("refused             1\n") != std::string::npos, partly.out);
}

BOOST_AUTO_TEST_CASE(a_back_up_is_made_while_alerts_come_in_and_a_start_from_it_has_them) {
  http_sink sink;
  program tocsin(one_webhook(sink.url()));
  temporary_folder folder;
  const auto copy = (folder.path() / "data" / "tocsin.db").string();
  std::filesystem::create_directories(folder.path() / "data");
  std::atomic<bool> stop = false;
  std::atomic<int> answered = 0;
  std::atomic<int> refused = 0;
  std::thread ingest([&, port = tocsin.port()] {
    api client(port);
    for (int i = 0; !stop; ++i) {
      std::vector<std::string> alerts;
      for (int k = 0; k < 20; ++k) {
        alerts.push_back(alert_json({{"alertname", "Busy"}, {"n", std::to_string(20 * i + k)}}));
      }
      (client.post_all(alerts).status == 200 ? answered : refused) += 20;
    }
  });
  const bool busy = eventually(20s, [&] { return answered > 2000; });
  const int before = answered;
  const finished made({"history", "export", copy, path_flag(tocsin.storage())});
  const int after = answered;
  stop = true;
  ingest.join();
  BOOST_REQUIRE(busy);
  BOOST_TEST(made.status == 0, made.err);
  BOOST_TEST(made.out.find(copy + ": ") == 0U, made.out);
  BOOST_TEST(after > before);
  BOOST_TEST(refused == 0);
  const auto held = std::stoi(ask(folder.path() / "data", "SELECT count(*) FROM alert_history"));
  BOOST_TEST(held >= before);

  // In the place of the one that is lost.
  tocsin.kill();
  std::filesystem::remove_all(tocsin.storage());
  std::filesystem::rename(folder.path() / "data", tocsin.storage());
  tocsin.start();
  api client(tocsin);
  BOOST_TEST(history_total(client) == held);
  BOOST_TEST(client.post_all({alert_json({{"alertname", "After"}})}).status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
