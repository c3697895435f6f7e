#include "storage/rollup.hpp"

#include <algorithm>

namespace tocsin::storage {

namespace {

constexpr std::int64_t hour_ms = 3'600'000;

std::int64_t floor_divide(std::int64_t a, std::int64_t b) noexcept {
  return a / b - (a % b < 0 ? 1 : 0);
}

template <class Better>
void keep(std::optional<std::int64_t>& mine, const std::optional<std::int64_t>& other, Better better) {
  if (other && (!mine || better(*other, *mine))) mine = other;
}

rollup_times times_of(const std::optional<std::int64_t>& seconds) {
  rollup_times t;
  if (!seconds) return t;
  t.count = 1;
  t.sum = *seconds;
  t.least = t.most = seconds;
  t.spread.add(*seconds);
  return t;
}

/// Counts and sums only; extremes do not add up backwards.
rollup_times negative(const rollup_times& t) {
  rollup_times n;
  n.count = -t.count;
  n.sum = -t.sum;
  // A contribution has one time at most.
  if (t.least) n.spread.add(*t.least, -1);
  return n;
}

bool met(const contribution& c, const service_targets& targets) {
  if (*c.resolution_seconds > targets.resolve_seconds) return false;
  // What was over before anybody had to take it needs nobody who took it.
  return std::min(c.acknowledgement_seconds.value_or(*c.resolution_seconds), *c.resolution_seconds)
         <= targets.acknowledge_seconds;
}

} // namespace

std::int64_t hour_of(timestamp t) noexcept {
  return floor_divide(t.time_since_epoch().count(), hour_ms);
}

std::int64_t bucket_of(rollup_span span, std::int64_t hour) noexcept {
  switch (span) {
    case rollup_span::hour: return hour;
    case rollup_span::day: return floor_divide(hour, hours_a_day);
    case rollup_span::season: return floor_divide(hour, hours_a_day * days_a_season);
  }
  return hour;
}

void rollup_times::add(const rollup_times& other) {
  count += other.count;
  sum += other.sum;
  keep(least, other.least, [](auto a, auto b) { return a < b; });
  keep(most, other.most, [](auto a, auto b) { return a > b; });
  spread.add(other.spread);
}

void rollup_values::add(const rollup_values& other) {
  episodes += other.episodes;
  resolution.add(other.resolution);
  acknowledgement.add(other.acknowledgement);
  level_sum += other.level_sum;
  notifications += other.notifications;
  occurrences += other.occurrences;
  reopened += other.reopened;
  unattended += other.unattended;
  with_targets += other.with_targets;
  on_target += other.on_target;
}

std::optional<service_targets> targets_of(severity s) noexcept {
  switch (s) {
    case severity::critical: return service_targets{5 * 60, 30 * 60};
    case severity::warning: return service_targets{15 * 60, 2 * 3600};
    case severity::info: return std::nullopt;
  }
  return std::nullopt;
}

rollup_values values_of(const contribution& c) {
  rollup_values v;
  v.episodes = 1;
  v.resolution = times_of(c.resolution_seconds);
  v.acknowledgement = times_of(c.acknowledgement_seconds);
  v.level_sum = c.level;
  v.notifications = c.notifications;
  v.occurrences = c.occurrences;
  v.reopened = c.reopened;
  if (!c.resolution_seconds) return v;
  v.unattended = c.acknowledgement_seconds ? 0 : 1;
  if (const auto targets = targets_of(c.severity)) {
    v.with_targets = 1;
    v.on_target = met(c, *targets) ? 1 : 0;
  }
  return v;
}

void rollup_change::lose(const rollup_values& v) {
  rollup_values n;
  n.episodes = -v.episodes;
  n.resolution = negative(v.resolution);
  n.acknowledgement = negative(v.acknowledgement);
  n.level_sum = -v.level_sum;
  n.notifications = -v.notifications;
  n.occurrences = -v.occurrences;
  n.reopened = -v.reopened;
  n.unattended = -v.unattended;
  n.with_targets = -v.with_targets;
  n.on_target = -v.on_target;
  sum.add(n);
  lost_times = lost_times || v.resolution.count != 0 || v.acknowledgement.count != 0;
}

} // namespace tocsin::storage
