#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "protocols/severity.hpp"
#include "protocols/time.hpp"

namespace prometheus {
class Registry;
}

namespace tocsin {

/// What the program counts about itself, for `/metrics`. All calls are
/// thread-safe and cheap enough for the ingest path.
class telemetry {
 public:
  telemetry();
  ~telemetry();
  telemetry(const telemetry&) = delete;
  telemetry& operator=(const telemetry&) = delete;

  /// How an alert of a request was taken.
  enum class intake : std::uint8_t { opened, duplicate, resolved, ignored, invalid };
  void alerts(intake what, std::int64_t count);
  /// A request was answered; `entry` is `v2` or `webhook`.
  void ingest_answered(std::string_view entry, int status, std::chrono::nanoseconds took);

  void groups(std::int64_t count);
  void group_failed();
  void committed(std::size_t batches, std::chrono::nanoseconds took);
  void commit_failed();
  /// Writes that wait for a commit.
  void history_queue(std::int64_t delta);
  /// Alerts that requests have handed in and that are not answered yet.
  void ingest_queue(std::int64_t alerts);
  /// A clean-up deleted so many rows of all tables.
  void cleaned(std::int64_t rows);
  void cleanup_running(bool yes);
  void escalations(std::int64_t count);
  void suppressed(std::int64_t count);
  /// The configuration was read, at the start or again.
  void configuration_read(bool good, timestamp at);

  /// How an attempt on a channel kind ended.
  enum class attempt : std::uint8_t { delivered, retried, failed };
  void attempted(std::string_view channel_kind, attempt how, std::chrono::nanoseconds took);
  /// A channel's endpoint is left alone since it accepts nothing, or is back.
  void channel_dead(std::string_view channel, bool dead);
  /// What messages of that channel have cost.
  void cost(std::string_view channel, double amount);
  /// Messages that the channel's budget still pays for today.
  void budget_left(std::string_view channel, std::size_t messages);
  /// Texts of a notification could not be worded as the configuration wants it.
  void templates_failed(std::string_view channel, std::size_t count);
  /// A fire drill is over; `at` is when it ended.
  void drilled(std::string_view receiver, bool arrived, std::chrono::nanoseconds took, timestamp at);
  /// Notifications that wait for an attempt or its answer.
  void notifications_pending(std::int64_t delta);

  /// Everything in Prometheus' text format.
  std::string render() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace tocsin
