#pragma once

#include <memory>
#include <mutex>
#include <shared_mutex>
#include <utility>
#include <vector>

#include "protocols/on_call.hpp"

namespace tocsin {

/// The overrides that hold now. Shared by the desk, which alone changes them, and all who ask who is on
/// call: groups and the threads of the HTTP front. Thread-safe.
class on_call_roster {
 public:
  using overrides = std::shared_ptr<const std::vector<on_call_override>>;

  explicit on_call_roster(std::vector<on_call_override> first = {})
      : current_(std::make_shared<const std::vector<on_call_override>>(std::move(first))) {}

  /// Never null.
  overrides get() const {
    const std::shared_lock lock(mutex_);
    return current_;
  }

  void publish(std::vector<on_call_override> next) {
    auto made = std::make_shared<const std::vector<on_call_override>>(std::move(next));
    const std::unique_lock lock(mutex_);
    current_ = std::move(made);
  }

 private:
  mutable std::shared_mutex mutex_;
  overrides current_; ///< guarded by `mutex_`
};

} // namespace tocsin
