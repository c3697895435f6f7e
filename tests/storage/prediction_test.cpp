#include "storage/prediction.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <random>
#include <thread>

#include <SQLiteCpp/Database.h>

#include "storage/rollup.hpp"
#include "tests/storage/fixture.hpp"

using namespace tocsin;
using namespace tocsin::storage;
using namespace tocsin::test;
using namespace std::chrono_literals;

namespace {

const timestamp now = timestamp{std::chrono::sys_days{std::chrono::year{2026} / 11 / 24}} + 14h + 20min;
const std::string odd_service = "Ünïcode \"磁盘\" / 100 %";

/// A history with alerts at moments before `now`.
struct with_history : open_database {
  void add(std::string_view name, std::string_view service, timestamp began, int times = 1) {
    write_batch batch;
    for (int i = 0; i < times; ++i) {
      auto e = sample_episode(++last_id);
      e.labels = label_set::of({{"alertname", name}, {"service", service}});
      e.state.current_severity = static_cast<severity>(1 + last_id % 3);
      e.starts_at = began;
      batch.opened.emplace_back(std::move(e));
    }
    write(batch);
  }

  /// Every so many hours in the eight weeks before now.
  void add_past(std::string_view name, std::string_view service, std::chrono::hours each) {
    write_batch batch;
    for (auto t = now - 8 * 168h; t < now - 2h; t += each) {
      auto e = sample_episode(++last_id);
      e.labels = label_set::of({{"alertname", name}, {"service", service}});
      e.starts_at = t;
      batch.opened.emplace_back(std::move(e));
    }
    write(batch);
  }

  anomaly_report ask(anomaly_question q = {}) {
    q.now = q.now == timestamp{} ? now : q.now;
    return reader(where, 1).anomalies(q);
  }

