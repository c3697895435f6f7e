#include <boost/test/unit_test.hpp>

#include "http/analytics_json.hpp"
#include "http/report_json.hpp"
#include "tests/http/support.hpp"

using namespace tocsin;
using namespace tocsin::testing;

namespace {

/// Four alerts of two services; the first is acknowledged and resolved.
struct with_alerts : with_site {
  with_alerts() {
    // One after the other: their ids are in the order in which their groups take them.
    for (const auto& alert :
         {alert_json({{"alertname", "Slow"}, {"service", "shop"}, {"severity", "critical"}}),
          alert_json({{"alertname", "Slow"}, {"service", "mail"}, {"severity", "warning"}}),
          alert_json({{"alertname", "Full, \"really\""}, {"service", "shop"}, {"severity", "warning"}}),
          alert_json({{"alertname", "Seen"}, {"service", "a/b c%"}, {"severity", "info"}})}) {
      http.post_alerts("[" + alert + "]");
    }
    http.put("/api/alerts/history/1/acknowledge?acknowledged_by=ann");
    http.put("/api/alerts/history/1/resolve?resolution_time_seconds=90");
  }

  json data(const std::string& path) {
    const auto answer = http.get(path);
    BOOST_REQUIRE_MESSAGE(answer.status == 200, path << " answers " << answer.status << " " << answer.body);
    return answer.read();
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(analytics)

BOOST_FIXTURE_TEST_CASE(statistics_count_everything_and_their_filter_filters_every_part, with_alerts) {
  const auto all = data("/api/alerts/statistics");
  BOOST_TEST(all.keys("/data")
             == "time_period_days total_alerts severity_distribution resolved_count acknowledged_count "
                "average_resolution_time_seconds min_resolution_time_seconds max_resolution_time_seconds "
                "resolution_time_percentiles average_acknowledgment_time_seconds acknowledgment_time_percentiles "
                "average_escalation_level never_acknowledged_count occurrence_count notification_count sla_score "
                "top_services_by_alert_count");
  BOOST_TEST(all.number("/data/time_period_days").value_or(0) == 7);
  BOOST_TEST(all.number("/data/total_alerts").value_or(0) == 4);
  BOOST_TEST(all.number("/data/severity_distribution/critical").value_or(0) == 1);
  BOOST_TEST(all.number("/data/severity_distribution/warning").value_or(0) == 2);
  BOOST_TEST(all.number("/data/min_resolution_time_seconds").value_or(0) == 90);
  BOOST_TEST(all.text("/data/top_services_by_alert_count/0/service").value_or("") == "shop");
  BOOST_TEST(all.number("/data/top_services_by_alert_count/0/count").value_or(0) == 2);

  const auto seen = data("/api/alerts/statistics?alert_name=Seen&days=1");
  BOOST_TEST(seen.number("/data/total_alerts").value_or(0) == 1);
  BOOST_TEST(seen.is_null("/data/average_resolution_time_seconds"));
  BOOST_TEST(seen.size("/data/top_services_by_alert_count").value_or(0) == 1u);
  BOOST_TEST(seen.text("/data/top_services_by_alert_count/0/service").value_or("") == "a/b c%");
  BOOST_TEST(data("/api/alerts/statistics?alert_name=nothing").number("/data/total_alerts").value_or(-1) == 0);
}

BOOST_FIXTURE_TEST_CASE(top_alerts_come_in_the_order_that_was_asked_for, with_alerts) {
  BOOST_TEST(data("/api/alerts/top-alerts").column("alert_name") == "Slow Full, \"really\" Seen");
  BOOST_TEST(data("/api/alerts/top-alerts?limit=1").column("alert_name") == "Slow");
  http.put("/api/alerts/history/4/escalate?to_level=3");
  BOOST_TEST(data("/api/alerts/top-alerts?order_by=escalation_level&limit=1").column("alert_name") == "Seen");
  const auto slowest = data("/api/alerts/top-alerts?order_by=resolution_time");
  BOOST_TEST(slowest.column("alert_name") == "Slow Full, \"really\" Seen");
  BOOST_TEST(slowest.keys("/data/0").starts_with("alert_name count avg_resolution_time avg_escalation"));
}

BOOST_FIXTURE_TEST_CASE(trends_have_a_point_for_each_day_or_hour_and_severity, with_alerts) {
  const auto days = data("/api/alerts/trends");
  BOOST_TEST(days.column("severity") == "critical warning info");
  BOOST_TEST(days.text("/data/0/time_bucket").value_or("") == moment().substr(0, 10));
  BOOST_TEST(days.number("/data/1/count").value_or(0) == 2);
  const auto hours = data("/api/alerts/trends?granularity=hour&alert_name=Slow&days=1");
  BOOST_TEST(hours.column("severity") == "critical warning");
  BOOST_TEST(hours.text("/data/0/time_bucket").value_or("").size() == std::string("2025-11-12 14:00").size());
  BOOST_TEST(hours.text("/data/0/time_bucket").value_or("").ends_with(":00"));
}

BOOST_FIXTURE_TEST_CASE(the_health_of_a_service_is_told_by_its_name_whatever_characters_that_has, with_alerts) {
  const auto shop = data("/api/alerts/service-health/shop");
  BOOST_TEST(shop.number("/data/total_alerts").value_or(0) == 2);
  BOOST_TEST(shop.number("/data/resolved_rate_percent").value_or(0) == 50);
  BOOST_TEST(shop.number("/data/health_score").value_or(0) == 10);
  BOOST_TEST(shop.text("/data/rating").value_or("") == "Excellent");
  BOOST_TEST(data("/api/alerts/service-health/a%2Fb%20c%25").number("/data/info_count").value_or(0) == 1);
  BOOST_TEST(data("/api/alerts/service-health/none").number("/data/total_alerts").value_or(-1) == 0);
}

BOOST_FIXTURE_TEST_CASE(the_daily_report_holds_all_three_and_can_be_of_one_service, with_alerts) {
  const auto report = data("/api/alerts/report/daily");
  BOOST_TEST(report.keys("/data") == "report_date days statistics top_alerts service_health");
  BOOST_TEST(report.text("/data/report_date").value_or("") == moment().substr(0, 10));
  BOOST_TEST(report.number("/data/days").value_or(0) == 1);
  BOOST_TEST(report.size("/data/service_health").value_or(0) == 3u);
  const auto shop = data("/api/alerts/report/daily?service=shop&days=365");
  BOOST_TEST(shop.number("/data/statistics/total_alerts").value_or(0) == 2);
  BOOST_TEST(shop.size("/data/top_alerts").value_or(0) == 2u);
  BOOST_TEST(shop.size("/data/service_health").value_or(0) == 1u);
}

BOOST_FIXTURE_TEST_CASE(the_sla_report_says_who_met_the_targets_by_severity_service_and_week, with_alerts) {
  // Taken at once but over ten seconds later than a warning may be.
  http.put("/api/alerts/history/2/acknowledge?acknowledged_by=ann");
  http.put("/api/alerts/history/2/resolve?resolution_time_seconds=7210");
  const auto report = data("/api/alerts/report/sla");
  BOOST_TEST(report.keys("/data")
             == "days targets total_alerts resolved_count acknowledged_count mtta_seconds mttr_seconds judged_count "
                "missed_count sla_score acknowledgment_time_percentiles resolution_time_percentiles by_severity "
                "by_service by_week worst_offenders");
  BOOST_TEST(report.number("/data/days").value_or(0) == 30);
  BOOST_TEST(report.number("/data/targets/critical/acknowledge_seconds").value_or(0) == 300);
  BOOST_TEST(report.number("/data/targets/warning/resolve_seconds").value_or(0) == 7200);
  BOOST_TEST(report.is_null("/data/targets/info"));
  BOOST_TEST(report.number("/data/judged_count").value_or(0) == 2);
  BOOST_TEST(report.number("/data/missed_count").value_or(0) == 1);
  BOOST_TEST(report.number("/data/sla_score").value_or(0) == 50);
  BOOST_TEST(report.number("/data/mttr_seconds").value_or(0) == 3650);
  BOOST_TEST(report.column("severity", "/data/by_severity") == "critical warning info");
  BOOST_TEST(report.is_null("/data/by_severity/2/sla_score"));
  BOOST_TEST(report.column("service", "/data/by_service") == "mail a/b c% shop");
  BOOST_TEST(report.text("/data/by_service/0/by_severity/0/severity").value_or("") == "warning");
  BOOST_TEST(report.size("/data/by_week").value_or(0) == 1u);
  BOOST_TEST(report.keys("/data/by_week/0").starts_with("week monday total_alerts"));
  BOOST_TEST(report.column("alert_name", "/data/worst_offenders") == "Slow");
  const auto shop = data("/api/alerts/report/sla?service=shop&days=1&limit=1");
  BOOST_TEST(shop.number("/data/sla_score").value_or(0) == 100);
  BOOST_TEST(shop.size("/data/worst_offenders").value_or(9) == 0u);
}

BOOST_FIXTURE_TEST_CASE(the_noise_report_says_which_alerts_nobody_needs, with_alerts) {
  http.put("/api/alerts/history/3/resolve?resolution_time_seconds=30");
  const auto report = data("/api/alerts/report/noise");
  BOOST_TEST(report.keys("/data")
             == "days total_alerts resolved_count never_acknowledged_count never_acknowledged_percent "
                "occurrence_count reopen_count brief_count brief_seconds notification_count notifications_per_alert "
                "never_acknowledged most_duplicated most_flapping most_notified");
  BOOST_TEST(report.number("/data/total_alerts").value_or(0) == 4);
  BOOST_TEST(report.number("/data/never_acknowledged_percent").value_or(0) == 50);
  BOOST_TEST(report.number("/data/brief_count").value_or(0) == 2);
  BOOST_TEST(report.column("alert_name", "/data/never_acknowledged") == "Full, \"really\"");
  BOOST_TEST(report.keys("/data/never_acknowledged/0")
             == "alert_name count never_acknowledged_count never_acknowledged_percent occurrence_count "
                "occurrences_per_alert reopen_count brief_count notification_count notifications_per_alert");
  BOOST_TEST(report.column("alert_name", "/data/most_flapping") == "Full, \"really\" Slow");
  BOOST_TEST(data("/api/alerts/report/noise?service=mail").number("/data/brief_count").value_or(9) == 0);
}

BOOST_AUTO_TEST_CASE(a_week_has_the_name_that_the_calendar_gives_it) {
  const auto name = [](int year, unsigned month, unsigned day) {
    const std::chrono::sys_days monday{std::chrono::year{year} / static_cast<int>(month) / static_cast<int>(day)};
    return http::week_name(monday.time_since_epoch() / std::chrono::hours{1});
  };
  BOOST_TEST(name(2026, 11, 16) == "2026-W47");
  BOOST_TEST(name(2025, 12, 29) == "2026-W01");
  BOOST_TEST(name(2026, 12, 28) == "2026-W53");
  BOOST_TEST(name(2027, 1, 4) == "2027-W01");
}

BOOST_FIXTURE_TEST_CASE(bad_parameters_are_refused_by_name, with_site) {
  const auto refused = [this](const std::string& path, const std::string& parameter) {
    const auto answer = http.get(path);
    BOOST_TEST(answer.status == 400, path << " answers " << answer.status);
    BOOST_TEST(answer.read().text("/error/parameter").value_or("") == parameter, path << " names another");
  };
  for (const auto* call :
       {"statistics", "top-alerts", "trends", "service-health/x", "report/daily", "report/sla", "report/noise"}) {
    for (const auto* days : {"0", "366", "abc", "", "1.5", "-1", "%00", "99999999999999999999"}) {
      refused(std::string("/api/alerts/") + call + "?days=" + days, "days");
    }
  }
  refused("/api/alerts/top-alerts?limit=0", "limit");
  refused("/api/alerts/top-alerts?limit=101", "limit");
  refused("/api/alerts/report/sla?limit=101", "limit");
  refused("/api/alerts/report/noise?limit=0", "limit");
  refused("/api/alerts/top-alerts?order_by=bogus", "order_by");
  refused("/api/alerts/trends?granularity=minute", "granularity");
  refused("/api/alerts/statistics?alert_name=" + std::string(5000, 'x'), "alert_name");
}

BOOST_AUTO_TEST_CASE(the_health_score_is_the_formula_within_its_bounds) {
  storage::by_severity parts;
  const auto score = [&parts] { return http::health_of(parts).health_score; };
  BOOST_TEST(score() == 0.0);
  auto& critical = parts[severity::critical];
  critical.episodes = 10;
  BOOST_TEST(score() == 0.0); // -30 clamped
  critical.resolution.count = 10;
  BOOST_TEST(score() == 20.0);
  parts[severity::info].episodes = 30;
  parts[severity::info].resolution.count = 30;
  BOOST_TEST(score() == 42.5);
  critical.with_targets = 8;
  critical.on_target = 6;
  BOOST_TEST(http::health_of(parts).sla_score == 75.0);
  BOOST_TEST(http::health_of(parts).rating == "Good");
}

BOOST_AUTO_TEST_SUITE_END()
