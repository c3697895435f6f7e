#include "storage/backup.hpp"

#include <cerrno>
#include <cstring>
#include <exception>
#include <filesystem>
#include <optional>

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include "storage/connection.hpp"
#include "storage/schema.hpp"

namespace tocsin::storage {

namespace {

namespace fs = std::filesystem;

/// Often enough for a bar.
constexpr int pages_a_step = 256;

/// The copy while it is not whole; it goes with its owner, unless it was put in place.
class partial_file {
 public:
  explicit partial_file(std::string name) : name_(std::move(name)) { remove(); }
  ~partial_file() {
    if (!placed_) remove();
  }
  partial_file(const partial_file&) = delete;
  partial_file& operator=(const partial_file&) = delete;

  const std::string& name() const noexcept { return name_; }

  /// Gives it its name, once all of it is on disk.
  result<void> place(const std::string& file) {
    if (!synced(name_, O_RDWR)) return failed("write", name_);
    if (::rename(name_.c_str(), file.c_str()) != 0) return failed("rename to " + file + " the file", name_);
    placed_ = true;
    const auto folder = fs::path(file).parent_path().string();
    if (!synced(folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY)) return failed("write", folder);
    return {};
  }

 private:
  static bool synced(const std::string& path, int flags) {
    const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
    if (descriptor < 0) return false;
    const bool good = ::fsync(descriptor) == 0;
    ::close(descriptor);
    return good;
  }

  static result<void> failed(const std::string& what, const std::string& path) {
    return fail("cannot " + what + " " + path + ": " + std::strerror(errno));
  }

  void remove() noexcept {
    std::error_code ignored;
    for (const auto* suffix : {"", "-journal", "-wal", "-shm"}) fs::remove(name_ + suffix, ignored);
  }

  std::string name_;
  bool placed_ = false;
};

result<void> may_be_written(const backup_order& order) {
  std::error_code ignored;
  const auto source = order.where.file();
  if (!fs::exists(source, ignored)) {
    return fail("there is no database " + source + ". Name the folder of the storage with --storage.path.");
  }
  for (const auto* suffix : {"", "-wal", "-shm"}) {
    if (fs::equivalent(source + suffix, order.file, ignored)) {
      return fail(order.file + " belongs to the database itself. Name another file.");
    }
  }
  if (fs::is_directory(order.file, ignored))
    return fail(order.file + " is a folder; expected the name of a file in it");
  if (!order.force && fs::exists(order.file, ignored)) {
    return fail(order.file + " exists already. Name another file, or let --force replace it.");
  }
  return {};
}

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
  if (auto good = may_be_written(order); !good) return tl::unexpected(good.error());
  partial_file partial(order.file + ".partial");
  try {
    auto made = make_copy(order, partial.name(), watch);
    if (!made) return made;
    if (auto placed = partial.place(order.file); !placed) return tl::unexpected(placed.error());
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
