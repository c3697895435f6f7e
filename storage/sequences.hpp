#pragma once

#include "protocols/history.hpp"
#include "storage/statement.hpp"

namespace tocsin::storage {

/// The highest ids ever used.
struct highest_ids {
  episode_id episode;
  group_id group;
  notification_id notification;

  friend bool operator==(const highest_ids&, const highest_ids&) = default;
};

/// Keeps the table `sequences`: rows leave the other tables (finished
/// notifications, closed groups, old alerts), but an id is never used twice.
class sequences {
 public:
  explicit sequences(const SQLite::Database& db);

  /// Looks at the ids that a batch uses; remembers, but does not write.
  void note(const write_batch& batch) noexcept;
  /// An id that is used beside any batch.
  void note(episode_id id) noexcept;
  /// Writes what has grown since the last `kept`, in the transaction that is open.
  void store();
  /// The transaction of the last `store` is on disk.
  void kept() noexcept { stored_ = noted_; }
  /// What is on disk, and the highest rows there are.
  highest_ids read();

 private:
  highest_ids noted_;
  highest_ids stored_;
  statement store_;
  statement read_;
};

} // namespace tocsin::storage
