#include <string>
#include <thread>
#include <vector>

#include <SQLiteCpp/Database.h>
#include <boost/test/unit_test.hpp>

#include "tests/http/support.hpp"

using namespace tocsin::testing;

namespace {

const std::string path = "/api/alerts/history/cleanup";

/// An alert that began and ended so many hours ago; still active without an end.
void post(client& http, const std::string& name, int began, std::optional<int> ended = {}) {
  const auto starts = R"("startsAt":")" + moment(-std::chrono::hours{began}) + '"';
  BOOST_REQUIRE_EQUAL(http.post_alerts("[" + alert_json({{"alertname", name}}, starts) + "]").status, 200);
  if (!ended) return;
  const auto ends = starts + R"(,"endsAt":")" + moment(-std::chrono::hours{*ended}) + '"';
  BOOST_REQUIRE_EQUAL(http.post_alerts("[" + alert_json({{"alertname", name}}, ends) + "]").status, 200);
}

constexpr int day = 24;

} // namespace

BOOST_AUTO_TEST_SUITE(cleanup_over_http)

BOOST_FIXTURE_TEST_CASE(what_ended_before_goes_and_the_rest_stays, with_site) {
  post(http, "Old", 100 * day, 91 * day);
  post(http, "Edge", 100 * day, 90 * day - 1);
  post(http, "Long", 101 * day);
  post(http, "New", 2, 1);
  const auto a = http.del(path);
  BOOST_TEST(a.status == 200, a.body);
  const auto answer = a.read();
  BOOST_TEST(answer.keys("") == "success count data");
  BOOST_TEST(answer.keys("/data") == "deleted days cutoff");
  BOOST_TEST(answer.boolean("/success").value());
  BOOST_TEST(answer.number("/count").value() == 1);
  BOOST_TEST(answer.number("/data/deleted").value() == 1);
  BOOST_TEST(answer.number("/data/days").value() == 90);
  const auto cutoff = answer.text("/data/cutoff").value();
  BOOST_TEST(cutoff <= moment(-90 * 24h));
  BOOST_TEST(cutoff > moment(-90 * 24h - 1min));
  BOOST_TEST(http.get("/api/alerts/history?days=365").read().column("alert_name") == "New Edge Long");
  BOOST_TEST(http.get("/api/alerts/history/1").status == 404);
  BOOST_TEST(http.del(path + "?days=30").read().number("/data/deleted").value_or(-1) == 1);
  BOOST_TEST(http.del(path + "?days=30").read().number("/data/deleted").value_or(-1) == 0);
  const auto metrics = http.get("/metrics").body;
  BOOST_TEST(metrics.find("\ntocsin_history_cleanup_running 0\n") != std::string::npos);
  BOOST_TEST(metrics.find("\ntocsin_history_cleaned_rows_total ") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(bad_days_are_named_and_delete_nothing, with_site) {
  post(http, "Old", 300 * day, 299 * day);
  for (const auto* bad : {"29", "366", "0", "-90", "90.5", "x", ""}) {
    const auto a = http.del(path + "?days=" + bad);
    BOOST_TEST(a.status == 400);
    BOOST_TEST(a.read().text("/error/parameter").value_or("") == "days");
    BOOST_TEST(a.read().text("/error/message").value_or("")
               == "days: expected a whole number from 30 to 365, found \"" + std::string(bad) + "\"");
  }
  BOOST_TEST(http.send("DELETE", path, R"({"days":29})").status == 400);
  BOOST_TEST(http.total() == 1);
  BOOST_TEST(http.send("DELETE", path, R"({"days":365})").status == 200);
  BOOST_TEST(http.total() == 1);
}

BOOST_FIXTURE_TEST_CASE(a_second_one_is_refused_while_the_first_runs_and_alerts_are_taken_in, with_site) {
  post(http, "Old", 100 * day, 99 * day);
  {
    SQLite::Database db(here.folder() + "/tocsin.db", SQLite::OPEN_READWRITE);
    db.setBusyTimeout(10'000);
    // Enough details for many steps.
    db.exec(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40000) "
        "INSERT INTO alert_events (alert_id, kind, caused_by, text, at) SELECT 1, 'flapping', '', 'again', i FROM n");
  }
  answer first;
  std::thread asking([&] { first = client(here.port()).del(path); });
  BOOST_TEST(eventually(
      5s, [&] { return http.get("/metrics").body.find("\ntocsin_history_cleanup_running 1\n") != std::string::npos; }));
  const auto second = http.del(path);
  post(http, "Meanwhile", 1);
  asking.join();
  BOOST_TEST(second.status == 409, second.body);
  BOOST_TEST(second.read().text("/error/code").value_or("") == "conflict");
  BOOST_TEST(first.status == 200, first.body);
  BOOST_TEST(http.total("&alert_name=Meanwhile") == 1);
  BOOST_TEST(http.get("/metrics").body.find("\ntocsin_history_cleaned_rows_total 40001\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_server_that_stops_does_not_wait_for_the_end_of_a_clean_up) {
  answer first;
  std::thread asking;
  {
    with_site running;
    post(running.http, "Old", 100 * day, 99 * day);
    SQLite::Database db(running.here.folder() + "/tocsin.db", SQLite::OPEN_READWRITE);
    db.setBusyTimeout(10'000);
    db.exec(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) "
        "INSERT INTO alert_events (alert_id, kind, caused_by, text, at) SELECT 1, 'flapping', '', 'again', i FROM n");
    asking = std::thread([&, port = running.here.port()] { first = client(port).del(path); });
    BOOST_TEST(eventually(5s, [&] {
      return running.http.get("/metrics").body.find("\ntocsin_history_cleanup_running 1\n") != std::string::npos;
    }));
  }
  asking.join();
  BOOST_TEST(first.status == 503, first.status << " " << first.body);
  BOOST_TEST(first.body.find("the next clean-up goes on") != std::string::npos, first.body);
}

BOOST_AUTO_TEST_SUITE_END()
