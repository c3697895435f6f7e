#pragma once

#include <caf/typed_event_based_actor.hpp>

#include "protocols/actors.hpp"

namespace tocsin {

struct console_state {
  static inline const char* name = "console";
};

/// Writes to standard output. Spawn it detached: a pipe that nobody reads stops
/// this actor and no other.
console_actor::behavior_type console(console_actor::stateful_pointer<console_state> self);

} // namespace tocsin
