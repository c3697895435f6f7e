#include "actors/fire_drill.hpp"

#include <utility>

#include <caf/sec.hpp>

#include "actors/log.hpp"
#include "actors/routing.hpp"

namespace tocsin {

void fire_drill_shell::start(pointer self, drill_neighbours neighbours) {
  self_ = self;
  neighbours_ = std::move(neighbours);
  state_ = std::make_unique<drill_state>(now(), neighbours_.config->get());
  rest();
}

void fire_drill_shell::reload() {
  state_->configure(now(), neighbours_.config->get());
  rest();
}

caf::typed_response_promise<drill_result> fire_drill_shell::hold(const drill_request& request) {
  auto promise = self_->make_response_promise<drill_result>();
  const auto id = new_id_();
  auto begun = state_->start(now(), request, id);
  if (!begun) return promise.deliver(caf::make_error(caf::sec::invalid_argument, begun.error().message));
  asked_.emplace(id, promise);
  carry_out(std::move(*begun));
  return promise;
}

void fire_drill_shell::report(const drill_report& report) {
  carry_out(state_->report(now(), report));
}

void fire_drill_shell::wake(std::uint64_t generation) {
  if (!alarm_.rings(generation)) return;
  carry_out(state_->expire(now()));
  for (const auto& request : state_->due(now())) {
    auto begun = state_->start(now(), request, new_id_());
    if (begun) {
      carry_out(std::move(*begun));
      continue;
    }
    drill_result impossible;
    impossible.receiver = request.receiver;
    impossible.started_at = now();
    impossible.why = begun.error().message;
    conclude(std::move(impossible));
  }
  rest();
}

void fire_drill_shell::carry_out(drill_effects effects) {
  for (auto& a : effects.alerts) hand_in(std::move(a));
  for (auto& r : effects.over) conclude(std::move(r));
  rest();
}

void fire_drill_shell::hand_in(alert what) {
  const std::string id(what.labels.get(drill_label));
  std::vector<alert> alerts;
  alerts.push_back(std::move(what));
  auto request = route_alerts(*neighbours_.config->get(), std::move(alerts));
  self_->request(dispatcher_, caf::infinite, ingest_atom_v, std::move(request))
      .then([this, id](const ingest_tally&) { state_->taken(now(), id); },
            [this, id](const caf::error& e) { carry_out(state_->refused(now(), id, self_->system().render(e))); });
}

void fire_drill_shell::conclude(drill_result result) {
  neighbours_.counts->drilled(result.receiver, result.arrived, result.took, now());
  if (result.arrived) {
    log::info("fire drill arrived", {{"receiver", result.receiver}, {"ms", result.took.count()}});
  } else {
    log::error("fire drill did not arrive",
               {{"receiver", result.receiver}, {"drill", result.drill}, {"why", result.why}});
  }
  auto asked = asked_.extract(result.drill);
  if (!asked.empty()) asked.mapped().deliver(std::move(result));
}

void fire_drill_shell::rest() {
  alarm_.set(self_, now(), state_->next_deadline());
}

fire_drill_actor::behavior_type fire_drill(fire_drill_actor::stateful_pointer<fire_drill_shell> self,
                                           drill_neighbours neighbours) {
  auto& shell = self->state;
  shell.start(self, std::move(neighbours));
  return {
      [&shell](caf::connect_atom, const caf::actor& dispatcher) {
        shell.connect(caf::actor_cast<dispatcher_actor>(dispatcher));
      },
      [&shell](drill_atom, const drill_request& request) { return shell.hold(request); },
      [&shell](report_atom, const drill_report& report) { shell.report(report); },
      [&shell](reload_atom) { shell.reload(); },
      [&shell](wake_atom, std::uint64_t generation) { shell.wake(generation); },
  };
}

} // namespace tocsin
