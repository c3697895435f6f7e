#include <boost/test/unit_test.hpp>

#include "http/prediction_json.hpp"
#include "tests/http/support.hpp"

using namespace tocsin;
using namespace tocsin::testing;

namespace {

constexpr const char* odd_service = "a/b c%";

/// Slow comes twice a day for eight weeks, in two services, and 30 times now in one of them; New comes 20 times now.
struct with_past : with_site {
  with_past() {
    std::string body = "[";
    for (auto ago = 8 * 168h - 1h; ago > 3h; ago -= 12h) {
      add(body, "Slow", "shop", moment(-ago));
      add(body, "Slow", odd_service, moment(-ago));
    }
    for (int i = 0; i < 30; ++i) add(body, "Slow", odd_service, moment(-1s));
    for (int i = 0; i < 20; ++i) add(body, "New", "", moment(-1s));
    body.back() = ']';
    BOOST_REQUIRE(http.post_alerts(body).status == 200);
  }

  void add(std::string& body, std::string_view name, std::string_view service, const std::string& began) {
    const auto instance = std::to_string(++alerts);
    body += alert_json({{"alertname", name}, {"service", service}, {"instance", instance}, {"severity", "info"}},
                       "\"startsAt\":\"" + began + "\"");
    body += ',';
  }

  json data(const std::string& path) {
    const auto answer = http.get(path);
    BOOST_REQUIRE_MESSAGE(answer.status == 200, path << " answers " << answer.status << " " << answer.body);
    return answer.read();
  }

  int alerts = 0;
};

storage::anomalous_series anomaly_of(std::string name, std::string service, storage::anomaly what) {
  return {std::move(name), std::move(service), what};
}

} // namespace

BOOST_AUTO_TEST_SUITE(prediction)

BOOST_FIXTURE_TEST_CASE(anomalies_are_listed_with_what_was_usual_and_why, with_past) {
  const auto all = data("/api/alerts/anomalies");
  BOOST_TEST(all.keys("") == "success count total looked_at data");
  BOOST_TEST(all.keys("/looked_at") == "since until series history_weeks false_alarms_per_day interval_percent note");
  BOOST_TEST(all.number("/looked_at/series").value_or(0) == 3);
  BOOST_TEST(all.is_null("/looked_at/note"));
  BOOST_TEST(all.number("/count").value_or(0) == 2);
  BOOST_TEST(all.number("/total").value_or(0) == 2);
  BOOST_TEST(all.column("alert_name") == "Slow New");
  BOOST_TEST(all.column("baseline") == "season none");
  BOOST_TEST(all.keys("/data/0")
             == "alert_name service seen expected lower upper score probability since until baseline history_weeks "
                "explanation");
  BOOST_TEST(all.text("/data/0/service").value_or("") == odd_service);
  BOOST_TEST(all.number("/data/0/seen").value_or(0) == 30);
  BOOST_TEST(all.text("/data/0/explanation").value_or("").starts_with("Slow of a/b c% came 30 times since 20"));
  BOOST_TEST(all.text("/data/1/service").value_or("-") == "");
  BOOST_TEST(all.text("/data/1/explanation").value_or("").ends_with(", and not once in the 8 weeks before."));
}

BOOST_FIXTURE_TEST_CASE(anomalies_can_be_asked_for_by_service_name_and_number, with_past) {
  BOOST_TEST(data("/api/alerts/anomalies?service=a%2Fb%20c%25").column("alert_name") == "Slow");
  BOOST_TEST(data("/api/alerts/anomalies?service=shop").number("/total").value_or(-1) == 0);
  BOOST_TEST(data("/api/alerts/anomalies?alert_name=New&hours=24").column("alert_name") == "New");
  BOOST_TEST(data("/api/alerts/anomalies?service=").column("alert_name") == "New");
  const auto first = data("/api/alerts/anomalies?limit=1");
  BOOST_TEST(first.column("alert_name") == "Slow");
  BOOST_TEST(first.number("/count").value_or(0) == 1);
  BOOST_TEST(first.number("/total").value_or(0) == 2);
  BOOST_TEST(
      data("/api/alerts/anomalies?false_alarms_per_day=100").number("/looked_at/false_alarms_per_day").value_or(0)
      == 100);
}

