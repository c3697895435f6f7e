#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "actors/time_source.hpp"
#include "storage/database.hpp"

namespace tocsin::http {

/// A change of the database, or several that came together.
struct change {
  /// Counts up; as large as there were changes since the program began to look.
  std::uint64_t sequence = 0;
  timestamp at{};
};

/// Tells streams that the database was changed. One thread looks for all of them, and only while there is at
/// least one. Thread-safe.
class change_feed {
 public:
  /// Each stream holds a thread of the server.
  static constexpr int most_streams = 32;
  /// The least time from one change that is told to the next.
  static constexpr std::chrono::milliseconds shortest_gap{500};

  change_feed(storage::location where, time_source time);
  ~change_feed();
  change_feed(const change_feed&) = delete;
  change_feed& operator=(const change_feed&) = delete;

  /// A place among the streams, for as long as it lives. It must not outlive the feed.
  class stream {
   public:
    /// Begins with what changes from now on.
    explicit stream(change_feed& feed);
    ~stream();
    stream(const stream&) = delete;
    stream& operator=(const stream&) = delete;

    /// False when there were too many already, or the feed has been stopped.
    bool granted() const noexcept { return granted_; }
    /// Waits for the next change. Nothing when none came in time, or the feed was stopped.
    std::optional<change> next(std::chrono::milliseconds most);

   private:
    change_feed& feed_;
    bool granted_ = false;
    std::uint64_t seen_ = 0;
  };

  /// Wakes all that wait; there are no more changes and no new streams. Done twice it does nothing.
  void stop();
  bool stopped() const;
  int streams() const;

 private:
  void watch();
  /// Looks until nobody listens any more.
  void look(std::unique_lock<std::mutex>& lock);
  void tell(std::unique_lock<std::mutex>& lock);
  bool wanted() const noexcept { return streams_ > 0 && !stopped_; }

  const storage::location where_;
  const time_source time_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;          ///< for streams: there is a change, or the end
  std::condition_variable concerns_watcher_; ///< for the watching thread: there is a stream, or none, or the end
  change last_;                              ///< guarded by `mutex_`
  int streams_ = 0;                          ///< guarded by `mutex_`
  bool stopped_ = false;                     ///< guarded by `mutex_`
  std::thread watcher_;                      ///< guarded by `mutex_`; begins with the first stream
};

} // namespace tocsin::http
