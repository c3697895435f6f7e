#pragma once

#include <memory>
#include <span>
#include <string>

#include "protocols/history.hpp"
#include "protocols/result.hpp"
#include "protocols/time.hpp"
#include "storage/cleaning.hpp"

namespace tocsin::storage {

/// Where the database lies: one file `tocsin.db` in a folder.
struct location {
  std::string folder;
  std::string file() const;
};

/// Holds a folder against every other process (and every other holder in this
/// one) for as long as it lives. It must outlive the writer.
class instance_lock {
 public:
  /// Locks `tocsin.lock` in `folder`, which must exist.
  /// @returns a failure that names the holder and says what to do when another process has it.
  static result<instance_lock> take(const std::string& folder);
  ~instance_lock();
  instance_lock(instance_lock&& other) noexcept;
  instance_lock& operator=(instance_lock&& other) noexcept;

 private:
  explicit instance_lock(int descriptor) noexcept : descriptor_(descriptor) {}

  int descriptor_ = -1;
};

/// Creates folder and file where missing, takes the folder for this process
/// alone, and brings the schema to the newest version (each migration in its
/// own transaction).
/// @returns the lock, to be kept until the writer is gone; or a failure that
/// names file, found and expected version when the file comes from a newer
/// program, is not a database or belongs to another program.
result<instance_lock> prepare(const location& where);

/// The only writer. Not thread-safe: it belongs to the history actor.
///
/// One transaction takes many batches: `apply` each that waits, then `commit`
/// once, then answer. All times come from the records but `updated_at`, which is
/// the moment the row was written.
class writer {
 public:
  using clock = timestamp (*)();

  /// Opens the database with WAL and synchronous=FULL. `prepare` must have run.
  /// @throws SQLite::Exception when it cannot be opened.
  explicit writer(const location& where);
  /// The same with another clock for `updated_at`.
  writer(const location& where, clock now);
  ~writer();
  writer(writer&&) noexcept;
  writer& operator=(writer&&) noexcept;

  /// Begins a transaction unless one is open, and applies the batch in it as a
  /// whole: after a failure the transaction holds nothing of this batch and goes on.
  ///
  /// A broken or full disk makes SQLite give up the whole transaction. Then the
  /// batches applied before are gone too: `apply` refuses all that follows, and
  /// the `commit` that was to answer for them fails and says why. So whoever
  /// answers only after `commit` never promises what is not there.
  result<void> apply(const write_batch& batch);
  /// Applies many batches at once, cheaper than one by one: after a failure the
  /// whole transaction is rolled back, and the caller applies them one by one to
  /// find the one to blame. No transaction must be open.
  result<void> apply_together(std::span<const write_batch* const> batches);
  /// Makes everything applied since the last commit durable. After a failure
  /// the whole transaction is rolled back and the next `apply` begins a new one.
  /// Succeeds and does nothing when nothing was applied.
  result<void> commit();
  /// Drops everything applied since the last commit.
  void rollback() noexcept;

  /// Moves what was committed from the write-ahead log into the database file
  /// once the log has grown (some 16 MB); returns at once otherwise. It takes tens of
  /// milliseconds, so call it when the answers to a commit have gone out.
  /// `commit` does it itself only when the log has grown to twice that.
  void checkpoint() noexcept;

  /// Takes the next step of a clean-up, in a transaction of its own: looks at or deletes
  /// some `most` rows. No transaction may be open. After a failure the step has changed
  /// nothing, neither the database nor `run`.
  result<void> clean(cleaning& run, std::size_t most);

  /// What a start needs; call before the first write.
  recovered_state recover();
  /// What one group needs to go on after a fault: its active episodes, and the
  /// ended ones that somebody still believes to fire or that an unfinished
  /// notification tells of; what was told, its record, its unfinished
  /// notifications, and what it saw of late. No silences. Sees all that was committed.
  recovered_state recover_group(group_id group);

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace tocsin::storage
