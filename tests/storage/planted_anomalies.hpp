#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "storage/prediction.hpp"
#include "tests/storage/generated_series.hpp"

/// Made-up fleets with anomalies at known hours, and how well a rule finds them.
namespace tocsin::test {

/// Some Monday.
inline constexpr std::int64_t begin_of_all = 24 * (4 + 7 * 2900);
inline constexpr std::int64_t judged_from = begin_of_all + storage::baseline_hours;
/// The limits are made for so many series, however few a test has the time for.
inline constexpr std::int64_t fleet_series = 2000;

struct made_series {
  series_habits habits;
  std::vector<storage::hour_count> counts;
  /// What there is to find; incidents of the past are not.
  std::vector<incident> planted;
};

/// Series with incidents in the weeks before `judged_from`; one in ten doubles for good in them. With `plant`, each has
/// one anomaly in the `days` after: 1 to 3 hours with 2 to 10 times as many alerts as usual and 5 more an hour.
inline std::vector<made_series> make_fleet(std::int64_t series, std::int64_t days, std::uint64_t seed, bool plant) {
  series_source source(seed);
  const auto hour = [&source](double low, double high) { return static_cast<std::int64_t>(source.between(low, high)); };
  std::vector<made_series> all;
  for (std::int64_t i = 0; i < series; ++i) {
    made_series s;
    s.habits = source.habits();
    std::vector<incident> incidents;
    for (int n = 0; n < 2; ++n) {
      if (!source.chance(0.5)) continue;
      const auto at = begin_of_all + hour(0, storage::baseline_hours - 12);
      incidents.push_back({at, at + hour(1, 9), source.between(4, 20), source.between(2, 20)});
    }
    if (source.chance(0.1)) s.habits.doubles_at = begin_of_all + hour(0, storage::baseline_hours);
    if (plant) {
      const auto at = judged_from + hour(0, static_cast<double>(days * 24 - 6));
      s.planted.push_back({at, at + hour(1, 4), source.between(2, 10), 5});
      incidents.push_back(s.planted.back());
    }
    s.counts = source.hours(s.habits, begin_of_all, judged_from + days * 24, incidents);
    all.push_back(std::move(s));
  }
  return all;
}

inline std::vector<std::int64_t> counts_in(const made_series& s, const storage::anomaly_window& w) {
  std::vector<std::int64_t> counts(static_cast<std::size_t>(w.end() - w.begin));
  for (const auto& c : part_of(s.counts, w.begin, w.end()))
    counts[static_cast<std::size_t>(c.hour - w.begin)] = c.count;
  return counts;
}

/// Whether there is an alarm for a series.
using alarm_rule = std::function<bool(const made_series&, const storage::anomaly_window&)>;

/// What Tocsin does, with a history that begins at `known_from`.
inline alarm_rule by_baseline(double false_alarms_per_day, std::int64_t known_from = begin_of_all) {
  return [=](const made_series& s, const storage::anomaly_window& w) {
    const auto counts = counts_in(s, w);
    const auto from = std::max(known_from, w.begin - storage::baseline_hours);
    const auto past = part_of(s.counts, from, w.begin);
    const auto limits = storage::limits_of(false_alarms_per_day, fleet_series, w);
    std::int64_t seen = 0;
    for (const auto c : counts) seen += c;
    if (static_cast<double>(seen) < limits.least_excess) return false;
    if (past.empty()) return judge_new(w.begin - from, w, counts, limits).has_value();
    return judge(storage::baseline::fit(past, from, w.begin), w, counts, limits).has_value();
  };
}

/// What one would see who knew the habits of each series: the most that can be found at these limits.
inline alarm_rule by_truth(double false_alarms_per_day) {
  return [=](const made_series& s, const storage::anomaly_window& w) {
    const auto counts = counts_in(s, w);
    const auto limits = storage::limits_of(false_alarms_per_day, fleet_series, w);
    const auto& h = s.habits;
    double mean = 0;
    double squares = 0;
    std::int64_t seen = 0;
    for (auto hour = w.end(); hour-- > w.begin;) {
      const auto one = series_source::expected(h, hour);
      mean += one;
      squares += one * one;
      seen += counts[static_cast<std::size_t>(hour - w.begin)];
      // Clumps are geometric; noise is lognormal.
      const auto variance = mean * (2 * h.clump - 1) + squares * std::expm1(h.hourly_noise * h.hourly_noise)
                            + mean * mean * std::expm1(h.daily_noise * h.daily_noise);
      const storage::count_distribution usual(mean, variance);
      const auto excess = static_cast<double>(seen) - mean;
      if (excess >= limits.least_excess && usual.log_at_least(seen) < limits.log_probability) return true;
    }
    return false;
  };
}

/// The rule of thumb: more than so many times the mean of that hour of the day in the last eight weeks, and at least 3.
inline alarm_rule by_mean(double times) {
  return [=](const made_series& s, const storage::anomaly_window& w) {
    constexpr std::int64_t days = storage::baseline_hours / 24;
    const auto hour = w.end() - 1;
    std::int64_t before = 0;
    for (std::int64_t d = 1; d <= days; ++d) {
      for (const auto& c : part_of(s.counts, hour - d * 24, hour - d * 24 + 1)) before += c.count;
    }
    const auto seen = counts_in(s, w).back();
    return seen >= 3 && static_cast<double>(seen) > times * static_cast<double>(before) / static_cast<double>(days);
  };
}

/// By how many times what is usual an anomaly is larger: below 3, 5, 10, and above.
inline constexpr std::size_t anomaly_sizes = 4;

inline std::size_t size_of(const made_series& s, const incident& i) {
  double usual = 0;
  double planted = 0;
  for (auto h = i.begin; h < i.end; ++h) {
    usual += series_source::expected(s.habits, h);
    planted += series_source::expected(s.habits, h, {i});
  }
  const auto times = planted / usual;
  return times < 3 ? 0 : times < 5 ? 1 : times < 10 ? 2 : 3;
}

struct score {
  std::int64_t planted = 0;
  std::int64_t found = 0;
  /// Hours from their beginnings to the first alarms, added up.
  std::int64_t delay = 0;
  /// Alarms of a series in hours one after the other are one.
  std::int64_t false_alarms = 0;
  std::array<std::int64_t, anomaly_sizes> found_by_size{};
  std::array<std::int64_t, anomaly_sizes> planted_by_size{};

