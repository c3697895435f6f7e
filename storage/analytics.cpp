#include "storage/analytics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "storage/rollup_range.hpp"

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

/// The cells that hold what the filter wants and nothing else, from the grain with the fewest.
void visit_filtered(rollup_reader& reader, const std::vector<bucket_range>& ranges, const analytics_filter& f,
                    const rollup_reader::visitor& visit) {
  if (f.alert_name && f.service) {
    return reader.visit_one(rollup_grain::name_and_service, ranges, *f.alert_name, *f.service, visit);
  }
  if (f.alert_name) return reader.visit_name(rollup_grain::name, ranges, *f.alert_name, visit);
  if (f.service) return reader.visit_one(rollup_grain::service, ranges, {}, *f.service, visit);
  reader.visit(rollup_grain::all, ranges, visit);
}

by_severity severities_of(rollup_reader& reader, const std::vector<bucket_range>& ranges, const analytics_filter& f) {
  by_severity found;
  visit_filtered(reader, ranges, f, [&found](const auto& c) { found[c.severity].add(c.values); });
  return found;
}

std::vector<std::pair<std::string, std::int64_t>> most_first(const std::map<std::string, std::int64_t>& counts) {
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

by_severity read_severities(SQLite::Database& db, const analytics_filter& filter) {
  rollup_reader reader(db, rollup_detail::spreads);
  return severities_of(reader, cover(hour_of(filter.since), reader.rolled_until()), filter);
}

statistics read_statistics(SQLite::Database& db, const analytics_filter& filter) {
  statistics found;
  found.severities = read_severities(db, filter);
  std::map<std::string, std::int64_t> counts;
  rollup_reader reader(db, rollup_detail::counts);
  const auto ranges = cover(hour_of(filter.since), reader.rolled_until());
  const auto count = [&counts](const auto& c) { counts[std::string(c.service)] += c.values.episodes; };
  if (filter.service) {
    const auto all = total_of(found.severities).episodes;
    if (all > 0) counts.emplace(*filter.service, all);
  } else if (filter.alert_name) {
    reader.visit_name(rollup_grain::name_and_service, ranges, *filter.alert_name, count);
  } else {
    reader.visit(rollup_grain::service, ranges, count);
  }
  found.top_services = most_first(counts);
  return found;
}

std::vector<top_alert> read_top_alerts(SQLite::Database& db, const analytics_filter& filter, alert_order order,
                                       std::size_t limit) {
  rollup_reader reader(db, rollup_detail::counts);
  const auto ranges = cover(hour_of(filter.since), reader.rolled_until());
  std::map<std::string, rollup_values, std::less<>> names;
  reader.visit(rollup_grain::name, ranges, [&names](const auto& c) {
    const auto known = names.find(c.alert_name);
    (known == names.end() ? names[std::string(c.alert_name)] : known->second).add(c.values);
  });
  std::vector<top_alert> all;
  for (auto& [name, values] : names) {
    if (!filter.service) {
      all.push_back({name, std::move(values)});
      continue;
    }
    top_alert one{name, {}};
    reader.visit_one(rollup_grain::name_and_service, ranges, name, *filter.service,
                     [&one](const auto& c) { one.values.add(c.values); });
    if (one.values.episodes > 0) all.push_back(std::move(one));
  }
  std::stable_sort(all.begin(), all.end(), [order](const top_alert& a, const top_alert& b) {
    return weight(a.values, order) > weight(b.values, order);
  });
  if (all.size() > limit) all.resize(limit);
  return all;
}

report read_report(SQLite::Database& db, const analytics_filter& filter, std::size_t top_alerts) {
  report found;
  found.counted = read_statistics(db, filter);
  found.top_alerts = read_top_alerts(db, filter, alert_order::count, top_alerts);
  rollup_reader reader(db, rollup_detail::spreads);
  const auto ranges = cover(hour_of(filter.since), reader.rolled_until());
  for (const auto& [service, ignored] : found.counted.top_services) {
    found.services.emplace_back(service, severities_of(reader, ranges, {std::nullopt, service, filter.since}));
  }
  return found;
}

std::int64_t count_episodes(SQLite::Database& db, const analytics_filter& filter, std::optional<severity> only,
                            bool resolved) {
  rollup_reader reader(db, rollup_detail::counts);
  std::int64_t count = 0;
  visit_filtered(reader, cover(hour_of(filter.since), reader.rolled_until()), filter, [&](const auto& c) {
    if (!only || c.severity == *only) count += resolved ? c.values.resolution.count : c.values.episodes;
  });
  return count;
}

std::vector<trend_point> read_trends(SQLite::Database& db, const analytics_filter& filter, rollup_span span) {
  rollup_reader reader(db, rollup_detail::counts);
  const auto hours = span == rollup_span::hour ? 1 : hours_a_day;
  const auto since = hour_of(filter.since);
  std::vector<bucket_range> ranges{{rollup_span::hour, since, no_end}};
  if (span == rollup_span::day) {
    ranges = cover(since, reader.rolled_until());
    // A season would hide its days.
    for (auto& r : ranges) {
      if (r.span == rollup_span::season) {
        r = {rollup_span::day, r.begin * days_a_season, bucket_of(rollup_span::day, reader.rolled_until() - 1) + 1};
      }
    }
  }
  std::map<std::pair<std::int64_t, severity>, rollup_values> points;
  for (const auto& r : ranges) {
    visit_filtered(reader, {r}, filter, [&](const auto& c) {
      const auto hour = r.span == rollup_span::day ? c.bucket * hours_a_day : c.bucket;
      points[{bucket_of(span, hour) * hours, c.severity}].add(c.values);
    });
  }
  std::vector<trend_point> all;
  for (auto& [where, values] : points) all.push_back({where.first, where.second, std::move(values)});
  return all;
}

} // namespace tocsin::storage
