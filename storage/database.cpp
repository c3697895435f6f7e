#include "storage/database.hpp"

#include <chrono>
#include <filesystem>
#include <system_error>

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include "storage/connection.hpp"
#include "storage/rollup_writer.hpp"
#include "storage/schema.hpp"

namespace tocsin::storage {

namespace {

result<void> use_write_ahead_log(SQLite::Database& db, const std::string& file) {
  const auto mode = db.execAndGet("PRAGMA journal_mode = WAL").getString();
  if (mode == "wal") return {};
  return fail(file + " cannot use a write-ahead log (SQLite answers \"" + mode
              + "\"). The storage folder must be on a local file system.");
}

/// SQLite opens a write-protected file for reading without a word.
result<void> writable(SQLite::Database& db, const std::string& file) {
  if (sqlite3_db_readonly(db.getHandle(), "main") != 1) return {};
  return fail(file + " is write-protected. It must be writable for the user that runs this program.");
}

/// A file that is still empty will be one that can give pages back; see `writer::clean`.
/// An older one would have to be copied for that, which is left to people.
void shrinkable(SQLite::Database& db) {
  if (db.execAndGet("PRAGMA page_count").getInt64() == 0) db.exec("PRAGMA auto_vacuum = INCREMENTAL");
}

std::string explain(const SQLite::Exception& error, const std::string& file) {
  if (error.getErrorCode() == SQLITE_NOTADB) {
    return file + " is not a SQLite database: " + describe(error)
           + ". Move it away to begin with an empty history, or restore a back-up.";
  }
  return "cannot open the database " + file + ": " + describe(error)
         + ". The file and its folder must be readable and writable for the user that runs this program.";
}

} // namespace

std::string location::file() const {
  return folder + "/tocsin.db";
}

result<instance_lock> prepare(const location& where) {
  std::error_code error;
  std::filesystem::create_directories(where.folder, error);
  if (error) {
    return fail("cannot create the storage folder " + where.folder + ": " + error.message()
                + ". Create it, or choose another with --storage.path.");
  }
  auto lock = instance_lock::take(where.folder);
  if (!lock) return lock;

  const auto file = where.file();
  try {
    auto db = open_for_writing(file);
    auto ready = writable(db, file);
    // Before anything is changed in the file, migrate looks whose it is.
    if (ready) shrinkable(db);
    if (ready) ready = migrate(db, file, migrations());
    if (ready) ready = use_write_ahead_log(db, file);
    if (ready) build_missing_rollups(db, std::chrono::floor<duration>(std::chrono::system_clock::now()));
    if (!ready) return fail(ready.error().message);
  } catch (const SQLite::Exception& problem) {
    return fail(explain(problem, file));
  }
  return lock;
}

} // namespace tocsin::storage
