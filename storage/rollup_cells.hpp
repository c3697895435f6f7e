#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "storage/rollup.hpp"
#include "storage/statement.hpp"

namespace tocsin::storage {

/// How much of a cell is read: each column costs time, and spreads are most of the bytes.
enum class rollup_detail : std::uint8_t {
  episodes, ///< how many, and nothing else
  sums,     ///< counts and sums, without least and most
  all
};

/// Columns of `rollups` that hold a cell's values, in the order that `read_values` reads them.
std::string rollup_value_columns(rollup_detail detail);

/// The spreads of a cell as they lie in the file.
struct encoded_spreads {
  std::string_view resolution;
  std::string_view acknowledgement;
};

/// Reads the values of a cell from the current row, all but its spreads.
rollup_values read_values(row_reader& row, rollup_detail detail);
/// Those are read after the values; nothing when the detail has none. They live until the next row.
encoded_spreads read_spreads(row_reader& row, rollup_detail detail);

/// What rows of `alert_history` count for; `condition` stands behind the table.
std::string contribution_query(const char* condition);
/// Reads the current row of such a query.
contribution read_contribution(row_reader& row);

/// Calls `visit` with the key of each cell of that stretch that the contribution is part of.
template <class Visit>
void for_each_grain(const contribution& c, rollup_span span, std::int64_t bucket, Visit visit) {
  visit(rollup_key{rollup_grain::name_and_service, span, bucket, c.alert_name, c.service, c.severity});
  visit(rollup_key{rollup_grain::service, span, bucket, {}, c.service, c.severity});
  visit(rollup_key{rollup_grain::name, span, bucket, c.alert_name, {}, c.severity});
  visit(rollup_key{rollup_grain::all, span, bucket, {}, {}, c.severity});
}

/// The first hour from which on the history still has all rows that the roll-ups count: clean-ups delete rows, but
/// what they counted for stays.
std::int64_t first_whole_hour(SQLite::Database& db);

/// Reads and writes single cells of `rollups`. Each method throws SQLite::Exception.
class rollup_cells {
 public:
  explicit rollup_cells(const SQLite::Database& db);

  std::optional<rollup_values> find(const rollup_key& key);
  /// A cell without episodes is deleted.
  void save(const rollup_key& key, const rollup_values& values);
  /// All cells of one hour.
  void for_each_of_hour(std::int64_t hour, const std::function<void(const rollup_key&, const rollup_values&)>& visit);
  /// The first hour from `hour` on that has cells, and lies before `end`.
  std::optional<std::int64_t> next_hour(std::int64_t hour, std::int64_t end);

 private:
  statement find_;
  statement save_;
  statement remove_;
  statement of_hour_;
  statement next_hour_;
};

} // namespace tocsin::storage
