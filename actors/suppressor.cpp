#include "actors/suppressor.hpp"

#include <utility>

#include "actors/log.hpp"
#include "actors/uuid.hpp"

namespace tocsin {

void suppressor_shell::start(pointer self, suppressor_neighbours neighbours, const std::vector<silence>& stored) {
  self_ = self;
  neighbours_ = std::move(neighbours);
  state_ = std::make_unique<suppressor_state>(neighbours_.config->get(), random_uuids());
  state_->silences().restore(now(), stored);
  rest();
}

void suppressor_shell::observe(const std::vector<inhibition_source>& sources) {
  const auto at = now();
  for (const auto& source : sources) state_->observe(at, source);
}

void suppressor_shell::ended(const std::vector<label_set>& alerts) {
  silence_effects effects;
  state_->silences().ended(now(), alerts, effects);
  settle(std::move(effects));
}

suppression_answer suppressor_shell::ask(const suppression_question& question) {
  silence_effects effects;
  auto answer = state_->answer(now(), question, effects);
  settle(std::move(effects));
  return answer;
}

standing_answer suppressor_shell::standing(const standing_question& question) {
  const auto at = now();
  standing_answer answer;
  answer.alerts.reserve(question.alerts.size());
  for (const auto& labels : question.alerts) answer.alerts.push_back(state_->standing(at, labels));
  return answer;
}

caf::typed_response_promise<silence_answer> suppressor_shell::set(const silence& wanted) {
  silence_effects effects;
  auto answer = state_->silences().set(now(), wanted, effects);
  return answer_when_written(std::move(answer), std::move(effects));
}

caf::typed_response_promise<silence_answer> suppressor_shell::expire(const std::string& id, const std::string& by,
                                                                     const std::string& comment) {
  silence_effects effects;
  auto answer = state_->silences().expire(now(), id, by, comment, effects);
  return answer_when_written(std::move(answer), std::move(effects));
}

caf::typed_response_promise<silence_answer> suppressor_shell::answer_when_written(silence_answer answer,
                                                                                  silence_effects effects) {
  auto promise = self_->make_response_promise<silence_answer>();
  if (effects.writes.empty()) return promise.deliver(std::move(answer));
  rest();
  auto writes = std::exchange(effects.writes, {});
  auto rest_of_it = std::make_shared<silence_effects>(std::move(effects));
  self_->request(neighbours_.history, caf::infinite, write_atom_v, std::move(writes))
      .then(
          [this, promise, answer = std::move(answer), rest_of_it](caf::ok_atom) mutable {
            tell_groups(rest_of_it->changed);
            promise.deliver(std::move(answer));
          },
          [this, promise, rest_of_it](const caf::error& e) mutable {
            state_->silences().take_back(now(), *rest_of_it);
            rest();
            promise.deliver(e);
          });
  return promise;
}

/// Writes what nobody waits for; what is lost is found out again.
void suppressor_shell::settle(silence_effects effects) {
  if (effects.writes.empty() && effects.changed.empty()) return;
  rest();
  if (!effects.writes.empty()) {
    self_->request(neighbours_.history, caf::infinite, write_atom_v, std::move(effects.writes))
        .then([](caf::ok_atom) {},
              [this](const caf::error& e) {
                log::warn("silences could not be written", {{"error", self_->system().render(e)}});
              });
  }
  tell_groups(effects.changed);
}

void suppressor_shell::tell_groups(const std::vector<silence>& changed) {
  if (!dispatcher_) return;
  for (const auto& s : changed) self_->send(dispatcher_, recheck_atom_v, s);
}

void suppressor_shell::reload() {
  state_->configure(neighbours_.config->get());
  rest();
}

void suppressor_shell::wake(std::uint64_t generation) {
  if (!alarm_.rings(generation)) return;
  silence_effects effects;
  state_->silences().wake(now(), effects);
  settle(std::move(effects));
  rest();
}

void suppressor_shell::rest() {
  *neighbours_.in_force = state_->may_suppress_any();
  alarm_.set(self_, now(), state_->silences().next_deadline(now()));
}

suppressor_actor::behavior_type suppressor(suppressor_actor::stateful_pointer<suppressor_shell> self,
                                           suppressor_neighbours neighbours,
                                           std::shared_ptr<const recovered_state> stored) {
  auto& shell = self->state;
  shell.start(self, std::move(neighbours), stored ? stored->silences : std::vector<silence>{});
  return {
      [&shell](caf::connect_atom, const caf::actor& dispatcher) {
        shell.connect(caf::actor_cast<dispatcher_actor>(dispatcher));
      },
      [&shell](observe_atom, const std::vector<inhibition_source>& sources) { shell.observe(sources); },
      [&shell](ended_atom, const ended_alerts& over) { shell.ended(over.alerts); },
      [&shell](ask_atom, const suppression_question& question) { return shell.ask(question); },
      [&shell](ask_atom, const standing_question& question) { return shell.standing(question); },
      [&shell](silence_atom, const silence_request& request) { return shell.set(request.wanted); },
      [&shell](expire_atom, const std::string& id, const std::string& by, const std::string& comment) {
        return shell.expire(id, by, comment);
      },
      [&shell](reload_atom) { shell.reload(); },
      [&shell](wake_atom, std::uint64_t generation) { shell.wake(generation); },
  };
}

} // namespace tocsin
