#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "storage/count_distribution.hpp"

/// What is usual for a series: the alerts of one name and service, or of whatever is counted hour by hour. Pure: counts
/// in, expectations out. Hours are counted from 1970, UTC, and so are the hours of the day and the days of the week
/// that the season is made of.
namespace tocsin::storage {

inline constexpr std::int64_t hours_a_week = 7 * 24;

/// How many alerts began in one hour. A series leaves hours without any out.
struct hour_count {
  std::int64_t hour = 0;
  std::int64_t count = 0;

  friend bool operator==(const hour_count&, const hour_count&) = default;
};

/// What a baseline rests on.
enum class baseline_kind : std::uint8_t {
  none,   ///< nothing came before: a guess
  brief,  ///< less than two weeks, so that the season is partly a guess
  season, ///< two weeks and more
};

/// A season (hour of the day, weekday or weekend, hour of the week, each leaning on the one before it where it has seen
/// little) with a level that older weeks say less about, and a spread by moments. What was reached on one or two days
/// alone was an incident and does not teach it.
class baseline {
 public:
  /// @param past in order of the hours, those within [begin, end).
  /// @param begin the first hour whose count is known.
  static baseline fit(std::span<const hour_count> past, std::int64_t begin, std::int64_t end);

  /// How many come in an hour, on average.
  double expected(std::int64_t hour) const noexcept;
  /// How many come in the hours [begin, end).
  /// @param last how much of the last hour is counted, up to 1.
  count_distribution over(std::int64_t begin, std::int64_t end, double last = 1) const noexcept;

  baseline_kind kind() const noexcept { return kind_; }
  /// Since the first alert, if there was one.
  std::int64_t observed_hours() const noexcept { return observed_; }
  /// How much wider than chance the counts of one hour, and of a day, spread.
  double hourly_dispersion() const noexcept { return hourly_dispersion_; }
  double daily_dispersion() const noexcept { return daily_dispersion_; }

 private:
  double dispersion_over(std::int64_t hours) const noexcept;

  baseline_kind kind_ = baseline_kind::none;
  std::int64_t observed_ = 0;
  /// Expected counts, Monday 00:00 first.
  std::array<double, hours_a_week> week_{};
  /// How uncertain each of them is beside the level: variance over mean squared.
  std::array<double, hours_a_week> season_doubt_{};
  double level_doubt_ = 1;
  double hourly_dispersion_ = 1;
  double daily_dispersion_ = 1;
};

} // namespace tocsin::storage
