#include "storage/rollup_check.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <map>
#include <optional>

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Transaction.h>

#include "storage/connection.hpp"
#include "storage/rollup_writer.hpp"

namespace tocsin::storage {

namespace {

constexpr std::size_t most_examples = 10;
/// Long before any alert, and no overflow.
constexpr std::int64_t earliest_hour = -1'000'000;
constexpr std::int64_t rows_a_report = 100'000;
constexpr std::array spans{rollup_span::hour, rollup_span::day, rollup_span::season};

std::string name_of(const rollup_key& k) {
  constexpr std::array<const char*, 3> words{"hour", "day", "season"};
  const auto in_words = [](const std::string& text, bool told) {
    return told ? "\"" + text + "\"" : std::string("all");
  };
  const auto by_name = k.grain == rollup_grain::name_and_service || k.grain == rollup_grain::name;
  const auto by_service = k.grain == rollup_grain::name_and_service || k.grain == rollup_grain::service;
  return std::string(words[static_cast<std::size_t>(k.span)]) + " " + std::to_string(k.bucket) + ", alert_name "
         + in_words(k.alert_name, by_name) + ", service " + in_words(k.service, by_service) + ", "
         + std::string(to_string(k.severity));
}

/// The first stretch that begins with `hour` or later.
std::int64_t first_bucket(rollup_span span, std::int64_t hour) {
  return bucket_of(span, hour - 1) + 1;
}

std::int64_t count_cells(SQLite::Database& db, std::int64_t first) {
  std::int64_t count = 0;
  statement query(db, "SELECT count(*) FROM rollups WHERE grain = +?1 AND span = +?2 AND bucket >= ?3");
  for (int grain = 0; grain <= static_cast<int>(rollup_grain::all); ++grain) {
    for (const auto span : spans) {
      query.open(grain, static_cast<int>(span), first_bucket(span, first));
      if (query.next()) count += row_reader(query).number();
    }
  }
  return count;
}

/// Counts rows that come in order of time, and compares each stretch when it is over.
class counter {
 public:
  /// @param first the hour from which on all rows are there.
  counter(SQLite::Database& db, std::int64_t rolled_until, std::int64_t first)
      : cells_(db), rolled_until_(rolled_until), first_(first) {}

  void add(const contribution& c) {
    ++verdict_.rows;
    const auto values = values_of(c);
    for (const auto span : spans) {
      if (span != rollup_span::hour && c.hour >= rolled_until_) break;
      auto& open = open_[static_cast<std::size_t>(span)];
      const auto bucket = bucket_of(span, c.hour);
      // Of a stretch that was cleaned up in part the rows do not tell.
      if (bucket < first_bucket(span, first_)) continue;
      if (!open.cells.empty() && open.bucket != bucket) compare(open);
      open.bucket = bucket;
      for_each_grain(c, span, bucket, [&](rollup_key key) { open.cells[std::move(key)].add(values); });
    }
  }

  rollup_verdict finish(std::int64_t stored_cells) {
    for (auto& open : open_) compare(open);
    const auto left_over = stored_cells - found_;
    if (left_over > 0) note(left_over, std::to_string(left_over) + " cells belong to no row");
    return std::move(verdict_);
  }

  std::int64_t rows() const noexcept { return verdict_.rows; }

 private:
  struct stretch {
    std::int64_t bucket = 0;
    std::map<rollup_key, rollup_values> cells;
  };

  void compare(stretch& open) {
    for (const auto& [key, expected] : open.cells) {
      ++verdict_.cells;
      const auto stored = cells_.find(key);
      if (stored) ++found_;
      if (stored == expected) continue;
      note(1, name_of(key) + ": " + (stored ? std::to_string(stored->episodes) : std::string("no"))
                  + " episodes are stored, the rows say " + std::to_string(expected.episodes)
                  + (stored && stored->episodes == expected.episodes ? " (and something else differs)" : ""));
    }
    open.cells.clear();
  }

  void note(std::int64_t count, std::string text) {
    verdict_.differences += count;
    if (verdict_.examples.size() < most_examples) verdict_.examples.push_back(std::move(text));
  }

  rollup_cells cells_;
  std::int64_t rolled_until_;
  std::int64_t first_;
  std::array<stretch, spans.size()> open_;
  std::int64_t found_ = 0;
  rollup_verdict verdict_;
};

} // namespace

result<rollup_verdict> verify_rollups(const location& where, const std::function<void(std::int64_t)>& progress) {
  try {
    SQLite::Database db(where.file(), SQLite::OPEN_READONLY);
    SQLite::Transaction snapshot(db);
    const auto rolled =
        db.execAndGet("SELECT coalesce((SELECT value FROM marks WHERE name = 'rolled_until'), 0)").getInt64();
    const auto first = std::max(first_whole_hour(db), earliest_hour);
    counter counted(db, rolled, first);
    statement rows(db, contribution_query("WHERE start_time >= ?1 ORDER BY start_time"));
    rows.open(first * 3'600'000);
    while (rows.next()) {
      row_reader row(rows);
      counted.add(read_contribution(row));
      if (progress && counted.rows() % rows_a_report == 0) progress(counted.rows());
    }
    return counted.finish(count_cells(db, first));
  } catch (const std::exception& e) {
    return fail(where.file() + ": " + e.what());
  }
}

result<std::int64_t> rebuild_rollups(const location& where) {
  auto lock = prepare(where);
  if (!lock) return tl::unexpected(lock.error());
  try {
    auto db = open_for_writing(where.file());
    SQLite::Transaction transaction(db, SQLite::TransactionBehavior::IMMEDIATE);
    rollup_writer(db).rebuild(std::chrono::floor<duration>(std::chrono::system_clock::now()));
    const auto rows = db.execAndGet("SELECT count(*) FROM alert_history").getInt64();
    transaction.commit();
    return rows;
  } catch (const std::exception& e) {
    return fail(where.file() + ": " + e.what());
  }
}

} // namespace tocsin::storage
