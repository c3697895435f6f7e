#include <algorithm>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <boost/test/unit_test.hpp>

#include "tests/http/csv_reader.hpp"
#include "tests/http/support.hpp"

using namespace tocsin::testing;

namespace {

const std::string path = "/api/alerts/export/csv";

/// The names of a row's members as JSON has them.
std::vector<std::string> json_names(client& http) {
  std::istringstream in(http.get("/api/alerts/history?limit=1&days=365").read().keys("/data/0"));
  return {std::istream_iterator<std::string>(in), {}};
}

std::string post(client& http, pairs labels, std::chrono::milliseconds ago, const std::string& annotations = "{}") {
  const auto body =
      "[" + alert_json(labels, "\"annotations\":" + annotations + R"(,"startsAt":")" + moment(-ago) + '"') + "]";
  const auto a = http.post_alerts(body);
  BOOST_REQUIRE_MESSAGE(a.status == 200, a.body);
  return body;
}

/// A file that has been read, with its cells by the names of their columns.
struct table {
  explicit table(const std::string& text) : lines(read_csv(text)) {}

  std::string cell(std::size_t row, const std::string& name) const {
    const auto& head = lines.at(0);
    const auto found = std::find(head.begin(), head.end(), name);
    if (found == head.end()) throw std::runtime_error("no column " + name);
    return lines.at(row + 1).at(static_cast<std::size_t>(found - head.begin()));
  }
  std::string column(const std::string& name) const {
    std::string all;
    for (std::size_t row = 0; row + 1 < lines.size(); ++row) all += (row ? " " : "") + cell(row, name);
    return all;
  }

  std::vector<std::vector<std::string>> lines;
};

/// Copies of the first alert, as if they had come in one after the other, a hundred at a time.
void multiply(const std::string& folder, int copies) {
  SQLite::Database db(folder + "/tocsin.db", SQLite::OPEN_READWRITE);
  db.setBusyTimeout(10'000);
  std::string names;
  std::string values;
  SQLite::Statement columns(db, "SELECT name FROM pragma_table_info('alert_history')");
  while (columns.executeStep()) {
    const auto name = columns.getColumn(0).getString();
    names += (names.empty() ? "" : ", ") + name;
    values += values.empty() ? "" : ", ";
    values += name == "id" ? "1000 + n.i" : name == "start_time" ? "start_time + n.i / 100" : name;
  }
  db.exec("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + std::to_string(copies)
          + ") INSERT INTO alert_history (" + names + ") SELECT " + values
          + " FROM alert_history, n WHERE alert_history.id = 1");
}

/// What the process has in memory of its own: without the pages of files, which all share.
std::size_t own_bytes() {
  std::ifstream in("/proc/self/status");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("RssAnon:")) return std::stoul(line.substr(line.find(':') + 1)) * 1024;
  }
  throw std::runtime_error("no RssAnon");
}

} // namespace

BOOST_AUTO_TEST_SUITE(export_over_http)

BOOST_FIXTURE_TEST_CASE(the_columns_are_the_members_of_a_row_and_the_oldest_comes_first, with_site) {
  post(http, {{"alertname", "New"}, {"severity", "info"}}, 1h);
  post(http, {{"alertname", "Old"}, {"severity", "critical"}, {"service", "ledger"}}, 48h);
  const auto a = http.get(path);
  BOOST_TEST(a.status == 200);
  BOOST_TEST(a.header("Content-Type") == "text/csv; charset=utf-8");
  BOOST_TEST(a.header("Transfer-Encoding") == "chunked");
  BOOST_TEST(a.header("Content-Disposition")
             == "attachment; filename=\"tocsin-history-" + moment().substr(0, 10) + ".csv\"");
  const table t(a.body);
  BOOST_TEST(t.lines.at(0) == json_names(http), boost::test_tools::per_element());
  for (const auto& line : t.lines) BOOST_TEST(line.size() == t.lines.at(0).size());
  BOOST_TEST(t.column("alert_name") == "Old New");
  // Every cell says what JSON says.
  const auto row = http.get("/api/alerts/history?alert_name=Old").read();
  for (const auto* name : {"start_time", "severity", "service", "status", "fingerprint", "created_at", "updated_at"}) {
    BOOST_TEST(t.cell(0, name) == row.text("/data/0/" + std::string(name)).value_or("nothing"), name);
  }
  for (const auto* name : {"id", "group_id", "occurrence_count", "escalation_level"}) {
    BOOST_TEST(t.cell(0, name) == std::to_string(row.number("/data/0/" + std::string(name)).value_or(-1)), name);
  }
  BOOST_TEST(t.cell(0, "labels") == R"({"alertname":"Old","service":"ledger","severity":"critical"})");
  BOOST_TEST(t.cell(0, "related_alerts") == "[]");
  for (const auto* name : {"end_time", "resolution_time_seconds", "acknowledgment_time", "acknowledged_by"}) {
    BOOST_TEST(t.cell(0, name) == "", name);
  }
}

