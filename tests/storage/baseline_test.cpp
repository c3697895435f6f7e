#include "storage/baseline.hpp"

#include <cmath>

#include <boost/test/unit_test.hpp>

#include "tests/storage/planted_anomalies.hpp"

using namespace tocsin;
using namespace tocsin::storage;
using namespace tocsin::test;

namespace {

constexpr std::int64_t weeks_8 = baseline_hours;

/// The same count in each hour that `chosen` picks.
template <class Chosen>
std::vector<hour_count> counts_where(std::int64_t begin, std::int64_t end, std::int64_t count, Chosen chosen) {
  std::vector<hour_count> all;
  for (auto h = begin; h < end; ++h) {
    if (chosen(h)) all.push_back({h, count});
  }
  return all;
}

bool always(std::int64_t) {
  return true;
}

baseline fitted(const std::vector<hour_count>& past, std::int64_t hours = weeks_8) {
  return baseline::fit(past, begin_of_all, begin_of_all + hours);
}

} // namespace

BOOST_AUTO_TEST_SUITE(baselines)

BOOST_AUTO_TEST_CASE(without_a_past_there_is_none) {
  BOOST_TEST((fitted({}).kind() == baseline_kind::none));
  BOOST_TEST((baseline::fit(std::vector<hour_count>{{begin_of_all, 3}}, begin_of_all, begin_of_all).kind()
              == baseline_kind::none));
  // What lies behind the end, or holds nothing, is no past.
  BOOST_TEST((fitted({{begin_of_all + 10, 1}}, 10).kind() == baseline_kind::none));
}

BOOST_AUTO_TEST_CASE(one_hour_of_past_makes_a_wide_guess) {
  const auto b = fitted({{begin_of_all, 4}}, 1);
  BOOST_TEST((b.kind() == baseline_kind::brief));
  BOOST_TEST(b.observed_hours() == 1);
  const auto next = b.over(begin_of_all + 1, begin_of_all + 2);
  BOOST_TEST(next.mean() > 2);
  BOOST_TEST(next.mean() < 5);
  BOOST_TEST(next.quantile(0.9) >= 9);
}

BOOST_AUTO_TEST_CASE(a_level_is_learned_exactly_where_nothing_disturbs_it) {
  const auto b = fitted(counts_where(begin_of_all, begin_of_all + weeks_8, 6, always));
  BOOST_TEST((b.kind() == baseline_kind::season));
  BOOST_TEST(b.observed_hours() == weeks_8);
  for (std::int64_t h = 0; h < hours_a_week; ++h) BOOST_TEST(std::abs(b.expected(h) - 6) < 0.1);
  BOOST_TEST(b.hourly_dispersion() < 1.2);
  const auto day = b.over(begin_of_all, begin_of_all + 24);
  BOOST_TEST(std::abs(day.mean() - 144) < 1);
}

BOOST_AUTO_TEST_CASE(hours_of_the_day_weekends_and_single_hours_of_the_week_are_told_apart_in_utc) {
  // Ten an hour from 8 to 18 o'clock from Monday to Friday, two in all other hours; thirty on Sunday at 3.
  std::vector<hour_count> past;
  for (auto h = begin_of_all; h < begin_of_all + weeks_8; ++h) {
    const auto day = (h / 24 + 3) % 7;
    const bool work = day < 5 && h % 24 >= 8 && h % 24 < 18;
    past.push_back({h, day == 6 && h % 24 == 3 ? 30 : work ? 10 : 2});
  }
  const auto b = fitted(past);
  const auto monday = begin_of_all + weeks_8;
  const auto is_about = [&](std::int64_t hour, double count) {
    BOOST_TEST(std::abs(b.expected(monday + hour) - count) < 0.15 * count,
               "hour " << hour << " of the week: " << b.expected(monday + hour));
  };
  is_about(8, 10);
  is_about(17, 10);
  is_about(7, 2);
  is_about(18, 2);
  is_about(4 * 24 + 12, 10);
  is_about(5 * 24 + 12, 2);
  is_about(6 * 24 + 12, 2);
  is_about(6 * 24 + 4, 2);
  BOOST_TEST(b.expected(monday + 6 * 24 + 3) > 12);
  // The calendar goes on before 1970 as after it.
  BOOST_TEST(b.expected(monday) == b.expected(monday - hours_a_week * 5000));
}

BOOST_AUTO_TEST_CASE(seldom_alerts_do_not_make_a_season) {
  // A dozen, all at noon by chance.
  const auto b = fitted(counts_where(begin_of_all, begin_of_all + weeks_8, 1,
                                     [](std::int64_t h) { return h % 24 == 12 && (h / 24) % 5 == 0; }));
  BOOST_TEST(b.expected(begin_of_all + 12) < 0.2);
  BOOST_TEST(b.expected(begin_of_all + 3) > 0.001);
}

BOOST_AUTO_TEST_CASE(an_incident_in_the_past_teaches_nothing_but_what_comes_thrice_does) {
  auto quiet = counts_where(begin_of_all, begin_of_all + weeks_8, 1, [](std::int64_t h) { return h % 10 == 0; });
  const auto with = [&quiet](std::initializer_list<std::int64_t> days) {
    auto past = quiet;
    for (auto& c : past) {
      const auto day = (c.hour - begin_of_all) / 24;
      if (std::find(days.begin(), days.end(), day) != days.end()) c.count = 500;
    }
    return fitted(past).over(begin_of_all, begin_of_all + hours_a_week).mean();
  };
  const auto undisturbed = with({});
  BOOST_TEST(std::abs(undisturbed - 16.8) < 1);
  BOOST_TEST(with({20}) < 1.1 * undisturbed);
  BOOST_TEST(with({20, 41}) < 1.2 * undisturbed);
  BOOST_TEST(with({20, 41, 50}) > 5 * undisturbed);
}

