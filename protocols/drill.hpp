#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/ids.hpp"
#include "protocols/inspect_std.hpp"
#include "protocols/severity.hpp"
#include "protocols/time.hpp"

/// Fire drills: an alert of our own goes the whole way, from intake to a receiver's channels.
namespace tocsin {

/// What the alerts of drills are called, and the labels by which they are routed: to a
/// receiver by its name, each drill in a group of its own.
inline constexpr std::string_view drill_alert_name = "TocsinDrill";
inline constexpr std::string_view drill_label = "tocsin_drill";
inline constexpr std::string_view drill_receiver_label = "tocsin_receiver";

/// One that somebody asks for, or that the configuration has due.
struct drill_request {
  std::string receiver;
  /// How long it may take to arrive on every channel.
  duration within = std::chrono::seconds{30};
  /// What the alert declares; channels that do not take it are left out.
  tocsin::severity severity = severity::info;
};

/// From a notifier: how an attempt to deliver a drill's message ended.
struct drill_report {
  /// The value of the alert's label `tocsin_drill`.
  std::string drill;
  std::string channel;
  bool delivered = false;
  /// What the receiver answered, or what went wrong.
  std::string message;
};

/// How a drill fared on one channel.
struct drill_arrival {
  std::string channel;
  bool delivered = false;
  /// What the receiver answered, or what went wrong.
  std::string message;
  /// From the alert's intake until it was known.
  duration took{};
};

/// How a drill ended.
struct drill_result {
  std::string drill;
  std::string receiver;
  timestamp started_at{};
  /// It arrived on every channel within its time.
  bool arrived = false;
  /// How long that took, or how long was waited.
  duration took{};
  /// Until the alert was on disk; unset when it never was.
  std::optional<duration> stored_after;
  /// In the order of the receiver's channels.
  std::vector<drill_arrival> channels;
  /// Why it did not arrive; empty when it did.
  std::string why;
};

template <class Inspector>
auto inspect(Inspector& f, drill_request& x) {
  return f(x.receiver, x.within, x.severity);
}
template <class Inspector>
auto inspect(Inspector& f, drill_report& x) {
  return f(x.drill, x.channel, x.delivered, x.message);
}
template <class Inspector>
auto inspect(Inspector& f, drill_arrival& x) {
  return f(x.channel, x.delivered, x.message, x.took);
}
template <class Inspector>
auto inspect(Inspector& f, drill_result& x) {
  return f(x.drill, x.receiver, x.started_at, x.arrived, x.took, x.stored_after, x.channels, x.why);
}

} // namespace tocsin
