#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "protocols/history.hpp"
#include "protocols/result.hpp"
#include "storage/correlation_statements.hpp"
#include "storage/episode_statements.hpp"
#include "storage/group_statements.hpp"
#include "storage/notification_statements.hpp"
#include "storage/on_call_statements.hpp"
#include "storage/rollup_writer.hpp"
#include "storage/sequences.hpp"
#include "storage/silence_statements.hpp"
#include "storage/statement.hpp"

namespace tocsin::storage {

/// One transaction that takes many batches, each as a whole: what `writer`
/// promises, on a connection that somebody else has opened.
class group_transaction {
 public:
  explicit group_transaction(SQLite::Database& db);

  result<void> apply(const write_batch& batch, timestamp now);
  result<void> apply_together(std::span<const write_batch* const> batches, timestamp now);
  result<void> commit(timestamp now);
  void rollback() noexcept;

  highest_ids highest() { return sequences_.read(); }

  /// What went wrong with a write to this database, and what a person can do about it.
  std::string explain(const std::exception& error) const;

 private:
  void write(const write_batch& batch, timestamp now);
  /// Says which rows the batch changes, before it does.
  void touch_rows(const write_batch& batch);
  /// Leaves nothing of a batch that failed. Where that takes the whole
  /// transaction with it, the batches before are remembered as lost.
  void undo_batch(bool in_savepoint, const std::string& why) noexcept;
  bool open() const noexcept;

  SQLite::Database& db_;
  statement begin_;
  statement commit_;
  statement rollback_;
  statement savepoint_;
  statement release_;
  statement rollback_to_savepoint_;
  episode_statements episodes_;
  group_statements groups_;
  notification_statements notifications_;
  correlation_statements correlations_;
  silence_statements silences_;
  on_call_statements on_call_;
  sequences sequences_;
  rollup_writer rollups_;
  /// Batches in the open transaction.
  std::size_t applied_ = 0;
  /// Why batches that were applied will not be committed.
  std::optional<std::string> lost_;
};

} // namespace tocsin::storage
