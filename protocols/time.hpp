#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocols/result.hpp"

namespace tocsin {

/// A moment, UTC, to the millisecond: the precision that Prometheus sends and
/// that Alertmanager's API answers with.
using timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

/// A span of time to the millisecond.
using duration = std::chrono::milliseconds;

/// How many digits a rendered time carries after the seconds.
enum class time_precision : std::uint8_t {
  millis,  ///< always three digits, as Alertmanager's API v2 answers
  trimmed, ///< none when zero, trailing zeros dropped, as Go's RFC3339Nano
};

/// Appends `t` as RFC 3339 in UTC, for example `2026-11-24T00:22:42.712Z`.
void append_rfc3339(std::string& out, timestamp t, time_precision precision = time_precision::millis);

/// Returns `t` as RFC 3339 in UTC.
std::string to_rfc3339(timestamp t, time_precision precision = time_precision::millis);

/// Reads RFC 3339 with any offset and 0 to 9 fraction digits (digits past the
/// millisecond are dropped); a time without a zone is UTC and a bare date is
/// midnight UTC, as Alertmanager 0.28 accepts them. The year 1 (Go's zero
/// time) and the empty string mean "not set" and yield `std::nullopt`.
/// @returns an error that says what was expected.
result<std::optional<timestamp>> parse_rfc3339(std::string_view text);

/// Reads a duration in Prometheus' notation: `30s`, `1h30m`, `1d`, `2w`, `500ms`, `0`.
/// Units y w d h m s ms (a year has 365 days), in falling order, each at most once.
result<duration> parse_duration(std::string_view text);

/// Writes a duration in Prometheus' notation; `0s` for zero.
std::string format_duration(duration d);

} // namespace tocsin
