#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

#include "protocols/alert.hpp"
#include "protocols/messages.hpp"

namespace tocsin {

class sighting;

/// The end that an alert's last report gave it, and when that came.
struct last_report {
  timestamp ends_at{};
  /// Unset when no report came since it was put on the board.
  std::optional<timestamp> seen_at;
};

/// Where the sightings of one group are noted until the group looks at them.
/// Thread-safe.
class sighting_list {
 public:
  /// @param nudge called from a reporting thread when the list stops being
  /// empty; must not block.
  explicit sighting_list(std::function<void()> nudge) : nudge_(std::move(nudge)) {}

  void note(std::shared_ptr<sighting> seen);
  /// What was noted since the last call.
  std::vector<std::shared_ptr<sighting>> take();

 private:
  std::function<void()> nudge_;
  std::mutex mutex_;
  std::vector<std::shared_ptr<sighting>> noted_; ///< guarded by `mutex_`
};

/// One alert that fires, is on disk and was reported before: what a reporting
/// thread needs to take another report of it without asking its group. Thread-safe.
///
/// The end of the lease is the one word that both sides fight for: a report
/// extends it, the group ends it. Whoever comes first wins, so a report is never
/// counted for an alert that has ended meanwhile.
class sighting : public std::enable_shared_from_this<sighting> {
 public:
  sighting(const alert& known, const std::shared_ptr<sighting_list>& list);

  /// Takes a report; false when it says something new or the alert is not to be
  /// answered for any more: then the group must hear it.
  bool report(const alert& reported, timestamp now);

  /// For the group: no more reports. Returns what was not collected yet, with
  /// the lease as the last report left it.
  sighting_report close();
  /// For the group: what was reported since the last time.
  sighting_report collect();

  const label_set& labels() const noexcept { return labels_; }
  /// What the last report said; unset once the alert is not to be answered for any more.
  std::optional<last_report> last() const;

 private:
  sighting_report take_counts();

  label_set labels_;
  label_set annotations_;
  timestamp starts_at_;
  std::uint64_t url_hash_;
  /// The group's; weak, since the list holds this while it is noted, and a group may fail before it looks.
  std::weak_ptr<sighting_list> list_;
  /// Milliseconds of the end shifted left by one, the lowest bit telling a derived end; or `closed`.
  std::atomic<std::int64_t> lease_;
  std::atomic<std::int64_t> count_{0};
  std::atomic<std::int64_t> last_seen_{0};
  std::atomic<bool> noted_{false};
};

/// All sightings, by labels. Thread-safe.
///
/// Nine in ten reports that arrive say nothing new: the sender repeats itself.
/// Here the thread that read the report finds that out and answers at once,
/// without a hop to the group; the group collects the counts once a second.
class sighting_board {
 public:
  /// Takes a report of a firing alert if it says nothing new; see `sighting::report`.
  bool report(const alert& reported, timestamp now) const;
  void open(std::shared_ptr<sighting> s);
  bool contains(const label_set& labels) const;
  /// What the last report of an alert on the board said.
  std::optional<last_report> last(const label_set& labels) const;
  /// Takes an alert off the board; returns what was not collected yet.
  std::optional<sighting_report> close(const label_set& labels);

 private:
  struct shard {
    mutable std::shared_mutex mutex;
    std::unordered_map<label_set, std::shared_ptr<sighting>> known; ///< guarded by `mutex`
  };
  static constexpr std::size_t shard_count = 64;

  const shard& shard_of(const label_set& labels) const noexcept { return shards_[labels.hash() % shard_count]; }
  shard& shard_of(const label_set& labels) noexcept { return shards_[labels.hash() % shard_count]; }

  std::array<shard, shard_count> shards_;
};

} // namespace tocsin
