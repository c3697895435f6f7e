#pragma once

#include <atomic>

namespace tocsin {

/// Whether alerts may be suppressed that no inhibit rule and no time interval
/// concerns: groups ask the suppressor about all their alerts only then. Set by
/// the suppressor; read from any thread.
using suppression_in_force = std::atomic<bool>;

} // namespace tocsin
