#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "protocols/time.hpp"
#include "storage/baseline.hpp"

namespace tocsin::storage {

/// The time that is looked at: whole hours and the one that runs.
struct anomaly_window {
  /// The first hour, counted from 1970, UTC.
  std::int64_t begin = 0;
  /// Lies in the last hour.
  timestamp now{};

  /// Behind the last hour.
  std::int64_t end() const noexcept;
  /// How much of the last hour is over, above 0 and up to 1.
  double last_part() const noexcept;
};

/// The `hours` whole hours before the one that runs, and what of that is over: the question is never blind
/// just after an hour has begun.
anomaly_window window_of(timestamp now, std::int64_t hours) noexcept;

/// From when on something counts as unusual.
struct anomaly_limits {
  /// The natural logarithm of the probability below which it does.
  double log_probability = 0;
  /// And at least so many more than expected.
  double least_excess = 3;
};

/// So many false alarms a day are put up with, in all series together: each is looked at once an hour, over all
/// stretches that a window of so many hours has.
anomaly_limits limits_of(double false_alarms_per_day, std::int64_t series, const anomaly_window& window);

/// More came than is usual.
struct anomaly {
  /// The most unusual of the stretches that reach up to now begins with this hour.
  std::int64_t since = 0;
  std::int64_t seen = 0;
  double expected = 0;
  /// As many come in 95 of 100 such stretches.
  std::int64_t lower = 0;
  std::int64_t upper = 0;
  /// The natural logarithm of the probability that so many or more come.
  double log_probability = 0;
  baseline_kind kind = baseline_kind::none;
  /// How long a past it was judged by.
  std::int64_t observed_hours = 0;
};

/// Whether the counts of a window are unusual.
/// @param counts of each hour of the window.
std::optional<anomaly> judge(const baseline& usual, const anomaly_window& window, std::span<const std::int64_t> counts,
                             const anomaly_limits& limits);

/// The same for a series that never came in the `known_hours` before the window.
std::optional<anomaly> judge_new(std::int64_t known_hours, const anomaly_window& window,
                                 std::span<const std::int64_t> counts, const anomaly_limits& limits);

} // namespace tocsin::storage
