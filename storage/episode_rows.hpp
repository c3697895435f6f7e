#pragma once

#include <string>

#include "protocols/episode.hpp"
#include "storage/json_columns.hpp"
#include "storage/statement.hpp"

namespace tocsin::storage {

/// The columns of `alert_history` that `read_episode` takes, in its order.
extern const char* const episode_columns;

/// Reads an episode from the next columns of `row`.
episode read_episode(row_reader& row, json_column_reader& json);

} // namespace tocsin::storage
