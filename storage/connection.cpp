#include "storage/connection.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

namespace tocsin::storage {

namespace {

/// For a person's sqlite3 shell that holds the file for a moment.
constexpr int busy_timeout_ms = 5000;

} // namespace

SQLite::Database open_for_writing(const std::string& file) {
  // Each connection belongs to one thread at a time, so SQLite need not lock for us.
  SQLite::Database db(file, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_NOMUTEX, busy_timeout_ms);
  // FULL: a commit is on disk before it returns. The cache holds the ends of all
  // indices; temporary data (what undoes a batch) stays in memory. Checkpoints are
  // made by the writer, after its answers went out. Freed pages need not be
  // overwritten with zeros. There are no foreign keys to enforce: one program writes.
  db.exec(
      "PRAGMA synchronous = FULL;"
      "PRAGMA cache_size = -32768;"
      "PRAGMA temp_store = MEMORY;"
      "PRAGMA wal_autocheckpoint = 0;"
      "PRAGMA journal_size_limit = 67108864;"
      "PRAGMA secure_delete = OFF;"
      "PRAGMA foreign_keys = OFF;");
  return db;
}

SQLite::Database open_for_reading(const std::string& file) {
  SQLite::Database db(file, SQLite::OPEN_READONLY | SQLite::OPEN_NOMUTEX, busy_timeout_ms);
  // Mapped pages are shared by all readers, so each needs little cache of its own.
  db.exec(
      "PRAGMA query_only = ON;"
      "PRAGMA cache_size = -4096;"
      "PRAGMA temp_store = MEMORY;"
      "PRAGMA mmap_size = 1073741824;");
  return db;
}

std::string describe(const SQLite::Exception& error) {
  // Not every error comes with both codes.
  const auto code = error.getExtendedErrorCode() > 0 ? error.getExtendedErrorCode() : error.getErrorCode();
  return std::string(error.what()) + " (SQLite code " + std::to_string(code) + ")";
}

std::string advice_for(const SQLite::Exception& error) {
  constexpr int primary_code = 0xFF;
  switch (error.getErrorCode() & primary_code) {
    case SQLITE_FULL:
    case SQLITE_IOERR: return " Check the free space and the health of its disk.";
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN: return " The file and its folder must be writable for the user that runs this program.";
    case SQLITE_BUSY: return " Another program holds the file for writing: close it.";
    case SQLITE_CORRUPT: return " The file is damaged: restore a back-up.";
    default: return {};
  }
}

} // namespace tocsin::storage
