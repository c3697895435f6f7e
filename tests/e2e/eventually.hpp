#pragma once

#include <chrono>
#include <thread>

namespace tocsin::e2e {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

/// Asks until `predicate` is true or the deadline has passed. For what can only
/// be asked over HTTP; where a condition variable can tell, wait for that.
template <class Predicate>
bool eventually(std::chrono::milliseconds deadline, Predicate predicate) {
  const auto until = clock::now() + deadline;
  for (;;) {
    if (predicate()) return true;
    if (clock::now() >= until) return false;
    std::this_thread::sleep_for(10ms);
  }
}

} // namespace tocsin::e2e
