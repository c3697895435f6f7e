#include "storage/import/raw_row.hpp"

#include <algorithm>

namespace tocsin::storage {

namespace {

constexpr std::array<std::string_view, import_column_count> names{
    "id",
    "alert_name",
    "severity",
    "service",
    "category",
    "instance",
    "status",
    "start_time",
    "end_time",
    "resolution_time_seconds",
    "escalation_level",
    "acknowledgment_time",
    "acknowledged_by",
    "labels",
    "annotations",
    "generator_url",
    "declared_severity",
    "occurrence_count",
    "reopen_count",
    "last_seen",
    "suppressed_by",
    "root_cause",
    "related_alerts",
    "notification_channels",
    "notification_count",
    "created_at",
    "updated_at",
};

/// Derived from other columns, or about groups, windows and escalations that ended with the storage they were in.
constexpr std::array<std::string_view, 10> needless{
    "summary",           "fingerprint",     "group_id",         "expires_at", "timed_out_end",
    "escalation_policy", "escalation_step", "escalation_since", "route",      "window_until",
};

} // namespace

std::string_view to_string(import_column c) noexcept {
  return names[static_cast<std::size_t>(c)];
}

std::optional<import_column> import_column_named(std::string_view name) noexcept {
  if (name == "resolution_time" || name == "duration" || name == "duration_seconds") {
    return import_column::resolution_time_seconds;
  }
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<import_column>(found - names.begin());
}

bool is_needless_column(std::string_view name) noexcept {
  return std::find(needless.begin(), needless.end(), name) != needless.end();
}

} // namespace tocsin::storage
