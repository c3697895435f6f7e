#pragma once

#include <memory>

#include <caf/typed_event_based_actor.hpp>

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

 private:
  void carry_out(notifier_effects effects);
  void attempt(notification_id id);
  void answered(notification_id id, const wire_response& response);
  void note_health(bool was_dead);
  void count(const attempt_record& record);

  notifier_actor::stateful_pointer<notifier_shell> self_ = nullptr;
  notifier_neighbours neighbours_;
  dispatcher_actor dispatcher_;
  std::unique_ptr<notifier_state> state_;
  bool retired_ = false;
};

notifier_actor::behavior_type notifier(notifier_actor::stateful_pointer<notifier_shell> self, channel handle,
                                       notifier_neighbours neighbours);

} // namespace tocsin
