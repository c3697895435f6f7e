#pragma once

#include <optional>
#include <vector>

#include "protocols/history.hpp"

namespace SQLite {
class Database;
}

namespace tocsin::storage {

/// Reads what a start needs, or what one group needs. The highest ids are left
/// to the caller.
/// @throws SQLite::Exception, or std::runtime_error for a row that cannot be read.
recovered_state read_state(SQLite::Database& db, std::optional<group_id> only);

/// How many messages each channel has sent since that day began.
/// @throws SQLite::Exception.
std::vector<sent_count> read_sent_since(SQLite::Database& db, timestamp day);

} // namespace tocsin::storage
