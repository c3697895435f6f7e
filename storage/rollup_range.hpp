#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/rollup_cells.hpp"

namespace tocsin::storage {

/// Stretches of one span, one after the other.
struct bucket_range {
  rollup_span span = rollup_span::hour;
  std::int64_t begin = 0;
  /// Not part of it.
  std::int64_t end = 0;

  friend bool operator==(const bucket_range&, const bucket_range&) = default;
};

/// Stands for "to the end of what there is".
inline constexpr std::int64_t no_end = std::numeric_limits<std::int64_t>::max();

/// The coarsest stretches that together hold each hour from `since` on exactly once, where days and
/// seasons hold the hours before `rolled_until`. At most 23 hours, 31 days, one season for each 32 days, and the hours
/// that are not rolled yet.
std::vector<bucket_range> cover(std::int64_t since, std::int64_t rolled_until);

/// Finds the cells that one question is about.
class rollup_reader {
 public:
  explicit rollup_reader(SQLite::Database& db);

  struct cell {
    std::int64_t bucket = 0;
    std::string_view alert_name;
    std::string_view service;
    tocsin::severity severity = severity::warning;
    /// Without their spreads.
    rollup_values values;
    encoded_spreads spreads;
  };
  using visitor = std::function<void(const cell&)>;

  std::int64_t rolled_until() const noexcept { return rolled_until_; }
  /// All cells of a grain.
  void visit(rollup_grain grain, const std::vector<bucket_range>& ranges, rollup_detail detail, const visitor& visit);
  /// Those of one name.
  void visit_name(rollup_grain grain, const std::vector<bucket_range>& ranges, std::string_view alert_name,
                  rollup_detail detail, const visitor& visit);
  /// Those of one service, each with its name.
  void visit_service(const std::vector<bucket_range>& ranges, std::string_view service, rollup_detail detail,
                     const visitor& visit);
  /// Those of one name (empty where the grain has none) and one service.
  void visit_one(rollup_grain grain, const std::vector<bucket_range>& ranges, std::string_view alert_name,
                 std::string_view service, rollup_detail detail, const visitor& visit);

 private:
  /// By what the cells are picked.
  enum class pick : std::uint8_t { range, name, name_and_service, service_in_hours, service };

  statement& query(pick by, rollup_detail detail);
  static const char* cells_of(pick by);
  static void run(statement& query, rollup_detail detail, const visitor& visit);
  const std::vector<std::int64_t>& filled_since(std::int64_t hour);
  template <class Step>
  void for_each_bucket(const std::vector<bucket_range>& ranges, Step step);

  SQLite::Database& db_;
  std::int64_t rolled_until_ = 0;
  statement buckets_;
  /// See `filled_since`; one question asks again and again.
  std::map<std::int64_t, std::vector<std::int64_t>> filled_;
  std::map<std::pair<pick, rollup_detail>, statement> queries_;
};

} // namespace tocsin::storage
