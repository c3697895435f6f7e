#pragma once

#include <atomic>

#include "http/answer.hpp"

namespace tocsin::http {

/// A place among the requests that hold a thread of the server for many seconds, kept
/// for as long as it lives: there are few, so that all others find a thread.
class turn {
 public:
  static constexpr int most_at_once = 4;

  explicit turn(services& s) : turn(s.long_requests) {}
  /// Among requests of another kind, that are counted on their own.
  explicit turn(std::atomic<int>& count, int most = most_at_once) : count_(count), most_(most), taken_(++count) {}
  ~turn() { --count_; }
  turn(const turn&) = delete;
  turn& operator=(const turn&) = delete;

  bool granted() const noexcept { return taken_ <= most_; }
  /// For whoever got none.
  static problem refused() { return unavailable("other tests and drills are under way; try again when they are over"); }

 private:
  std::atomic<int>& count_;
  int most_;
  int taken_;
};

} // namespace tocsin::http
