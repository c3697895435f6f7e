#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "storage/analytics.hpp"

namespace tocsin::storage {

/// What an alert name costs those who are told of it.
struct noisy_alert {
  std::string alert_name;
  /// Without spreads.
  rollup_values values;
  /// Resolved within `brief_seconds` of their beginning.
  std::int64_t brief = 0;
};

/// Over before anybody could have looked.
inline constexpr std::int64_t brief_seconds = 5 * 60;

/// Which alerts are noise, each list by a measure of its own: the most first, among equals by name, without those
/// that have none of it.
struct noise_report {
  rollup_values total;
  std::int64_t brief = 0;
  /// By how many were over without anybody having acknowledged them.
  std::vector<noisy_alert> never_acknowledged;
  /// By how many reports did no more than say again what was known.
  std::vector<noisy_alert> most_duplicated;
  /// By how often they came back or were over at once.
  std::vector<noisy_alert> most_flapping;
  /// By notifications.
  std::vector<noisy_alert> most_notified;
};

/// @param limit the length of each list at most.
/// @throws SQLite::Exception
noise_report read_noise(SQLite::Database& db, const analytics_filter& filter, std::size_t limit);

} // namespace tocsin::storage
