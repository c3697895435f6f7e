#pragma once

#include <caf/typed_event_based_actor.hpp>

#include "actors/suppressor_state.hpp"
#include "actors/time_source.hpp"
#include "protocols/actors.hpp"

namespace tocsin {

struct suppressor_shell {
  static inline const char* name = "suppressor";
};

/// Answers which alerts are suppressed; see `suppressor_state`.
suppressor_actor::behavior_type suppressor(suppressor_actor::stateful_pointer<suppressor_shell> self,
                                           config::config_ptr config, time_source time);

} // namespace tocsin
