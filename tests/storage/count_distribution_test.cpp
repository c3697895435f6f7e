#include "storage/count_distribution.hpp"

#include <cmath>

#include <boost/test/unit_test.hpp>

using tocsin::storage::count_distribution;

namespace {

/// The probability of exactly `k`, by the textbook.
double exactly(const count_distribution& d, std::int64_t k) {
  const auto count = static_cast<double>(k);
  const auto shape = d.mean() * d.mean() / (d.variance() - d.mean());
  const auto p = d.mean() / d.variance();
  return std::exp(std::lgamma(count + shape) - std::lgamma(shape) - std::lgamma(count + 1) + shape * std::log(p)
                  + count * std::log1p(-p));
}

} // namespace

BOOST_AUTO_TEST_SUITE(count_distributions)

BOOST_AUTO_TEST_CASE(its_tail_is_the_sum_of_the_textbook) {
  for (const auto mean : {0.001, 0.01, 0.5, 3.0, 50.0, 2000.0}) {
    for (const auto spread : {1.05, 1.5, 2.0, 6.0, 40.0}) {
      const count_distribution d(mean, mean * spread);
      double below = 0;
      for (std::int64_t k = 0; k < 300 + static_cast<std::int64_t>(mean); ++k) {
        BOOST_TEST_CONTEXT("mean " << mean << ", spread " << spread << ", count " << k)
        BOOST_REQUIRE_SMALL(std::exp(d.log_at_least(k)) - (1 - below), 1e-8);
        below += exactly(d, k);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_tail_that_is_too_small_for_a_number_still_has_a_logarithm) {
  const count_distribution d(5, 10);
  // Far out only the first term counts, and the next is about half of it.
  const auto far = std::lgamma(1005.0) - std::lgamma(5.0) - std::lgamma(1001.0) + 1005 * std::log(0.5);
  BOOST_TEST(d.log_at_least(1000) > far);
  BOOST_TEST(d.log_at_least(1000) < far + 1);
  const auto huge = count_distribution(1e6, 3e6).log_at_least(1'000'000'000);
  BOOST_TEST(std::isfinite(huge));
  BOOST_TEST(huge < -1e7);
}

BOOST_AUTO_TEST_CASE(a_quantile_is_the_least_count_that_is_enough) {
  for (const auto mean : {0.0, 0.02, 0.7, 12.0, 5000.0, 3e6}) {
    const count_distribution d(mean, 2 * mean);
    for (const auto share : {0.025, 0.1, 0.5, 0.9, 0.975}) {
      const auto k = d.quantile(share);
      BOOST_TEST_CONTEXT("mean " << mean << ", share " << share << ", quantile " << k) {
        BOOST_TEST(1 - std::exp(d.log_at_least(k + 1)) >= share - 1e-9);
        if (k > 0) BOOST_TEST(1 - std::exp(d.log_at_least(k)) < share);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(none_or_more_is_certain_and_what_cannot_be_is_made_possible) {
  BOOST_TEST(count_distribution(3, 6).log_at_least(0) == 0);
  BOOST_TEST(count_distribution(3, 6).log_at_least(-1) == 0);
  const count_distribution nothing(0, 0);
  BOOST_TEST(nothing.quantile(0.9) == 0);
  BOOST_TEST(nothing.log_at_least(1) < -10);
  // Counts that spread less than chance are taken as chance.
  BOOST_TEST(count_distribution(10, 1).variance() > 10);
}

BOOST_AUTO_TEST_SUITE_END()
