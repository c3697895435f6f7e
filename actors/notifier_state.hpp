#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>
#include <vector>

#include "actors/circuit_breaker.hpp"
#include "actors/spending.hpp"
#include "actors/token_bucket.hpp"
#include "protocols/channel.hpp"
#include "protocols/drill.hpp"
#include "protocols/history.hpp"
#include "protocols/messages.hpp"

namespace tocsin {

/// What a notifier wants done. The shell writes `records` before it passes `reports` on.
struct notifier_effects {
  /// Attempts to start now.
  std::vector<notification_id> attempts;
  /// Notifications whose next attempt is due later: which, its number, and when.
  struct wait {
    notification_id id;
    std::int32_t attempt = 0;
    timestamp due{};
  };
  std::vector<wait> waits;
  std::vector<attempt_record> records;
  /// For the groups: notifications that are over.
  std::vector<std::pair<group_id, delivery_report>> reports;
  /// For whoever holds fire drills: how attempts ended.
  std::vector<drill_report> drills;
  /// Messages that the receiver has just accepted; those of a digest are one.
  std::size_t accepted = 0;
};

/// The decisions of one channel handle. Pure: time comes in by argument.
///
/// What exceeds the channel's rate limit is held back until the limit allows another
/// message, and then goes out as one. An endpoint that has failed again and again is
/// left alone but for a probe now and then; see `circuit_breaker`. What the channel's
/// daily budget does not pay for is not attempted, and somebody else is told; that an
/// alert is over is told whatever it costs where it was told to fire.
///
/// A test message heeds none of that, but counts.
///
/// A notification is attempted at once, and after failures 5, 10 and 20 seconds
/// later; then it is over. A receiver that asks to wait (429 with Retry-After) is
/// given the time it asked for. Notifications of one group go out one after the
/// other, so that a resolved one never overtakes a firing one; those of different
/// groups go out side by side.
class notifier_state {
 public:
  /// Attempts made before a notification is given up.
  static constexpr std::int32_t max_attempts = usual_attempts;
  /// The wait after the first, second and third failure.
  static constexpr std::array<std::chrono::seconds, 3> backoff{std::chrono::seconds{5}, std::chrono::seconds{10},
                                                               std::chrono::seconds{20}};
  /// Attempts on their way at the same time.
  static constexpr std::size_t max_in_flight = 64;

  explicit notifier_state(channel handle)
      : handle_(std::move(handle)), bucket_(handle_.limit), spent_(handle_.budget.messages) {}

  /// What the channel has sent earlier today.
  void sent_before(const sent_count& c) { spent_.sent_before(c.day, static_cast<std::size_t>(c.messages)); }

  notifier_effects deliver(timestamp now, delivery_order order);
  /// The wait before attempt number `attempt` is over.
  notifier_effects retry(timestamp now, notification_id id, std::int32_t attempt);
  /// An attempt that began `took` ago was answered.
  notifier_effects answered(timestamp now, notification_id id, const wire_response& response);

  /// An attempt that was to begin has nothing to send: it is given up.
  notifier_effects unsendable(timestamp now, notification_id id, const std::string& why);

  /// Goes on with other settings of the same channel; attempts on their way are not touched.
  void configure(channel handle);
  /// The channel is not configured any more: what waits is given up, and what is
  /// on its way has no further attempt.
  notifier_effects retire(timestamp now);

  const channel& handle() const noexcept { return handle_; }
  /// What is to be sent for an attempt that `attempts` named.
  notification what(notification_id id) const;
  /// Whom that attempt is for; empty: everyone that the channel reaches.
  const std::vector<std::string>& only_to(notification_id id) const { return jobs_.at(id).only_to; }
  /// Since when the endpoint is left alone; unset while it is not.
  const std::optional<timestamp>& dead_since() const noexcept { return circuit_.open_since(); }
  /// Messages that the budget still pays for today; unset without a budget.
  std::optional<std::size_t> budget_left(timestamp now);
  /// Notifications not over yet.
  std::size_t pending() const noexcept { return jobs_.size(); }

 private:
  struct job {
    delivery_order order;
    bool in_flight = false;
    /// It is the first of its group and waits only for a free place.
    bool ready = false;
    /// The rate limit holds it back.
    bool held = false;
    /// Another one carries it: it goes out with that.
    bool carried = false;
    /// Those that go out with it.
    std::vector<notification_id> carries = {};
    /// The recipients that its next attempt is for; empty: all. Not stored: after a crash all are told again.
    std::vector<std::string> only_to = {};
    /// Some recipients have it.
    bool told_some = false;
  };

  void conclude(timestamp now, job& j, verdict outcome, duration took, notifier_effects& effects);
  attempt_record record_of(const job& j, timestamp at, bool success, std::string message) const;
  void start_if_first(timestamp now, job& j, notifier_effects& effects);
  void hold(timestamp now, job& j, notifier_effects& effects);
  void take_along_held(job& carrier);
  bool pays_for(timestamp now, const job& j);
  void give_up(timestamp now, job& j, notifier_effects& effects);
  void refuse(timestamp now, job& j, notifier_effects& effects);
  void end_unattempted(timestamp now, job& j, const std::string& why, const delivery_report& how,
                       notifier_effects& effects);
  void launch(job& j, notifier_effects& effects);
  void note_drill(const notification& n, bool delivered, const std::string& message, notifier_effects& effects) const;
  /// @param how its id is filled in.
  void finish(timestamp now, notification_id id, delivery_report how, const std::string& message,
              notifier_effects& effects);
  void fill_places(notifier_effects& effects);

  channel handle_;
  std::unordered_map<notification_id, job> jobs_;
  /// For each group its notifications in order; the first is the one being delivered.
  std::unordered_map<group_id, std::deque<notification_id>> lanes_;
  /// Jobs that are ready but found no free place.
  std::deque<notification_id> waiting_;
  std::size_t in_flight_ = 0;
  token_bucket bucket_;
  circuit_breaker circuit_;
  spending spent_;
  /// Jobs that the rate limit holds back, the first one first.
  std::deque<notification_id> held_;
  bool retired_ = false;
};

} // namespace tocsin
