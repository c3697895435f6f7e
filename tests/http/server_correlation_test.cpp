#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/http/support.hpp"

using namespace tocsin::testing;

namespace {

/// Three alerts, with the ids 1 to 3.
struct with_three : with_site {
  with_three() {
    for (const auto* name : {"A", "B", "C"}) {
      const auto alert = alert_json({{"alertname", name}, {"severity", "warning"}, {"service", "ledger"}},
                                    R"("annotations":{"summary":"what )" + std::string(name) + R"( says"})");
      BOOST_REQUIRE_EQUAL(http.post_alerts("[" + alert + "]").status, 200);
    }
  }

  answer correlate(const std::string& body) { return http.post("/api/alerts/correlations", body); }
  answer related(const std::string& id_and_query) { return http.get("/api/alerts/related/" + id_and_query); }
};

std::string pair(int first, int second, const std::string& score, const std::string& type) {
  return R"({"alert1_id":)" + std::to_string(first) + R"(,"alert2_id":)" + std::to_string(second)
         + R"(,"correlation_score":)" + score + R"(,"correlation_type":")" + type + "\"}";
}

void check_error(const answer& a, int status, const std::string& code, const std::string& parameter,
                 const std::string& message) {
  BOOST_TEST(a.status == status, a.status << " " << a.body);
  const auto error = a.read();
  BOOST_TEST(error.text("/error/code").value_or("") == code);
  BOOST_TEST(error.text("/error/parameter").value_or("") == parameter);
  BOOST_TEST(error.text("/error/message").value_or("") == message);
}

} // namespace

BOOST_AUTO_TEST_SUITE(correlations_over_http)

BOOST_FIXTURE_TEST_CASE(a_recorded_pair_is_answered_and_found_from_both_sides, with_three) {
  const auto before = moment();
  const auto a = correlate(pair(2, 1, "0.75", "semantic"));
  BOOST_REQUIRE_MESSAGE(a.status == 200, a.body);
  const auto record = a.read();
  BOOST_TEST(record.keys("") == "success count data");
  BOOST_TEST(record.keys("/data") == "alert1_id alert2_id correlation_score correlation_type created_at");
  // As it is stored: the smaller id first.
  BOOST_TEST(record.number("/data/alert1_id").value() == 1);
  BOOST_TEST(record.number("/data/alert2_id").value() == 2);
  BOOST_TEST(record.text("/data/correlation_type").value() == "semantic");
  BOOST_TEST(record.text("/data/created_at").value() >= before);
  BOOST_TEST(related("1").body
             == "{\"success\":true,\"count\":1,\"total\":1,\"data\":[{\"alert2_id\":2,\"correlation_score\":0.75,"
                "\"correlation_type\":\"semantic\",\"alert_name\":\"B\",\"severity\":\"warning\",\"service\":\"ledger\","
                "\"summary\":\"what B says\"}]}\n");
  BOOST_TEST(related("2").read().number("/data/0/alert2_id").value() == 1);
  BOOST_TEST(http.get("/api/alerts/history/1").read().number("/data/related_alerts/0").value_or(0) == 2);
}

