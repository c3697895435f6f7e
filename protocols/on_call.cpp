#include "protocols/on_call.hpp"

#include <algorithm>

#include "protocols/time_zone.hpp"

namespace tocsin {

namespace {

using wall_time = std::chrono::local_time<std::chrono::minutes>;
using std::chrono::minutes;

/// No zone changes its clock twice within this, nor by as much.
constexpr std::chrono::hours around_a_change{14};

std::chrono::seconds offset_of(std::string_view zone, timestamp t) {
  return offset_at(zone, t).value_or(std::chrono::seconds{0});
}

timestamp with_offset(wall_time shown, std::chrono::seconds offset) {
  return timestamp{shown.time_since_epoch() - offset};
}

wall_time shown_at(std::string_view zone, timestamp t) {
  return wall_time{std::chrono::floor<minutes>(t.time_since_epoch() + offset_of(zone, t))};
}

/// When the clock leaps, between two moments with different offsets.
timestamp leap_between(std::string_view zone, timestamp before, timestamp after) {
  const auto old_offset = offset_of(zone, before);
  while (after - before > std::chrono::seconds{1}) {
    const auto middle = std::chrono::floor<std::chrono::seconds>(before + (after - before) / 2);
    (offset_of(zone, middle) == old_offset ? before : after) = middle;
  }
  return after;
}

/// The number of the turn that `t` lies in; negative before the first.
std::int64_t turn_at(const on_call_layer& layer, std::string_view zone, timestamp t) {
  const auto passed = shown_at(zone, t) - layer.first_hand_over;
  auto turn = passed / layer.shift - (passed % layer.shift < minutes::zero() ? 1 : 0);
  // Around a change of the clock what it shows may be one turn off.
  while (moment_of(zone, layer.first_hand_over + (turn + 1) * layer.shift) <= t) ++turn;
  while (moment_of(zone, layer.first_hand_over + turn * layer.shift) > t) --turn;
  return turn;
}

timestamp next_hand_over(const on_call_layer& layer, std::string_view zone, timestamp t) {
  const auto turn = turn_at(layer, zone, t);
  return moment_of(zone, layer.first_hand_over + (std::max<std::int64_t>(turn, -1) + 1) * layer.shift);
}

const std::string* person_of(const on_call_layer& layer, std::string_view zone, timestamp t) {
  if (layer.people.empty()) return nullptr;
  if (!layer.restriction.empty() && !any_contains(layer.restriction, t)) return nullptr;
  const auto turn = turn_at(layer, zone, t);
  if (turn < 0) return nullptr;
  return &layer.people[static_cast<std::size_t>(turn) % layer.people.size()];
}

/// An interval begins and ends only where its clock shows one of its times or midnight, or leaps.
timestamp next_edge(const time_interval& interval, timestamp t) {
  const auto& zone = interval.location;
  const auto offset = offset_of(zone, t);
  const auto shown = shown_at(zone, t);
  const auto day = std::chrono::floor<std::chrono::days>(shown);
  wall_time next = day + std::chrono::days{1};
  const auto consider = [&](std::int32_t minute_of_day) {
    const wall_time edge = day + minutes{minute_of_day};
    if (edge > shown) next = std::min(next, edge);
  };
  for (const auto& range : interval.times) {
    consider(range.first);
    consider(range.last);
  }
  const auto moment = with_offset(next, offset);
  return offset_of(zone, moment) == offset ? moment : leap_between(zone, t, moment);
}

bool holds(const on_call_override& o, const on_call_schedule& s, timestamp t) {
  return o.schedule == s.name && o.starts_at <= t && t < o.ends_at;
}

/// No change of who is on call lies between `t` and this.
timestamp next_look(const on_call_schedule& s, const std::vector<on_call_override>& overrides, timestamp t,
                    timestamp to) {
  auto next = to;
  const auto consider = [&](timestamp moment) {
    if (moment > t) next = std::min(next, moment);
  };
  for (const auto& o : overrides) {
    if (o.schedule != s.name) continue;
    consider(o.starts_at);
    consider(o.ends_at);
  }
  for (const auto& layer : s.layers) {
    if (layer.people.empty()) continue;
    consider(next_hand_over(layer, s.time_zone, t));
    for (const auto& interval : layer.restriction) consider(next_edge(interval, t));
  }
  return next;
}

} // namespace

timestamp moment_of(std::string_view zone, wall_time shown) {
  const timestamp about{shown.time_since_epoch()};
  const auto before = offset_of(zone, about - around_a_change);
  const auto after = offset_of(zone, about + around_a_change);
  const auto first = with_offset(shown, before);
  const auto second = with_offset(shown, after);
  if (offset_of(zone, first) == before) return first;
  if (offset_of(zone, second) == after) return second;
  // The clock never shows it: it leaps over.
  return leap_between(zone, std::min(first, second), std::max(first, second));
}

on_call_standing on_call_at(const on_call_schedule& schedule, const std::vector<on_call_override>& overrides,
                            timestamp t) {
  const on_call_override* newest = nullptr;
  for (const auto& o : overrides) {
    if (holds(o, schedule, t) && (!newest || o.created_at >= newest->created_at)) newest = &o;
  }
  if (newest) return {newest->person, {}, newest->id};
  for (auto layer = schedule.layers.rbegin(); layer != schedule.layers.rend(); ++layer) {
    if (const auto* person = person_of(*layer, schedule.time_zone, t)) return {*person, layer->name, {}};
  }
  return {};
}

std::vector<on_call_shift> on_call_shifts(const on_call_schedule& schedule,
                                          const std::vector<on_call_override>& overrides, timestamp from,
                                          timestamp to) {
  std::vector<on_call_shift> all;
  for (auto t = from; t < to;) {
    auto who = on_call_at(schedule, overrides, t);
    const auto next = next_look(schedule, overrides, t, to);
    if (!all.empty() && all.back().who == who) {
      all.back().ends_at = next;
    } else {
      all.push_back({t, next, std::move(who)});
    }
    t = next;
  }
  return all;
}

} // namespace tocsin
