#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tocsin::storage {

/// What an import takes of an alert.
enum class import_column : std::uint8_t {
  id,
  alert_name,
  severity,
  service,
  category,
  instance,
  status,
  start_time,
  end_time,
  resolution_time_seconds,
  escalation_level,
  acknowledgment_time,
  acknowledged_by,
  labels,
  annotations,
  generator_url,
  declared_severity,
  occurrence_count,
  reopen_count,
  last_seen,
  suppressed_by,
  root_cause,
  related_alerts,
  notification_channels,
  notification_count,
  created_at,
  updated_at,
};

inline constexpr std::size_t import_column_count = static_cast<std::size_t>(import_column::updated_at) + 1;

/// The name that the export writes.
std::string_view to_string(import_column c) noexcept;
/// Knows the names that the original implementation has for some of them as well.
std::optional<import_column> import_column_named(std::string_view name) noexcept;
/// Names that need no word: what they say follows from the rest, or means nothing in another storage.
bool is_needless_column(std::string_view name) noexcept;

/// One value as a file holds it.
struct raw_cell {
  enum class kind : std::uint8_t { none, text, number, real, json };

  static raw_cell of_text(std::string_view t) { return {kind::text, t, 0, 0}; }
  /// Text that is a JSON object or array.
  static raw_cell of_json(std::string_view t) { return {kind::json, t, 0, 0}; }
  static raw_cell of(std::int64_t n) { return {kind::number, {}, n, 0}; }
  static raw_cell of(double r) { return {kind::real, {}, 0, r}; }

  /// Neither there nor said: files without types write nothing as an empty text.
  bool empty() const noexcept { return what == kind::none || (what == kind::text && text.empty()); }

  kind what = kind::none;
  std::string_view text;
  std::int64_t number = 0;
  double real = 0;
};

/// One alert as a file holds it. The texts belong to the file's reader.
struct raw_row {
  std::array<raw_cell, import_column_count> cells;

  raw_cell& operator[](import_column c) noexcept { return cells[static_cast<std::size_t>(c)]; }
  const raw_cell& operator[](import_column c) const noexcept { return cells[static_cast<std::size_t>(c)]; }
};

/// Why a row is not taken in.
struct refusal {
  /// The same for all rows with that fault: `start_time lies before 1970`.
  std::string reason;
  /// What was found, shortened; may be empty.
  std::string found;
};

} // namespace tocsin::storage
