#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocols/result.hpp"

namespace tocsin::storage {

/// Counts whole numbers in buckets that grow by 2 %, so that any quantile is known to
/// within 1 % of its value (the idea of DDSketch, Masson et al. 2019). Sketches add up,
/// and what was added can be taken out again. Negative numbers count as 0.
class quantile_sketch {
 public:
  /// @param times how often; negative takes it out.
  void add(std::int64_t value, std::int64_t times = 1);
  void add(const quantile_sketch& other);

  bool empty() const noexcept { return counts_.empty(); }
  /// How many do not exceed `value`, give or take those within 1 % of it.
  std::int64_t count_up_to(std::int64_t value) const;
  /// The value that a share of `q` (0 to 1) of all does not exceed; unset when there is none.
  std::optional<double> quantile(double q) const;

  /// Some bytes for each bucket that is not empty; nothing for an empty sketch.
  std::string encode() const;
  static result<quantile_sketch> decode(std::string_view bytes);

  friend bool operator==(const quantile_sketch&, const quantile_sketch&) = default;

 private:
  friend class sketch_sum;
  void count(std::int32_t bucket, std::int64_t times);

  /// By bucket, in order; no count is 0.
  std::vector<std::pair<std::int32_t, std::int64_t>> counts_;
};

/// Adds up many sketches as they are encoded, without making each one.
class sketch_sum {
 public:
  result<void> add(std::string_view encoded);
  quantile_sketch total() const;

 private:
  /// By bucket.
  std::vector<std::int64_t> counts_;
};

} // namespace tocsin::storage
