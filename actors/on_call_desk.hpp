#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include "actors/current_config.hpp"
#include "actors/on_call_roster.hpp"
#include "actors/time_source.hpp"
#include "actors/uuid.hpp"
#include "protocols/actors.hpp"

namespace tocsin {

/// Checks an override that somebody wants, and fills in its id and time. Pure.
override_answer check_override(const config::on_call_rules& rules, on_call_override wanted, timestamp now,
                               const std::function<std::string()>& new_id);

/// Those that ended so long ago that nobody asks any more.
std::vector<std::string> forgettable(const std::vector<on_call_override>& overrides, timestamp now);

/// Whom the desk needs.
struct desk_neighbours {
  std::shared_ptr<const current_config> config;
  history_actor history;
  std::shared_ptr<on_call_roster> roster;
  time_source time;
};

/// Takes overrides of the on-call schedules: on disk first, then on the roster, then answered.
class on_call_desk_shell {
 public:
  static inline const char* name = "on_call_desk";
  using pointer = on_call_desk_actor::stateful_pointer<on_call_desk_shell>;

  void start(pointer self, desk_neighbours neighbours);
  caf::typed_response_promise<override_answer> set(const on_call_override& wanted);
  caf::typed_response_promise<override_answer> end(const std::string& id, const std::string& by);

 private:
  caf::typed_response_promise<override_answer> answer_when_written(override_answer answer);
  void publish(const on_call_override& changed, const std::vector<std::string>& forgotten);

  on_call_desk_actor::stateful_pointer<on_call_desk_shell> self_ = nullptr;
  desk_neighbours neighbours_;
  std::function<std::string()> new_id_ = random_uuids();
};

on_call_desk_actor::behavior_type on_call_desk(on_call_desk_actor::stateful_pointer<on_call_desk_shell> self,
                                               desk_neighbours neighbours);

} // namespace tocsin
