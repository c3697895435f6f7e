#include "storage/analytics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "storage/rollup_sums.hpp"

namespace tocsin::storage {

namespace {

constexpr std::size_t top_services = 10;

double average(std::int64_t sum, std::int64_t count) {
  // What has no average stands behind all that has one.
  return count == 0 ? -std::numeric_limits<double>::infinity() : static_cast<double>(sum) / static_cast<double>(count);
}

double weight(const rollup_values& v, alert_order order) {
  switch (order) {
    case alert_order::count: return static_cast<double>(v.episodes);
    case alert_order::resolution_time: return average(v.resolution.sum, v.resolution.count);
    case alert_order::escalation_level: return average(v.level_sum, v.episodes);
  }
  return 0;
}

std::vector<std::pair<std::string, std::int64_t>> most_first(
    const std::map<std::string, std::int64_t, std::less<>>& counts) {
  std::vector<std::pair<std::string, std::int64_t>> all(counts.begin(), counts.end());
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  if (all.size() > top_services) all.resize(top_services);
  return all;
}

} // namespace

rollup_values total_of(const by_severity& parts) {
  rollup_values all;
  for (const auto& [ignored, values] : parts) all.add(values);
  return all;
}

namespace {

statistics statistics_of(rollup_reader& reader, const std::vector<bucket_range>& ranges,
                         const analytics_filter& filter) {
  statistics found;
  found.severities = severities_of(reader, ranges, filter);
  std::map<std::string, std::int64_t, std::less<>> counts;
  visit_services(reader, ranges, filter, rollup_detail::episodes, [&counts](std::string_view service, const auto& c) {
    const auto known = counts.find(service);
    (known == counts.end() ? counts[std::string(service)] : known->second) += c.values.episodes;
  });
  found.top_services = most_first(counts);
  return found;
}

std::vector<top_alert> top_alerts_of(rollup_reader& reader, const std::vector<bucket_range>& ranges,
                                     const analytics_filter& filter, alert_order order, std::size_t limit) {
  std::vector<top_alert> all;
  for (auto& [name, values] : names_of(reader, ranges, filter)) all.push_back({name, std::move(values)});
  std::stable_sort(all.begin(), all.end(), [order](const top_alert& a, const top_alert& b) {
    return weight(a.values, order) > weight(b.values, order);
  });
  if (all.size() > limit) all.resize(limit);
  return all;
}

} // namespace

by_severity read_severities(SQLite::Database& db, const analytics_filter& filter) {
  rollup_reader reader(db);
  return severities_of(reader, ranges_since(reader, filter.since), filter);
}

statistics read_statistics(SQLite::Database& db, const analytics_filter& filter) {
  rollup_reader reader(db);
  return statistics_of(reader, ranges_since(reader, filter.since), filter);
}

std::vector<top_alert> read_top_alerts(SQLite::Database& db, const analytics_filter& filter, alert_order order,
                                       std::size_t limit) {
  rollup_reader reader(db);
  return top_alerts_of(reader, ranges_since(reader, filter.since), filter, order, limit);
}

report read_report(SQLite::Database& db, const analytics_filter& filter, std::size_t top_alerts) {
  rollup_reader reader(db);
  const auto ranges = ranges_since(reader, filter.since);
  report found;
  found.counted = statistics_of(reader, ranges, filter);
  found.top_alerts = top_alerts_of(reader, ranges, filter, alert_order::count, top_alerts);
  for (const auto& [service, ignored] : found.counted.top_services) {
    // Of the only service the statistics have it all.
    found.services.emplace_back(service, filter.service
                                             ? found.counted.severities
                                             : severities_of(reader, ranges, {std::nullopt, service, filter.since}));
  }
  return found;
}

std::int64_t count_episodes(SQLite::Database& db, const analytics_filter& filter, std::optional<severity> only,
                            bool resolved) {
  rollup_reader reader(db);
  std::int64_t count = 0;
  const auto detail = resolved ? rollup_detail::sums : rollup_detail::episodes;
  visit_filtered(reader, ranges_since(reader, filter.since), filter, detail, [&](const auto& c) {
    if (!only || c.severity == *only) count += resolved ? c.values.resolution.count : c.values.episodes;
  });
  return count;
}

std::vector<trend_point> read_trends(SQLite::Database& db, const analytics_filter& filter, rollup_span span) {
  rollup_reader reader(db);
  const auto hours = span == rollup_span::hour ? 1 : hours_a_day;
  const auto ranges = span == rollup_span::day
                          ? days_since(reader, filter.since)
                          : std::vector<bucket_range>{{rollup_span::hour, hour_of(filter.since), no_end}};
  std::map<std::pair<std::int64_t, severity>, rollup_values> points;
  for (const auto& r : ranges) {
    visit_filtered(reader, {r}, filter, rollup_detail::sums, [&](const auto& c) {
      const auto hour = r.span == rollup_span::day ? c.bucket * hours_a_day : c.bucket;
      points[{bucket_of(span, hour) * hours, c.severity}].add(c.values);
    });
  }
  std::vector<trend_point> all;
  for (auto& [where, values] : points) all.push_back({where.first, where.second, std::move(values)});
  return all;
}

} // namespace tocsin::storage
