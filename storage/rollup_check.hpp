#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "protocols/result.hpp"
#include "storage/database.hpp"

namespace tocsin::storage {

/// Whether the roll-ups say what the rows say.
struct rollup_verdict {
  std::int64_t rows = 0;
  std::int64_t cells = 0;
  /// Cells that are wrong, missing or left over.
  std::int64_t differences = 0;
  /// The first of them in words, at most ten.
  std::vector<std::string> examples;
};

/// Counts all rows anew and compares, in one snapshot and in the memory that one season's cells need; another program
/// may go on writing.
/// @param progress is told now and then how many rows were counted; may be empty.
/// @returns a failure when the database cannot be read.
result<rollup_verdict> verify_rollups(const location& where, const std::function<void(std::int64_t)>& progress = {});

/// Makes them anew from the rows. Takes the folder for this process alone.
/// @returns how many rows were counted, or a failure that says why not.
result<std::int64_t> rebuild_rollups(const location& where);

} // namespace tocsin::storage
