#pragma once

#include <atomic>

#include "http/answer.hpp"

namespace tocsin::http {

/// A place among the requests that hold a thread of the server for many seconds, kept
/// for as long as it lives: there are few, so that all others find a thread.
class turn {
 public:
  static constexpr int most_at_once = 4;

  explicit turn(services& s) : count_(s.long_requests), taken_(++count_) {}
  ~turn() { --count_; }
  turn(const turn&) = delete;
  turn& operator=(const turn&) = delete;

  bool granted() const noexcept { return taken_ <= most_at_once; }
  /// For whoever got none.
  static problem refused() { return unavailable("other tests and drills are under way; try again when they are over"); }

 private:
  std::atomic<int>& count_;
  int taken_;
};

} // namespace tocsin::http
