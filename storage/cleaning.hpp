#pragma once

#include <cstdint>

#include "protocols/time.hpp"

namespace tocsin::storage {

/// A clean-up of the history and how far it has come; `writer::clean` takes its steps.
///
/// It deletes the episodes that ended before `cutoff` with all that belongs to them, but
/// none that a channel still believes to fire, nor one that an unfinished notification
/// tells of; then the attempts to deliver that were made before `cutoff`, but those of
/// unfinished notifications; then it gives the file's free pages back, all but a twentieth
/// of the file. When it is interrupted, nothing is lost: the next one goes on where it must.
///
/// From its first step on the mark `cleaned_until` holds the greatest `cutoff` so far:
/// what ended before may be gone, what ended later is whole.
struct cleaning {
  explicit cleaning(timestamp before) : cutoff(before) {}

  enum class stage : std::uint8_t { alerts, attempts, file, over };

  bool over() const noexcept { return at == stage::over; }

  timestamp cutoff;
  stage at = stage::alerts;
  /// Episodes deleted so far, and rows of all tables, these included.
  std::int64_t alerts = 0;
  std::int64_t rows = 0;
  /// Its stage goes on behind the row of this time and id.
  timestamp behind = timestamp::min();
  std::int64_t behind_id = 0;
};

} // namespace tocsin::storage
