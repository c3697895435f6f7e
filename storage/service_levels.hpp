#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "storage/analytics.hpp"

namespace tocsin::storage {

/// How well the targets of `targets_of` were met, by whom and when. The spreads of
/// `severities` are filled in, those of the others are empty.
struct service_levels {
  by_severity severities;
  /// The most missed targets first; among equals by name.
  std::vector<std::pair<std::string, by_severity>> services;
  /// Oldest first; each with the hour since 1970 (UTC) at which it begins, a Monday's first. Weeks without alerts
  /// are left out; the first may have begun before the range.
  std::vector<std::pair<std::int64_t, by_severity>> weeks;
  /// The alert names that missed the most targets, and some; among equals by name.
  std::vector<std::pair<std::string, rollup_values>> worst_offenders;
};

/// Resolved alerts that missed a target of theirs.
std::int64_t missed_targets(const rollup_values& v) noexcept;

/// @param limit how many services and offenders at most.
/// @throws SQLite::Exception
service_levels read_service_levels(SQLite::Database& db, const analytics_filter& filter, std::size_t limit);

} // namespace tocsin::storage
