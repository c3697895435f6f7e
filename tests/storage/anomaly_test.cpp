#include "storage/anomaly.hpp"

#include <cmath>

#include <boost/test/unit_test.hpp>

#include "storage/rollup.hpp"
#include "tests/storage/planted_anomalies.hpp"

using namespace tocsin;
using namespace tocsin::storage;
using namespace tocsin::test;
using namespace std::chrono_literals;

namespace {

timestamp hour_at(std::int64_t hour) {
  return timestamp{std::chrono::hours{hour}};
}

/// About `count` an hour for eight weeks.
baseline steady(double count) {
  series_source source(9);
  const series_habits habits{.rate = count, .daily_swing = 0, .weekend = 1, .hourly_noise = 0, .daily_noise = 0};
  return baseline::fit(source.hours(habits, begin_of_all, judged_from, {}), begin_of_all, judged_from);
}

anomaly_limits limits_for(const anomaly_window& w) {
  return limits_of(0.1, fleet_series, w);
}

std::string told(const score& s) {
  return "precision " + std::to_string(s.precision()) + ", recall " + std::to_string(s.recall()) + ", "
         + std::to_string(s.false_alarms) + " false alarms";
}

} // namespace

BOOST_AUTO_TEST_SUITE(anomalies)

BOOST_AUTO_TEST_CASE(a_window_is_whole_hours_and_what_of_the_running_one_is_over) {
  const auto on_the_hour = window_of(hour_at(1000), 1);
  BOOST_TEST(on_the_hour.begin == 999);
  BOOST_TEST(on_the_hour.end() == 1001);
  BOOST_TEST(std::abs(on_the_hour.last_part() - 1.0 / 60) < 1e-12);
  const auto later = window_of(hour_at(1000) + 45min, 3);
  BOOST_TEST(later.begin == 997);
  BOOST_TEST(later.end() == 1001);
  BOOST_TEST(later.last_part() == 0.75);
  BOOST_TEST(window_of(hour_at(1001) - 1ms, 1).end() == 1001);
  BOOST_TEST(window_of(hour_at(1001) - 1ms, 1).last_part() > 0.999);
}

BOOST_AUTO_TEST_CASE(the_more_series_and_stretches_the_stricter) {
  const auto w = window_of(hour_at(1000), 1);
  const auto one = limits_of(0.1, 1, w).log_probability;
  BOOST_TEST(std::abs(one - std::log(0.1 / 48)) < 1e-9);
  BOOST_TEST(std::abs(limits_of(0.1, 2000, w).log_probability - (one - std::log(2000))) < 1e-9);
  BOOST_TEST(limits_of(0.1, 1, window_of(hour_at(1000), 24)).log_probability < one - 2);
  BOOST_TEST(limits_of(10, 1, w).log_probability > one);
  BOOST_TEST(limits_of(0.1, 0, w).log_probability == one);
}

BOOST_AUTO_TEST_CASE(what_is_far_above_the_usual_is_found_and_since_when) {
  const auto usual = steady(4);
  const auto w = window_of(hour_at(judged_from + 5) + 30min, 5);
  BOOST_TEST(!judge(usual, w, std::vector<std::int64_t>{4, 3, 6, 4, 5, 2}, limits_for(w)).has_value());
  BOOST_TEST(!judge(usual, w, std::vector<std::int64_t>{0, 0, 0, 0, 0, 0}, limits_for(w)).has_value());

  const auto now = judge(usual, w, std::vector<std::int64_t>{4, 3, 6, 4, 2, 40}, limits_for(w));
  BOOST_REQUIRE(now.has_value());
  BOOST_TEST(now->since == judged_from + 5);
  BOOST_TEST(now->seen == 40);
  BOOST_TEST(std::abs(now->expected - 2) < 0.8);
  BOOST_TEST(now->lower <= 1);
  BOOST_TEST(now->upper >= 3);
  BOOST_TEST(now->upper < 15);
  BOOST_TEST((now->kind == baseline_kind::season));
  BOOST_TEST(now->observed_hours > 7 * hours_a_week);

  // It began two hours ago and is over: still the most unusual stretch that reaches up to now.
  const auto before = judge(usual, w, std::vector<std::int64_t>{4, 3, 6, 60, 50, 2}, limits_for(w));
  BOOST_REQUIRE(before.has_value());
  BOOST_TEST(before->since == judged_from + 3);
  BOOST_TEST(before->seen == 112);
}

BOOST_AUTO_TEST_CASE(a_few_more_than_expected_are_never_unusual) {
  const auto usual = steady(0.02);
  const auto w = window_of(hour_at(judged_from + 1) + 59min, 1);
  auto lax = limits_for(w);
  lax.log_probability = 0;
  BOOST_TEST(!judge(usual, w, std::vector<std::int64_t>{0, 2}, lax).has_value());
  BOOST_TEST(!judge(usual, w, std::vector<std::int64_t>{0, 3}, lax).has_value());
  BOOST_TEST(judge(usual, w, std::vector<std::int64_t>{0, 4}, lax).has_value());
}

