#include "storage/prediction.hpp"

#include <algorithm>
#include <tuple>

#include "storage/rollup.hpp"
#include "storage/statement.hpp"

namespace tocsin::storage {

namespace {

constexpr double forecast_share = 0.8;

/// The first hour from `hour` on that has alerts.
std::optional<std::int64_t> first_hour(SQLite::Database& db, std::int64_t hour) {
  statement query(db, "SELECT min(bucket) FROM rollups WHERE grain = +?1 AND span = +?2 AND bucket >= ?3");
  query.open(static_cast<int>(rollup_grain::all), static_cast<int>(rollup_span::hour), hour);
  if (!query.next()) return std::nullopt;
  return row_reader(query).maybe_number();
}

/// The counts of each series in the window, hour by hour.
by_series<std::vector<std::int64_t>> counts_of(SQLite::Database& db, const anomaly_window& window) {
  by_series<std::vector<std::int64_t>> all;
  for_each_count(db, window.begin, window.end(), [&](const series_name_view& series, hour_count c) {
    auto found = all.find(series);
    if (found == all.end()) {
      found = all.try_emplace(series_name(series), static_cast<std::size_t>(window.end() - window.begin)).first;
    }
    found->second[static_cast<std::size_t>(c.hour - window.begin)] += c.count;
  });
  return all;
}

bool wanted(const series_name& series, const anomaly_question& q) {
  return (!q.alert_name || series.first == *q.alert_name) && (!q.service || series.second == *q.service);
}

std::optional<anomaly> judge_series(const series_past& past, const series_name& series,
                                    const std::vector<std::int64_t>& counts, const anomaly_report& report,
                                    const anomaly_limits& limits) {
  std::int64_t seen = 0;
  for (const auto c : counts) seen += c;
  // Most came once or twice, which is never unusual; that spares their baselines.
  if (static_cast<double>(seen) < limits.least_excess) return std::nullopt;
  const auto& window = report.window;
  const auto begin = window.begin - report.known_hours;
  const auto before = past.of(series, begin, window.begin);
  if (before.empty()) return judge_new(report.known_hours, window, counts, limits);
  return judge(baseline::fit(before, begin, window.begin), window, counts, limits);
}

/// The counts of one service, or of one name of it, in the hours [begin, end).
std::vector<hour_count> past_of(SQLite::Database& db, std::string_view service,
                                const std::optional<std::string>& alert_name, std::int64_t begin, std::int64_t end) {
  // One look-up for each hour, all within one query: the key has the hour before the names.
  statement query(db,
                  "WITH RECURSIVE hours(hour) AS (SELECT ?3 UNION ALL SELECT hour + 1 FROM hours WHERE hour + 1 < ?4) "
                  "SELECT bucket, episodes FROM hours CROSS JOIN rollups "
                  "WHERE grain = +?1 AND span = +?2 AND bucket = hour AND alert_name = ?5 AND service = ?6");
  const auto grain = alert_name ? rollup_grain::name_and_service : rollup_grain::service;
  query.open(static_cast<int>(grain), static_cast<int>(rollup_span::hour), begin, end, alert_name.value_or(""),
             service);
  std::vector<hour_count> past;
  while (query.next()) {
    row_reader row(query);
    const auto hour = row.number();
    if (past.empty() || past.back().hour != hour) past.push_back({hour, 0});
    past.back().count += row.number();
  }
  return past;
}

expected_count count_of(const count_distribution& d) {
  return {d.mean(), d.quantile((1 - forecast_share) / 2), d.quantile((1 + forecast_share) / 2)};
}

} // namespace

series_past past_for_anomalies(std::size_t most_bytes) {
  return {baseline_hours + longest_window_hours, most_bytes};
}

anomaly_report find_anomalies(SQLite::Database& db, series_past& past, const anomaly_question& question) {
  anomaly_report report;
  report.window = window_of(question.now, question.hours);
  const auto& window = report.window;
  past.catch_up(db, window.end() - 1);
  const auto known_from = first_hour(db, std::max(past.begin(), window.begin - baseline_hours)).value_or(window.begin);
  report.known_hours = std::max<std::int64_t>(0, window.begin - known_from);

  const auto counts = counts_of(db, window);
  report.series = static_cast<std::int64_t>(past.series());
  for (const auto& [series, ignored] : counts) report.series += past.knows(series) ? 0 : 1;
  if (report.known_hours < least_known_hours) return report;

  const auto limits = limits_of(question.false_alarms_per_day, report.series, window);
  for (const auto& [series, hours] : counts) {
    if (!wanted(series, question)) continue;
    if (auto what = judge_series(past, series, hours, report, limits)) {
      report.found.push_back({series.first, series.second, *what});
    }
  }
  std::sort(report.found.begin(), report.found.end(), [](const anomalous_series& a, const anomalous_series& b) {
    return std::tie(a.what.log_probability, a.alert_name, a.service)
           < std::tie(b.what.log_probability, b.alert_name, b.service);
  });
  return report;
}

forecast forecast_of(const baseline& usual, std::int64_t begin, std::int64_t hours) {
  forecast f;
  f.kind = usual.kind();
  f.observed_hours = usual.observed_hours();
  f.begin = begin;
  f.hours.resize(static_cast<std::size_t>(hours));
  if (f.kind == baseline_kind::none) return f;
  for (std::int64_t h = 0; h < hours; ++h) {
    f.hours[static_cast<std::size_t>(h)] = count_of(usual.over(begin + h, begin + h + 1));
  }
  f.total = count_of(usual.over(begin, begin + hours));
  return f;
}

forecast read_forecast(SQLite::Database& db, std::string_view service, const std::optional<std::string>& alert_name,
                       timestamp now, std::int64_t hours) {
  const auto running = hour_of(now);
  const auto begin = running - baseline_hours;
  const auto past = past_of(db, service, alert_name, begin, running);
  return forecast_of(baseline::fit(past, begin, running), running + 1, hours);
}

} // namespace tocsin::storage
