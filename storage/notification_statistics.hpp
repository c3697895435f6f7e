#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "protocols/time.hpp"

namespace SQLite {
class Database;
}

/// How well notifications arrive, counted from the attempts on record.
namespace tocsin::storage {

/// Attempts that were counted together.
struct attempt_counts {
  /// Those that reached somebody, and those that did not.
  std::int64_t delivered = 0;
  std::int64_t failed = 0;
  /// Those that were not the first of their notification.
  std::int64_t retries = 0;
  duration took{};

  std::int64_t attempts() const noexcept { return delivered + failed; }
  /// How many notifications were attempted for the first time.
  std::int64_t notifications() const noexcept { return attempts() - retries; }
  void add(bool success, std::int64_t retry_count, duration attempt_took);
};

struct channel_counts {
  std::string channel;
  std::string kind;
  attempt_counts counts;
};

struct notification_statistics {
  /// In order of their handles.
  std::vector<channel_counts> channels;
  /// By day since 1970, UTC; days without attempts are left out.
  std::map<std::int64_t, attempt_counts> by_day;
};

/// Counts the attempts since a moment, all or those on one channel (`ops/webhook/0`) or kind (`webhook`). Steps over
/// each of them.
notification_statistics count_attempts(SQLite::Database& db, timestamp since,
                                       const std::optional<std::string>& channel);

/// What the newest attempts say of one channel.
struct channel_outcome {
  std::optional<timestamp> last_success;
  std::optional<timestamp> last_failure;
  /// What went wrong then.
  std::string failure;
};

/// By handle, from the newest `most` attempts.
std::map<std::string, channel_outcome, std::less<>> last_outcomes(SQLite::Database& db, std::int64_t most);

} // namespace tocsin::storage
