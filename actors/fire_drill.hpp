#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include "actors/alarm.hpp"
#include "actors/current_config.hpp"
#include "actors/drill_state.hpp"
#include "actors/telemetry.hpp"
#include "actors/time_source.hpp"
#include "actors/uuid.hpp"
#include "protocols/actors.hpp"

namespace tocsin {

/// Whom the holder of fire drills needs.
struct drill_neighbours {
  std::shared_ptr<const current_config> config;
  std::shared_ptr<telemetry> counts;
  time_source time;
};

/// The shell round a `drill_state`: hands alerts in, answers whoever asked, and says
/// loudly when a drill did not arrive.
class fire_drill_shell {
 public:
  static inline const char* name = "fire_drill";
  using pointer = fire_drill_actor::stateful_pointer<fire_drill_shell>;

  void start(pointer self, drill_neighbours neighbours);
  void connect(dispatcher_actor dispatcher) { dispatcher_ = std::move(dispatcher); }
  void reload();
  caf::typed_response_promise<drill_result> hold(const drill_request& request);
  void report(const drill_report& report);
  void wake(std::uint64_t generation);

 private:
  void carry_out(drill_effects effects);
  void hand_in(alert what);
  void conclude(drill_result result);
  void rest();
  timestamp now() const { return neighbours_.time.now(); }

  fire_drill_actor::stateful_pointer<fire_drill_shell> self_ = nullptr;
  drill_neighbours neighbours_;
  dispatcher_actor dispatcher_;
  std::unique_ptr<drill_state> state_;
  alarm alarm_;
  std::function<std::string()> new_id_ = random_uuids();
  /// Who waits for the end of a drill, by its name.
  std::unordered_map<std::string, caf::typed_response_promise<drill_result>> asked_;
};

fire_drill_actor::behavior_type fire_drill(fire_drill_actor::stateful_pointer<fire_drill_shell> self,
                                           drill_neighbours neighbours);

} // namespace tocsin
