#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "protocols/ids.hpp"
#include "storage/rollup_cells.hpp"

namespace tocsin::storage {

/// Keeps the roll-ups in the transaction of the rows that they count. Whoever changes a row
/// calls `touch` first; before the commit `settle` compares what touched rows count for now
/// with what they counted for before, and changes the cells by the difference.
///
/// Hours are kept at once. Days and seasons hold the hours before `rolled_until`, which
/// follows the clock two hours behind: most rows change no more by then, and so change
/// four cells instead of twelve.
class rollup_writer {
 public:
  explicit rollup_writer(SQLite::Database& db);

  /// The row is about to change.
  void touch(episode_id id);
  /// The row was just inserted: it counted for nothing before, which needs no look.
  void inserted(episode_id id) { touched_.emplace(id, std::nullopt); }
  /// Brings the cells up to date and rolls hours that are over. Within the transaction.
  void settle(timestamp now);
  /// The transaction was rolled back.
  void forget() noexcept;

  /// Makes the cells anew from the rows. Within a transaction.
  void rebuild(timestamp now);

 private:
  using changes = std::map<rollup_key, rollup_change>;

  std::optional<contribution> read(episode_id id);
  void note(changes& all, const std::optional<contribution>& before, const std::optional<contribution>& after) const;
  template <class Apply>
  void for_each_cell(const contribution& c, Apply apply) const;
  void apply(const changes& all);
  void mend_extremes(const std::vector<rollup_key>& keys);
  rollup_values extremes_of(const rollup_key& key);
  rollup_values extremes_of_rows(const rollup_key& key);
  bool roll(timestamp now);
  std::int64_t load_mark();
  void store_mark(std::int64_t hour);

  SQLite::Database& db_;
  rollup_cells cells_;
  statement read_;
  statement rows_of_hour_;
  statement read_mark_;
  statement store_mark_;
  statement cells_of_hour_;
  /// What touched rows counted for before this transaction.
  std::unordered_map<episode_id, std::optional<contribution>> touched_;
  /// Days and seasons hold the hours before this one; unset where the file must be asked.
  std::optional<std::int64_t> rolled_until_;
};

/// Makes the roll-ups of a database that has none yet, in a transaction of its own.
void build_missing_rollups(SQLite::Database& db, timestamp now);

} // namespace tocsin::storage
