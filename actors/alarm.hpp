#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "protocols/actors.hpp"
#include "protocols/time.hpp"

namespace tocsin {

/// One timer of an actor. CAF cannot take a delayed message back, so each
/// carries a number, and only the newest one counts. A deadline that moves later
/// keeps the earlier message: it wakes the actor once for nothing, which costs
/// less than a message for every move.
class alarm {
 public:
  /// Sees to it that a wake message comes at `deadline` or before.
  template <class Self>
  void set(Self* self, timestamp now, std::optional<timestamp> deadline) {
    if (!deadline || (armed_ && *armed_ <= *deadline)) return;
    armed_ = deadline;
    ++generation_;
    self->delayed_send(self, std::max(*deadline - now, duration::zero()), wake_atom_v, generation_);
  }

  /// Whether the message of that number is the one that counts; if so, it is used up.
  bool rings(std::uint64_t generation) noexcept {
    if (!armed_ || generation != generation_) return false;
    armed_.reset();
    return true;
  }

 private:
  std::optional<timestamp> armed_;
  std::uint64_t generation_ = 0;
};

} // namespace tocsin
