#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/inspect_std.hpp"
#include "protocols/time.hpp"
#include "protocols/time_interval.hpp"

/// Who is on call: rotations in layers, and exceptions to them.
namespace tocsin {

/// People who take turns. All of it goes by the clock on the wall of the schedule's zone: a
/// hand-over at nine stays at nine when summer time begins, so that one night shift a year is an hour shorter and one
/// an hour longer. A hand-over at a time that the clock leaps over is at the leap; one at a time that comes twice is at
/// the first.
struct on_call_layer {
  std::string name;
  /// In the order of their turns; the first has the first shift.
  std::vector<std::string> people;
  /// When the first shift begins.
  std::chrono::local_time<std::chrono::minutes> first_hand_over{};
  /// By the clock on the wall; above zero.
  std::chrono::minutes shift{std::chrono::hours{24 * 7}};
  /// Nobody of it is on call outside of these; empty: always.
  std::vector<time_interval> restriction;

  friend bool operator==(const on_call_layer&, const on_call_layer&) = default;
};

struct on_call_schedule {
  std::string name;
  /// As in `time_interval::location`.
  std::string time_zone;
  /// The last one that has somebody on call counts.
  std::vector<on_call_layer> layers;

  friend bool operator==(const on_call_schedule&, const on_call_schedule&) = default;
};

/// Somebody takes a time that the layers give to somebody else. Of several the newest counts.
struct on_call_override {
  std::string id;
  std::string schedule;
  std::string person;
  timestamp starts_at{};
  timestamp ends_at{};
  std::string created_by;
  std::string comment;
  timestamp created_at{};
  /// Who ended it before its time; empty when nobody did.
  std::string ended_by;

  friend bool operator==(const on_call_override&, const on_call_override&) = default;
};

/// Who is on call and why.
struct on_call_standing {
  /// Empty: nobody.
  std::string person;
  /// The layer's name; empty for an override and for nobody.
  std::string layer;
  /// The override's id, if it is one.
  std::string override_id;

  friend bool operator==(const on_call_standing&, const on_call_standing&) = default;
};

/// A stretch of time in which nothing changes.
struct on_call_shift {
  timestamp begins_at{};
  timestamp ends_at{};
  on_call_standing who;
};

on_call_standing on_call_at(const on_call_schedule& schedule, const std::vector<on_call_override>& overrides,
                            timestamp t);

/// All shifts from `from` to `to`, without gaps: nobody is a shift too. The first begins with `from` and the last
/// ends with `to`, whatever was before and comes after.
std::vector<on_call_shift> on_call_shifts(const on_call_schedule& schedule,
                                          const std::vector<on_call_override>& overrides, timestamp from, timestamp to);

/// When the clock of a zone shows `shown`, as `on_call_layer` says.
timestamp moment_of(std::string_view zone, std::chrono::local_time<std::chrono::minutes> shown);

/// What came of an override that was to be made or ended.
struct override_answer {
  enum class outcome : std::uint8_t {
    done,
    invalid,   ///< `message` says why, `parameter` what it is about
    not_found, ///< there is none of that id, or it is over
  };
  outcome what = outcome::done;
  std::string message;
  std::string parameter;
  on_call_override made;
};

template <class Inspector>
auto inspect(Inspector& f, on_call_override& x) {
  return f(x.id, x.schedule, x.person, x.starts_at, x.ends_at, x.created_by, x.comment, x.created_at, x.ended_by);
}
template <class Inspector>
auto inspect(Inspector& f, override_answer& x) {
  return f(x.what, x.message, x.parameter, x.made);
}

} // namespace tocsin
