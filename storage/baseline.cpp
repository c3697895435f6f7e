#include "storage/baseline.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <vector>

namespace tocsin::storage {

namespace {

constexpr std::int64_t day_length = 24;
constexpr std::size_t days_a_week = 7;
constexpr std::size_t week_size = hours_a_week;
/// After so long an hour says half as much about the level as the last one.
constexpr double half_life_hours = 21 * 24;
/// The spread of a series of which nothing is known, and how many alerts that guess is worth.
constexpr double usual_dispersion = 1.5;
constexpr double guess_alerts = 5;
/// How many days the guess of the daily spread is worth, and how much above the hourly one it is.
constexpr double guess_days = 5;
constexpr double day_over_hour = 1.3;
/// What the first alert of a series is worth, so that one that came once is expected at all.
constexpr double first_alert = 0.5;
/// How far the level may have moved since the past that it was taken from: variance over mean squared.
constexpr double drift = 0.01;
/// How many days of past it takes to learn the hours of the day, the weekends, and each hour of the week.
constexpr std::int64_t days_for_hours = 3;
constexpr std::int64_t days_for_weekends = 14;
constexpr std::int64_t days_for_the_week = 28;
/// The share of the hours that tell of the spread, whatever the season took up.
constexpr double least_free = 0.5;
/// How unevenly alerts come within an hour: 0 evenly, 1 all at one moment.
constexpr double unevenness = 0.5;

std::int64_t floor_modulo(std::int64_t a, std::int64_t b) noexcept {
  const auto rest = a % b;
  return rest < 0 ? rest + b : rest;
}

/// Hours since Monday 00:00; 1970 began on a Thursday.
std::size_t hour_of_week(std::int64_t hour) noexcept {
  return static_cast<std::size_t>(floor_modulo(hour + 3 * day_length, hours_a_week));
}

std::size_t day_of_week(std::size_t week_hour) noexcept {
  return week_hour / day_length;
}
std::size_t hour_of_day(std::size_t week_hour) noexcept {
  return week_hour % day_length;
}
std::size_t weekend(std::size_t week_hour) noexcept {
  return day_of_week(week_hour) >= 5 ? 1 : 0;
}
std::size_t hour_and_weekend(std::size_t week_hour) noexcept {
  return hour_of_day(week_hour) + day_length * weekend(week_hour);
}
std::size_t itself(std::size_t week_hour) noexcept {
  return week_hour;
}

/// The highest value that still counts as usual: the third highest day has it, the second highest where there are
/// less than two weeks. What only the days above reached was an incident.
double usual_most(std::vector<double> of_days, double least) {
  if (of_days.size() < days_a_week) return std::numeric_limits<double>::infinity();
  const auto at = of_days.begin() + (of_days.size() < 2 * days_a_week ? 1 : 2);
  std::nth_element(of_days.begin(), at, of_days.end(), std::greater<>());
  return std::max(*at, least);
}

/// What came in each part of the week, and what was expected.
template <std::size_t Parts>
struct tally {
  std::array<double, Parts> counted{};
  std::array<double, Parts> expected{};

  /// By how much each part differs from what was expected, beside what all parts together do, as if `doubt` alerts
  /// more had come as expected.
  std::array<double, Parts> factors(double doubt) const {
    const auto ratio =
        std::accumulate(counted.begin(), counted.end(), 0.0) / std::accumulate(expected.begin(), expected.end(), 0.0);
    std::array<double, Parts> f{};
    for (std::size_t p = 0; p < Parts; ++p) f[p] = (counted[p] + doubt) / (expected[p] * ratio + doubt);
    return f;
  }
};

using week_array = std::array<double, week_size>;

/// The past as a row of hours, and what of it the fit looks at. Sums are weighted.
class trainer {
 public:
  trainer(std::span<const hour_count> past, std::int64_t begin, std::int64_t end)
      : begin_(begin), counts_(static_cast<std::size_t>(end - begin)), weights_(counts_.size()) {
    for (const auto& p : past) {
      if (p.hour < begin || p.hour >= end) continue;
      counts_[static_cast<std::size_t>(p.hour - begin)] += static_cast<double>(p.count);
    }
    forget_incidents();
    // The past begins with an alert, so that one says nothing about how many come in a time.
    counts_.front() = std::max(0.0, counts_.front() - 1);
    weigh();
    add_up();
  }

  double all() const { return sum_of(counted_); }
  double hours() const { return sum_of(hours_); }

