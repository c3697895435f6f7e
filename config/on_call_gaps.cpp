#include <algorithm>

#include "config/parts.hpp"

// Times at which a schedule has nobody, told before somebody finds out at night.
namespace tocsin::config {

namespace {

/// How far ahead of the first shifts is looked.
constexpr std::chrono::hours looked_ahead{24 * 90};

/// When every layer has begun.
timestamp all_begun(const on_call_schedule& schedule) {
  timestamp latest = timestamp::min();
  for (const auto& layer : schedule.layers) {
    latest = std::max(latest, moment_of(schedule.time_zone, layer.first_hand_over));
  }
  return latest;
}

bool has_people(const on_call_schedule& schedule) {
  return std::any_of(schedule.layers.begin(), schedule.layers.end(), [](const auto& l) { return !l.people.empty(); });
}

} // namespace

std::vector<std::string> gaps_of(const on_call_rules& rules) {
  std::vector<std::string> gaps;
  for (const auto& schedule : rules.schedules) {
    // One that waits for its people's addresses, as the built-in one does, has nothing to say yet.
    if (!has_people(schedule)) continue;
    const auto from = all_begun(schedule);
    const auto shifts = on_call_shifts(schedule, {}, from, from + looked_ahead);
    const auto gap = std::find_if(shifts.begin(), shifts.end(), [](const auto& s) { return s.who.person.empty(); });
    if (gap == shifts.end()) continue;
    gaps.push_back("nobody is on call for " + schedule.name + " at times, first from " + to_rfc3339(gap->begins_at)
                   + " to " + to_rfc3339(gap->ends_at) + "; add a layer below that has no restrict");
  }
  return gaps;
}

} // namespace tocsin::config