  std::int64_t last_id = 0;
};

using counts_by_series = std::map<series_name, std::vector<std::pair<std::int64_t, std::int64_t>>>;

/// All that it holds of the hours [begin, end).
counts_by_series all_of(const series_past& past, const std::vector<series_name>& series, std::int64_t begin,
                        std::int64_t end) {
  counts_by_series all;
  for (const auto& s : series) {
    for (const auto& c : past.of(s, begin, end)) all[s].emplace_back(c.hour, c.count);
  }
  return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(predictions)

BOOST_FIXTURE_TEST_CASE(an_empty_history_has_no_anomalies_and_says_how_little_it_knows, with_history) {
  const auto report = ask();
  BOOST_TEST(report.found.empty());
  BOOST_TEST(report.series == 0);
  BOOST_TEST(report.known_hours == 0);
  // What came within the window only is no past either.
  add("Slow", "shop", now - 5min, 50);
  BOOST_TEST(ask().found.empty());
  BOOST_TEST(ask().series == 1);
  add("Slow", "shop", now - 23h);
  BOOST_TEST(ask().found.empty());
  BOOST_TEST(ask().known_hours == 22);
}

BOOST_FIXTURE_TEST_CASE(what_is_unusually_many_is_found_and_what_is_as_ever_is_not, with_history) {
  add_past("Slow", "shop", 6h);
  add_past("Often", "shop", 1h);
  add_past("Slow", odd_service, 12h);
  add("Slow", "shop", now - 10min, 20);
  add("Often", "shop", now - 10min, 2);
  add("Slow", odd_service, now - 30min, 40);
  add("New", "", now - 70min, 15);
  add("Single", "shop", now - 1min);

  const auto report = ask();
  BOOST_TEST(report.series == 5);
  BOOST_TEST(report.known_hours >= baseline_hours - 2);
  BOOST_REQUIRE(report.found.size() == 3u);
  // The least probable first.
  BOOST_TEST(report.found[0].service == odd_service);
  BOOST_TEST(report.found[0].what.seen == 40);
  BOOST_TEST(report.found[1].service == "shop");
  BOOST_TEST(report.found[1].alert_name == "Slow");
  BOOST_TEST(report.found[1].what.since == hour_of(now));
  BOOST_TEST((report.found[1].what.kind == baseline_kind::season));
  BOOST_TEST(report.found[2].alert_name == "New");
  BOOST_TEST(report.found[2].service == "");
  BOOST_TEST(report.found[2].what.since == hour_of(now) - 1);
  BOOST_TEST((report.found[2].what.kind == baseline_kind::none));

  const auto of_shop = ask({.service = "shop"});
  BOOST_TEST(of_shop.found.size() == 1u);
  BOOST_TEST(of_shop.series == 5);
  BOOST_TEST(of_shop.found[0].what.log_probability == report.found[1].what.log_probability);
  BOOST_TEST(ask({.alert_name = "Slow"}).found.size() == 2u);
  BOOST_TEST(ask({.alert_name = "Slow", .service = odd_service}).found.size() == 1u);
  BOOST_TEST(ask({.alert_name = "nothing"}).found.empty());
  // An hour later only one began late enough; a longer window still holds all.
  BOOST_TEST(ask({.now = now + 1h}).found.size() == 1u);
  BOOST_TEST(ask({.now = now + 1h, .hours = 2}).found.size() == 3u);
}

BOOST_FIXTURE_TEST_CASE(one_reader_goes_with_the_clock_and_sees_what_comes_meanwhile, with_history) {
  add_past("Slow", "shop", 6h);
  reader reading(where, 2);
  BOOST_TEST(reading.anomalies({.now = now}).found.empty());
  add("Slow", "shop", now + 1min, 12);
  BOOST_TEST(reading.anomalies({.now = now + 2min}).found.size() == 1u);
  // Reported late, into hours that are over.
  add("Slow", "shop", now - 80min, 30);
  BOOST_TEST(reading.anomalies({.now = now + 3min}).found[0].what.seen == 42);
  // A week of as many each day makes them usual.
  for (int day = 1; day <= 7; ++day) add("Slow", "shop", now + std::chrono::hours{24 * day}, 40);
  const auto later = now + std::chrono::hours{24 * 8};
  add("Slow", "shop", later, 40);
  BOOST_TEST(reading.anomalies({.now = later + 1min}).found.empty());
  // A clock that was set back.
  BOOST_TEST(reading.anomalies({.now = now + 3min}).found[0].what.seen == 42);
}

BOOST_FIXTURE_TEST_CASE(many_may_ask_at_once, with_history) {
  add_past("Slow", "shop", 3h);
  add("Slow", "shop", now - 10min, 25);
  reader reading(where, 2);
  std::vector<std::thread> threads;
  std::atomic<int> right{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        const auto report = reading.anomalies({.now = now + std::chrono::minutes{15 * ((i + t) % 3)}});
        const auto forecast = reading.forecast("shop", std::nullopt, now, 24);
        if (report.found.size() == 1 && forecast.total.expected > 0) ++right;
      }
    });
  }
  for (auto& t : threads) t.join();
  BOOST_TEST(right == 80);
}

BOOST_FIXTURE_TEST_CASE(a_past_that_goes_on_hour_by_hour_is_one_that_is_read_anew, with_history) {
  std::mt19937_64 random(4);
  const std::vector<series_name> series{{"A", "x"}, {"A", "y"}, {"B", "x"}, {"", ""}, {"a,\"b\"", odd_service}};
  const std::vector<std::string> places{"x", "y"};
  series_past going(200, 1 << 20);
  const auto begin = hour_of(now);
  SQLite::Database db(where.file());
  for (std::int64_t hour = begin; hour < begin + 320; hour += 1 + static_cast<std::int64_t>(random() % 3)) {
    // Some late by up to a day.
    for (std::uint64_t i = random() % 4; i > 0; --i) {
      const auto& s = series[random() % series.size()];
      const auto at = hour - 1 - static_cast<std::int64_t>(i == 1 ? random() % 20 : 0);
      add(s.first, s.second, timestamp{std::chrono::hours{at}}, 1 + static_cast<int>(random() % 3));
    }
    going.catch_up(db, hour);
    series_past anew(200, 1 << 20);
    anew.catch_up(db, hour);
    BOOST_REQUIRE(going.begin() == hour - 200);
    BOOST_REQUIRE((all_of(going, series, 0, hour) == all_of(anew, series, 0, hour)));
    BOOST_REQUIRE(going.series() == anew.series());
    BOOST_REQUIRE(going.bytes() == anew.bytes());
  }
  // Back, as a clock that is set right, and on by more than it holds.
  for (const auto hour : {begin + 150, begin + 149, begin + 500}) {
    going.catch_up(db, hour);
    series_past anew(200, 1 << 20);
    anew.catch_up(db, hour);
    BOOST_TEST(going.begin() == hour - 200);
    BOOST_TEST((all_of(going, series, 0, hour) == all_of(anew, series, 0, hour)));
  }
  BOOST_TEST(!all_of(going, series, begin + 310, begin + 320).empty());
  BOOST_TEST(all_of(going, series, begin + 310, begin + 310).empty());
}