  /// What came in the parts of the week that `part` makes.
  template <std::size_t Parts, class Part>
  tally<Parts> tally_by(const week_array& week, Part part) const {
    tally<Parts> t;
    for (std::size_t h = 0; h < week_size; ++h) {
      t.counted[part(h)] += counted_[h];
      t.expected[part(h)] += hours_[h] * week[h];
    }
    return t;
  }

  /// @param free the share of the hours that the season did not take up.
  double hourly_dispersion(const week_array& week, double free) const {
    double squares = 0;
    double means = 0;
    for (std::size_t h = 0; h < week_size; ++h) {
      squares += squares_[h] - 2 * week[h] * counted_[h] + week[h] * week[h] * hours_[h];
      means += hours_[h] * week[h];
    }
    return std::max(1.0, (squares / free + guess_alerts * usual_dispersion) / (means + guess_alerts));
  }

  double daily_dispersion(const week_array& week, double hourly) const {
    double squares = 0;
    double means = 0;
    double days = 0;
    for_each_day([&](std::size_t from, std::size_t to) {
      double expected = 0;
      auto h = hour_of_week(begin_ + static_cast<std::int64_t>(from));
      for (auto i = from; i < to; ++i) expected += week[h++];
      const auto off = sum(from, to) - expected;
      squares += weights_[from] * off * off;
      means += weights_[from] * expected;
      days += weights_[from] * static_cast<double>(to - from) / day_length;
    });
    return std::max(hourly, (days * squares / means + guess_days * day_over_hour * hourly) / (days + guess_days));
  }

 private:
  static double sum_of(const week_array& a) { return std::accumulate(a.begin(), a.end(), 0.0); }

  /// Places in the row, cut at midnight.
  template <class Visit>
  void for_each_day(Visit visit) const {
    const auto size = counts_.size();
    auto to = std::min(size, static_cast<std::size_t>(day_length - floor_modulo(begin_, day_length)));
    for (std::size_t from = 0; from < size; from = to, to = std::min(size, to + day_length)) visit(from, to);
  }

  double sum(std::size_t from, std::size_t to) const {
    return std::accumulate(counts_.begin() + static_cast<std::ptrdiff_t>(from),
                           counts_.begin() + static_cast<std::ptrdiff_t>(to), 0.0);
  }

  void forget_incidents() {
    std::vector<double> most;
    for_each_day([&](auto from, auto to) {
      most.push_back(*std::max_element(counts_.begin() + static_cast<std::ptrdiff_t>(from),
                                       counts_.begin() + static_cast<std::ptrdiff_t>(to)));
    });
    const auto hour_limit = usual_most(std::move(most), 1);
    for (auto& c : counts_) c = std::min(c, hour_limit);

    std::vector<double> sums;
    for_each_day([&](auto from, auto to) { sums.push_back(sum(from, to)); });
    const auto day_limit = usual_most(std::move(sums), 2);
    for_each_day([&](auto from, auto to) {
      const auto all = sum(from, to);
      if (all <= day_limit) return;
      for (auto i = from; i < to; ++i) counts_[i] *= day_limit / all;
    });
  }

  /// The later, the heavier; scaled so that the sum is how many hours of equal weight would tell as much.
  void weigh() {
    const auto older = std::exp2(-1 / half_life_hours);
    double weight = 1;
    double all = 0;
    double squares = 0;
    for (auto i = weights_.size(); i-- > 0; weight *= older) {
      weights_[i] = weight;
      all += weight;
      squares += weight * weight;
    }
    for (auto& w : weights_) w *= all / squares;
  }

  void add_up() {
    auto h = hour_of_week(begin_);
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      hours_[h] += weights_[i];
      counted_[h] += weights_[i] * counts_[i];
      squares_[h] += weights_[i] * counts_[i] * counts_[i];
      h = h + 1 == week_size ? 0 : h + 1;
    }
  }

