#include "storage/anomaly.hpp"

#include <algorithm>
#include <cmath>

#include "storage/rollup.hpp"

namespace tocsin::storage {

namespace {

constexpr double usual_share = 0.95;
/// The running hour counts for a minute at least, so that what comes with the stroke of the hour is no miracle.
constexpr double least_part = 1.0 / 60;
/// How much wider than chance what never came before may come: several hosts, one rule.
constexpr double dispersion_of_new = 2;

/// Looks at each stretch of the window that reaches up to now; `usual(since)` says what is usual in it.
template <class Usual>
std::optional<anomaly> most_unusual(const anomaly_window& window, std::span<const std::int64_t> counts,
                                    const anomaly_limits& limits, Usual usual) {
  std::optional<anomaly> found;
  std::optional<count_distribution> of_found;
  std::int64_t seen = 0;
  double expected = 0;
  for (auto since = window.end(); since-- > window.begin;) {
    const auto count = counts[static_cast<std::size_t>(since - window.begin)];
    const count_distribution d = usual(since);
    const auto expected_then = d.mean() - expected;
    seen += count;
    expected = d.mean();
    // A stretch begins with an hour that had more than usual.
    if (static_cast<double>(count) <= expected_then) continue;
    if (static_cast<double>(seen) - expected < limits.least_excess) continue;
    const auto log_probability = d.log_at_least(seen);
    if (log_probability > limits.log_probability || (found && log_probability >= found->log_probability)) continue;
    found = anomaly{since, seen, expected, 0, 0, log_probability, baseline_kind::none, 0};
    of_found = d;
  }
  if (!found) return found;
  found->lower = of_found->quantile((1 - usual_share) / 2);
  found->upper = of_found->quantile((1 + usual_share) / 2);
  return found;
}

} // namespace

std::int64_t anomaly_window::end() const noexcept {
  return hour_of(now) + 1;
}

double anomaly_window::last_part() const noexcept {
  const auto over = now - std::chrono::floor<std::chrono::hours>(now);
  return std::max(least_part, std::chrono::duration<double, std::ratio<3600>>(over).count());
}

anomaly_window window_of(timestamp now, std::int64_t hours) noexcept {
  return {hour_of(now) - hours, now};
}

anomaly_limits limits_of(double false_alarms_per_day, std::int64_t series, const anomaly_window& window) {
  const auto looks_a_day =
      static_cast<double>(hours_a_day * (window.end() - window.begin) * std::max<std::int64_t>(series, 1));
  anomaly_limits limits;
  limits.log_probability = std::log(false_alarms_per_day / looks_a_day);
  return limits;
}

std::optional<anomaly> judge(const baseline& usual, const anomaly_window& window, std::span<const std::int64_t> counts,
                             const anomaly_limits& limits) {
  auto found = most_unusual(window, counts, limits,
                            [&](std::int64_t since) { return usual.over(since, window.end(), window.last_part()); });
  if (!found) return found;
  found->kind = usual.kind();
  found->observed_hours = usual.observed_hours();
  return found;
}

std::optional<anomaly> judge_new(std::int64_t known_hours, const anomaly_window& window,
                                 std::span<const std::int64_t> counts, const anomaly_limits& limits) {
  // Too young a history has seen nothing yet: all is new to it.
  if (known_hours < hours_a_week) return std::nullopt;
  auto found = most_unusual(window, counts, limits, [&](std::int64_t since) {
    const auto hours = static_cast<double>(window.end() - since - 1) + window.last_part();
    // As if it had come once.
    const auto mean = hours / static_cast<double>(known_hours);
    return count_distribution(mean, mean * dispersion_of_new + mean * mean);
  });
  if (found) found->observed_hours = known_hours;
  return found;
}

} // namespace tocsin::storage
