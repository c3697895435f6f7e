#pragma once

#include <cstdint>

#include "actors/history.hpp"

/// What the history actor does to delete what is old. The decisions are elsewhere: what
/// goes in `storage::cleaning`, how much at a time in `cleaning_pace`.
namespace tocsin {

using history_pointer = history_actor::stateful_pointer<history_state>;

/// Sets the alarm for the first look at the retention.
void begin_to_watch_retention(history_pointer self);
/// Begins a clean-up when the retention has something to delete, and sets the next alarm.
void look_at_retention(history_pointer self, std::uint64_t generation);
/// A clean-up that somebody asks for.
caf::typed_response_promise<cleanup_report> clean_for(history_pointer self, const cleanup_request& request);
/// Takes the next step.
void clean_on(history_pointer self);
/// Ends it where it is; whoever waits for it hears an error.
void halt_cleaning(history_pointer self);

} // namespace tocsin