BOOST_FIXTURE_TEST_CASE(a_past_that_is_too_large_leaves_the_oldest_hours_out, with_history) {
  for (int name = 0; name < 20; ++name) add_past("Alert" + std::to_string(name), "shop", 24h);
  SQLite::Database db(where.file());
  const auto end = hour_of(now);
  series_past whole(baseline_hours, 1 << 20);
  whole.catch_up(db, end);
  BOOST_TEST(whole.series() == 20u);
  BOOST_TEST(whole.bytes() < std::size_t{1} << 20);

  series_past half(baseline_hours, whole.bytes() / 2);
  half.catch_up(db, end);
  BOOST_TEST(half.bytes() <= whole.bytes() / 2);
  BOOST_TEST(half.begin() > whole.begin() + 100);
  BOOST_TEST(half.begin() < end - 100);
  const series_name one{"Alert3", "shop"};
  const auto kept = half.of(one, half.begin(), end);
  const auto all = whole.of(one, half.begin(), end);
  BOOST_TEST(std::equal(kept.begin(), kept.end(), all.begin(), all.end()));

  // One that may hold nothing finds nothing, and says that it knows nothing.
  auto none = past_for_anomalies(1);
  add("Alert3", "shop", now - 1min, 100);
  const auto report = find_anomalies(db, none, {.now = now});
  BOOST_TEST(report.found.empty());
  BOOST_TEST(report.known_hours == 0);
}

BOOST_FIXTURE_TEST_CASE(a_forecast_begins_with_the_next_hour_and_knows_names_and_services, with_history) {
  add_past("Slow", odd_service, 2h);
  add_past("Full", odd_service, 4h);
  add_past("Slow", "mail", 1h);
  reader reading(where, 1);
  const auto all = reading.forecast(odd_service, std::nullopt, now, 24);
  BOOST_TEST((all.kind == baseline_kind::season));
  BOOST_TEST(all.begin == hour_of(now) + 1);
  BOOST_TEST(all.hours.size() == 24u);
  BOOST_TEST(std::abs(all.total.expected - 18) < 1.5);
  BOOST_TEST(all.total.lower < 18);
  BOOST_TEST(all.total.upper > 18);
  double sum = 0;
  for (const auto& h : all.hours) {
    sum += h.expected;
    BOOST_TEST(h.lower <= h.upper);
  }
  BOOST_TEST(std::abs(sum - all.total.expected) < 1e-6);
  BOOST_TEST(std::abs(reading.forecast(odd_service, "Full", now, 24).total.expected - 6) < 1);
  BOOST_TEST(std::abs(reading.forecast(odd_service, std::nullopt, now, 168).total.expected - 126) < 10);
}

BOOST_FIXTURE_TEST_CASE(a_forecast_of_what_never_came_is_zero_and_says_so, with_history) {
  add("Slow", "shop", now - 10 * 168h);
  for (const auto* service : {"shop", "unknown"}) {
    const auto f = reader(where, 1).forecast(service, std::nullopt, now, 48);
    BOOST_TEST((f.kind == baseline_kind::none));
    BOOST_TEST(f.hours.size() == 48u);
    BOOST_TEST(f.total.expected == 0);
    BOOST_TEST(f.total.upper == 0);
  }
  // What came in the running hour alone is no past yet.
  add("Slow", "shop", now - 1min, 9);
  BOOST_TEST((reader(where, 1).forecast("shop", std::nullopt, now, 1).kind == baseline_kind::none));
}

BOOST_AUTO_TEST_SUITE_END()
