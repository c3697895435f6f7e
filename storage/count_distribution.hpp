#pragma once

#include <cstdint>

namespace tocsin::storage {

/// How often something may come: a negative binomial distribution, the usual one for counts that spread wider than
/// chance alone (Poisson) would make them.
class count_distribution {
 public:
  /// @param mean above 0. @param variance is taken to be at least a little above the mean.
  count_distribution(double mean, double variance) noexcept;

  double mean() const noexcept { return mean_; }
  double variance() const noexcept { return variance_; }
  /// The natural logarithm of the probability of `count` or more; exact far into the tail, where the
  /// probability itself would be 0.
  double log_at_least(std::int64_t count) const noexcept;
  /// The least count that is not exceeded with this probability.
  /// @param share within 0 and 1, both excluded.
  std::int64_t quantile(double share) const noexcept;

 private:
  double mean_;
  double variance_;
  /// The shape of the gamma distribution that its rate is mixed with.
  double shape_;
};

} // namespace tocsin::storage
