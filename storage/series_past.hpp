#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "storage/baseline.hpp"

namespace SQLite {
class Database;
}

namespace tocsin::storage {

/// Alerts of one name and service.
using series_name = std::pair<std::string, std::string>;
using series_name_view = std::pair<std::string_view, std::string_view>;

struct series_hash {
  using is_transparent = void;
  std::size_t operator()(const series_name_view& n) const noexcept;
  std::size_t operator()(const series_name& n) const noexcept { return (*this)(series_name_view(n)); }
};

struct series_equal {
  using is_transparent = void;
  bool operator()(const series_name_view& a, const series_name_view& b) const noexcept { return a == b; }
};

template <class Value>
using by_series = std::unordered_map<series_name, Value, series_hash, series_equal>;

/// Calls `visit` with how many alerts of a series began in an hour, for all hours [begin, end): hour by hour, and once
/// for each severity.
void for_each_count(SQLite::Database& db, std::int64_t begin, std::int64_t end,
                    const std::function<void(const series_name_view&, hour_count)>& visit);

/// The counts of all series in the weeks before an hour, kept in memory, since the roll-ups have them by hour and not
/// by series: reading them for one question takes some hundred thousand rows. What is held is read anew only as the
/// clock goes on, an hour at a time. Not thread-safe.
class series_past {
 public:
  /// @param most_bytes of memory, about; when the weeks need more, the oldest are left out.
  series_past(std::int64_t hours, std::size_t most_bytes) : length_(hours), most_bytes_(most_bytes) {}

  /// Brings it up to the hour `end`, which it does not hold itself. Alerts that were reported more than a day after
  /// they began are missed.
  /// @throws SQLite::Exception
  void catch_up(SQLite::Database& db, std::int64_t end);

  /// The first hour that is held.
  std::int64_t begin() const noexcept { return begin_; }
  std::size_t series() const noexcept { return counts_.size(); }
  std::size_t bytes() const noexcept { return bytes_; }
  bool knows(const series_name_view& series) const { return counts_.contains(series); }
  /// In order of the hours, those within [begin, end). Valid until the next call of `catch_up`.
  std::span<const hour_count> of(const series_name_view& series, std::int64_t begin, std::int64_t end) const;

 private:
  void read(SQLite::Database& db, std::int64_t begin, std::int64_t end);
  void add(const series_name_view& series, hour_count c);
  /// Forgets all hours outside [begin, end).
  void keep(std::int64_t begin, std::int64_t end);

  std::int64_t length_;
  std::size_t most_bytes_;
  std::int64_t begin_ = 0;
  std::int64_t end_ = 0;
  std::size_t bytes_ = 0;
  by_series<std::vector<hour_count>> counts_;
};

} // namespace tocsin::storage
