#include "http/endpoints.hpp"

#include "http/acknowledge_page.hpp"
#include "http/act_handler.hpp"
#include "http/alert_groups_handler.hpp"
#include "http/alert_list_handler.hpp"
#include "http/analytics_handler.hpp"
#include "http/cleanup_handler.hpp"
#include "http/correlation_handler.hpp"
#include "http/drill_handler.hpp"
#include "http/events_handler.hpp"
#include "http/explanation_handler.hpp"
#include "http/export_handler.hpp"
#include "http/history_handler.hpp"
#include "http/ingest_handler.hpp"
#include "http/notification_statistics_handler.hpp"
#include "http/now_handler.hpp"
#include "http/on_call_handler.hpp"
#include "http/openapi_handler.hpp"
#include "http/page_handler.hpp"
#include "http/prediction_handler.hpp"
#include "http/program_status_handler.hpp"
#include "http/report_handler.hpp"
#include "http/silence_handler.hpp"
#include "http/silence_v2_handler.hpp"
#include "http/status_handler.hpp"
#include "http/status_v2_handler.hpp"
#include "http/test_handler.hpp"

namespace tocsin::http {

namespace {

/// Cuts the first segment off and returns it, with its slash.
std::string_view next_segment(std::string_view& path) {
  const auto end = path.find('/', 1);
  const auto segment = path.substr(0, end);
  path = end == std::string_view::npos ? std::string_view{} : path.substr(end);
  return segment;
}

bool is_placeholder(std::string_view segment) {
  return segment.size() > 2 && segment[1] == '{';
}

/// `{name...}` stands for all that is left, with its slashes.
bool takes_the_rest(std::string_view segment) {
  return is_placeholder(segment) && segment.ends_with("...}");
}

bool matches(std::string_view pattern, std::string_view path) {
  if (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  while (!pattern.empty() && !path.empty()) {
    const auto expected = next_segment(pattern);
    if (takes_the_rest(expected)) return path.size() > 1;
    const auto found = next_segment(path);
    if (is_placeholder(expected) ? found.size() < 2 : expected != found) return false;
  }
  return pattern.empty() && path.empty();
}

} // namespace

const std::vector<endpoint>& endpoints() {
  static const std::vector<endpoint> all{
      {"POST", "/api/v2/alerts", post_v2_alerts},
      {"POST", "/api/alerts/webhook", post_webhook},
      {"GET", "/-/ready", get_ready},
      {"GET", "/-/healthy", get_healthy},
      {"GET", "/metrics", get_metrics},
      {"GET", "/api/alerts/now", get_now},
      {"GET", "/api/events", get_events, true},
      {"GET", "/api/alerts/history", get_history},
      {"GET", "/api/alerts/history/{id}", get_history_detail},
      {"GET", "/api/alerts/notification-history", get_notification_history},
      {"GET", "/api/alerts/notification-statistics", get_notification_statistics},
      {"GET", "/api/alerts/statistics", get_statistics},
      {"GET", "/api/alerts/top-alerts", get_top_alerts},
      {"GET", "/api/alerts/trends", get_trends},
      {"GET", "/api/alerts/service-health/{service...}", get_service_health},
      {"GET", "/api/alerts/report/daily", get_daily_report},
      {"GET", "/api/alerts/report/sla", get_sla_report},
      {"GET", "/api/alerts/report/noise", get_noise_report},
      {"GET", "/api/alerts/anomalies", get_anomalies},
      {"GET", "/api/alerts/forecast/{service...}", get_forecast},
      {"PUT", "/api/alerts/history/{id}/acknowledge", put_acknowledge},
      {"PUT", "/api/alerts/history/{id}/resolve", put_resolve},
      {"PUT", "/api/alerts/history/{id}/escalate", put_escalate},
      {"GET", "/api/alerts/explain/{id}", get_explanation},
      {"GET", "/api/alerts/related/{id}", get_related},
      {"POST", "/api/alerts/correlations", post_correlation},
      {"GET", "/api/alerts/export/csv", get_export},
      {"DELETE", "/api/alerts/history/cleanup", delete_old_history},
      {"GET", "/api/v2/alerts", get_v2_alerts},
      {"GET", "/api/v2/alerts/groups", get_v2_alert_groups},
      {"GET", "/api/v2/status", get_v2_status},
      {"GET", "/api/v2/receivers", get_v2_receivers},
      {"GET", "/api/v2/silences", get_v2_silences},
      {"POST", "/api/v2/silences", post_v2_silences},
      {"GET", "/api/v2/silence/{id}", get_v2_silence},
      {"DELETE", "/api/v2/silence/{id}", delete_v2_silence},
      {"GET", "/api/alerts/silences", get_silences},
      {"GET", "/api/alerts/silences/preview", get_silence_preview},
      {"GET", "/api/alerts/silences/{id}", get_silence_detail},
      {"POST", "/api/alerts/test/{channel...}", post_test},
      {"POST", "/api/alerts/drill", post_drill},
      {"GET", "/acknowledge", get_acknowledge_page},
      {"POST", "/acknowledge", post_acknowledge_page},
      {"GET", "/api/oncall", get_on_call},
      {"GET", "/api/oncall/overrides", get_overrides},
      {"POST", "/api/oncall/overrides", post_override},
      {"DELETE", "/api/oncall/overrides/{id}", delete_override},
      {"GET", "/api/oncall/{schedule}", get_on_call_schedule},
      {"GET", "/api/status", get_status},
      {"GET", "/api/openapi.yaml", get_openapi},
      {"POST", "/-/reload", post_reload},
      {"GET", "/api/v1/{rest...}", answer_v1},
      {"POST", "/api/v1/{rest...}", answer_v1},
      {"DELETE", "/api/v1/{rest...}", answer_v1},
      {"GET", "/", get_page},
      {"GET", "/page/{file}", get_page_file},
  };
  return all;
}

std::string allowed_methods(std::string_view path) {
  std::string allowed;
  for (const auto& e : endpoints()) {
    if (!matches(e.path, path)) continue;
    if (!allowed.empty()) allowed += ',';
    allowed += e.method;
    // Alertmanager does not name it.
    if (e.method == "GET" && !e.endless && !e.path.starts_with("/api/v2/")) allowed += ",HEAD";
  }
  return allowed;
}

std::string pattern_of(std::string_view prefix, std::string_view path) {
  std::string pattern;
  for (const char c : prefix) {
    if (c == '.') pattern += '\\';
    pattern += c;
  }
  if (path.empty()) return pattern;
  while (!path.empty()) {
    const auto segment = next_segment(path);
    pattern += takes_the_rest(segment)   ? std::string("/(.+?)")
               : is_placeholder(segment) ? std::string("/([^/]+)")
                                         : std::string(segment);
  }
  return pattern + "/?";
}

} // namespace tocsin::http
