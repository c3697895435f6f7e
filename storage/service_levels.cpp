#include "storage/service_levels.hpp"

#include <algorithm>
#include <map>

#include "storage/rollup_sums.hpp"

namespace tocsin::storage {

namespace {

/// The week that a day lies in, as its Monday; both counted from 1970-01-01, a Thursday.
std::int64_t monday_of(std::int64_t day) {
  constexpr std::int64_t days_a_week = 7;
  constexpr std::int64_t thursday = 3;
  const auto weekday = ((day + thursday) % days_a_week + days_a_week) % days_a_week;
  return day - weekday;
}

template <class Named, class Missed>
void sort_by_missed(Named& named, Missed missed, std::size_t limit) {
  std::stable_sort(named.begin(), named.end(),
                   [&missed](const auto& a, const auto& b) { return missed(a.second) > missed(b.second); });
  if (named.size() > limit) named.resize(limit);
}

std::vector<std::pair<std::int64_t, by_severity>> weeks_of(rollup_reader& reader, const analytics_filter& filter) {
  std::map<std::int64_t, by_severity> weeks;
  for (const auto& r : days_since(reader, filter.since)) {
    visit_filtered(reader, {r}, filter, rollup_detail::sums, [&](const auto& c) {
      const auto day = r.span == rollup_span::day ? c.bucket : bucket_of(rollup_span::day, c.bucket);
      weeks[monday_of(day) * hours_a_day][c.severity].add(c.values);
    });
  }
  return {weeks.begin(), weeks.end()};
}

std::vector<std::pair<std::string, by_severity>> services_of(rollup_reader& reader,
                                                             const std::vector<bucket_range>& ranges,
                                                             const analytics_filter& filter) {
  std::map<std::string, by_severity, std::less<>> services;
  visit_services(reader, ranges, filter, rollup_detail::sums, [&services](std::string_view service, const auto& c) {
    const auto known = services.find(service);
    (known == services.end() ? services[std::string(service)] : known->second)[c.severity].add(c.values);
  });
  return {services.begin(), services.end()};
}

} // namespace

std::int64_t missed_targets(const rollup_values& v) noexcept {
  return v.with_targets - v.on_target;
}

service_levels read_service_levels(SQLite::Database& db, const analytics_filter& filter, std::size_t limit) {
  rollup_reader reader(db);
  const auto ranges = ranges_since(reader, filter.since);
  service_levels found;
  found.severities = severities_of(reader, ranges, filter);
  found.services = services_of(reader, ranges, filter);
  sort_by_missed(
      found.services, [](const by_severity& parts) { return missed_targets(total_of(parts)); }, limit);
  found.weeks = weeks_of(reader, filter);
  for (auto& [name, values] : names_of(reader, ranges, filter)) {
    if (missed_targets(values) > 0) found.worst_offenders.emplace_back(name, std::move(values));
  }
  sort_by_missed(found.worst_offenders, missed_targets, limit);
  return found;
}

} // namespace tocsin::storage
