#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "storage/cleaning.hpp"
#include "storage/statement.hpp"

namespace tocsin::storage {

/// Deletes what `cleaning` says, in the transaction that is open.
/// Each method throws SQLite::Exception.
class cleaning_statements {
 public:
  explicit cleaning_statements(SQLite::Database& db);

  /// Looks at or deletes some `most` rows; at least one. What one statement deletes at
  /// once (the attempts of one notification) is not divided, so it may be a few more.
  void take_step(cleaning& run, std::size_t most);

 private:
  /// A row that may have to go.
  struct candidate {
    std::int64_t id = 0;
    timestamp at{};
    bool goes = false;
  };

  void clean_alerts(cleaning& run, std::int64_t most);
  void clean_attempts(cleaning& run, std::int64_t most);
  void clean_file(cleaning& run, std::int64_t most);
  /// Reads at most `most` rows behind where `run` stands into `found_`.
  void find(statement& query, const cleaning& run, std::int64_t most);
  /// Deletes an episode with what belongs to it, taking each row from `left`.
  /// @returns false when there is more than that; the episode's own row is then still there.
  bool erase(cleaning& run, std::int64_t id, std::int64_t& left);
  void erase_notifications(cleaning& run, std::int64_t id, std::int64_t& left);
  /// Runs a statement that deletes, and counts.
  template <class... Values>
  std::int64_t erase_by(statement& by, cleaning& run, const Values&... values);

  SQLite::Database& db_;
  statement mark_;
  statement find_alerts_;
  statement find_attempts_;
  /// From the tables whose rows belong to one alert each.
  std::array<statement, 5> erase_details_;
  statement find_notifications_;
  statement erase_alert_in_notification_;
  statement erase_attempts_of_;
  statement erase_alert_;
  statement erase_attempt_;
  std::vector<candidate> found_;
  std::vector<std::int64_t> notifications_;
};

} // namespace tocsin::storage
