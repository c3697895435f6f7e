#pragma once

#include <memory>
#include <vector>

#include <caf/typed_event_based_actor.hpp>

#include "actors/alarm.hpp"
#include "actors/current_config.hpp"
#include "actors/suppression_in_force.hpp"
#include "actors/suppressor_state.hpp"
#include "actors/time_source.hpp"
#include "protocols/actors.hpp"

namespace tocsin {

/// Whom the suppressor speaks to.
struct suppressor_neighbours {
  std::shared_ptr<const current_config> config;
  history_actor history;
  std::shared_ptr<suppression_in_force> in_force;
  time_source time;
};

/// The shell round a `suppressor_state`: it writes silences before it answers,
/// tells the groups when one begins or ends, and keeps the timer.
class suppressor_shell {
 public:
  static inline const char* name = "suppressor";
  using pointer = suppressor_actor::stateful_pointer<suppressor_shell>;

  void start(pointer self, suppressor_neighbours neighbours, const std::vector<silence>& stored);

  void connect(dispatcher_actor dispatcher) { dispatcher_ = std::move(dispatcher); }
  void observe(const std::vector<inhibition_source>& sources);
  void ended(const std::vector<label_set>& alerts);
  suppression_answer ask(const suppression_question& question);
  standing_answer standing(const standing_question& question);
  caf::typed_response_promise<silence_answer> set(const silence& wanted);
  caf::typed_response_promise<silence_answer> expire(const std::string& id, const std::string& by,
                                                     const std::string& comment);
  void reload();
  void wake(std::uint64_t generation);

 private:
  caf::typed_response_promise<silence_answer> answer_when_written(silence_answer answer, silence_effects effects);
  void settle(silence_effects effects);
  void tell_groups(const std::vector<silence>& changed);
  void rest();
  timestamp now() const { return neighbours_.time.now(); }

  suppressor_actor::stateful_pointer<suppressor_shell> self_ = nullptr;
  suppressor_neighbours neighbours_;
  dispatcher_actor dispatcher_;
  std::unique_ptr<suppressor_state> state_;
  alarm alarm_;
};

/// Answers which alerts are suppressed; see `suppressor_state`.
/// @param stored the silences that the storage held.
suppressor_actor::behavior_type suppressor(suppressor_actor::stateful_pointer<suppressor_shell> self,
                                           suppressor_neighbours neighbours,
                                           std::shared_ptr<const recovered_state> stored);

} // namespace tocsin
