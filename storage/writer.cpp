#include <chrono>
#include <exception>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Transaction.h>
#include <sqlite3.h>

#include "storage/cleaning_statements.hpp"
#include "storage/connection.hpp"
#include "storage/database.hpp"
#include "storage/group_transaction.hpp"
#include "storage/recovery.hpp"

namespace tocsin::storage {

namespace {

timestamp wall_clock() {
  return std::chrono::floor<duration>(std::chrono::system_clock::now());
}

/// Waiting for readers to leave the log behind must not hold up ingest for long.
constexpr int restart_wait_ms = 50;
constexpr int usual_wait_ms = 5000;

/// Readers that follow close upon each other keep the log from starting anew;
/// from this size on the writer waits for them.
constexpr int restart_pages = 8 * checkpoint_pages;

} // namespace

struct writer::impl {
  impl(const location& where, clock now_is)
      : now(now_is), db(open_for_writing(where.file())), transaction(db), cleaner(db) {
    sqlite3_wal_hook(db.getHandle(), &impl::committed, this);
  }

  /// SQLite calls this after each commit with the length of the log.
  static int committed(void* self, sqlite3*, const char*, int pages) {
    auto& me = *static_cast<impl*>(self);
    me.log_pages = pages;
    // A shorter log has begun anew.
    if (pages < me.tried_pages) me.tried_pages = 0;
    return SQLITE_OK;
  }

  /// Whether the log has grown by that much since it was moved, or could not be.
  bool has_grown(int pages) const noexcept { return log_pages - tried_pages >= pages; }

  /// Where readers stand in the way it moves what it can; the rest comes after the next commits.
  void checkpoint() noexcept {
    auto* handle = db.getHandle();
    const bool restart = log_pages >= restart_pages;
    if (restart) sqlite3_busy_timeout(handle, restart_wait_ms);
    int moved = 0;
    sqlite3_wal_checkpoint_v2(handle, nullptr, restart ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE, nullptr,
                              &moved);
    // A reader may hold its snapshot for minutes: to wait for it after each commit would hold up ingest.
    if (moved >= 0) tried_pages = restart ? log_pages : moved;
    if (restart) sqlite3_busy_timeout(handle, usual_wait_ms);
  }

  recovered_state recover(std::optional<group_id> only) {
    auto state = read_state(db, only);
    const auto highest = transaction.highest();
    state.last_episode = highest.episode;
    state.last_group = highest.group;
    state.last_notification = highest.notification;
    if (!only) state.sent_today = read_sent_since(db, std::chrono::floor<std::chrono::days>(now()));
    return state;
  }

  clock now;
  SQLite::Database db;
  group_transaction transaction;
  cleaning_statements cleaner;
  /// Length of the write-ahead log after the last commit.
  int log_pages = 0;
  /// How many of these pages are in the database file already, or how many there were when a reader kept the log from
  /// starting anew.
  int tried_pages = 0;
};

writer::writer(const location& where) : writer(where, &wall_clock) {}
writer::writer(const location& where, clock now) : impl_(std::make_unique<impl>(where, now)) {}
writer::~writer() = default;
writer::writer(writer&&) noexcept = default;
writer& writer::operator=(writer&&) noexcept = default;

result<void> writer::apply_together(std::span<const write_batch* const> batches) {
  return impl_->transaction.apply_together(batches, impl_->now());
}

result<void> writer::apply(const write_batch& batch) {
  return impl_->transaction.apply(batch, impl_->now());
}

result<void> writer::commit() {
  auto done = impl_->transaction.commit(impl_->now());
  if (done && impl_->has_grown(2 * checkpoint_pages)) impl_->checkpoint();
  return done;
}

void writer::rollback() noexcept {
  impl_->transaction.rollback();
}

void writer::checkpoint() noexcept {
  if (impl_->has_grown(checkpoint_pages)) impl_->checkpoint();
}

result<void> writer::clean(cleaning& run, std::size_t most) {
  auto next = run;
  try {
    SQLite::Transaction step(impl_->db, SQLite::TransactionBehavior::IMMEDIATE);
    impl_->cleaner.take_step(next, most);
    step.commit();
  } catch (const std::exception& error) {
    return fail(impl_->transaction.explain(error));
  }
  run = next;
  // The file becomes shorter only with a checkpoint.
  if (run.over()) impl_->checkpoint();
  return {};
}

recovered_state writer::recover() {
  return impl_->recover(std::nullopt);
}
recovered_state writer::recover_group(group_id group) {
  return impl_->recover(group);
}

} // namespace tocsin::storage
