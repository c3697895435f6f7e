#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <caf/actor_system.hpp>

#include "protocols/actors.hpp"

namespace tocsin {

/// Tells systemd, or whoever started this program and speaks its protocol, how it stands: datagrams to the socket
/// that `NOTIFY_SOCKET` names. Does nothing where there is none. Safe to use from any thread.
class service_manager {
 public:
  /// Nobody is told.
  service_manager() = default;
  /// @param address a path, or a name in the abstract name space behind `@`.
  /// @param watchdog how often it wants to hear that this process is alive; unset: never.
  explicit service_manager(std::string address, std::optional<std::chrono::microseconds> watchdog = {})
      : address_(std::move(address)), watchdog_(watchdog) {}

  /// As the variables of this process say.
  static service_manager of_environment();

  /// Alerts are taken in.
  void ready(std::string_view status) const;
  /// The configuration is being read anew; `ready` says that this is over.
  void reloading() const;
  void stopping() const;
  void alive() const;

  /// How often it wants to hear that this process is alive, or else it starts it anew.
  std::optional<std::chrono::microseconds> watchdog() const noexcept { return watchdog_; }

 private:
  void send(std::string_view state) const;

  std::string address_;
  std::optional<std::chrono::microseconds> watchdog_;
};

/// Tells the manager that this process is alive, three times in the time that it allows, as long as `answers` says so.
class watchdog {
 public:
  /// @param answers is asked on a thread of its own; given the longest that it may take.
  watchdog(const service_manager& manager, std::function<bool(std::chrono::milliseconds)> answers);

 private:
  std::jthread thread_;
};

/// Does the dispatcher take messages from its mailbox? Blocks for at most so long.
bool answers_in_time(caf::actor_system& system, const dispatcher_actor& dispatcher, std::chrono::milliseconds longest);

} // namespace tocsin
