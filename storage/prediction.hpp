#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/time.hpp"
#include "storage/anomaly.hpp"
#include "storage/series_past.hpp"

namespace SQLite {
class Database;
}

/// What the roll-ups of the last weeks say about now and about the hours to come. Each function reads on a connection
/// that shows one snapshot, and throws SQLite::Exception.
namespace tocsin::storage {

/// As much past as a baseline is made of.
inline constexpr std::int64_t baseline_hours = 8 * hours_a_week;
inline constexpr std::int64_t longest_window_hours = 24;
/// With a younger history nothing is judged.
inline constexpr std::int64_t least_known_hours = 24;

struct anomaly_question {
  timestamp now{};
  /// 1 to `longest_window_hours`.
  std::int64_t hours = 1;
  /// Unset filters match all. They choose what is shown; what counts as unusual depends on all series there are.
  std::optional<std::string> alert_name = {};
  std::optional<std::string> service = {};
  /// See `limits_of`.
  double false_alarms_per_day = 0.1;
};

struct anomalous_series {
  std::string alert_name;
  std::string service;
  anomaly what;
};

struct anomaly_report {
  anomaly_window window;
  /// The least probable first.
  std::vector<anomalous_series> found;
  /// How many series there are: alerts of one name and service.
  std::int64_t series = 0;
  /// How long a past before the window there is.
  std::int64_t known_hours = 0;
};

/// How much memory the past of all series may take, about.
inline constexpr std::size_t most_past_bytes = 64 << 20;

/// An empty past for `find_anomalies`.
series_past past_for_anomalies(std::size_t most_bytes = most_past_bytes);

anomaly_report find_anomalies(SQLite::Database& db, series_past& past, const anomaly_question& question);

/// How many are expected; as many as `lower` to `upper` come in 80 of 100 such stretches.
struct expected_count {
  double expected = 0;
  std::int64_t lower = 0;
  std::int64_t upper = 0;
};

struct forecast {
  baseline_kind kind = baseline_kind::none;
  /// How long a past it rests on, from the first alert on.
  std::int64_t observed_hours = 0;
  /// The first hour, counted from 1970, UTC: the one that begins next.
  std::int64_t begin = 0;
  std::vector<expected_count> hours;
  expected_count total;
};

/// What `hours` hours will bring.
/// @param alert_name unset: all alerts of the service.
forecast read_forecast(SQLite::Database& db, std::string_view service, const std::optional<std::string>& alert_name,
                       timestamp now, std::int64_t hours);

/// The same from counts; pure.
forecast forecast_of(const baseline& usual, std::int64_t begin, std::int64_t hours);

} // namespace tocsin::storage