BOOST_FIXTURE_TEST_CASE(a_forecast_has_an_hour_for_each_hour_and_a_total, with_past) {
  const auto day = data("/api/alerts/forecast/shop");
  BOOST_TEST(day.keys("/data")
             == "service alert_name from until hours interval_percent baseline history_weeks note total forecast");
  BOOST_TEST(day.text("/data/service").value_or("") == "shop");
  BOOST_TEST(day.is_null("/data/alert_name"));
  BOOST_TEST(day.text("/data/baseline").value_or("") == "season");
  BOOST_TEST(day.is_null("/data/note"));
  BOOST_TEST(day.size("/data/forecast").value_or(0) == 24u);
  BOOST_TEST(day.keys("/data/forecast/0") == "time expected lower upper");
  BOOST_TEST(day.text("/data/forecast/0/time").value_or("") == day.text("/data/from").value_or("-"));
  BOOST_TEST(day.text("/data/from").value_or("").ends_with(":00:00.000Z"));
  BOOST_TEST(day.number("/data/total/lower").value_or(9) <= 2);
  BOOST_TEST(day.number("/data/total/upper").value_or(0) >= 2);

  BOOST_TEST(data("/api/alerts/forecast/a%2Fb%20c%25?hours=168&alert_name=Slow").size("/data/forecast").value_or(0)
             == 168u);
}

BOOST_FIXTURE_TEST_CASE(a_forecast_of_an_unknown_service_is_zero_and_says_why, with_past) {
  const auto none = data("/api/alerts/forecast/none?hours=2");
  BOOST_TEST(none.text("/data/baseline").value_or("") == "none");
  BOOST_TEST(none.number("/data/total/upper").value_or(-1) == 0);
  BOOST_TEST(none.text("/data/note").value_or("") == "None came in the last 8 weeks, so none is expected.");
  BOOST_TEST(data("/api/alerts/forecast/shop?alert_name=None").text("/data/baseline").value_or("") == "none");
}

BOOST_FIXTURE_TEST_CASE(a_history_that_is_too_young_says_so, with_site) {
  http.post_alerts("[" + alert_json({{"alertname", "Slow"}, {"service", "shop"}}) + "]");
  const auto answer = http.get("/api/alerts/anomalies").read();
  BOOST_TEST(answer.size("/data").value_or(9) == 0u);
  BOOST_TEST(answer.text("/looked_at/note").value_or("").starts_with("The history is younger than a day"));
}

BOOST_FIXTURE_TEST_CASE(bad_parameters_of_predictions_are_refused_by_name, with_site) {
  const auto refused = [this](const std::string& path, const std::string& parameter) {
    const auto answer = http.get("/api/alerts/" + path);
    BOOST_TEST(answer.status == 400, path << " answers " << answer.status);
    BOOST_TEST(answer.read().text("/error/parameter").value_or("") == parameter, path << " names another");
  };
  for (const auto* hours : {"0", "25", "-1", "1.5", "", "abc", "99999999999999999999"}) {
    refused(std::string("anomalies?hours=") + hours, "hours");
  }
  refused("anomalies?limit=0", "limit");
  refused("anomalies?limit=101", "limit");
  for (const auto* share : {"0", "101", "nan", "-1", "x"}) {
    refused(std::string("anomalies?false_alarms_per_day=") + share, "false_alarms_per_day");
  }
  refused("anomalies?service=" + std::string(5000, 'x'), "service");
  refused("forecast/shop?hours=0", "hours");
  refused("forecast/shop?hours=169", "hours");
  refused("forecast/" + std::string(1025, 'x'), "service");
  BOOST_TEST(http.get("/api/alerts/forecast").status == 404);
  BOOST_TEST(http.get("/api/alerts/forecast/").status == 404);
  BOOST_TEST(http.post("/api/alerts/anomalies", "{}").status == 405);
}

BOOST_AUTO_TEST_CASE(an_anomaly_is_explained_in_one_sentence) {
  const auto hour = std::int64_t{497'000};
  const auto season = storage::baseline_kind::season;
  BOOST_TEST(http::explain(anomaly_of("DiskFull", "shop", {hour, 23, 2.04, 0, 6, -30, season, 1344}))
             == "DiskFull of shop came 23 times since 2026-09-12 08:00 UTC; about 2 are usual in that time (0 to 6), say "
                "the last 8 weeks.");
  BOOST_TEST(http::explain(anomaly_of("DiskFull", "", {hour, 5, 0.02, 0, 0, -30, season, 400}))
             == "DiskFull came 5 times since 2026-09-12 08:00 UTC; hardly any is usual in that time (0 to 0), say the "
                "last 2 weeks.");
  BOOST_TEST(http::explain(anomaly_of("Slow", "x", {hour, 50, 1, 0, 4, -30, storage::baseline_kind::brief, 72}))
             == "Slow of x came 50 times since 2026-09-12 08:00 UTC; about 1 is usual in that time (0 to 4), as far as 3 "
                "days of past can tell.");
  BOOST_TEST(http::explain(anomaly_of("", "x", {hour, 9, 0, 0, 0, -30, storage::baseline_kind::none, 1344}))
             == "An alert without a name of x came 9 times since 2026-09-12 08:00 UTC, and not once in the 8 weeks "
                "before.");
}

BOOST_AUTO_TEST_SUITE_END()
