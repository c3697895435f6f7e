#include <optional>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/e2e/api.hpp"
#include "tests/e2e/http_sink.hpp"
#include "tests/e2e/program.hpp"

using namespace tocsin::e2e;

namespace {

std::string began(std::chrono::hours ago, std::optional<std::chrono::hours> ended_ago = {}) {
  auto members = R"("startsAt":")" + moment(-ago) + '"';
  if (ended_ago) members += R"(,"endsAt":")" + moment(-*ended_ago) + '"';
  return members;
}

/// A program with an alert that is over for long, and two that fire.
struct with_history {
  http_sink sink;
  program tocsin{one_webhook(sink.url()), {"--data.retention=0", "--cluster.peer=other:9094"}};
  api client{tocsin};

  with_history() {
    const auto old = [](std::optional<std::chrono::hours> ended) {
      return alert_json({{"alertname", "Old"}}, {}, began(100h * 24, ended));
    };
    BOOST_REQUIRE_EQUAL(client.post_all({old({})}).status, 200);
    BOOST_REQUIRE(sink.wait_for_count(5s, 1));
    BOOST_REQUIRE_EQUAL(client.post_all({old(95h * 24)}).status, 200);
    // Its end is told too, and nobody believes any more that it fires.
    BOOST_REQUIRE(sink.wait_for_count(10s, 2));
    BOOST_REQUIRE_EQUAL(client
                            .post_all({alert_json({{"alertname", "A"}}, {{"summary", "=1+1"}}, began(2h)),
                                       alert_json({{"alertname", "B"}}, {}, began(1h))})
                            .status,
                        200);
  }

  std::string id_of(const std::string& name) {
    const auto id = json(client.get("/api/alerts/history?days=365&alert_name=" + name).body).number("/data/0/id");
    return id ? std::to_string(*id) : std::string("none");
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(history)

BOOST_FIXTURE_TEST_CASE(what_was_deleted_and_recorded_survives_a_power_cut, with_history) {
  const auto pair = R"({"alert1_id":)" + id_of("A") + R"(,"alert2_id":)" + id_of("B")
                    + R"(,"correlation_score":0.8,"correlation_type":"cascade"})";
  const auto recorded = client.post("/api/alerts/correlations", pair);
  BOOST_TEST(recorded.status == 200, recorded.body);
  // The attempt that told of the end may be written a moment after it arrived.
  answer cleaned;
  std::int64_t deleted = 0;
  for (int i = 0; i < 100 && deleted == 0; ++i) {
    cleaned = client.remove("/api/alerts/history/cleanup?days=90");
    BOOST_REQUIRE_MESSAGE(cleaned.status == 200, cleaned.body);
    deleted = json(cleaned.body).number("/data/deleted").value_or(-1);
  }
  BOOST_TEST(deleted == 1, cleaned.body);
  const auto first_id = id_of("A");
  tocsin.kill();
  tocsin.start();
  api after(tocsin);
  BOOST_TEST(json(after.get("/api/alerts/history?days=365").body).column("alert_name") == "B A");
  BOOST_TEST(json(after.get("/api/alerts/related/" + first_id).body).column("alert_name") == "B");
}

BOOST_FIXTURE_TEST_CASE(the_export_is_a_file_of_all_alerts_oldest_first, with_history) {
  const auto file = client.get("/api/alerts/export/csv?days=365");
  BOOST_TEST(file.status == 200);
  BOOST_TEST(file.headers.at("content-type") == "text/csv; charset=utf-8");
  const auto at = [&](const std::string& part) { return file.body.find(part); };
  BOOST_TEST(at("\r\n" + id_of("Old") + ",Old,") < at("\r\n" + id_of("A") + ",A,"));
  BOOST_TEST(at("\r\n" + id_of("A") + ",A,") < at("\r\n" + id_of("B") + ",B,"));
  BOOST_TEST(at("\r\n" + id_of("B") + ",B,") != std::string::npos);
  BOOST_TEST(at(",'=1+1,") != std::string::npos);
  const auto lines = client.get("/api/alerts/export/csv?days=1&format=ndjson");
  BOOST_TEST(json(lines.body.substr(0, lines.body.find('\n'))).text("/alert_name").value_or("") == "A");
}

BOOST_FIXTURE_TEST_CASE(the_retention_is_no_flag_without_effect, with_history) {
  BOOST_TEST(tocsin.output().err().find("flag=--cluster.peer") != std::string::npos, tocsin.output().err());
  BOOST_TEST(tocsin.output().err().find("--data.retention") == std::string::npos);
  process refused({TOCSIN_PROGRAM, "--data.retention=1h"});
  BOOST_TEST(refused.wait().value_or(-1) == 2);
  BOOST_TEST(refused.err()
             == "tocsin: --data.retention: expected 0 (keep for ever) or a duration of at least 1d such as 90d, "
                "found \"1h\"\n");
}

BOOST_AUTO_TEST_SUITE_END()
