#include "storage/analytics.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <set>
#include <thread>

#include "storage/reader.hpp"
#include "tests/storage/living_history.hpp"

using namespace tocsin;
using namespace tocsin::storage;
using namespace tocsin::test;
using namespace std::chrono_literals;

namespace {

void check_times(const rollup_times& found, std::vector<std::int64_t> expected, bool whole) {
  std::sort(expected.begin(), expected.end());
  BOOST_TEST(found.count == static_cast<std::int64_t>(expected.size()));
  BOOST_TEST(found.sum == sum_of(expected));
  if (!whole) return;
  BOOST_TEST((found.least == (expected.empty() ? std::nullopt : std::optional(expected.front()))));
  BOOST_TEST((found.most == (expected.empty() ? std::nullopt : std::optional(expected.back()))));
  for (const auto q : {0.5, 0.95, 0.99}) {
    const auto seen = found.spread.quantile(q);
    BOOST_REQUIRE(seen.has_value() == !expected.empty());
    if (!seen) continue;
    const auto rank = std::max(1.0, std::ceil(q * static_cast<double>(expected.size()) - 1e-9));
    const auto exact = static_cast<double>(expected[static_cast<std::size_t>(rank) - 1]);
    BOOST_TEST(std::abs(*seen - exact) <= exact * 0.01 + 1e-9);
  }
}

void check_same(const rollup_values& found, const simple_count& expected, bool whole) {
  BOOST_TEST(found.episodes == expected.episodes);
  BOOST_TEST(found.level_sum == expected.levels);
  BOOST_TEST(found.unattended == expected.unattended);
  BOOST_TEST(found.occurrences == expected.occurrences);
  BOOST_TEST(found.reopened == expected.reopened);
  BOOST_TEST(found.with_targets == expected.judged);
  BOOST_TEST(missed_targets(found) == expected.missed);
  check_times(found.resolution, expected.resolutions, whole);
  check_times(found.acknowledgement, expected.acknowledgements, whole);
}

void check_statistics(reader& reading, const std::vector<raw_row>& rows, const analytics_filter& filter) {
  std::map<severity, simple_count> expected;
  std::map<std::string, std::int64_t> services;
  for (const auto& r : rows) {
    if (!wanted(r, filter)) continue;
    expected[r.sev].add(r);
    ++services[r.service];
  }
  const auto found = reading.statistics(filter);
  BOOST_REQUIRE(found.severities.size() == expected.size());
  for (const auto& [sev, count] : expected) check_same(found.severities.at(sev), count, true);
  std::int64_t last = std::numeric_limits<std::int64_t>::max();
  BOOST_TEST(found.top_services.size() == std::min<std::size_t>(services.size(), 10));
  for (const auto& [service, count] : found.top_services) {
    BOOST_TEST(services.at(service) == count);
    BOOST_TEST(count <= last);
    last = count;
  }
}

void check_top(reader& reading, const std::vector<raw_row>& rows, const analytics_filter& filter) {
  std::map<std::string, simple_count> expected;
  for (const auto& r : rows) {
    if (wanted(r, filter)) expected[r.name].add(r);
  }
  const auto found = reading.top_alerts(filter, alert_order::resolution_time, 100);
  BOOST_REQUIRE(found.size() == expected.size());
  double last = std::numeric_limits<double>::infinity();
  for (const auto& one : found) {
    check_same(one.values, expected.at(one.alert_name), false);
    const auto& times = expected.at(one.alert_name).resolutions;
    const auto average = times.empty() ? -1 : static_cast<double>(sum_of(times)) / static_cast<double>(times.size());
    BOOST_TEST(average <= last);
    last = average;
  }
}

void check_trends(reader& reading, const std::vector<raw_row>& rows, const analytics_filter& filter, rollup_span span) {
  const std::int64_t length = span == rollup_span::hour ? 3'600'000 : 86'400'000;
  std::map<std::pair<std::int64_t, severity>, simple_count> expected;
  for (const auto& r : rows) {
    if (wanted(r, filter)) expected[{r.start / length * length / 3'600'000, r.sev}].add(r);
  }
  const auto found = reading.trends(filter, span);
  BOOST_REQUIRE(found.size() == expected.size());
  auto next = expected.begin();
  for (const auto& point : found) {
    BOOST_TEST((std::pair{point.hour, point.severity} == next->first));
    check_same(point.values, next->second, false);
    ++next;
  }
}

/// Pages of the history say how many rows there are in all; here `since` counts to the millisecond.
void check_totals(reader& reading, const std::vector<raw_row>& rows, timestamp since) {
  for (const auto status : {std::optional<episode_status>{}, std::optional(episode_status::resolved),
                            std::optional(episode_status::firing)}) {
    for (const auto sev : {std::optional<severity>{}, std::optional(severity::warning)}) {
      for (const auto& service : {std::optional<std::string>{}, std::optional<std::string>{"X"}}) {
        history_filter filter;
        filter.since = since;
        filter.status = status;
        filter.severity = sev;
        filter.service = service;
        filter.limit = 1;
        const auto expected = std::count_if(rows.begin(), rows.end(), [&](const raw_row& r) {
          const auto stands = r.resolution ? episode_status::resolved : episode_status::firing;
          return r.start >= since.time_since_epoch().count() && (!status || stands == *status)
                 && (!sev || r.sev == *sev) && (!service || r.service == *service);
        });
        BOOST_TEST(reading.history(filter).total == expected);
      }
    }
  }
}

/// The Monday of a moment, found by walking back.
std::int64_t monday_hour(std::int64_t start_ms) {
  auto day = std::chrono::floor<std::chrono::days>(timestamp{duration{start_ms}});
  while (std::chrono::weekday{std::chrono::sys_days{day.time_since_epoch()}} != std::chrono::Monday) {
    day -= std::chrono::days{1};
  }
  return day.time_since_epoch() / std::chrono::hours{1};
}

using counts_by_severity = std::map<severity, simple_count>;

void check_severities(const by_severity& found, const counts_by_severity& expected, bool whole) {
  BOOST_REQUIRE(found.size() == expected.size());
  for (const auto& [sev, count] : expected) check_same(found.at(sev), count, whole);
}

std::int64_t missed_of(const counts_by_severity& parts) {
  std::int64_t missed = 0;
  for (const auto& [ignored, count] : parts) missed += count.missed;
  return missed;
}

void check_service_levels(reader& reading, const std::vector<raw_row>& rows, const analytics_filter& filter) {
  counts_by_severity all;
  std::map<std::string, counts_by_severity> services;
  std::map<std::int64_t, counts_by_severity> weeks;
  std::map<std::string, simple_count> names;
  for (const auto& r : rows) {
    if (!wanted(r, filter)) continue;
    all[r.sev].add(r);
    services[r.service][r.sev].add(r);
    weeks[monday_hour(r.start)][r.sev].add(r);
    names[r.name].add(r);
  }
  const auto found = reading.service_levels(filter, 100);
  check_severities(found.severities, all, true);
  BOOST_REQUIRE(found.services.size() == services.size());
  auto last = std::numeric_limits<std::int64_t>::max();
  for (const auto& [service, parts] : found.services) {
    check_severities(parts, services.at(service), false);
    BOOST_TEST(missed_of(services.at(service)) <= last);
    last = missed_of(services.at(service));
  }
  BOOST_REQUIRE(found.weeks.size() == weeks.size());
  auto week = weeks.begin();
  for (const auto& [hour, parts] : found.weeks) {
    BOOST_TEST(hour == week->first);
    check_severities(parts, week->second, false);
    ++week;
  }
  std::erase_if(names, [](const auto& n) { return n.second.missed == 0; });
  BOOST_REQUIRE(found.worst_offenders.size() == names.size());
  last = std::numeric_limits<std::int64_t>::max();
  for (const auto& [name, values] : found.worst_offenders) {
    check_same(values, names.at(name), false);
    BOOST_TEST(missed_targets(values) <= last);
    last = missed_targets(values);
  }
  BOOST_TEST(reading.service_levels(filter, 1).worst_offenders.size() == std::min<std::size_t>(names.size(), 1));
}

void check_noise(reader& reading, const std::vector<raw_row>& rows, const analytics_filter& filter) {
  std::map<std::string, simple_count> names;
  simple_count all;
  std::map<std::string, std::pair<std::int64_t, std::int64_t>> brief;
  for (const auto& r : rows) {
    if (!wanted(r, filter)) continue;
    names[r.name].add(r);
    all.add(r);
    // What is counted as brief is known to within 1 % of the border.
    if (r.resolution && *r.resolution <= brief_seconds * 0.99) ++brief[r.name].first;
    if (r.resolution && *r.resolution <= brief_seconds * 1.01) ++brief[r.name].second;
  }
  const auto found = reading.noise(filter, 100);
  BOOST_TEST(found.total.episodes == all.episodes);
  BOOST_TEST(found.total.unattended == all.unattended);
  const auto check_list = [&](const std::vector<noisy_alert>& list, auto measure, auto expected) {
    const auto with_any = std::count_if(names.begin(), names.end(), [&](const auto& n) { return expected(n) > 0; });
    BOOST_TEST(static_cast<std::ptrdiff_t>(list.size()) == with_any);
    auto last = std::numeric_limits<std::int64_t>::max();
    for (const auto& a : list) {
      check_same(a.values, names.at(a.alert_name), false);
      BOOST_TEST(a.brief >= brief[a.alert_name].first);
      BOOST_TEST(a.brief <= brief[a.alert_name].second);
      BOOST_TEST(measure(a) == expected(*names.find(a.alert_name)));
      BOOST_TEST(measure(a) <= last);
      last = measure(a);
    }
  };
  check_list(
      found.never_acknowledged, [](const noisy_alert& a) { return a.values.unattended; },
      [](const auto& n) { return n.second.unattended; });
  check_list(
      found.most_duplicated, [](const noisy_alert& a) { return a.values.occurrences - a.values.episodes; },
      [](const auto& n) { return n.second.occurrences - n.second.episodes; });
  std::map<std::string, std::int64_t> briefs;
  for (const auto& a : found.most_flapping) briefs[a.alert_name] = a.brief;
  check_list(
      found.most_flapping, [](const noisy_alert& a) { return a.values.reopened + a.brief; },
      [&briefs](const auto& n) { return n.second.reopened + (briefs.contains(n.first) ? briefs.at(n.first) : 0); });
}

void check_all(const location& where) {
  reader reading(where, 1);
  const auto rows = rows_of(where);
  for (const auto days : {1, 2, 7, 30, 64, 365}) {
    const auto since = moving - std::chrono::hours{24 * days};
    for (const auto& name : {std::optional<std::string>{}, std::optional<std::string>{"a,\"b\"\nc"}}) {
      for (const auto& service : {std::optional<std::string>{}, std::optional<std::string>{"Ünïcode 磁盘"}}) {
        const analytics_filter filter{name, service, since};
        check_statistics(reading, rows, filter);
        check_trends(reading, rows, filter, rollup_span::day);
        check_trends(reading, rows, filter, rollup_span::hour);
      }
    }
    check_totals(reading, rows, since);
    check_top(reading, rows, {std::nullopt, std::nullopt, since});
    check_top(reading, rows, {std::nullopt, "Ünïcode 磁盘", since});
    for (const auto& name : {std::optional<std::string>{}, std::optional<std::string>{"X"}}) {
      for (const auto& service : {std::optional<std::string>{}, std::optional<std::string>{"Ünïcode 磁盘"}}) {
        check_service_levels(reading, rows, {name, service, since});
        check_noise(reading, rows, {name, service, since});
      }
    }
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(analytics)

BOOST_AUTO_TEST_CASE(every_answer_is_what_the_rows_say_however_they_came_and_changed) {
  for (const std::uint64_t seed : {1, 2, 3, 4}) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      living_history story(seed);
      for (int i = 0; i < 300; ++i) {
        story.step();
        if (i % 100 == 99) check_all(story.here.where);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_report_is_of_one_moment_while_the_history_is_written) {
  moving_database here;
  here.write(batch_of(
      {episode_of(1, "A", "shop", severity::warning, moving), episode_of(2, "B", "mail", severity::info, moving)}));
  std::atomic<bool> over{false};
  std::atomic<int> torn{0};
  std::atomic<int> asked{0};
  // Each transaction brings an alert of either name, so whoever sees more of one saw two moments.
  const auto ask = [&] {
    reader reading(here.where, 1);
    while (!over) {
      const auto report = reading.report({std::nullopt, std::nullopt, moving}, 10);
      const auto levels = reading.service_levels({std::nullopt, std::nullopt, moving}, 10);
      const auto noise = reading.noise({std::nullopt, std::nullopt, moving}, 10);
      const auto all = total_of(report.counted.severities).episodes;
      bool whole = report.top_alerts.size() == 2 && report.services.size() == 2;
      for (const auto& a : report.top_alerts) whole = whole && a.values.episodes * 2 == all;
      for (const auto& [service, parts] : report.services) whole = whole && total_of(parts).episodes * 2 == all;
      const auto judged = total_of(levels.severities).episodes;
      for (const auto& [service, parts] : levels.services) whole = whole && total_of(parts).episodes * 2 == judged;
      for (const auto& [hour, parts] : levels.weeks) whole = whole && total_of(parts).episodes == judged;
      whole = whole && noise.total.episodes % 2 == 0;
      torn += whole ? 0 : 1;
      ++asked;
    }
  };
  std::thread first(ask);
  std::thread second(ask);
  std::int64_t id = 2;
  while (asked < 200 || id < 42) {
    here.write(batch_of({episode_of(id + 1, "A", "shop", severity::warning, moving),
                         episode_of(id + 2, "B", "mail", severity::info, moving)}));
    id += 2;
  }
  over = true;
  first.join();
  second.join();
  BOOST_TEST(torn == 0);
}

BOOST_AUTO_TEST_CASE(a_list_of_the_noise_report_leaves_out_what_has_none_of_its_measure) {
  moving_database here;
  auto quiet = episode_of(1, "Quiet", "s", severity::info, moving);
  auto brief = episode_of(2, "Brief", "s", severity::warning, moving);
  brief.state.ended_at = moving + 299s;
  auto repeated = episode_of(3, "Repeated", "s", severity::warning, moving);
  repeated.state.occurrence_count = 7;
  auto flapping = episode_of(4, "Flapping", "t", severity::warning, moving);
  flapping.state.reopen_count = 3;
  here.write(batch_of({quiet, brief, repeated, flapping}));
  reader reading(here.where, 1);
  const auto names = [](const std::vector<noisy_alert>& list) {
    std::string all;
    for (const auto& a : list) all += a.alert_name + " ";
    return all;
  };
  const auto found = reading.noise({std::nullopt, std::nullopt, moving}, 10);
  BOOST_TEST(names(found.never_acknowledged) == "Brief ");
  BOOST_TEST(names(found.most_duplicated) == "Repeated ");
  BOOST_TEST(names(found.most_flapping) == "Flapping Brief ");
  BOOST_TEST(names(found.most_notified).empty());
  BOOST_TEST(names(reading.noise({std::nullopt, std::nullopt, moving}, 1).most_flapping) == "Flapping ");
  BOOST_TEST(names(reading.noise({std::nullopt, "s", moving}, 10).most_flapping) == "Brief ");
}

BOOST_AUTO_TEST_SUITE_END()
