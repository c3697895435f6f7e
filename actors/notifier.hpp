#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include "actors/current_config.hpp"
#include "actors/notifier_state.hpp"
#include "actors/telemetry.hpp"
#include "actors/time_source.hpp"
#include "protocols/actors.hpp"

namespace tocsin {

/// Whom the notifiers speak to.
struct notifier_neighbours {
  std::shared_ptr<const current_config> config;
  history_actor history;
  transport_actor transport;
  console_actor console;
  render_context rendering;
  std::shared_ptr<telemetry> counts;
  time_source time;
  /// Whoever holds fire drills; may be null.
  fire_drill_actor drills = {};
  /// What channels have sent today before this program started.
  std::vector<sent_count> sent_today = {};
};

/// The shell round a `notifier_state`: renders, hands to the transport, records
/// every attempt, and tells the group how its notification ended.
class notifier_shell {
 public:
  static inline const char* name = "notifier";
  using pointer = notifier_actor::stateful_pointer<notifier_shell>;

  void start(pointer self, channel handle, notifier_neighbours neighbours);
  void connect(dispatcher_actor dispatcher) { dispatcher_ = std::move(dispatcher); }
  void reload();
  void deliver(delivery_order order);
  void retry(notification_id id, std::int32_t attempt);
  caf::typed_response_promise<test_report> try_out(delivery_order order);

 private:
  /// Somebody waits for the end of a test message.
  struct awaited_test {
    caf::typed_response_promise<test_report> promise;
    test_report report;
  };

  void carry_out(notifier_effects effects);
  void attempt(notification_id id);
  void answered(notification_id id, const wire_response& response);
  void note_failures(notification_id id, const std::vector<std::string>& failures);
  void unsendable(notification_id id, const std::vector<std::string>& failures);
  void note_health(bool was_dead);
  void note_spending(std::size_t accepted);
  void take_tests(const std::vector<attempt_record>& records);
  void pass_on(const std::vector<std::pair<group_id, delivery_report>>& reports);
  void count(const attempt_record& record);

  notifier_actor::stateful_pointer<notifier_shell> self_ = nullptr;
  notifier_neighbours neighbours_;
  dispatcher_actor dispatcher_;
  std::unique_ptr<notifier_state> state_;
  std::unordered_map<notification_id, awaited_test> tests_;
  bool retired_ = false;
};

notifier_actor::behavior_type notifier(notifier_actor::stateful_pointer<notifier_shell> self, channel handle,
                                       notifier_neighbours neighbours);

} // namespace tocsin
