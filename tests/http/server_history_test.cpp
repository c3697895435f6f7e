#include <mutex>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/http/support.hpp"

using namespace tocsin::testing;

namespace {

constexpr auto row_keys =
    "id alert_name severity service category instance status start_time end_time resolution_time_seconds "
    "escalation_level "
    "acknowledgment_time acknowledged_by summary labels annotations generator_url fingerprint declared_severity "
    "occurrence_count reopen_count last_seen suppressed_by root_cause related_alerts notification_channels "
    "notification_count "
    "group_id "
    "created_at updated_at";

/// Five alerts, A the oldest; C and E are three days old and more, D has ended.
struct with_alerts : with_site {
  with_alerts() {
    const auto start = [](std::chrono::milliseconds ago) { return R"("startsAt":")" + moment(-ago) + '"'; };
    const auto a = http.post_alerts(
        "[" + alert_json({{"alertname", "E"}, {"severity", "info"}, {"service", "ledger"}}, start(24h * 20)) + ","
        + alert_json({{"alertname", "C"}, {"severity", "warning"}, {"service", "mail"}}, start(24h * 3)) + ","
        + alert_json({{"alertname", "B"}, {"severity", "critical"}, {"service", "ledger"}}, start(3h)) + ","
        + alert_json({{"alertname", "A"}, {"severity", "critical"}, {"service", "mail"}}, start(2h)) + ","
        + alert_json({{"alertname", "D"}, {"severity", "info"}, {"component", "mail"}}, start(1h)) + "]");
    BOOST_REQUIRE_EQUAL(a.status, 200);
    const auto ended = http.post_alerts("["
                                        + alert_json({{"alertname", "D"}, {"severity", "info"}, {"component", "mail"}},
                                                     start(1h) + R"(,"endsAt":")" + moment(-1min) + '"')
                                        + "]");
    BOOST_REQUIRE_EQUAL(ended.status, 200);
  }

  std::string names(const std::string& query) {
    const auto a = http.get("/api/alerts/history?" + query);
    BOOST_TEST(a.status == 200, a.body);
    return a.read().column("alert_name");
  }
};

void check_refused(const answer& a, const std::string& parameter, const std::string& range, const std::string& found) {
  BOOST_TEST(a.status == 400, a.status << " " << a.body);
  BOOST_TEST(a.header("Content-Type") == "application/json");
  const auto error = a.read();
  BOOST_TEST(error.keys("") == "success error");
  BOOST_TEST(!error.boolean("/success").value_or(true));
  BOOST_TEST(error.text("/error/code").value_or("") == "invalid_parameter");
  BOOST_TEST(error.text("/error/parameter").value_or("") == parameter);
  BOOST_TEST(error.text("/error/message").value_or("")
             == parameter + ": expected " + range + ", found \"" + found + "\"");
}

} // namespace

BOOST_AUTO_TEST_SUITE(history_over_http)

BOOST_FIXTURE_TEST_CASE(an_empty_history_is_an_empty_envelope, with_site) {
  for (const std::string path : {"/api/alerts/history", "/api/alerts/notification-history"}) {
    const auto a = http.get(path);
    BOOST_TEST(a.status == 200);
    BOOST_TEST(a.header("Content-Type") == "application/json");
    BOOST_TEST(a.body == "{\"success\":true,\"count\":0,\"total\":0,\"data\":[]}\n", path);
  }
}