BOOST_FIXTURE_TEST_CASE(an_empty_history_is_a_file_with_a_header, with_site) {
  const auto a = http.get(path);
  BOOST_TEST(a.status == 200);
  BOOST_TEST(read_csv(a.body).size() == 1U);
  const auto lines = http.get(path + "?format=ndjson");
  BOOST_TEST(lines.status == 200);
  BOOST_TEST(lines.body == "");
}

BOOST_FIXTURE_TEST_CASE(hostile_texts_arrive_whole_and_run_nothing, with_site) {
  struct row {
    std::string json;   ///< as it is posted
    std::string expect; ///< as the cell has it
  };
  const std::vector<row> rows{
      {R"(磁盘 ü 🔔)", "磁盘 ü 🔔"},
      {R"(say \"no\", twice)", "say \"no\", twice"},
      {R"(two\nlines\r\nand more)", "two\nlines\r\nand more"},
      {R"(=HYPERLINK(\"http://x\",\"y\"))", "'=HYPERLINK(\"http://x\",\"y\")"},
      {R"(+1)", "'+1"},
      {R"(-2+3)", "'-2+3"},
      {R"(@SUM(A1))", "'@SUM(A1)"},
      {R"(\t=1)", "'\t=1"},
      {R"(\r=1)", "'\r=1"},
      {R"('quoted')", "'quoted'"},
      {R"( spaces )", " spaces "},
  };
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto number = std::to_string(i);
    post(http, {{"alertname", "A"}, {"n", number}}, 1h - std::chrono::seconds(i),
         "{\"summary\":\"" + rows[i].json + "\"}");
  }
  const table t(http.get(path).body);
  BOOST_REQUIRE_EQUAL(t.lines.size(), rows.size() + 1);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    BOOST_TEST(t.cell(i, "summary") == rows[i].expect);
    BOOST_TEST(json(t.cell(i, "annotations")).text("/summary").has_value());
  }
}

BOOST_FIXTURE_TEST_CASE(filters_choose_the_rows, with_site) {
  post(http, {{"alertname", "A"}, {"severity", "critical"}, {"service", "ledger"}}, 20 * 24h);
  post(http, {{"alertname", "B"}, {"severity", "critical"}, {"service", "mail"}}, 3h);
  post(http, {{"alertname", "C"}, {"severity", "info"}, {"service", "ledger"}}, 2h);
  post(http, {{"alertname", "D, \"d\""}, {"severity", "info"}, {"service", "mail"}}, 1h);
  const auto names = [&](const std::string& query) { return table(http.get(path + query).body).column("alert_name"); };
  BOOST_TEST(names("") == "B C D, \"d\"");
  BOOST_TEST(names("?days=21") == "A B C D, \"d\"");
  BOOST_TEST(names("?days=365&severity=critical") == "A B");
  BOOST_TEST(names("?service=ledger") == "C");
  BOOST_TEST(names("?service=ledger&severity=critical&days=30") == "A");
  BOOST_TEST(names("?alert_name=D%2C%20%22d%22") == "D, \"d\"");
  BOOST_TEST(names("?alert_name=nothing") == "");
}

BOOST_FIXTURE_TEST_CASE(bad_parameters_are_named_before_a_file_begins, with_site) {
  const std::string days = "a whole number from 1 to 365";
  for (const auto& [query, expected] : std::vector<std::pair<std::string, std::string>>{
           {"days=0", "days: expected " + days + ", found \"0\""},
           {"days=366", "days: expected " + days + ", found \"366\""},
           {"days=x", "days: expected " + days + ", found \"x\""},
           {"severity=bad", "severity: expected critical, warning or info, found \"bad\""},
           {"format=xml", "format: expected csv or ndjson, found \"xml\""},
       }) {
    const auto a = http.get(path + "?" + query);
    BOOST_TEST(a.status == 400);
    BOOST_TEST(a.header("Content-Type") == "application/json");
    BOOST_TEST(a.read().text("/error/message").value_or("") == expected);
    BOOST_TEST(a.read().text("/error/parameter").value_or("") == query.substr(0, query.find('=')));
  }
}

