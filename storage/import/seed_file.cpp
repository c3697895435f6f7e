#include "storage/import/seed_file.hpp"

#include <algorithm>
#include <limits>

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include "protocols/utf8.hpp"
#include "storage/connection.hpp"
#include "storage/statement.hpp"

namespace tocsin::storage {

namespace {

using names = std::vector<std::string>;
/// For each value the names that its column may have.
using wanted_columns = std::vector<std::vector<const char*>>;

names columns_of(SQLite::Database& db, const std::string& table) {
  statement query(db, "SELECT name FROM pragma_table_info(?1)");
  query.open(table);
  names found;
  while (query.next()) found.push_back(row_reader(query).string());
  return found;
}

bool has(const names& all, std::string_view name) {
  return std::find(all.begin(), all.end(), name) != all.end();
}

raw_cell cell_at(const statement& query, int index) {
  const auto column = query.rows().getColumn(index);
  if (column.isInteger()) return raw_cell::of(column.getInt64());
  if (column.isFloat()) return raw_cell::of(column.getDouble());
  if (column.isNull()) return {};
  const auto* bytes = static_cast<const char*>(column.getBlob());
  return raw_cell::of_text(bytes ? std::string_view(bytes, static_cast<std::size_t>(column.getBytes()))
                                 : std::string_view());
}

std::string word_in(const raw_cell& cell) {
  return replace_invalid_utf8(cell.what == raw_cell::kind::text ? cell.text : std::string_view());
}

/// Walks the rows of one table in order of their numbers.
class table_walk {
 public:
  /// A value for which there is no column is read as nothing.
  table_walk(SQLite::Database& db, const std::string& table, const wanted_columns& wanted) {
    const auto there = columns_of(db, table);
    if (there.empty()) return;
    std::string sql = "SELECT rowid";
    for (const auto& any_of : wanted) {
      const auto found = std::find_if(any_of.begin(), any_of.end(), [&](const char* name) { return has(there, name); });
      sql += found == any_of.end() ? ", NULL" : std::string(", \"") + *found + '"';
    }
    query_.emplace(db, sql + " FROM \"" + table + "\" WHERE rowid > ?1 ORDER BY rowid");
  }

  /// Goes to the first row behind the one with that number; false when there is none.
  bool go_behind(std::int64_t row) {
    if (!query_) return false;
    if (!open_ || row != last_) query_->open(row);
    open_ = query_->next();
    if (open_) last_ = row_reader(*query_).number();
    if (!open_) query_->rewind();
    return open_;
  }

  std::int64_t row() const noexcept { return last_; }
  /// The value that was wanted at that place, from 0.
  raw_cell cell(int place) const { return cell_at(*query_, place + 1); }

 private:
  std::optional<statement> query_;
  std::int64_t last_ = 0;
  bool open_ = false;
};

tl::unexpected<failure> damaged(const std::string& file, const SQLite::Exception& error) {
  return fail(file + " cannot be read on: " + describe(error));
}

} // namespace

struct seed_file::impl {
  explicit impl(const std::string& name) : file(name), db(name, SQLite::OPEN_READONLY | SQLite::OPEN_NOMUTEX, 5000) {
    // The file may come from anybody.
    db.exec("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA query_only = ON; BEGIN");
  }

  std::string file;
  SQLite::Database db;
  std::optional<table_walk> escalations;
  std::optional<table_walk> acknowledgements;
  std::optional<table_walk> correlations;
};

namespace {

class seed_source final : public alert_source {
 public:
  explicit seed_source(const std::string& file, SQLite::Database& db) : file_(file) {
    std::string sql = "SELECT rowid";
    for (const auto& name : columns_of(db, "alert_history")) {
      const auto column = import_column_named(name);
      const bool again = std::find(columns_.begin(), columns_.end(), column) != columns_.end();
      if (column && !again) {
        columns_.push_back(*column);
        sql += ", \"" + name + '"';
      } else if (!is_needless_column(name) && !again) {
        unknown_.push_back(replace_invalid_utf8(name));
      }
    }
    rows_.emplace(db, sql + " FROM alert_history WHERE rowid > ?1 ORDER BY rowid");
    // As another program may have made the table, it need not begin at 1.
    statement last(db, "SELECT coalesce(max(rowid), 0) FROM alert_history");
    last.open();
    if (last.next()) size_ = row_reader(last).number();
  }

