#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "protocols/channel.hpp"
#include "protocols/time.hpp"

namespace tocsin {

/// Counts what a channel sends in a day of UTC against its budget. A message counts
/// once it was accepted; while it is on its way its place is kept. Pure.
class spending {
 public:
  explicit spending(std::size_t most) : most_(most) {}

  /// What was accepted earlier on the day of `at`, by an earlier life of this program.
  void sent_before(timestamp at, std::size_t count) {
    begin_day(at);
    sent_ += count;
  }
  void set_limit(std::size_t most) noexcept { most_ = most; }

  bool limited() const noexcept { return most_ > 0; }
  /// Whether the budget pays for another message.
  bool allows(timestamp now) {
    begin_day(now);
    return !limited() || sent_ + on_their_way_ < most_;
  }
  /// A message goes out.
  void launched() noexcept { ++on_their_way_; }
  /// It was answered.
  void settled(timestamp now, bool accepted) {
    begin_day(now);
    if (on_their_way_ > 0) --on_their_way_;
    if (accepted) ++sent_;
  }

  /// Messages that the budget still pays for today.
  std::size_t left(timestamp now) {
    begin_day(now);
    return most_ - std::min(most_, sent_ + on_their_way_);
  }
  /// When the next day begins.
  static timestamp renewed_after(timestamp now) {
    return std::chrono::floor<std::chrono::days>(now) + std::chrono::days{1};
  }

 private:
  void begin_day(timestamp now) {
    const auto day = std::chrono::floor<std::chrono::days>(now);
    // A clock that is set back must not renew a budget.
    if (day <= day_) return;
    day_ = day;
    sent_ = 0;
  }

  std::size_t most_;
  std::size_t sent_ = 0;
  std::size_t on_their_way_ = 0;
  std::chrono::sys_days day_{};
};

} // namespace tocsin
