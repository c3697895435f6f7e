#include "http/analytics_range.hpp"

#include <chrono>

namespace tocsin::http {

std::int64_t days_of(params& p, std::int64_t otherwise) {
  constexpr std::int64_t longest_days = 365;
  return p.integer("days", otherwise, 1, longest_days);
}

timestamp range_start(const services& s, std::int64_t days) {
  const auto hour = std::chrono::floor<std::chrono::hours>(s.core.options().time.now()) + std::chrono::hours{1};
  return hour - std::chrono::hours{24 * days};
}

} // namespace tocsin::http
