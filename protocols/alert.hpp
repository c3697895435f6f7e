#pragma once

#include <optional>
#include <string>

#include "protocols/inspect_std.hpp"
#include "protocols/label_set.hpp"
#include "protocols/time.hpp"

namespace tocsin {

/// An alert as a sender reported it, validated and with its times filled in.
/// Its identity is the full label set: two disks are two alerts.
struct alert {
  label_set labels;
  label_set annotations;
  /// When it began, as the sender says.
  timestamp starts_at{};
  /// When it ended, or, while it is in the future, until when it counts as
  /// firing without another word from the sender.
  timestamp ends_at{};
  /// `ends_at` was not sent but derived from the resolve timeout; a later word
  /// with an explicit end wins over it.
  bool timed_out_end = false;
  std::string generator_url;

  /// An alert whose end has come is resolved.
  bool resolved_at(timestamp now) const noexcept { return ends_at <= now; }
};

/// Whether an alert that fires keeps the end that is known when another report of it comes with the end
/// `reported`: of the ends that senders named the latest counts, as in Alertmanager, and one that was only derived
/// gives way to any.
constexpr bool keeps_end(timestamp known, bool known_is_derived, timestamp reported) noexcept {
  return !known_is_derived && known > reported;
}

template <class Inspector>
auto inspect(Inspector& f, alert& x) {
  return f(x.labels, x.annotations, x.starts_at, x.ends_at, x.timed_out_end, x.generator_url);
}

/// Which label gives what the history files an alert under.
/// `service` falls back to `component`, then `job`; `category` to `component`.
/// All may be empty.
struct alert_names {
  std::string_view name;
  std::string_view service;
  std::string_view category;
  std::string_view instance;
};

/// Reads the names out of the labels; the views live as long as `labels`.
alert_names names_of(const label_set& labels) noexcept;

} // namespace tocsin