BOOST_AUTO_TEST_CASE(the_level_follows_when_it_changes_for_good) {
  auto past = counts_where(begin_of_all, begin_of_all + weeks_8, 4, always);
  for (auto& c : past) {
    if (c.hour >= begin_of_all + weeks_8 / 2) c.count = 8;
  }
  const auto b = fitted(past);
  // The plain mean is 6.
  BOOST_TEST(b.expected(begin_of_all) > 6.5);
  BOOST_TEST(b.expected(begin_of_all) < 8);
}

BOOST_AUTO_TEST_CASE(a_past_with_gaps_counts_from_its_first_alert_and_the_gaps_are_zeros) {
  // Half of the days since the third week.
  const auto from = begin_of_all + 3 * hours_a_week;
  const auto b = fitted(counts_where(from, begin_of_all + weeks_8, 3, [](std::int64_t h) { return h / 24 % 2 == 0; }));
  BOOST_TEST(b.observed_hours() <= weeks_8 - 3 * hours_a_week);
  BOOST_TEST(b.observed_hours() > weeks_8 - 3 * hours_a_week - 48);
  BOOST_TEST(std::abs(b.over(0, hours_a_week).mean() / static_cast<double>(hours_a_week) - 1.5) < 0.15);
  // Whole days with and without make days spread far wider than hours do.
  BOOST_TEST(b.daily_dispersion() > 10 * b.hourly_dispersion());
}

BOOST_AUTO_TEST_CASE(clumps_are_a_wide_spread) {
  series_source source(3);
  series_habits even{.rate = 5, .daily_swing = 0, .weekend = 1, .hourly_noise = 0, .daily_noise = 0};
  auto clumps = even;
  clumps.clump = 4;
  const auto end = begin_of_all + weeks_8;
  const auto b_even = baseline::fit(source.hours(even, begin_of_all, end, {}), begin_of_all, end);
  const auto b_clumps = baseline::fit(source.hours(clumps, begin_of_all, end, {}), begin_of_all, end);
  BOOST_TEST(b_even.hourly_dispersion() < 1.3);
  // The variance of geometric clumps is 2 * 4 - 1 times the mean.
  BOOST_TEST(b_clumps.hourly_dispersion() > 5);
  BOOST_TEST(b_clumps.hourly_dispersion() < 9);
}

BOOST_AUTO_TEST_CASE(of_the_running_hour_the_part_that_is_over_is_expected_and_its_share_is_uncertain) {
  const auto b = fitted(counts_where(begin_of_all, begin_of_all + weeks_8, 60, always));
  const auto whole = b.over(begin_of_all, begin_of_all + 1);
  const auto quarter = b.over(begin_of_all, begin_of_all + 1, 0.25);
  BOOST_TEST(std::abs(quarter.mean() - whole.mean() / 4) < 1e-9);
  BOOST_TEST(quarter.variance() > whole.variance() / 4 + 100);
  const auto two = b.over(begin_of_all, begin_of_all + 2, 0.25);
  BOOST_TEST(std::abs(two.mean() - whole.mean() * 1.25) < 0.01 * whole.mean());
}

BOOST_AUTO_TEST_CASE(huge_counts_stay_numbers) {
  const auto b = fitted(counts_where(begin_of_all, begin_of_all + weeks_8, 2'000'000'000, always));
  const auto day = b.over(begin_of_all, begin_of_all + 24);
  BOOST_TEST(std::isfinite(day.variance()));
  BOOST_TEST(std::abs(day.mean() / 4.8e10 - 1) < 0.01);
  BOOST_TEST(day.quantile(0.1) < day.quantile(0.9));
}

BOOST_AUTO_TEST_CASE(four_of_five_hours_and_days_lie_within_the_forecast) {
  constexpr std::int64_t days = 5;
  for (const std::int64_t past : {56, 14, 5}) {
    coverage often;
    coverage seldom;
    for (const auto& s : make_fleet(150, days, 77, false)) {
      (s.habits.rate > 2 ? often : seldom).add(coverage_of(s, days, past));
    }
    const auto of_hours = score::share(often.hours_within, often.hours);
    const auto of_days = score::share(often.days_within, often.days);
    BOOST_TEST_MESSAGE(past << " days of past: " << of_hours << " of the hours and " << of_days
                            << " of the days of series with more than 2 an hour, "
                            << score::share(seldom.hours_within, seldom.hours) << " and "
                            << score::share(seldom.days_within, seldom.days) << " of the others");
    BOOST_TEST_CONTEXT(past << " days of past") {
      BOOST_TEST(of_hours > 0.7);
      BOOST_TEST(of_hours < 0.95);
      BOOST_TEST(of_days > 0.7);
      BOOST_TEST(of_days < 0.9);
      // Few alerts make few whole numbers to draw limits at, which hold more often then.
      BOOST_TEST(score::share(seldom.hours_within, seldom.hours) > 0.8);
      BOOST_TEST(score::share(seldom.days_within, seldom.days) > 0.75);
      BOOST_TEST(std::abs(often.expected / static_cast<double>(often.seen) - 1) < (past < 14 ? 0.15 : 0.05));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