BOOST_FIXTURE_TEST_CASE(a_row_shows_what_was_posted, with_site) {
  const auto before = moment();
  const auto started = moment(-10min);
  const auto ends = moment(10min);
  const auto a = http.post_alerts(
      R"([{"labels":{"alertname":"Disk","severity":"critical","service":"ledger","category":"storage","instance":"db1"},)"
      R"("annotations":{"summary":"full \"up\" <b>"},"generatorURL":"http://p.example/g?x=1&y=2","startsAt":")"
      + started + R"(","endsAt":")" + ends + "\"}]");
  BOOST_REQUIRE_EQUAL(a.status, 200);
  const auto row = http.get("/api/alerts/history").read();
  BOOST_TEST(row.keys("") == "success count total data");
  BOOST_TEST(row.keys("/data/0") == row_keys);
  BOOST_TEST(row.boolean("/success").value());
  BOOST_TEST(row.number("/count").value() == 1);
  BOOST_TEST(row.number("/total").value() == 1);
  const auto id = row.number("/data/0/id").value();
  BOOST_TEST(id > 0);
  for (const auto& [pointer, value] :
       std::vector<std::pair<std::string, std::string>>{{"alert_name", "Disk"},
                                                        {"severity", "critical"},
                                                        {"service", "ledger"},
                                                        {"category", "storage"},
                                                        {"instance", "db1"},
                                                        {"status", "firing"},
                                                        {"start_time", started},
                                                        {"acknowledged_by", ""},
                                                        {"summary", "full \"up\" <b>"},
                                                        {"labels/instance", "db1"},
                                                        {"annotations/summary", "full \"up\" <b>"},
                                                        {"generator_url", "http://p.example/g?x=1&y=2"},
                                                        {"declared_severity", "critical"},
                                                        {"suppressed_by", ""}}) {
    BOOST_TEST(row.text("/data/0/" + pointer).value_or("nothing") == value, pointer);
  }
  for (const auto* pointer : {"end_time", "resolution_time_seconds", "acknowledgment_time"}) {
    BOOST_TEST(row.is_null("/data/0/" + std::string(pointer)), pointer);
  }
  BOOST_TEST(row.number("/data/0/escalation_level").value() == 1);
  BOOST_TEST(row.number("/data/0/occurrence_count").value() == 1);
  BOOST_TEST(row.text("/data/0/fingerprint").value().size() == 32U);
  for (const auto* pointer : {"/data/0/created_at", "/data/0/last_seen", "/data/0/updated_at"}) {
    BOOST_TEST(row.text(pointer).value() >= before, pointer);
    BOOST_TEST(row.text(pointer).value() <= moment(), pointer);
  }
  const auto detail = http.get("/api/alerts/history/" + std::to_string(id)).read();
  BOOST_TEST(detail.keys("") == "success count data");
  BOOST_TEST(detail.number("/count").value() == 1);
  BOOST_TEST(detail.keys("/data")
             == std::string(row_keys)
                    + " route window_until escalations acknowledgments notifications events correlations");
  BOOST_TEST(detail.text("/data/alert_name").value() == "Disk");
  BOOST_TEST(detail.size("/data/escalations").value() == 0U);
}

BOOST_FIXTURE_TEST_CASE(rows_come_newest_start_first_and_in_pages, with_alerts) {
  struct row {
    std::string query;
    std::string names;
  };
  for (const auto& [query, expected] : std::vector<row>{{"days=365", "D A B C E"},
                                                        {"days=365&limit=2", "D A"},
                                                        {"days=365&limit=2&offset=2", "B C"},
                                                        {"days=365&limit=2&offset=4", "E"},
                                                        {"days=365&limit=2&offset=5", ""},
                                                        {"days=365&limit=10000&offset=0", "D A B C E"},
                                                        {"days=365&offset=1000000000", ""},
                                                        {"days=365&limit=1&offset=3", "C"}}) {
    BOOST_TEST_CONTEXT(query) {
      const auto page = http.get("/api/alerts/history?" + query).read();
      BOOST_TEST(page.column("alert_name") == expected);
      BOOST_TEST(page.number("/total").value() == 5);
      BOOST_TEST(page.number("/count").value() == static_cast<std::int64_t>(page.size("/data").value()));
    }
  }
}

BOOST_FIXTURE_TEST_CASE(filters_choose_rows_and_count_them, with_alerts) {
  struct row {
    std::string query;
    std::string names;
  };
  for (const auto& [query, expected] : std::vector<row>{{"", "D A B C"},
                                                        {"days=1", "D A B"},
                                                        {"days=19", "D A B C"},
                                                        {"days=21", "D A B C E"},
                                                        {"alert_name=A", "A"},
                                                        {"alert_name=a", ""},
                                                        {"alert_name=", ""},
                                                        {"alert_name=%41", "A"},
                                                        {"alert_name=A%00", ""},
                                                        {"alert_name=%25", ""},
                                                        {"alert_name=A%26severity=info", ""},
                                                        {"alert_name=A'%20OR%20'1'='1", ""},
                                                        {"alert_name=_", ""},
                                                        {"alert_name=%FF", ""},
                                                        {"severity=critical", "A B"},
                                                        {"severity=warning", "C"},
                                                        {"severity=info", "D"},
                                                        {"service=mail", "D A C"},
                                                        {"service=mail/x", ""},
                                                        {"status=firing", "A B C"},
                                                        {"status=resolved", "D"},
                                                        {"status=acknowledged", ""},
                                                        {"severity=critical&service=mail", "A"},
                                                        {"severity=info&status=firing", ""},
                                                        {"severity=critical&days=1&limit=1&offset=1", "B"},
                                                        {"unknown=1", "D A B C"},
                                                        {"DAYS=none", "D A B C"},
                                                        {"alert_name=A&alert_name=B", "A"},
                                                        {"&&=&", "D A B C"}}) {
    BOOST_TEST_CONTEXT(query) {
      BOOST_TEST(names(query) == expected);
    }
  }
  BOOST_TEST(http.get("/api/alerts/history?severity=critical&limit=1").read().number("/total").value() == 2);
}

