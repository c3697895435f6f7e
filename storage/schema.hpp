#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "protocols/result.hpp"

namespace SQLite {
class Database;
}

namespace tocsin::storage {

/// One step from a schema version to the next.
struct migration {
  /// What it does, for messages: `the first tables`.
  const char* name;
  /// Statements, run in one transaction.
  const char* sql;
};

/// All migrations in order; the one at index 0 leads from version 0 (an empty
/// file) to version 1. What was released is never changed: a new step is added
/// at the end.
std::span<const migration> migrations();

/// Brings an open database to version `steps.size()`, each step in its own
/// transaction together with the version number.
/// @returns a failure that names `file` when it belongs to another program, when
/// it is newer than `steps`, or when a step cannot be done (the file then keeps
/// the version before that step).
/// @throws SQLite::Exception when the file cannot be read as a database.
result<void> migrate(SQLite::Database& db, const std::string& file, std::span<const migration> steps);

/// `PRAGMA user_version`.
std::int64_t schema_version(SQLite::Database& db);

} // namespace tocsin::storage