BOOST_AUTO_TEST_CASE(what_comes_at_the_stroke_of_each_hour_is_no_alarm_a_minute_later) {
  std::vector<hour_count> past;
  for (auto h = begin_of_all; h < judged_from; ++h) past.push_back({h, 20 + h % 3});
  const auto usual = baseline::fit(past, begin_of_all, judged_from);
  for (const auto late : {0min, 1min, 5min, 30min}) {
    const auto w = window_of(hour_at(judged_from + 1) + late, 1);
    BOOST_TEST(!judge(usual, w, std::vector<std::int64_t>{21, 21}, limits_for(w)).has_value(), late.count()
                                                                                                   << " minutes late");
    BOOST_TEST(judge(usual, w, std::vector<std::int64_t>{21, 300}, limits_for(w)).has_value());
  }
}

BOOST_AUTO_TEST_CASE(a_job_that_fails_once_a_week_is_no_news) {
  // Thirty on Sunday at 3, and one now and then.
  std::vector<hour_count> past;
  for (auto h = begin_of_all; h < judged_from + hours_a_week; ++h) {
    const bool job = (h - begin_of_all) % hours_a_week == 6 * 24 + 3;
    if (job || h % 9 == 0) past.push_back({h, job ? 30 : 1});
  }
  const auto sunday = judged_from + 6 * 24 + 3;
  for (const auto late : {1min, 59min}) {
    const auto w = window_of(hour_at(sunday) + late, 1);
    const auto usual =
        baseline::fit(part_of(past, w.begin - baseline_hours, w.begin), w.begin - baseline_hours, w.begin);
    BOOST_TEST(!judge(usual, w, std::vector<std::int64_t>{0, 30}, limits_for(w)).has_value());
    BOOST_TEST(judge(usual, w, std::vector<std::int64_t>{0, 300}, limits_for(w)).has_value());
  }
  // On another day it is.
  const auto w = window_of(hour_at(judged_from + 2 * 24 + 13) + 59min, 1);
  const auto usual = baseline::fit(part_of(past, w.begin - baseline_hours, w.begin), w.begin - baseline_hours, w.begin);
  BOOST_TEST(judge(usual, w, std::vector<std::int64_t>{0, 30}, limits_for(w)).has_value());
}

BOOST_AUTO_TEST_CASE(what_never_came_before_is_unusual_when_it_is_many_and_the_history_is_old_enough_to_tell) {
  const auto w = window_of(hour_at(judged_from + 1) + 10min, 1);
  const std::vector<std::int64_t> many{10, 10};
  const auto found = judge_new(baseline_hours, w, many, limits_for(w));
  BOOST_REQUIRE(found.has_value());
  BOOST_TEST((found->kind == baseline_kind::none));
  BOOST_TEST(found->seen == 20);
  BOOST_TEST(found->observed_hours == baseline_hours);
  BOOST_TEST(found->upper == 0);
  BOOST_TEST(!judge_new(baseline_hours, w, std::vector<std::int64_t>{0, 3}, limits_for(w)).has_value());
  BOOST_TEST(!judge_new(hours_a_week - 1, w, many, limits_for(w)).has_value());
}

BOOST_AUTO_TEST_CASE(huge_counts_are_judged_like_others) {
  const auto usual = steady(50);
  const auto w = window_of(hour_at(judged_from + 1) + 30min, 1);
  const auto found = judge(usual, w, std::vector<std::int64_t>{50, 3'000'000'000}, limits_for(w));
  BOOST_REQUIRE(found.has_value());
  BOOST_TEST(std::isfinite(found->log_probability));
  BOOST_TEST(found->log_probability < -1e6);
}

BOOST_AUTO_TEST_CASE(planted_anomalies_are_found_nearly_as_well_as_by_who_knows_the_truth) {
  constexpr std::int64_t days = 3;
  const auto fleet = make_fleet(300, days, 21, true);
  const auto ours = score_of(by_baseline(0.1), fleet, days);
  const auto truth = score_of(by_truth(0.1), fleet, days);
  const auto thumb = score_of(by_mean(3), fleet, days);
  BOOST_TEST_MESSAGE("here: " << told(ours));
  BOOST_TEST_MESSAGE("the truth known: " << told(truth));
  BOOST_TEST_MESSAGE("more than 3 times the mean of the hour: " << told(thumb));
  BOOST_TEST(ours.precision() >= 0.97);
  BOOST_TEST(ours.recall() >= 0.45);
  BOOST_TEST(ours.recall() >= 0.85 * truth.recall());
  BOOST_TEST(thumb.precision() < 0.6);
}

BOOST_AUTO_TEST_CASE(a_quiet_fleet_does_not_cry_wolf) {
  constexpr std::int64_t days = 3;
  constexpr std::int64_t series = 400;
  const auto fleet = make_fleet(series, days, 22, false);
  const auto alarms_a_day = [&](std::int64_t known_days) {
    const auto s = score_of(by_baseline(0.1, judged_from - known_days * 24), fleet, days);
    const auto a_day = static_cast<double>(s.false_alarms * fleet_series) / static_cast<double>(series * days);
    BOOST_TEST_MESSAGE(known_days << " days of history: " << a_day << " false alarms a day in 2000 series");
    return a_day;
  };
  BOOST_TEST(alarms_a_day(56) <= 2);
  BOOST_TEST(alarms_a_day(10) <= 5);
  BOOST_TEST(alarms_a_day(1) <= 5);
}

BOOST_AUTO_TEST_SUITE_END()
