#pragma once

#include <chrono>

#include <caf/actor_clock.hpp>

#include "protocols/time.hpp"

namespace tocsin {

/// Where actor shells take `now` from. The real one reads the system's clock;
/// the other follows an actor clock, so that a test that moves CAF's time moves
/// the time of day with it. Copyable; safe to use from any thread.
class time_source {
 public:
  /// The system's clock.
  static time_source system() { return {}; }

  /// Starts at `start` and goes on as `clock` does. `clock` must outlive it.
  static time_source following(const caf::actor_clock& clock, timestamp start) {
    time_source source;
    source.clock_ = &clock;
    source.offset_ = start.time_since_epoch() - clock.now().time_since_epoch();
    return source;
  }

  timestamp now() const {
    if (!clock_) return std::chrono::floor<duration>(std::chrono::system_clock::now());
    return timestamp{std::chrono::floor<duration>(clock_->now().time_since_epoch() + offset_)};
  }

 private:
  const caf::actor_clock* clock_ = nullptr;
  std::chrono::nanoseconds offset_{};
};

} // namespace tocsin
