#include "storage/count_distribution.hpp"

#include <algorithm>
#include <cmath>

namespace tocsin::storage {

namespace {

constexpr double least_mean = 1e-9;
/// Nearer to Poisson than this the shape grows without bound and nothing is gained.
constexpr double least_dispersion = 1.05;

/// The logarithm of the gamma function for x > 0 (Stirling's series). The one of the library writes a global.
double log_gamma(double x) noexcept {
  constexpr double far_enough = 10;
  constexpr double half_log_two_pi = 0.918938533204672742;
  double shift = 0;
  for (; x < far_enough; x += 1) shift += std::log(x);
  const auto square = x * x;
  const auto series = (1.0 / 12 - (1.0 / 360 - 1.0 / (1260 * square)) / square) / x;
  return (x - 0.5) * std::log(x) - x + half_log_two_pi + series - shift;
}

/// The continued fraction of the incomplete beta function, by Lentz' method (DLMF 8.17.22). Converges fast where
/// x < (a + 1) / (a + b + 2).
double beta_fraction(double x, double a, double b) noexcept {
  constexpr int most_steps = 20'000;
  constexpr double accuracy = 1e-12;
  constexpr double tiny = 1e-300;
  const auto away_from_zero = [](double v) { return std::abs(v) < tiny ? tiny : v; };
  double c = 1;
  double d = 1 / away_from_zero(1 - (a + b) * x / (a + 1));
  double value = d;
  for (int m = 1; m <= most_steps; ++m) {
    const auto even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away_from_zero(1 + even * d);
    c = away_from_zero(1 + even / c);
    value *= d * c;
    const auto odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away_from_zero(1 + odd * d);
    c = away_from_zero(1 + odd / c);
    const auto step = d * c;
    value *= step;
    if (std::abs(step - 1) < accuracy) break;
  }
  return value;
}

/// The logarithm of the regularized incomplete beta function I_x(a, b), where y = 1 - x.
double log_incomplete_beta(double x, double y, double a, double b) noexcept {
  const auto front = a * std::log(x) + b * std::log(y) + log_gamma(a + b) - log_gamma(a) - log_gamma(b);
  if (x < (a + 1) / (a + b + 2)) return front - std::log(a) + std::log(beta_fraction(x, a, b));
  const auto rest = std::exp(front - std::log(b)) * beta_fraction(y, b, a);
  return rest >= 1 ? front : std::log1p(-rest);
}

} // namespace

count_distribution::count_distribution(double mean, double variance) noexcept
    : mean_(std::max(mean, least_mean)),
      variance_(std::max(variance, mean_ * least_dispersion)),
      shape_(mean_ * mean_ / (variance_ - mean_)) {}

double count_distribution::log_at_least(std::int64_t count) const noexcept {
  if (count <= 0) return 0;
  // P(X >= k) = I_x(k, shape) with x = 1 - mean / variance.
  const auto y = mean_ / variance_;
  return std::min(0.0, log_incomplete_beta(1 - y, y, static_cast<double>(count), shape_));
}

std::int64_t count_distribution::quantile(double share) const noexcept {
  const auto exceeded = std::log1p(-share);
  const auto enough = [&](std::int64_t k) { return log_at_least(k + 1) <= exceeded; };
  if (enough(0)) return 0;
  std::int64_t below = 0;
  auto above = static_cast<std::int64_t>(mean_ + std::sqrt(variance_)) + 1;
  while (!enough(above)) {
    below = above;
    above *= 2;
  }
  while (above - below > 1) {
    const auto middle = below + (above - below) / 2;
    (enough(middle) ? above : below) = middle;
  }
  return above;
}

} // namespace tocsin::storage