  result<std::optional<source_row>> next() override {
    try {
      if (!open_) rows_->open(position_.offset);
      open_ = rows_->next();
    } catch (const SQLite::Exception& error) {
      return damaged(file_ + ", alert_history behind row " + std::to_string(position_.offset), error);
    }
    if (!open_) {
      rows_->rewind();
      return std::nullopt;
    }
    position_.offset = row_reader(*rows_).number();
    ++position_.line;
    for (std::size_t i = 0; i < columns_.size(); ++i) row_[columns_[i]] = cell_at(*rows_, static_cast<int>(i) + 1);
    return source_row{position_.offset, &row_};
  }

  source_position position() const override { return position_; }
  void resume(source_position at) override {
    position_ = at;
    open_ = false;
  }
  std::int64_t size() const override { return size_; }
  const std::vector<std::string>& unknown() const override { return unknown_; }

 private:
  std::string file_;
  std::vector<import_column> columns_;
  std::vector<std::string> unknown_;
  std::optional<statement> rows_;
  source_position position_{std::numeric_limits<std::int64_t>::min(), 0};
  std::int64_t size_ = 0;
  bool open_ = false;
  raw_row row_;
};

std::optional<refusal> no_id(const raw_cell& cell, const char* column) {
  if (number_in(cell)) return std::nullopt;
  return refusal{std::string(column) + " is no id", word_in(cell)};
}

std::optional<refusal> no_time(const raw_cell& cell, const char* column) {
  const auto t = time_in(cell);
  if (t && *t >= timestamp{}) return std::nullopt;
  return refusal{std::string(column) + " is no time since 1970", word_in(cell)};
}

escalation_level level_in(const raw_cell& cell) {
  return escalation_level{static_cast<int>(std::clamp<std::int64_t>(number_in(cell).value_or(1), 1, 3))};
}

tl::expected<source_escalation, refusal> read_escalation(const table_walk& walk) {
  if (auto bad = no_id(walk.cell(0), "alert_id")) return tl::unexpected(*bad);
  if (auto bad = no_time(walk.cell(5), "escalated_at")) return tl::unexpected(*bad);
  source_escalation found;
  found.alert = *number_in(walk.cell(0));
  auto& r = found.what;
  r.from_level = level_in(walk.cell(1));
  r.to_level = level_in(walk.cell(2));
  r.reason = word_in(walk.cell(3));
  r.escalated_by = word_in(walk.cell(4));
  r.at = *time_in(walk.cell(5));
  return found;
}

tl::expected<source_acknowledgement, refusal> read_acknowledgement(const table_walk& walk) {
  if (auto bad = no_id(walk.cell(0), "alert_id")) return tl::unexpected(*bad);
  if (auto bad = no_time(walk.cell(3), "acknowledged_at")) return tl::unexpected(*bad);
  source_acknowledgement found;
  found.alert = *number_in(walk.cell(0));
  found.what.acknowledged_by = word_in(walk.cell(1));
  found.what.comment = word_in(walk.cell(2));
  found.what.at = *time_in(walk.cell(3));
  return found;
}

tl::expected<source_correlation, refusal> read_correlation(const table_walk& walk) {
  if (auto bad = no_id(walk.cell(0), "alert1_id")) return tl::unexpected(*bad);
  if (auto bad = no_id(walk.cell(1), "alert2_id")) return tl::unexpected(*bad);
  const auto score = real_in(walk.cell(2));
  if (!score || !(*score >= 0 && *score <= 1)) {
    return tl::unexpected(refusal{"correlation_score is no number from 0 to 1", word_in(walk.cell(2))});
  }
  const auto type = word_in(walk.cell(3));
  if (type != "temporal" && type != "semantic" && type != "cascade") {
    return tl::unexpected(refusal{"correlation_type is none of temporal, semantic, cascade", type});
  }
  if (auto bad = no_time(walk.cell(4), "created_at")) return tl::unexpected(*bad);
  source_correlation found;
  found.first = *number_in(walk.cell(0));
  found.second = *number_in(walk.cell(1));
  found.what.score = *score;
  found.what.type = type;
  found.what.at = *time_in(walk.cell(4));
  return found;
}

template <class Record, class Read>
result<std::optional<source_child<Record>>> child_behind(table_walk& walk, std::int64_t row, const std::string& place,
                                                         Read read) {
  try {
    if (!walk.go_behind(row)) return std::nullopt;
    return source_child<Record>{walk.row(), read(walk)};
  } catch (const SQLite::Exception& error) {
    return damaged(place + " behind row " + std::to_string(row), error);
  }
}

} // namespace

seed_file::seed_file(std::unique_ptr<impl> made) : impl_(std::move(made)) {}
seed_file::~seed_file() = default;
seed_file::seed_file(seed_file&&) noexcept = default;

result<seed_file> seed_file::open(const std::string& file) {
  try {
    auto made = std::make_unique<impl>(file);
    const auto columns = columns_of(made->db, "alert_history");
    if (columns.empty()) return fail(file + " has no table alert_history, so it is no history of alerts");
    if (!has(columns, "start_time") || (!has(columns, "alert_name") && !has(columns, "labels"))) {
      return fail(file + ": the table alert_history has no column start_time, or neither alert_name nor labels");
    }
    auto& db = made->db;
    made->escalations.emplace(db, "escalation_history",
                              wanted_columns{{"alert_id"},
                                             {"from_level"},
                                             {"to_level"},
                                             {"reason"},
                                             {"escalated_by"},
                                             {"escalated_at", "escalation_time", "created_at", "timestamp"}});
    made->acknowledgements.emplace(
        db, "acknowledgments",
        wanted_columns{{"alert_id"},
                       {"acknowledged_by"},
                       {"comment"},
                       {"acknowledged_at", "acknowledgment_time", "created_at", "timestamp"}});
    made->correlations.emplace(db, "alert_correlations",
                               wanted_columns{{"alert1_id"},
                                              {"alert2_id"},
                                              {"correlation_score", "score"},
                                              {"correlation_type"},
                                              {"created_at", "timestamp"}});
    return seed_file(std::move(made));
  } catch (const SQLite::Exception& error) {
    return fail("cannot read " + file + " as a SQLite database: " + describe(error));
  }
}

result<std::unique_ptr<alert_source>> seed_file::alerts() {
  try {
    return std::make_unique<seed_source>(impl_->file, impl_->db);
  } catch (const SQLite::Exception& error) {
    return damaged(impl_->file + ", alert_history", error);
  }
}

result<std::optional<source_child<source_escalation>>> seed_file::escalation_behind(std::int64_t row) {
  return child_behind<source_escalation>(*impl_->escalations, row, impl_->file + ", escalation_history",
                                         read_escalation);
}
result<std::optional<source_child<source_acknowledgement>>> seed_file::acknowledgement_behind(std::int64_t row) {
  return child_behind<source_acknowledgement>(*impl_->acknowledgements, row, impl_->file + ", acknowledgments",
                                              read_acknowledgement);
}
result<std::optional<source_child<source_correlation>>> seed_file::correlation_behind(std::int64_t row) {
  return child_behind<source_correlation>(*impl_->correlations, row, impl_->file + ", alert_correlations",
                                          read_correlation);
}

} // namespace tocsin::storage
