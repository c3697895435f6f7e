// Judges made-up series with planted anomalies hour by hour, as Tocsin does, by rules of thumb, and by who knows the
// truth, and prints how many were found and how many alarms were false; then how often forecasts held.
//   bench_prediction [SERIES (2000)] [DAYS (7)] [SEED (1)]
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/storage/planted_anomalies.hpp"

namespace {

using namespace tocsin;
using namespace tocsin::test;

struct trial {
  std::int64_t series;
  std::int64_t days;
};

void print(const std::string& name, const score& s, const trial& t) {
  const auto a_day = static_cast<double>(s.false_alarms) / static_cast<double>(t.days)
                     * static_cast<double>(fleet_series) / static_cast<double>(t.series);
  if (s.planted == 0) {
    std::printf("%-34s %55s %8.2f\n", name.c_str(), "", a_day);
    return;
  }
  std::printf("%-34s %9.3f %6.3f ", name.c_str(), s.precision(), s.recall());
  for (std::size_t i = 0; i < anomaly_sizes; ++i) {
    std::printf(" %6.2f", score::share(s.found_by_size[i], s.planted_by_size[i]));
  }
  std::printf(" %9.1f %8.2f\n", score::share(s.delay, s.found), a_day);
}

void print_forecasts(const std::vector<made_series>& fleet, const trial& t, std::int64_t past_days) {
  constexpr std::array<double, 4> rates{0.1, 1, 10, 1000};
  constexpr std::array<const char*, 4> names{"0.01 to 0.1", "0.1 to 1", "1 to 10", "10 to 50"};
  std::array<coverage, rates.size()> all{};
  for (const auto& s : fleet) {
    const auto size = std::lower_bound(rates.begin(), rates.end(), s.habits.rate) - rates.begin();
    all[static_cast<std::size_t>(size)].add(coverage_of(s, t.days, past_days));
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& c = all[i];
    std::printf("%2lld days of past, %-11s an hour %12.1f %% %9.1f %% %+9.1f %%\n", static_cast<long long>(past_days),
                names[i], 100 * score::share(c.hours_within, c.hours), 100 * score::share(c.days_within, c.days),
                100 * (c.expected / static_cast<double>(c.seen) - 1));
  }
}

} // namespace

int main(int argc, char** argv) {
  const trial t{argc > 1 ? std::atoll(argv[1]) : 2000, argc > 2 ? std::atoll(argv[2]) : 7};
  const auto seed = static_cast<std::uint64_t>(argc > 3 ? std::atoll(argv[3]) : 1);
  if (t.series < 1 || t.days < 1) {
    std::fputs("usage: bench_prediction [SERIES] [DAYS] [SEED]\n", stderr);
    return 2;
  }
  const auto planted = make_fleet(t.series, t.days, seed, true);
  std::printf("%-34s %9s %6s  %27s %9s %8s\n", "one anomaly in each series", "precision", "recall",
              "<3x    3-5x   5-10x   >10x ", "delay h", "false/d");
  const auto began = std::chrono::steady_clock::now();
  print("Tocsin, 0.1 false alarms a day", score_of(by_baseline(0.1), planted, t.days), t);
  const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - began;
  print("Tocsin, 1 a day", score_of(by_baseline(1), planted, t.days), t);
  print("who knows the truth, 0.1 a day", score_of(by_truth(0.1), planted, t.days), t);
  print("> 3 times the mean of that hour", score_of(by_mean(3), planted, t.days), t);
  print("> 10 times", score_of(by_mean(10), planted, t.days), t);

  const auto quiet = make_fleet(t.series, t.days, seed + 1000, false);
  std::puts("without anomalies");
  print("Tocsin, 0.1 false alarms a day", score_of(by_baseline(0.1), quiet, t.days), t);
  print("Tocsin, 1 a day", score_of(by_baseline(1), quiet, t.days), t);
  for (const std::int64_t known : {1, 3, 7, 14}) {
    print("history begins " + std::to_string(known) + " days before, 0.1",
          score_of(by_baseline(0.1, judged_from - known * 24), quiet, t.days), t);
  }
  std::printf("%-37s %11s %11s %11s\n", "forecasts of 24 h, 80 % intervals", "hours held", "days held", "mean off");
  for (const std::int64_t past : {56, 14, 5}) print_forecasts(quiet, t, past);
  std::printf("one look at a series takes %.1f us\n", took.count() / static_cast<double>(t.series * t.days * 24));
  return 0;
}
