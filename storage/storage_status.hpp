#pragma once

#include <cstdint>
#include <optional>

#include "protocols/time.hpp"

namespace SQLite {
class Database;
}

namespace tocsin::storage {

/// What the database holds, from what can be read quickly.
struct storage_status {
  std::int64_t schema_version = 0;
  std::int64_t active_alerts = 0;
  /// All that were ever taken in, as the roll-ups count: also those that were cleaned up since.
  std::int64_t alerts = 0;
  /// Notifications that wait for an attempt or its answer.
  std::int64_t unfinished_notifications = 0;
  /// Alerts that ended before may be gone; unset when nothing was ever cleaned up.
  std::optional<timestamp> cleaned_until;
};

storage_status read_status(SQLite::Database& db);

} // namespace tocsin::storage
