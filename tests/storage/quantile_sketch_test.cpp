#include "storage/quantile_sketch.hpp"

#include <algorithm>
#include <cmath>
#include <random>

#include <boost/test/unit_test.hpp>

using tocsin::storage::quantile_sketch;

namespace {

/// The value at that rank, as anybody would count it.
double counted(std::vector<std::int64_t> values, double q) {
  std::sort(values.begin(), values.end());
  const auto rank = std::max(1.0, std::ceil(q * static_cast<double>(values.size()) - 1e-9));
  return static_cast<double>(values[static_cast<std::size_t>(rank) - 1]);
}

} // namespace

BOOST_AUTO_TEST_SUITE(quantile_sketches)

BOOST_AUTO_TEST_CASE(every_quantile_is_within_one_percent_of_its_value) {
  std::mt19937_64 random(17);
  std::lognormal_distribution<double> times(5, 2);
  for (int round = 0; round < 20; ++round) {
    std::vector<std::int64_t> values;
    quantile_sketch sketch;
    for (int i = 0; i < 1 + round * 100; ++i) {
      values.push_back(static_cast<std::int64_t>(times(random)));
      sketch.add(values.back());
    }
    for (const auto q : {0.0, 0.01, 0.5, 0.95, 0.99, 1.0}) {
      const auto expected = counted(values, q);
      BOOST_TEST(
          std::abs(sketch.quantile(q).value() - expected) <= expected * 0.01 + 1e-9,
          "q " << q << " of " << values.size() << ": " << sketch.quantile(q).value() << ", counted " << expected);
    }
  }
}

BOOST_AUTO_TEST_CASE(small_numbers_are_exact_and_an_empty_one_has_no_quantile) {
  quantile_sketch sketch;
  BOOST_TEST(!sketch.quantile(0.5).has_value());
  sketch.add(0);
  BOOST_TEST(sketch.quantile(0.5).value() == 0.0);
  sketch.add(1, 2);
  BOOST_TEST(sketch.quantile(0.5).value() == 1.0);
  quantile_sketch negative;
  negative.add(-5);
  BOOST_TEST(negative.quantile(1).value() == 0.0);
}

BOOST_AUTO_TEST_CASE(they_add_up_and_what_was_added_can_be_taken_out) {
  quantile_sketch a;
  quantile_sketch b;
  quantile_sketch both;
  for (std::int64_t i = 0; i < 500; ++i) {
    (i % 3 == 0 ? a : b).add(i * i);
    both.add(i * i);
  }
  auto sum = a;
  sum.add(b);
  BOOST_TEST((sum == both));
  for (std::int64_t i = 0; i < 500; ++i) {
    if (i % 3 != 0) sum.add(i * i, -1);
  }
  BOOST_TEST((sum == a));
}

BOOST_AUTO_TEST_CASE(what_is_written_is_read_and_what_is_broken_is_refused) {
  quantile_sketch sketch;
  for (std::int64_t i = 1; i < 100'000'000; i = i * 3 / 2 + 1) sketch.add(i, i % 7 - 3);
  const auto bytes = sketch.encode();
  BOOST_TEST((quantile_sketch::decode(bytes).value() == sketch));
  BOOST_TEST(quantile_sketch{}.encode() == "");
  BOOST_TEST(quantile_sketch::decode("").value().empty());
  for (std::size_t i = 1; i < 4; ++i) BOOST_TEST(!quantile_sketch::decode("\xff\xff\xff").has_value());
  BOOST_TEST(!quantile_sketch::decode(std::string(1, '\5')).has_value());
  std::mt19937 random(3);
  for (int i = 0; i < 10'000; ++i) {
    auto broken = bytes;
    broken[random() % broken.size()] = static_cast<char>(random());
    static_cast<void>(quantile_sketch::decode(broken));
  }
}

BOOST_AUTO_TEST_SUITE_END()
