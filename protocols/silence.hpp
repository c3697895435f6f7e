#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/inspect_std.hpp"
#include "protocols/matcher.hpp"
#include "protocols/time.hpp"
#include "protocols/time_interval.hpp"

namespace tocsin {

/// Where a silence stands at a moment.
enum class silence_status : std::uint8_t { pending, active, expired };

std::string_view to_string(silence_status s) noexcept;

/// Keeps alerts that match from being notified, from `starts_at` until `ends_at`.
struct silence {
  /// A UUID; empty in a request for a new one.
  std::string id;
  std::vector<matcher> matchers;
  timestamp starts_at{};
  timestamp ends_at{};
  timestamp updated_at{};
  std::string created_by;
  std::string comment;
  /// Within its time it holds only in these intervals; empty: all the time.
  std::vector<time_interval> recurrence;
  /// It ends once every alert that it silenced has ended.
  bool expire_on_resolve = false;
  /// When it first silenced an alert; unset before.
  std::optional<timestamp> matched_at;

  silence_status status_at(timestamp now) const noexcept;
  /// It is active and, where it recurs, one of its intervals contains `now`.
  bool holds_at(timestamp now) const;
  bool matches(const label_set& labels) const noexcept { return all_match(matchers, labels); }
};

/// Who changed a silence, how and why: one row of `silence_changes`.
struct silence_change {
  enum class kind : std::uint8_t { created, updated, expired };

  std::string id;
  kind what = kind::created;
  std::string by;
  std::string comment;
  timestamp at{};
};

std::string_view to_string(silence_change::kind k) noexcept;

/// A matcher in the three words that cross a network.
struct matcher_words {
  std::string name;
  match_op op = match_op::equal;
  std::string value;
};

std::vector<matcher_words> to_words(const std::vector<matcher>& matchers);
/// Throws `std::invalid_argument` for a regular expression that does not compile:
/// the words were made from matchers.
std::vector<matcher> from_words(const std::vector<matcher_words>& words);

template <class Inspector>
auto inspect(Inspector& f, matcher_words& x) {
  return f(x.name, x.op, x.value);
}

template <class Inspector>
auto inspect(Inspector& f, silence& x) {
  auto words = to_words(x.matchers);
  if constexpr (Inspector::reads_state) {
    return f(x.id, words, x.starts_at, x.ends_at, x.updated_at, x.created_by, x.comment, x.recurrence,
             x.expire_on_resolve, x.matched_at);
  } else {
    auto done = f(x.id, words, x.starts_at, x.ends_at, x.updated_at, x.created_by, x.comment, x.recurrence,
                  x.expire_on_resolve, x.matched_at);
    x.matchers = from_words(words);
    return done;
  }
}

template <class Inspector>
auto inspect(Inspector& f, silence_change& x) {
  return f(x.id, x.what, x.by, x.comment, x.at);
}

} // namespace tocsin