  std::int64_t begin_;
  std::vector<double> counts_;
  std::vector<double> weights_;
  /// By hour of the week: how many hours, what came in them, and its squares.
  week_array hours_{};
  week_array counted_{};
  week_array squares_{};
};

/// A season as far as the past can tell it.
struct learned_season {
  week_array week{};
  /// How many alerts each hour of the week rests on.
  week_array rests_on{};
  /// How many hours of the past it took up to say so much.
  double taken = 0;
};

/// Learns one part of the season, with `doubt` alerts for the guess that its parts are no different.
template <std::size_t Parts, class Part>
void learn(learned_season& s, const trainer& t, double doubt, Part part) {
  const auto seen = t.tally_by<Parts>(s.week, part);
  const auto factors = seen.factors(doubt);
  for (std::size_t h = 0; h < week_size; ++h) {
    s.week[h] *= factors[part(h)];
    s.rests_on[h] = seen.counted[part(h)];
  }
  s.taken = std::accumulate(seen.expected.begin(), seen.expected.end(), 0.0,
                            [doubt](double all, double e) { return all + e / (e + doubt); });
}

/// From coarse to fine, as far as each part was seen often enough to tell habit from chance.
learned_season learn_season(const trainer& t, double level, double dispersion, std::int64_t days) {
  constexpr double guess = 4;
  const auto doubt = guess * dispersion;
  learned_season s;
  s.week.fill(level);
  s.rests_on.fill(t.all());
  if (days >= days_for_hours) learn<day_length>(s, t, doubt, hour_of_day);
  if (days >= days_for_weekends) {
    learn<2>(s, t, doubt, weekend);
    learn<2 * day_length>(s, t, doubt, hour_and_weekend);
  }
  if (days >= days_for_the_week) {
    learn<days_a_week>(s, t, doubt, day_of_week);
    // Few series differ there, and each hour was seen only once a week.
    constexpr double more = 3;
    learn<week_size>(s, t, more * doubt, itself);
  }
  for (auto& r : s.rests_on) r += doubt;
  // Leaning on guesses moves the sum a little.
  const auto scale = level * t.hours() / t.tally_by<1>(s.week, [](std::size_t) { return std::size_t{0}; }).expected[0];
  for (auto& w : s.week) w *= scale;
  return s;
}

/// How far the part of the season that is not learned yet may move an hour, and a whole day: variance over mean
/// squared.
struct unlearned {
  double hour = 0;
  double day = 0;
};

unlearned unlearned_after(std::int64_t days) {
  if (days < days_for_hours) return {1, 0.05};
  if (days < days_for_weekends) return {0.25, 0.05};
  if (days < days_for_the_week) return {0.05, 0.01};
  return {};
}

} // namespace

baseline baseline::fit(std::span<const hour_count> past, std::int64_t begin, std::int64_t end) {
  baseline b;
  // A series begins with its first alert: whether its rule was there before, nobody knows.
  if (!past.empty()) begin = std::max(begin, past.front().hour);
  if (past.empty() || begin >= end) return b;
  b.observed_ = end - begin;
  const auto days = b.observed_ / day_length;
  b.kind_ = days < days_for_weekends ? baseline_kind::brief : baseline_kind::season;

  const auto guesses = unlearned_after(days);
  const trainer t(past, begin, end);
  const auto all = t.all() + first_alert;
  b.hourly_dispersion_ = usual_dispersion;
  // The spread says how much to trust the season, which says what the spread is: twice is enough.
  for (int round = 0; round < 2; ++round) {
    const auto season = learn_season(t, all / t.hours(), b.hourly_dispersion_, days);
    b.week_ = season.week;
    b.hourly_dispersion_ = t.hourly_dispersion(season.week, std::max(least_free, 1 - season.taken / t.hours()));
    for (std::size_t h = 0; h < week_size; ++h) {
      b.season_doubt_[h] = guesses.hour + b.hourly_dispersion_ / season.rests_on[h];
    }
  }
  b.daily_dispersion_ = t.daily_dispersion(b.week_, b.hourly_dispersion_);
  b.level_doubt_ = drift + guesses.day + b.daily_dispersion_ / all;
  return b;
}

double baseline::expected(std::int64_t hour) const noexcept {
  return week_[hour_of_week(hour)];
}

double baseline::dispersion_over(std::int64_t hours) const noexcept {
  const auto length = static_cast<double>(std::clamp<std::int64_t>(hours, 1, day_length));
  const auto part = std::log(length) / std::log(static_cast<double>(day_length));
  return hourly_dispersion_ + part * (daily_dispersion_ - hourly_dispersion_);
}

count_distribution baseline::over(std::int64_t begin, std::int64_t end, double last) const noexcept {
  double mean = 0;
  double of_season = 0;
  for (auto hour = begin; hour < end; ++hour) {
    const auto h = hour_of_week(hour);
    const auto part = week_[h] * (hour + 1 == end ? last : 1);
    mean += part;
    of_season += part * part * season_doubt_[h];
  }
  const auto whole_last = week_[hour_of_week(end - 1)];
  const auto of_last = whole_last * whole_last * unevenness * last * (1 - last);
  return {mean, mean * dispersion_over(end - begin) + mean * mean * level_doubt_ + of_season + of_last};
}

} // namespace tocsin::storage
