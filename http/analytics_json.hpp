#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/json_writer.hpp"
#include "storage/analytics.hpp"

namespace tocsin::http {

/// How a service fares, in numbers that SEED's formula and the targets give.
struct health {
  std::int64_t total = 0;
  std::int64_t resolved = 0;
  double resolved_rate_percent = 0;
  std::int64_t critical = 0;
  /// (resolved_rate_percent × 0.5) − (critical_weight_percent × 0.3), within 0 and 100.
  double health_score = 0;
  /// 0 to 100: the share of resolved alerts that met their severity's targets; 100 without any.
  double sla_score = 100;
  /// Excellent, Good, Fair, Poor or Critical, from `sla_score`.
  std::string_view rating;
};

health health_of(const storage::by_severity& severities);

/// To hundredths.
double rounded(double value);
std::optional<double> average(std::int64_t sum, std::int64_t count);
/// In percent; 0 of nothing.
double share(std::int64_t part, std::int64_t whole);
/// 0 to 100: the share of resolved alerts that met their severity's targets; 100 without any.
double sla_score_of(const storage::rollup_values& v);

/// A number to hundredths, or null.
void optional_member(json_writer& w, std::string_view name, std::optional<double> value);
void optional_member(json_writer& w, std::string_view name, const std::optional<std::int64_t>& value);
/// p50, p95 and p99, in seconds.
void write_percentiles(json_writer& w, std::string_view name, const storage::quantile_sketch& spread);

/// Each writes one object.
void write_statistics(json_writer& w, const storage::statistics& s, std::int64_t days);
void write_top_alert(json_writer& w, const storage::top_alert& a);
void write_trend_point(json_writer& w, const storage::trend_point& p, storage::rollup_span span);
void write_health(json_writer& w, std::string_view service, std::int64_t days, const storage::by_severity& severities);

} // namespace tocsin::http
