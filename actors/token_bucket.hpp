#pragma once

#include <algorithm>

#include "protocols/channel.hpp"
#include "protocols/time.hpp"

namespace tocsin {

/// Holds a channel to its rate limit: it may send a whole burst, and then as many
/// messages as time brings. Pure.
class token_bucket {
 public:
  explicit token_bucket(rate_limit limit) : limit_(limit), tokens_(static_cast<double>(limit.messages)) {}

  bool unlimited() const noexcept { return limit_.messages == 0; }

  /// Takes one message's worth if there is one.
  bool take(timestamp now) {
    if (unlimited()) return true;
    refill(now);
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }

  /// Takes it though there may be none: for what must not wait.
  void take_anyway(timestamp now) {
    if (unlimited()) return;
    refill(now);
    tokens_ = std::max(tokens_ - 1, 0.0);
  }

  /// When `take` succeeds at the earliest.
  timestamp next(timestamp now) {
    if (unlimited()) return now;
    refill(now);
    if (tokens_ >= 1) return now;
    const auto missing = (1 - tokens_) * static_cast<double>(limit_.per.count()) / static_cast<double>(limit_.messages);
    return now + duration{static_cast<duration::rep>(missing) + 1};
  }

 private:
  void refill(timestamp now) {
    const auto passed = static_cast<double>(std::max(now - at_, duration::zero()).count());
    at_ = std::max(at_, now);
    const auto most = static_cast<double>(limit_.messages);
    tokens_ = std::min(most, tokens_ + passed * most / static_cast<double>(limit_.per.count()));
  }

  rate_limit limit_;
  double tokens_;
  timestamp at_{};
};

} // namespace tocsin
