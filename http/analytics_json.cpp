#include "http/analytics_json.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace tocsin::http {

namespace {

constexpr double percent = 100;

std::int64_t episodes_of(const storage::by_severity& severities, severity s) {
  const auto found = severities.find(s);
  return found == severities.end() ? 0 : found->second.episodes;
}

std::string_view rating_of(double score) {
  if (score >= 90) return "Excellent";
  if (score >= 75) return "Good";
  if (score >= 60) return "Fair";
  if (score >= 40) return "Poor";
  return "Critical";
}

} // namespace

double rounded(double value) {
  constexpr double hundredths = 100;
  return std::round(value * hundredths) / hundredths;
}

void optional_member(json_writer& w, std::string_view name, std::optional<double> value) {
  w.key(name);
  value ? w.value(rounded(*value)) : w.null();
}

void optional_member(json_writer& w, std::string_view name, const std::optional<std::int64_t>& value) {
  w.key(name);
  value ? w.value(*value) : w.null();
}

std::optional<double> average(std::int64_t sum, std::int64_t count) {
  if (count == 0) return std::nullopt;
  return static_cast<double>(sum) / static_cast<double>(count);
}

void write_percentiles(json_writer& w, std::string_view name, const storage::quantile_sketch& spread) {
  w.key(name).begin_object();
  optional_member(w, "p50", spread.quantile(0.5));
  optional_member(w, "p95", spread.quantile(0.95));
  optional_member(w, "p99", spread.quantile(0.99));
  w.end_object();
}

double share(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? 0 : percent * static_cast<double>(part) / static_cast<double>(whole);
}

double sla_score_of(const storage::rollup_values& v) {
  return v.with_targets == 0 ? percent : share(v.on_target, v.with_targets);
}

health health_of(const storage::by_severity& severities) {
  const auto all = storage::total_of(severities);
  health h;
  h.total = all.episodes;
  h.resolved = all.resolution.count;
  h.resolved_rate_percent = share(h.resolved, h.total);
  h.critical = episodes_of(severities, severity::critical);
  h.health_score = std::clamp(h.resolved_rate_percent * 0.5 - share(h.critical, h.total) * 0.3, 0.0, percent);
  h.sla_score = sla_score_of(all);
  h.rating = rating_of(h.sla_score);
  return h;
}

void write_statistics(json_writer& w, const storage::statistics& s, std::int64_t days) {
  const auto all = storage::total_of(s.severities);
  w.begin_object().member("time_period_days", days).member("total_alerts", all.episodes);
  w.key("severity_distribution").begin_object();
  for (const auto sev : {severity::critical, severity::warning, severity::info}) {
    w.member(to_string(sev), episodes_of(s.severities, sev));
  }
  w.end_object();
  w.member("resolved_count", all.resolution.count).member("acknowledged_count", all.acknowledgement.count);
  optional_member(w, "average_resolution_time_seconds", average(all.resolution.sum, all.resolution.count));
  optional_member(w, "min_resolution_time_seconds", all.resolution.least);
  optional_member(w, "max_resolution_time_seconds", all.resolution.most);
  write_percentiles(w, "resolution_time_percentiles", all.resolution.spread);
  optional_member(w, "average_acknowledgment_time_seconds",
                  average(all.acknowledgement.sum, all.acknowledgement.count));
  write_percentiles(w, "acknowledgment_time_percentiles", all.acknowledgement.spread);
  optional_member(w, "average_escalation_level", average(all.level_sum, all.episodes));
  w.member("never_acknowledged_count", all.unattended).member("occurrence_count", all.occurrences);
  w.member("notification_count", all.notifications).member("sla_score", rounded(sla_score_of(all)));
  w.key("top_services_by_alert_count").begin_array();
  for (const auto& [service, count] : s.top_services) {
    w.begin_object().member("service", service).member("count", count).end_object();
  }
  w.end_array().end_object();
}

void write_top_alert(json_writer& w, const storage::top_alert& a) {
  w.begin_object().member("alert_name", a.alert_name).member("count", a.values.episodes);
  optional_member(w, "avg_resolution_time", average(a.values.resolution.sum, a.values.resolution.count));
  optional_member(w, "avg_escalation", average(a.values.level_sum, a.values.episodes));
  w.member("occurrence_count", a.values.occurrences).member("notification_count", a.values.notifications);
  w.member("never_acknowledged_count", a.values.unattended).end_object();
}

void write_trend_point(json_writer& w, const storage::trend_point& p, storage::rollup_span span) {
  constexpr std::size_t date_size = 10;
  constexpr std::size_t hour_size = 16;
  auto time = to_rfc3339(timestamp{std::chrono::hours{p.hour}});
  time[date_size] = ' ';
  time.resize(span == storage::rollup_span::day ? date_size : hour_size);
  w.begin_object().member("time_bucket", time).member("severity", to_string(p.severity));
  w.member("count", p.values.episodes);
  optional_member(w, "avg_resolution_time", average(p.values.resolution.sum, p.values.resolution.count));
  w.end_object();
}

void write_health(json_writer& w, std::string_view service, std::int64_t days, const storage::by_severity& severities) {
  const auto all = storage::total_of(severities);
  const auto h = health_of(severities);
  w.begin_object().member("service", service).member("days", days).member("total_alerts", h.total);
  w.member("resolved_count", h.resolved).member("resolved_rate_percent", rounded(h.resolved_rate_percent));
  w.member("critical_count", h.critical).member("warning_count", episodes_of(severities, severity::warning));
  w.member("info_count", episodes_of(severities, severity::info));
  optional_member(w, "average_resolution_time_seconds", average(all.resolution.sum, all.resolution.count));
  write_percentiles(w, "resolution_time_percentiles", all.resolution.spread);
  write_percentiles(w, "acknowledgment_time_percentiles", all.acknowledgement.spread);
  w.member("health_score", rounded(h.health_score)).member("sla_score", rounded(h.sla_score));
  w.member("rating", h.rating).end_object();
}

} // namespace tocsin::http