  double precision() const { return share(found, found + false_alarms); }
  double recall() const { return share(found, planted); }
  static double share(std::int64_t part, std::int64_t whole) {
    return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
  }
};

/// Looks at each series at the end of each hour.
inline score score_of(const alarm_rule& rule, const std::vector<made_series>& fleet, std::int64_t days) {
  // The window reaches back for more than an hour, so an alarm may come that much after the end.
  constexpr std::int64_t afterwards = 2;
  score result;
  for (const auto& s : fleet) {
    std::vector<std::optional<std::int64_t>> found(s.planted.size());
    bool alarmed = false;
    for (auto hour = judged_from; hour < judged_from + days * 24; ++hour) {
      const auto now = timestamp{std::chrono::hours{hour + 1}} - std::chrono::milliseconds{1};
      const bool alarm = rule(s, storage::window_of(now, 1));
      bool expected = false;
      for (std::size_t i = 0; i < s.planted.size(); ++i) {
        if (hour < s.planted[i].begin || hour >= s.planted[i].end + afterwards) continue;
        expected = true;
        if (alarm && !found[i]) found[i] = hour - s.planted[i].begin;
      }
      if (alarm && !expected && !alarmed) ++result.false_alarms;
      alarmed = alarm;
    }
    for (std::size_t i = 0; i < s.planted.size(); ++i) {
      const auto size = size_of(s, s.planted[i]);
      ++result.planted;
      ++result.planted_by_size[size];
      if (!found[i]) continue;
      ++result.found;
      ++result.found_by_size[size];
      result.delay += *found[i];
    }
  }
  return result;
}

/// How often what came lay within the interval of 80 % of a forecast that was made the midnight before.
struct coverage {
  std::int64_t hours = 0;
  std::int64_t hours_within = 0;
  std::int64_t days = 0;
  std::int64_t days_within = 0;
  double expected = 0;
  std::int64_t seen = 0;

  void add(const coverage& c) {
    hours += c.hours;
    hours_within += c.hours_within;
    days += c.days;
    days_within += c.days_within;
    expected += c.expected;
    seen += c.seen;
  }
};

/// @param past_days the forecasts rest on so many.
inline coverage coverage_of(const made_series& s, std::int64_t days, std::int64_t past_days) {
  coverage c;
  const auto within = [](std::int64_t seen, const storage::expected_count& e) {
    return seen >= e.lower && seen <= e.upper ? 1 : 0;
  };
  for (std::int64_t d = 0; d < days; ++d) {
    const auto at = judged_from + d * 24;
    const auto from = at - past_days * 24;
    const auto past = part_of(s.counts, from, at);
    if (past.empty()) continue;
    const auto f = storage::forecast_of(storage::baseline::fit(past, from, at), at, 24);
    std::vector<std::int64_t> seen(24);
    for (const auto& n : part_of(s.counts, at, at + 24)) seen[static_cast<std::size_t>(n.hour - at)] = n.count;
    std::int64_t total = 0;
    for (std::size_t h = 0; h < seen.size(); ++h) {
      total += seen[h];
      c.hours_within += within(seen[h], f.hours[h]);
      ++c.hours;
    }
    c.days_within += within(total, f.total);
    ++c.days;
    c.expected += f.total.expected;
    c.seen += total;
  }
  return c;
}

} // namespace tocsin::test
