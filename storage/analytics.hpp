#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocols/severity.hpp"
#include "protocols/time.hpp"
#include "storage/rollup.hpp"

namespace SQLite {
class Database;
}

/// What the history says when it is counted; all of it from the roll-ups. Each function
/// reads on a connection that shows one snapshot, and throws SQLite::Exception.
///
/// A range begins with a whole hour (UTC) and goes on to the end of what there is: an
/// episode counts in the hour in which it began.
namespace tocsin::storage {

using by_severity = std::map<severity, rollup_values>;

/// Everything added up.
rollup_values total_of(const by_severity& parts);

/// Which episodes; unset filters match all.
struct analytics_filter {
  std::optional<std::string> alert_name;
  std::optional<std::string> service;
  /// The hour that this lies in is the first.
  timestamp since{};
};

struct statistics {
  by_severity severities;
  /// The services with the most episodes, the most first; among equals by name.
  std::vector<std::pair<std::string, std::int64_t>> top_services;
};

statistics read_statistics(SQLite::Database& db, const analytics_filter& filter);
/// The first part of it alone.
by_severity read_severities(SQLite::Database& db, const analytics_filter& filter);

/// How top alerts are ordered, the most first.
enum class alert_order : std::uint8_t { count, resolution_time, escalation_level };

struct top_alert {
  std::string alert_name;
  rollup_values values;
};

/// Without spreads. Among equals by name; one without a resolution comes behind those with one.
std::vector<top_alert> read_top_alerts(SQLite::Database& db, const analytics_filter& filter, alert_order order,
                                       std::size_t limit);

/// Everything at once.
struct report {
  statistics counted;
  std::vector<top_alert> top_alerts;
  /// The top services, each with its own numbers.
  std::vector<std::pair<std::string, by_severity>> services;
};

report read_report(SQLite::Database& db, const analytics_filter& filter, std::size_t top_alerts);

/// How many there are, or how many of them are resolved.
std::int64_t count_episodes(SQLite::Database& db, const analytics_filter& filter, std::optional<severity> only,
                            bool resolved);

/// One stretch of time and severity.
struct trend_point {
  /// Hours since 1970, UTC, at which it begins.
  std::int64_t hour = 0;
  tocsin::severity severity = severity::warning;
  rollup_values values;
};

/// Oldest first, then the most urgent; stretches without episodes are left out. Without spreads.
/// @param span hour or day.
std::vector<trend_point> read_trends(SQLite::Database& db, const analytics_filter& filter, rollup_span span);

} // namespace tocsin::storage