BOOST_FIXTURE_TEST_CASE(a_bad_parameter_is_refused_with_its_name_and_range, with_site) {
  struct row {
    std::string query;
    std::string parameter;
    std::string range;
    std::string found;
  };
  const std::string days = "a whole number from 1 to 365";
  const std::string limit = "a whole number from 1 to 10000";
  const std::string offset = "a whole number from 0 to 1000000000";
  const std::string statuses = "firing, acknowledged, escalated, suppressed or resolved";
  const std::string severities = "critical, warning or info";
  const std::vector<row> common{{"days=0", "days", days, "0"},
                                {"days=366", "days", days, "366"},
                                {"days=abc", "days", days, "abc"},
                                {"days=-1", "days", days, "-1"},
                                {"days=", "days", days, ""},
                                {"days", "days", days, ""},
                                {"days=+1", "days", days, " 1"},
                                {"days=1%2B", "days", days, "1+"},
                                {"days=1%00", "days", days, std::string("1\0", 2)},
                                {"days=1%0A", "days", days, "1\n"},
                                {"days=%2531", "days", days, "%31"},
                                {"days=99999999999999999999", "days", days, "99999999999999999999"},
                                {"days=-9223372036854775809", "days", days, "-9223372036854775809"},
                                {"limit=0", "limit", limit, "0"},
                                {"limit=10001", "limit", limit, "10001"},
                                {"limit=1e3", "limit", limit, "1e3"},
                                {"limit=4294967297", "limit", limit, "4294967297"},
                                {"offset=-1", "offset", offset, "-1"},
                                {"offset=1000000001", "offset", offset, "1000000001"},
                                {"limit=0&days=0", "days", days, "0"}};
  const std::vector<row> alerts{{"severity=loud", "severity", severities, "loud"},
                                {"severity=", "severity", severities, ""},
                                {"severity=Critical", "severity", severities, "Critical"},
                                {"severity=critical%00", "severity", severities, std::string("critical\0", 9)},
                                {"severity=%FF", "severity", severities, "\xEF\xBF\xBD"},
                                {"status=gone", "status", statuses, "gone"},
                                {"status=open", "status", statuses, "open"}};
  const std::vector<row> notifications{{"success=maybe", "success", "true or false", "maybe"},
                                       {"success=", "success", "true or false", ""}};
  const auto check = [this](const std::string& path, const std::vector<row>& rows) {
    for (const auto& r : rows) {
      BOOST_TEST_CONTEXT(path << r.query) {
        check_refused(http.get(path + r.query), r.parameter, r.range, r.found);
      }
    }
  };
  check("/api/alerts/history?", common);
  check("/api/alerts/history?", alerts);
  check("/api/alerts/notification-history?", common);
  check("/api/alerts/notification-history?", notifications);
}

BOOST_FIXTURE_TEST_CASE(an_id_is_a_positive_number, with_alerts) {
  struct row {
    std::string id;
    std::string found;
  };
  for (const auto& [id, found] : std::vector<row>{{"abc", "abc"},
                                                  {"0", "0"},
                                                  {"-1", "-1"},
                                                  {"99999999999999999999", "99999999999999999999"},
                                                  {"9223372036854775808", "9223372036854775808"},
                                                  {"1%00", std::string("1\0", 2)},
                                                  {"%25", "%"},
                                                  {"%2531", "%31"},
                                                  {"%", "%"},
                                                  {"%zz", "%zz"},
                                                  {"+1", "+1"},
                                                  {"%201", " 1"},
                                                  {"%0A1", "\n1"},
                                                  {"1%3Fx", "1?x"},
                                                  {"1.0", "1.0"},
                                                  {"0x1", "0x1"},
                                                  {"%D9%A1", "\xD9\xA1"},
                                                  {"%FF", "\xEF\xBF\xBD"},
                                                  {"..%2F", ".."}}) {
    BOOST_TEST_CONTEXT(id) {
      check_refused(http.get("/api/alerts/history/" + id), "id", "a positive whole number", found);
    }
  }
}

BOOST_FIXTURE_TEST_CASE(an_id_may_be_spelled_with_percents_or_a_slash_behind, with_alerts) {
  for (const std::string spelled : {"1", "01", "%31", "1/", "1?days=abc"}) {
    const auto a = http.get("/api/alerts/history/" + spelled);
    BOOST_TEST(a.status == 200, spelled << ": " << a.body);
    BOOST_TEST(a.read().number("/data/id").value_or(0) == 1);
  }
}