BOOST_FIXTURE_TEST_CASE(a_second_record_of_a_pair_and_type_replaces_the_first, with_three) {
  BOOST_TEST(correlate(pair(1, 2, "0.6", "temporal")).status == 200);
  BOOST_TEST(correlate(pair(2, 1, "0.9", "temporal")).status == 200);
  BOOST_TEST(correlate(pair(1, 2, "0.7", "cascade")).status == 200);
  const auto found = related("1").read();
  BOOST_TEST(found.number("/count").value() == 2);
  BOOST_TEST(found.column("correlation_type") == "temporal cascade");
  BOOST_TEST(related("1").body.find("\"correlation_score\":0.9") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(the_score_asked_for_is_the_least_one, with_three) {
  BOOST_TEST(correlate(pair(1, 2, "0.5", "temporal")).status == 200);
  BOOST_TEST(correlate(pair(1, 3, "0.4999", "temporal")).status == 200);
  BOOST_TEST(related("1").read().column("alert_name") == "B");
  BOOST_TEST(related("1?min_correlation=0").read().column("alert_name") == "B C");
  BOOST_TEST(related("1?min_correlation=0.51").read().column("alert_name") == "");
  BOOST_TEST(related("1?min_correlation=1").status == 200);
}

BOOST_FIXTURE_TEST_CASE(scores_at_the_edges_are_taken, with_three) {
  BOOST_TEST(correlate(pair(1, 2, "0", "temporal")).status == 200);
  BOOST_TEST(correlate(pair(1, 3, "1", "temporal")).status == 200);
  BOOST_TEST(
      http.post("/api/alerts/correlations?alert1_id=2&alert2_id=3&correlation_score=1e-1&correlation_type=cascade", "",
                "text/plain")
          .status
      == 200);
}

BOOST_FIXTURE_TEST_CASE(bad_queries_name_what_is_wrong, with_three) {
  for (const auto* bad : {"1.01", "-0.1", "nan", "inf", "much", "0,5", "0.5x", ""}) {
    check_error(related("1?min_correlation=" + std::string(bad)), 400, "invalid_parameter", "min_correlation",
                "min_correlation: expected a number from 0 to 1, found \"" + std::string(bad) + "\"");
  }
  check_error(related("99"), 404, "not_found", "id", "there is no alert 99");
  check_error(related("x"), 400, "invalid_parameter", "id", "id: expected a positive whole number, found \"x\"");
}

BOOST_FIXTURE_TEST_CASE(bad_records_name_what_is_wrong_and_store_nothing, with_three) {
  const std::string whole = "a whole number from 1 to 9223372036854775807";
  const auto wrong = [&](const std::string& body, const std::string& parameter, const std::string& expected,
                         const std::string& found) {
    check_error(correlate(body), 400, "invalid_parameter", parameter,
                parameter + ": expected " + expected + ", found \"" + found + "\"");
  };
  wrong(pair(0, 2, "0.5", "temporal"), "alert1_id", whole, "0");
  wrong(pair(1, -2, "0.5", "temporal"), "alert2_id", whole, "-2");
  wrong(pair(1, 2, "1.5", "temporal"), "correlation_score", "a number from 0 to 1", "1.5");
  wrong(pair(1, 2, "\"NaN\"", "temporal"), "correlation_score", "a number from 0 to 1", "NaN");
  wrong(pair(1, 2, "0.5", "causal"), "correlation_type", "temporal, semantic or cascade", "causal");
  check_error(correlate(pair(2, 2, "0.5", "temporal")), 400, "invalid_parameter", "alert2_id",
              "alert2_id: expected another alert than alert1_id, found \"2\" for both");
  const std::vector<std::pair<std::string, std::string>> incomplete{
      {"{}", "alert1_id"},
      {R"({"alert1_id":1})", "alert2_id"},
      {R"({"alert1_id":1,"alert2_id":2})", "correlation_score"},
      {R"({"alert1_id":1,"alert2_id":2,"correlation_score":0.5})", "correlation_type"},
      {R"({"alert1_id":null,"alert2_id":2,"correlation_score":0.5})", "alert1_id"}};
  for (const auto& [body, parameter] : incomplete) {
    check_error(correlate(body), 400, "missing_parameter", parameter, parameter + ": required and must not be empty");
  }
  check_error(correlate(pair(1, 77, "0.5", "temporal")), 404, "not_found", "alert2_id", "there is no alert 77");
  check_error(correlate(pair(78, 77, "0.5", "temporal")), 404, "not_found", "alert1_id", "there is no alert 78");
  BOOST_TEST(correlate("[1,2]").read().text("/error/code").value_or("") == "invalid_body");
  for (const auto* id : {"1", "2", "3"}) BOOST_TEST(related(id).read().number("/count").value() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
