#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>

#include "protocols/severity.hpp"
#include "protocols/time.hpp"
#include "storage/quantile_sketch.hpp"

/// Roll-ups: what the analytics count, added up while the history is written, so that no
/// question steps over its rows. A cell holds all episodes that began in one stretch of time
/// and share a severity and, as the grain says, their name and their service.
namespace tocsin::storage {

/// By what the cells of a grain are told apart beside time and severity.
enum class rollup_grain : std::uint8_t { name_and_service, service, name, all };

/// How long the stretch of a cell is.
enum class rollup_span : std::uint8_t { hour, day, season };

inline constexpr std::int64_t hours_a_day = 24;
/// So that a year has a dozen of them.
inline constexpr std::int64_t days_a_season = 32;

/// The stretch that holds `hour`, both counted from 1970, UTC.
std::int64_t bucket_of(rollup_span span, std::int64_t hour) noexcept;
std::int64_t hour_of(timestamp t) noexcept;

struct rollup_key {
  rollup_grain grain = rollup_grain::all;
  rollup_span span = rollup_span::hour;
  std::int64_t bucket = 0;
  /// Empty where the grain does not tell names (services) apart.
  std::string alert_name;
  std::string service;
  tocsin::severity severity = severity::warning;

  friend auto operator<=>(const rollup_key&, const rollup_key&) = default;
};

/// Sum, extremes and spread of one kind of time, in whole seconds.
struct rollup_times {
  std::int64_t count = 0;
  std::int64_t sum = 0;
  std::optional<std::int64_t> least;
  std::optional<std::int64_t> most;
  quantile_sketch spread;

  void add(const rollup_times& other);
  friend bool operator==(const rollup_times&, const rollup_times&) = default;
};

struct rollup_values {
  std::int64_t episodes = 0;
  /// From the beginning to the end; its count is how many are resolved.
  rollup_times resolution;
  /// From the beginning to the first acknowledgement.
  rollup_times acknowledgement;
  std::int64_t level_sum = 0;
  std::int64_t notifications = 0;
  /// Reports, the first one of each included.
  std::int64_t occurrences = 0;
  /// How often they fired again after an end and went on as the same episode.
  std::int64_t reopened = 0;
  /// Resolved without anybody having acknowledged.
  std::int64_t unattended = 0;
  /// Resolved ones of a severity that has targets, and those that met them; see `service_targets`.
  std::int64_t with_targets = 0;
  std::int64_t on_target = 0;

  void add(const rollup_values& other);
  friend bool operator==(const rollup_values&, const rollup_values&) = default;
};

/// What one episode counts for, as its row stands.
struct contribution {
  std::string alert_name;
  std::string service;
  tocsin::severity severity = severity::warning;
  std::int64_t hour = 0;
  std::int64_t level = 1;
  std::optional<std::int64_t> resolution_seconds;
  std::optional<std::int64_t> acknowledgement_seconds;
  std::int64_t notifications = 0;
  std::int64_t occurrences = 1;
  std::int64_t reopened = 0;

  friend bool operator==(const contribution&, const contribution&) = default;
};

/// What a severity promises: within how long somebody acknowledges, and within how long
/// it is over.
struct service_targets {
  std::int64_t acknowledge_seconds = 0;
  std::int64_t resolve_seconds = 0;
};

/// Critical: 5 and 30 minutes; warning: 15 minutes and 2 hours; info has none.
std::optional<service_targets> targets_of(severity s) noexcept;

rollup_values values_of(const contribution& c);

/// What a cell gains and loses in one transaction.
struct rollup_change {
  /// Sums and spreads, which may be negative; extremes of what was added.
  rollup_values sum;
  /// Times were taken out, so that the extremes may not hold any more.
  bool lost_times = false;

  void gain(const rollup_values& v) { sum.add(v); }
  void lose(const rollup_values& v);
};

} // namespace tocsin::storage
