#pragma once

#include "protocols/silence.hpp"
#include "storage/statement.hpp"

namespace tocsin::storage {

/// The columns of `silences` that `read_silence` takes, in its order.
extern const char* const silence_columns;

/// Reads a silence from the columns of the current row.
/// @throws std::runtime_error, which names the silence, when its JSON is not what this program writes.
silence read_silence(const statement& query);

} // namespace tocsin::storage
