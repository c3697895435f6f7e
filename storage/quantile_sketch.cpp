#include "storage/quantile_sketch.hpp"

#include <algorithm>
#include <cmath>

namespace tocsin::storage {

namespace {

constexpr double accuracy = 0.01;
constexpr double growth = (1 + accuracy) / (1 - accuracy);

/// 0 for 0; from 1 on the bucket i holds what lies above `growth`^(i-2) and not above `growth`^(i-1).
std::int32_t bucket_of(std::int64_t value) {
  if (value <= 0) return 0;
  static const double log_growth = std::log(growth);
  return 1 + static_cast<std::int32_t>(std::ceil(std::log(static_cast<double>(value)) / log_growth - 1e-9));
}

double value_of(std::int32_t bucket) {
  if (bucket == 0) return 0;
  if (bucket == 1) return 1;
  return 2 * std::pow(growth, bucket - 1) / (growth + 1);
}

void put(std::string& out, std::uint64_t number) {
  while (number >= 0x80) {
    out.push_back(static_cast<char>((number & 0x7f) | 0x80));
    number >>= 7;
  }
  out.push_back(static_cast<char>(number));
}

std::optional<std::uint64_t> take(std::string_view& bytes) {
  std::uint64_t number = 0;
  for (int shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    number |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return number;
  }
  return std::nullopt;
}

/// Calls `visit` with each bucket, in order, and its count.
template <class Visit>
result<void> read_encoded(std::string_view bytes, Visit visit) {
  constexpr std::uint64_t last_bucket = 10'000;
  std::uint64_t bucket = 0;
  for (bool first = true; !bytes.empty(); first = false) {
    const auto step = take(bytes);
    const auto times = step ? take(bytes) : std::nullopt;
    if (!times || *step > last_bucket) return fail("a sketch of a roll-up cannot be read");
    bucket += *step;
    if (bucket > last_bucket || (!first && *step == 0)) return fail("a sketch of a roll-up cannot be read");
    const auto count = static_cast<std::int64_t>(*times >> 1) ^ -static_cast<std::int64_t>(*times & 1);
    if (count != 0) visit(static_cast<std::int32_t>(bucket), count);
  }
  return {};
}

} // namespace

void quantile_sketch::count(std::int32_t bucket, std::int64_t times) {
  if (times == 0) return;
  const auto at = std::lower_bound(counts_.begin(), counts_.end(), bucket,
                                   [](const auto& entry, std::int32_t b) { return entry.first < b; });
  if (at == counts_.end() || at->first != bucket) {
    counts_.insert(at, {bucket, times});
    return;
  }
  at->second += times;
  if (at->second == 0) counts_.erase(at);
}

void quantile_sketch::add(std::int64_t value, std::int64_t times) {
  count(bucket_of(value), times);
}

void quantile_sketch::add(const quantile_sketch& other) {
  if (other.counts_.empty()) return;
  std::vector<std::pair<std::int32_t, std::int64_t>> both;
  both.reserve(counts_.size() + other.counts_.size());
  auto a = counts_.begin();
  auto b = other.counts_.begin();
  while (a != counts_.end() || b != other.counts_.end()) {
    if (b == other.counts_.end() || (a != counts_.end() && a->first < b->first)) {
      both.push_back(*a++);
    } else if (a == counts_.end() || b->first < a->first) {
      both.push_back(*b++);
    } else {
      const auto sum = a->second + b->second;
      if (sum != 0) both.emplace_back(a->first, sum);
      ++a;
      ++b;
    }
  }
  counts_ = std::move(both);
}

std::optional<double> quantile_sketch::quantile(double q) const {
  std::int64_t all = 0;
  for (const auto& [bucket, times] : counts_) all += times;
  if (all <= 0) return std::nullopt;
  // The smallest value that has at least this many at or below it.
  const auto rank =
      std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(q * static_cast<double>(all) - 1e-9)));
  std::int64_t seen = 0;
  for (const auto& [bucket, times] : counts_) {
    seen += times;
    if (seen >= rank) return value_of(bucket);
  }
  return value_of(counts_.back().first);
}

std::int64_t quantile_sketch::count_up_to(std::int64_t value) const {
  std::int64_t seen = 0;
  for (const auto& [bucket, times] : counts_) {
    if (bucket > bucket_of(value)) break;
    seen += times;
  }
  return seen;
}

std::string quantile_sketch::encode() const {
  std::string out;
  std::int32_t last = 0;
  for (const auto& [bucket, times] : counts_) {
    put(out, static_cast<std::uint64_t>(bucket - last));
    last = bucket;
    // Zigzag: what was taken out before it was put in is negative for a while.
    put(out, (static_cast<std::uint64_t>(times) << 1) ^ static_cast<std::uint64_t>(times >> 63));
  }
  return out;
}

result<quantile_sketch> quantile_sketch::decode(std::string_view bytes) {
  quantile_sketch out;
  return read_encoded(bytes,
                      [&out](std::int32_t bucket, std::int64_t times) { out.counts_.emplace_back(bucket, times); })
      .map([&out] { return std::move(out); });
}

result<void> sketch_sum::add(std::string_view encoded) {
  return read_encoded(encoded, [this](std::int32_t bucket, std::int64_t times) {
    const auto at = static_cast<std::size_t>(bucket);
    if (at >= counts_.size()) counts_.resize(at + 1);
    counts_[at] += times;
  });
}

quantile_sketch sketch_sum::total() const {
  quantile_sketch out;
  for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) {
    if (counts_[bucket] != 0) out.counts_.emplace_back(static_cast<std::int32_t>(bucket), counts_[bucket]);
  }
  return out;
}

} // namespace tocsin::storage
