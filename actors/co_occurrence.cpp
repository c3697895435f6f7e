#include "actors/co_occurrence.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace tocsin {

namespace {

constexpr duration half_life = std::chrono::hours{24};
/// What is counted less than this after ageing is forgotten.
constexpr double rare = 0.25;

} // namespace

std::uint64_t co_occurrence::pair_of(std::uint32_t a, std::uint32_t b) noexcept {
  if (a > b) std::swap(a, b);
  return std::uint64_t{a} << 32 | b;
}

std::vector<correlation_record> co_occurrence::began(timestamp at, episode_id episode, std::string_view text) {
  std::vector<correlation_record> found;
  if (rules_.window == duration::zero() || text.empty()) return found;
  age(at);
  auto& me = name(text);
  const auto appears = me.appearances == 0 || at - me.last_begin > rules_.window;
  me.last_begin = at;
  me.last_episode = episode;
  if (!appears) return found;
  me.appearances += 1;
  for (const auto& [other_name, other] : names_) {
    if (other.id == me.id || at - other.last_begin > rules_.window) continue;
    auto& together = pairs_[pair_of(me.id, other.id)];
    together += 1;
    const auto score = score_of(me, other);
    if (together < static_cast<double>(rules_.min_occurrences) || score < rules_.min_score) continue;
    found.push_back({other.last_episode, episode, score, "temporal", at});
  }
  if (pairs_.size() > most_pairs) forget_rare_pairs();
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return a.score != b.score ? a.score > b.score : a.first > b.first; });
  if (found.size() > most_records) found.resize(most_records);
  return found;
}

double co_occurrence::score_of(const record& a, const record& b) const {
  const auto found = pairs_.find(pair_of(a.id, b.id));
  if (found == pairs_.end()) return 0;
  const auto either = a.appearances + b.appearances - found->second;
  return either <= 0 ? 0 : std::min(1.0, found->second / either);
}

double co_occurrence::score(std::string_view a, std::string_view b) const {
  const auto left = names_.find(std::string(a));
  const auto right = names_.find(std::string(b));
  return left == names_.end() || right == names_.end() ? 0 : score_of(left->second, right->second);
}

co_occurrence::record& co_occurrence::name(std::string_view text) {
  const auto found = names_.find(std::string(text));
  if (found != names_.end()) return found->second;
  if (names_.size() >= most_names) forget_rarest_name();
  auto& fresh = names_[std::string(text)];
  fresh.id = ++last_id_;
  return fresh;
}

void co_occurrence::forget_rarest_name() {
  const auto rarest = std::min_element(names_.begin(), names_.end(), [](const auto& a, const auto& b) {
    const auto& [x, y] = std::pair(a.second, b.second);
    return x.appearances != y.appearances ? x.appearances < y.appearances : x.last_begin < y.last_begin;
  });
  const auto id = rarest->second.id;
  std::erase_if(pairs_, [id](const auto& p) { return p.first >> 32 == id || (p.first & 0xFFFFFFFF) == id; });
  names_.erase(rarest);
}

/// Down to half, so that this is not done again for each new pair.
void co_occurrence::forget_rare_pairs() {
  std::vector<double> counts;
  counts.reserve(pairs_.size());
  for (const auto& [pair, count] : pairs_) counts.push_back(count);
  const auto middle = counts.begin() + static_cast<std::ptrdiff_t>(counts.size() / 2);
  std::nth_element(counts.begin(), middle, counts.end());
  const auto limit = *middle;
  std::size_t to_go = pairs_.size() - most_pairs / 2;
  std::erase_if(pairs_, [&](const auto& p) {
    if (to_go == 0 || p.second > limit) return false;
    --to_go;
    return true;
  });
}

void co_occurrence::age(timestamp now) {
  if (aged_at_ == timestamp{}) aged_at_ = now;
  // After a long pause a few halvings leave nothing.
  for (int i = 0; i < 16 && now - aged_at_ >= half_life; ++i) {
    aged_at_ += half_life;
    for (auto& [text, r] : names_) r.appearances /= 2;
    for (auto& [pair, count] : pairs_) count /= 2;
    std::erase_if(pairs_, [](const auto& p) { return p.second < rare; });
    std::erase_if(names_, [](const auto& n) { return n.second.appearances < rare; });
  }
  if (now - aged_at_ >= half_life) aged_at_ = now;
}

} // namespace tocsin
