#include "http/report_json.hpp"

#include <array>
#include <chrono>
#include <cstdio>

#include "http/analytics_json.hpp"
#include "protocols/time.hpp"

namespace tocsin::http {

namespace {

constexpr std::array severities{severity::critical, severity::warning, severity::info};

std::string date_of(std::int64_t hour) {
  constexpr std::size_t date_size = 10;
  return to_rfc3339(timestamp{std::chrono::hours{hour}}).substr(0, date_size);
}

void write_targets(json_writer& w) {
  w.key("targets").begin_object();
  for (const auto sev : severities) {
    w.key(to_string(sev));
    const auto targets = storage::targets_of(sev);
    if (!targets) {
      w.null();
      continue;
    }
    w.begin_object().member("acknowledge_seconds", targets->acknowledge_seconds);
    w.member("resolve_seconds", targets->resolve_seconds).end_object();
  }
  w.end_object();
}

/// What all parts of the report have.
void write_level(json_writer& w, const storage::rollup_values& v) {
  w.member("total_alerts", v.episodes).member("resolved_count", v.resolution.count);
  w.member("acknowledged_count", v.acknowledgement.count);
  optional_member(w, "mtta_seconds", average(v.acknowledgement.sum, v.acknowledgement.count));
  optional_member(w, "mttr_seconds", average(v.resolution.sum, v.resolution.count));
  w.member("judged_count", v.with_targets).member("missed_count", storage::missed_targets(v));
  optional_member(w, "sla_score", v.with_targets == 0 ? std::nullopt : std::optional(sla_score_of(v)));
}

void write_severities(json_writer& w, const storage::by_severity& parts) {
  w.key("by_severity").begin_array();
  for (const auto& [sev, values] : parts) {
    w.begin_object().member("severity", to_string(sev));
    write_level(w, values);
    w.end_object();
  }
  w.end_array();
}

void write_noisy(json_writer& w, std::string_view list, const std::vector<storage::noisy_alert>& alerts) {
  w.key(list).begin_array();
  for (const auto& a : alerts) {
    const auto& v = a.values;
    w.begin_object().member("alert_name", a.alert_name).member("count", v.episodes);
    w.member("never_acknowledged_count", v.unattended);
    w.member("never_acknowledged_percent", rounded(share(v.unattended, v.resolution.count)));
    w.member("occurrence_count", v.occurrences);
    optional_member(w, "occurrences_per_alert", average(v.occurrences, v.episodes));
    w.member("reopen_count", v.reopened).member("brief_count", a.brief);
    w.member("notification_count", v.notifications);
    optional_member(w, "notifications_per_alert", average(v.notifications, v.episodes));
    w.end_object();
  }
  w.end_array();
}

} // namespace

std::string week_name(std::int64_t hour) {
  using namespace std::chrono;
  // A week belongs to the year of its Thursday.
  const auto thursday = floor<days>(sys_time<hours>{hours{hour}}) + days{3};
  const auto date = year_month_day{thursday};
  const auto new_year = sys_days{date.year() / January / 1};
  const auto week = (thursday - new_year).count() / 7 + 1;
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "%d-W%02d", static_cast<int>(date.year()), static_cast<int>(week));
  return text.data();
}

void write_sla_report(json_writer& w, const storage::service_levels& levels, std::int64_t days) {
  w.begin_object().member("days", days);
  write_targets(w);
  const auto all = storage::total_of(levels.severities);
  write_level(w, all);
  write_percentiles(w, "acknowledgment_time_percentiles", all.acknowledgement.spread);
  write_percentiles(w, "resolution_time_percentiles", all.resolution.spread);
  write_severities(w, levels.severities);
  w.key("by_service").begin_array();
  for (const auto& [service, parts] : levels.services) {
    w.begin_object().member("service", service);
    write_level(w, storage::total_of(parts));
    write_severities(w, parts);
    w.end_object();
  }
  w.end_array().key("by_week").begin_array();
  for (const auto& [hour, parts] : levels.weeks) {
    w.begin_object().member("week", week_name(hour)).member("monday", date_of(hour));
    write_level(w, storage::total_of(parts));
    write_severities(w, parts);
    w.end_object();
  }
  w.end_array().key("worst_offenders").begin_array();
  for (const auto& [name, values] : levels.worst_offenders) {
    w.begin_object().member("alert_name", name);
    write_level(w, values);
    w.end_object();
  }
  w.end_array().end_object();
}

void write_noise_report(json_writer& w, const storage::noise_report& noise, std::int64_t days) {
  const auto& v = noise.total;
  w.begin_object().member("days", days).member("total_alerts", v.episodes);
  w.member("resolved_count", v.resolution.count).member("never_acknowledged_count", v.unattended);
  w.member("never_acknowledged_percent", rounded(share(v.unattended, v.resolution.count)));
  w.member("occurrence_count", v.occurrences).member("reopen_count", v.reopened).member("brief_count", noise.brief);
  w.member("brief_seconds", storage::brief_seconds).member("notification_count", v.notifications);
  optional_member(w, "notifications_per_alert", average(v.notifications, v.episodes));
  write_noisy(w, "never_acknowledged", noise.never_acknowledged);
  write_noisy(w, "most_duplicated", noise.most_duplicated);
  write_noisy(w, "most_flapping", noise.most_flapping);
  write_noisy(w, "most_notified", noise.most_notified);
  w.end_object();
}

} // namespace tocsin::http
