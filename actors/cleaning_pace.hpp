#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "protocols/time.hpp"

namespace tocsin {

/// How much a clean-up does at a time, so that a commit never waits long for it: each
/// step is made as large as takes some milliseconds, and the pauses between the steps,
/// in which commits go on, are three times as long.
class cleaning_pace {
 public:
  /// One step with its own commit. What waits for a commit waits for one step at most.
  static constexpr std::chrono::milliseconds step_time{4};
  static constexpr duration shortest_pause{8};

  /// How many rows the next step takes.
  std::size_t rows() const noexcept { return rows_; }

  /// Learns from a step that took so long.
  /// @returns how long to wait until the next one.
  duration after(std::chrono::nanoseconds took) noexcept {
    // Half as many after a step that was slow, a fifth more after one that was quick: a
    // disk that is slow for a moment only must not slow all that follows.
    rows_ = took > step_time ? rows_ / 2 : rows_ + rows_ / 5;
    rows_ = std::clamp(rows_, fewest_rows, most_rows);
    const auto pause = std::chrono::ceil<duration>(took * pause_share);
    return std::clamp(pause, shortest_pause, longest_pause);
  }

 private:
  static constexpr int pause_share = 3;
  static constexpr duration longest_pause{1000};
  /// With fewer it would not be done within the day.
  static constexpr std::size_t fewest_rows = 50;
  static constexpr std::size_t most_rows = 5000;

  std::size_t rows_ = 200;
};

} // namespace tocsin
