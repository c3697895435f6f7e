#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "storage/baseline.hpp"

namespace tocsin::test {

/// How the alerts of one made-up series come.
struct series_habits {
  /// A mean over the week, in alerts an hour.
  double rate = 1;
  /// 0: the same at all hours; 1: none at the quietest.
  double daily_swing = 0.5;
  double peak_hour = 14;
  /// Of the rate on other days.
  double weekend = 0.6;
  /// Alerts come in clumps of so many on average.
  double clump = 1;
  /// How much the rate moves from hour to hour, and from day to day: standard deviation of its logarithm.
  double hourly_noise = 0.2;
  double daily_noise = 0.15;
  /// A job that fails at this hour each day, with so many alerts; none when 0.
  double nightly_job = 0;
  std::int64_t nightly_job_hour = 2;
  /// From this hour on it comes twice as often.
  std::int64_t doubles_at = INT64_MAX;
};

/// More alerts for some hours.
struct incident {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  /// By how much the rate is multiplied, and what comes on top of that in an hour.
  double times = 1;
  double more = 0;
};

/// Made-up hours with seasons, noise and incidents; the same for the same seed.
class series_source {
 public:
  explicit series_source(std::uint64_t seed) : random_(seed) {}

  series_habits habits() {
    series_habits h;
    h.rate = std::exp(between(std::log(0.01), std::log(50.0)));
    h.daily_swing = between(0, 0.9);
    h.peak_hour = between(0, 24);
    h.weekend = between(0.2, 1.1);
    h.clump = chance(0.5) ? 1 : between(1, 3);
    h.hourly_noise = between(0, 0.4);
    h.daily_noise = between(0, 0.3);
    if (chance(0.1)) h.nightly_job = between(1, 10);
    h.nightly_job_hour = static_cast<std::int64_t>(random_() % 24);
    return h;
  }

  /// How many are expected in an hour, without noise.
  static double expected(const series_habits& h, std::int64_t hour, const std::vector<incident>& incidents = {}) {
    constexpr double day = 24;
    constexpr double two_pi = 6.283185307179586;
    const auto of_day = static_cast<double>(hour % 24);
    auto rate = h.rate * (1 + h.daily_swing * std::cos(two_pi * (of_day - h.peak_hour) / day));
    // 1970 began on a Thursday.
    if ((hour / 24 + 3) % 7 >= 5) rate *= h.weekend;
    if (hour % 24 == h.nightly_job_hour) rate += h.nightly_job;
    if (hour >= h.doubles_at) rate *= 2;
    for (const auto& i : incidents) {
      if (hour >= i.begin && hour < i.end) rate = rate * i.times + i.more;
    }
    return rate;
  }

  /// The hours [begin, end); those without alerts are left out.
  std::vector<storage::hour_count> hours(const series_habits& h, std::int64_t begin, std::int64_t end,
                                         const std::vector<incident>& incidents) {
    std::vector<storage::hour_count> all;
    double of_day = 1;
    for (auto hour = begin; hour < end; ++hour) {
      if (hour == begin || hour % 24 == 0) of_day = noise(h.daily_noise);
      const auto n = clumped(expected(h, hour, incidents) * of_day * noise(h.hourly_noise), h.clump);
      if (n > 0) all.push_back({hour, n});
    }
    return all;
  }

  double between(double low, double high) { return std::uniform_real_distribution<double>(low, high)(random_); }
  bool chance(double share) { return between(0, 1) < share; }

 private:
  /// Its mean is 1.
  double noise(double deviation) {
    return deviation == 0 ? 1 : std::lognormal_distribution<double>(-deviation * deviation / 2, deviation)(random_);
  }

  std::int64_t clumped(double mean, double clump) {
    const auto clumps = std::poisson_distribution<std::int64_t>(std::max(mean / clump, 1e-12))(random_);
    auto n = clumps;
    std::geometric_distribution<std::int64_t> rest(1 / clump);
    if (clump > 1) {
      for (std::int64_t i = 0; i < clumps; ++i) n += rest(random_);
    }
    return n;
  }

  std::mt19937_64 random_;
};

/// The part of a past that lies within [begin, end).
inline std::span<const storage::hour_count> part_of(const std::vector<storage::hour_count>& all, std::int64_t begin,
                                                    std::int64_t end) {
  const auto before = [](const storage::hour_count& c, std::int64_t hour) { return c.hour < hour; };
  const auto from = std::lower_bound(all.begin(), all.end(), begin, before);
  const auto to = std::lower_bound(from, all.end(), end, before);
  return {from, to};
}

} // namespace tocsin::test
