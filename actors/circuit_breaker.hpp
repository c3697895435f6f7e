#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "protocols/time.hpp"

namespace tocsin {

/// Keeps attempts away from an endpoint that has failed again and again, so that
/// what it was to tell goes to a fallback at once instead of after its own retries.
/// Every half minute one attempt is let through to see whether it is back. Pure.
class circuit_breaker {
 public:
  /// So many attempts in a row fail before it opens.
  static constexpr std::int32_t patience = 10;
  static constexpr duration probe_interval = std::chrono::seconds{30};

  /// Whether an attempt may be made now; while it is open, asking uses the probe up.
  bool lets_through(timestamp now) {
    if (!open_since_) return true;
    if (now < next_probe_) return false;
    next_probe_ = now + probe_interval;
    return true;
  }

  /// An attempt failed in a way that another may not.
  void failed(timestamp now) {
    if (++failures_ < patience) return;
    if (!open_since_) open_since_ = now;
    next_probe_ = now + probe_interval;
  }

  /// The endpoint answered, if only to refuse this one message.
  void answered() {
    failures_ = 0;
    open_since_.reset();
  }

  /// Since when nothing but probes is let through; unset while it is closed.
  const std::optional<timestamp>& open_since() const noexcept { return open_since_; }
  timestamp next_probe() const noexcept { return next_probe_; }

 private:
  std::int32_t failures_ = 0;
  std::optional<timestamp> open_since_;
  timestamp next_probe_{};
};

} // namespace tocsin