BOOST_FIXTURE_TEST_CASE(an_unknown_id_is_not_found, with_alerts) {
  for (const std::string id : {"999999", "9223372036854775807"}) {
    const auto a = http.get("/api/alerts/history/" + id);
    BOOST_TEST(a.status == 404);
    BOOST_TEST(a.body
               == R"({"success":false,"error":{"code":"not_found","message":"there is no alert )" + id
                      + "\",\"parameter\":\"id\"}}\n");
  }
}

BOOST_FIXTURE_TEST_CASE(a_duplicate_is_counted_and_is_no_new_row, with_site) {
  const auto body = "[" + alert_json({{"alertname", "Again"}}, R"("startsAt":")" + moment(-1min) + '"') + "]";
  for (int i = 0; i < 3; ++i) BOOST_TEST(http.post_alerts(body).status == 200);
  BOOST_TEST(http.total() == 1);
  // Counts are written behind, together.
  BOOST_TEST(eventually(5s, [this] {
    return http.get("/api/alerts/history").read().number("/data/0/occurrence_count").value_or(0) == 3;
  }));
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

/// A receiver that takes everything.
struct webhook_sink {
  webhook_sink() {
    server.Post("/hook", [](const httplib::Request&, httplib::Response&) {});
    port = server.bind_to_any_port("127.0.0.1");
    thread = std::thread([this] { server.listen_after_bind(); });
    while (!server.is_running()) std::this_thread::yield();
  }
  ~webhook_sink() {
    server.stop();
    thread.join();
  }

  httplib::Server server;
  int port = 0;
  std::thread thread;
};

/// One alert was delivered and one failed for the first time.
struct with_notifications {
  webhook_sink sink;
  site here{"http://127.0.0.1:" + std::to_string(sink.port) + "/hook"};
  client http{here.port()};

  with_notifications() {
    http.post_alerts("[" + alert_json({{"alertname", "Told"}, {"to", "url"}}) + ","
                     + alert_json({{"alertname", "Untold"}, {"to", "nobody"}}) + "]");
    BOOST_REQUIRE(eventually(5s, [this] { return total("") >= 2; }));
  }

  std::int64_t total(const std::string& query) {
    const auto a = http.get("/api/alerts/notification-history?" + query);
    BOOST_TEST(a.status == 200, a.body);
    return a.read().number("/total").value_or(-1);
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(notification_history_over_http)

BOOST_FIXTURE_TEST_CASE(an_attempt_shows_how_it_went, with_notifications) {
  const auto told = http.get("/api/alerts/notification-history?success=true").read();
  BOOST_TEST(told.keys("") == "success count total data");
  BOOST_TEST(
      told.keys("/data/0")
      == "id notification_id alert_name channel recipients success sent_at duration_ms message retry_count reason");
  BOOST_TEST(told.text("/data/0/alert_name").value() == "Told");
  BOOST_TEST(told.text("/data/0/channel").value() == "sink/webhook/0");
  BOOST_TEST(told.number("/data/0/retry_count").value() == 0);
  const auto untold = http.get("/api/alerts/notification-history?success=false").read();
  BOOST_TEST(untold.text("/data/0/alert_name").value() == "Untold");
  BOOST_TEST(!untold.boolean("/data/0/success").value());
  BOOST_TEST(untold.text("/data/0/message").value() != "");
}

BOOST_FIXTURE_TEST_CASE(filters_choose_attempts_and_pages_count_them, with_notifications) {
  BOOST_TEST(total("alert_name=Told") == 1);
  BOOST_TEST(total("alert_name=told") == 0);
  BOOST_TEST(total("channel=webhook&success=1") == 1);
  BOOST_TEST(total("channel=sink/webhook/0") == 1);
  BOOST_TEST(total("channel=sink%2Fwebhook%2F0") == 1);
  BOOST_TEST(total("channel=slack") == 0);
  BOOST_TEST(total("days=1&success=true&alert_name=Untold") == 0);
  const auto page = http.get("/api/alerts/notification-history?success=true&limit=1&offset=1").read();
  BOOST_TEST(page.number("/count").value() == 0);
  BOOST_TEST(page.number("/total").value() == 1);
}

BOOST_FIXTURE_TEST_CASE(the_alert_shows_its_attempts, with_notifications) {
  const auto row = http.get("/api/alerts/history?alert_name=Told").read();
  BOOST_TEST(row.number("/data/0/notification_count").value() == 1);
  BOOST_TEST(row.text("/data/0/notification_channels/0").value() == "webhook");
  const auto id = row.number("/data/0/id").value();
  const auto detail = http.get("/api/alerts/history/" + std::to_string(id)).read();
  BOOST_TEST(detail.size("/data/notifications").value() == 1U);
  BOOST_TEST(detail.boolean("/data/notifications/0/success").value());
}

BOOST_AUTO_TEST_SUITE_END()
