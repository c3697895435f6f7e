#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "config/config.hpp"
#include "protocols/history.hpp"
#include "protocols/messages.hpp"

namespace tocsin {

/// Finds alert names that come together. Pure: time comes in by argument.
///
/// A name appears when one of its alerts begins and none did within the window
/// before. Two names appear together when both do within a window. Their score is
/// the share of appearances of either that were of both (Jaccard's index), from
/// 0 to 1. Counts are halved every day, so that what was true once is forgotten.
///
/// Work and memory are bounded: a name appears at most once a window, and only so
/// many names and pairs are kept, the rarest going first.
class co_occurrence {
 public:
  static constexpr std::size_t most_names = 1000;
  static constexpr std::size_t most_pairs = 20'000;
  /// How many correlations one appearance may bring, the strongest first.
  static constexpr std::size_t most_records = 5;

  explicit co_occurrence(config::temporal_correlation rules) : rules_(rules) {}

  void configure(config::temporal_correlation rules) { rules_ = rules; }

  /// An alert began at `at`; returns what it was found to come together with.
  std::vector<correlation_record> began(timestamp at, episode_id episode, std::string_view name);
  /// The score of two names, 0 when they never came together.
  double score(std::string_view a, std::string_view b) const;

  std::size_t names() const noexcept { return names_.size(); }
  std::size_t pairs() const noexcept { return pairs_.size(); }

 private:
  struct record {
    std::uint32_t id = 0;
    double appearances = 0;
    timestamp last_begin{};
    episode_id last_episode;
  };

  static std::uint64_t pair_of(std::uint32_t a, std::uint32_t b) noexcept;
  double score_of(const record& a, const record& b) const;
  record& name(std::string_view text);
  void forget_rarest_name();
  void forget_rare_pairs();
  void age(timestamp now);

  config::temporal_correlation rules_;
  std::unordered_map<std::string, record> names_;
  std::unordered_map<std::uint64_t, double> pairs_;
  std::uint32_t last_id_ = 0;
  timestamp aged_at_{};
};

} // namespace tocsin