BOOST_FIXTURE_TEST_CASE(ndjson_has_a_row_a_line, with_site) {
  post(http, {{"alertname", "B"}}, 1h, R"({"summary":"two\nlines"})");
  post(http, {{"alertname", "A"}}, 2h);
  const auto a = http.get(path + "?format=ndjson");
  BOOST_TEST(a.header("Content-Type") == "application/x-ndjson");
  BOOST_TEST(a.header("Content-Disposition").find(".ndjson\"") != std::string::npos);
  std::istringstream in(a.body);
  std::vector<std::string> names;
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    lines.push_back(line);
    names.push_back(json(line).text("/alert_name").value_or("no JSON"));
  }
  BOOST_TEST(names == (std::vector<std::string>{"A", "B"}), boost::test_tools::per_element());
  // The same row as the history shows it.
  const auto shown = http.get("/api/alerts/history?alert_name=B").body;
  BOOST_TEST(shown.find("[" + lines.at(1) + "]") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(head_says_what_would_come, with_site) {
  post(http, {{"alertname", "A"}}, 1h);
  for (int i = 0; i < 5; ++i) {
    const auto a = http.head(path);
    BOOST_TEST(a.status == 200);
    BOOST_TEST(a.header("Content-Type") == "text/csv; charset=utf-8");
    BOOST_TEST(a.body == "");
  }
}

BOOST_FIXTURE_TEST_CASE(a_large_export_takes_no_more_memory_than_a_page, with_site) {
  post(http, {{"alertname", "Many"}, {"service", "ledger"}}, 24h, R"({"summary":"one of many"})");
  constexpr int copies = 100'000;
  multiply(here.folder(), copies);
  // Once for everything that is kept anyway: connections, buffers, the mapped file.
  BOOST_TEST(http.get(path + "?alert_name=nothing").status == 200);
  httplib::Client slow("127.0.0.1", here.port());
  slow.set_read_timeout(20s);
  const auto before = own_bytes();
  std::size_t most = before;
  std::size_t bytes = 0;
  std::size_t lines = 0;
  const auto done = slow.Get(path, [&](const char* data, std::size_t length) {
    bytes += length;
    lines += static_cast<std::size_t>(std::count(data, data + length, '\n'));
    most = std::max(most, own_bytes());
    return true;
  });
  BOOST_REQUIRE(done);
  BOOST_TEST(done->status == 200);
  BOOST_TEST(lines == copies + 2U);
  BOOST_TEST_MESSAGE(bytes << " bytes exported; memory grew by " << (most - before) / 1024 << " KiB");
  BOOST_TEST(bytes > 25'000'000U);
  BOOST_TEST(most - before < 6'000'000U);
}

BOOST_FIXTURE_TEST_CASE(clients_that_stall_hold_nothing_up_and_leave_when_they_go, with_site) {
  post(http, {{"alertname", "Many"}}, 24h, R"({"summary":"one of many"})");
  multiply(here.folder(), 60'000);
  std::vector<std::unique_ptr<raw_connection>> stalled;
  for (int i = 0; i < 3; ++i) {
    stalled.push_back(std::make_unique<raw_connection>(here.port()));
    stalled.back()->write("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
    // The head is there: the export has begun.
    BOOST_TEST(stalled.back()->read_head().status == 200);
  }
  const auto refused = http.get(path);
  BOOST_TEST(refused.status == 503);
  BOOST_TEST(refused.header("Retry-After") == "1");
  BOOST_TEST(http.get("/api/alerts/history?limit=1").status == 200);
  post(http, {{"alertname", "Meanwhile"}}, 1s);
  BOOST_TEST(http.total("&alert_name=Meanwhile") == 1);
  stalled.clear();
  BOOST_TEST(eventually(5s, [&] { return http.get(path + "?alert_name=Meanwhile").status == 200; }));
}

BOOST_AUTO_TEST_SUITE_END()
