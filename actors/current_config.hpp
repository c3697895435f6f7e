#pragma once

#include <memory>
#include <mutex>
#include <shared_mutex>
#include <utility>

#include "config/config.hpp"

namespace tocsin {

/// The configuration that holds now, and the one that is to follow. Shared by all
/// actors of an engine and the threads of the HTTP front, because a message that
/// carried a configuration could not cross a network. Thread-safe.
///
/// Whoever reloads prepares the next one; the dispatcher makes it the current one
/// at the moment when every alert has been taken to its new group.
class current_config {
 public:
  explicit current_config(config::config_ptr first) : current_(std::move(first)) {}

  config::config_ptr get() const {
    const std::shared_lock lock(mutex_);
    return current_;
  }

  void prepare(config::config_ptr next) {
    const std::unique_lock lock(mutex_);
    next_ = std::move(next);
  }

  /// Makes what was prepared the current one; false when nothing was.
  bool take_over() {
    const std::unique_lock lock(mutex_);
    if (!next_) return false;
    current_ = std::move(next_);
    next_.reset();
    return true;
  }

 private:
  mutable std::shared_mutex mutex_;
  config::config_ptr current_; ///< guarded by `mutex_`; never null
  config::config_ptr next_;    ///< guarded by `mutex_`
};

} // namespace tocsin
