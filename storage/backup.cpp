#include "storage/backup.hpp"

#include <exception>
#include <filesystem>

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include "storage/connection.hpp"
#include "storage/output_file.hpp"
#include "storage/schema.hpp"

namespace tocsin::storage {

namespace {

namespace fs = std::filesystem;

/// Often enough for a bar.
constexpr int pages_a_step = 256;

result<void> has_room(const std::string& file, std::int64_t bytes) {
  std::error_code error;
  const auto folder = fs::path(file).parent_path();
  const auto space = fs::space(folder.empty() ? fs::path(".") : folder, error);
  // Where that cannot be told, the copy will show it.
  if (error || space.available >= static_cast<std::uintmax_t>(bytes)) return {};
  constexpr std::int64_t mib = 1 << 20;
  return fail("no room for the back-up " + file + ": it needs " + std::to_string(bytes / mib + 1) + " MiB, "
              + std::to_string(static_cast<std::int64_t>(space.available) / mib) + " MiB are free");
}

/// Without a snapshot that is held, every commit of another process would begin the copy anew.
void hold_snapshot(SQLite::Database& source) {
  source.exec("BEGIN");
  source.execAndGet("SELECT count(*) FROM sqlite_schema");
}

void copy(SQLite::Database& source, SQLite::Database& target, const backup_watcher& watch) {
  SQLite::Backup backup(target, source);
  while (backup.executeStep(pages_a_step) != SQLITE_DONE) {
    const std::int64_t all = backup.getTotalPageCount();
    if (watch) watch(all - backup.getRemainingPageCount(), all);
  }
}

result<backup_report> check(SQLite::Database& target, const std::string& file) {
  const auto verdict = target.execAndGet("PRAGMA quick_check(1)").getString();
  if (verdict != "ok") {
    return fail("the copy " + file + " is damaged (" + verdict
                + "), and so is the database, most likely: " + "PRAGMA integrity_check in it tells more");
  }
  backup_report report;
  report.bytes = target.execAndGet("PRAGMA page_count").getInt64() * target.execAndGet("PRAGMA page_size").getInt64();
  report.alerts = target.execAndGet("SELECT count(*) FROM alert_history").getInt64();
  return report;
}

result<backup_report> make_copy(const backup_order& order, const std::string& name, const backup_watcher& watch) {
  auto source = open_for_reading(order.where.file());
  hold_snapshot(source);
  if (schema_version(source) == 0) return fail(order.where.file() + " is no history of Tocsin");
  const auto bytes =
      source.execAndGet("PRAGMA page_count").getInt64() * source.execAndGet("PRAGMA page_size").getInt64();
  if (auto room = has_room(order.file, bytes); !room) return tl::unexpected(room.error());

  SQLite::Database target(name, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_NOMUTEX);
  // What fails is deleted as a whole, and the disk is waited for once, at the end: the snapshot keeps the log of the
  // running program from starting anew, so it is held as short as can be.
  target.exec("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;");
  copy(source, target, watch);
  source.exec("ROLLBACK");
  // One file, which needs no log beside it.
  target.execAndGet("PRAGMA journal_mode = DELETE");
  return check(target, name);
}

} // namespace

result<backup_report> back_up(const backup_order& order, const backup_watcher& watch) {
  if (auto good = may_be_written(order.where, order.file, order.force); !good) return tl::unexpected(good.error());
  partial_file partial(order.file);
  try {
    auto made = make_copy(order, partial.name(), watch);
    if (!made) return made;
    if (auto placed = partial.place(); !placed) return tl::unexpected(placed.error());
    return made;
  } catch (const SQLite::Exception& error) {
    const auto code = error.getErrorCode();
    const bool full = code == SQLITE_FULL;
    return fail("no back-up was made: "
                + std::string(full ? "the disk of " + partial.name() + " is full" : describe(error)) + " (from "
                + order.where.file() + " to " + partial.name() + ")." + advice_for(error));
  }
}

} // namespace tocsin::storage
