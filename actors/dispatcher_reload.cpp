#include <algorithm>
#include <utility>

#include <caf/sec.hpp>
#include <caf/send.hpp>

#include "actors/dispatcher.hpp"
#include "actors/log.hpp"

// How the dispatcher goes over to another configuration without losing an alert or telling one twice.
namespace tocsin {

caf::typed_response_promise<caf::ok_atom> dispatcher_shell::reload() {
  auto promise = self_->make_response_promise<caf::ok_atom>();
  if (reloading_) {
    return promise.deliver(caf::make_error(caf::sec::runtime_error, "another reload is under way; try again"));
  }
  if (!failed_.empty()) {
    return promise.deliver(
        caf::make_error(caf::sec::runtime_error, "an alert group is being restored after a fault; try again"));
  }
  reloading_ = std::make_unique<reloading>();
  reloading_->promise = promise;
  reloading_->missing = groups_.size();
  if (groups_.empty()) {
    frozen();
    return promise;
  }
  for (auto& [id, group] : groups_) {
    self_->request(group.actor, caf::infinite, freeze_atom_v)
        .then(
            [this](recovered_state& state) {
              reloading_->handed_over.push_back(std::move(state));
              if (--reloading_->missing == 0) frozen();
            },
            [this](const caf::error& e) {
              reloading_->failed = e;
              if (--reloading_->missing == 0) frozen();
            });
  }
  return promise;
}

/// All groups have handed over what they hold. The new configuration takes over
/// unless a group could not write: then the others go on with the old one.
void dispatcher_shell::frozen() {
  const auto work = std::move(reloading_);
  const auto state = merge(std::move(work->handed_over));
  for (const auto& g : state.groups) {
    const auto found = groups_.find(g.id);
    if (found == groups_.end()) continue;
    const auto actor = found->second.actor;
    forget(g.id);
    self_->demonitor(actor.address());
    self_->send_exit(actor, caf::exit_reason::user_shutdown);
  }
  if (!work->failed && config_->take_over()) {
    follow_configuration();
    self_->send(neighbours_->suppressor, reload_atom_v);
    if (neighbours_->correlator) self_->send(neighbours_->correlator, reload_atom_v);
    if (drills_) self_->send(drills_, reload_atom_v);
    observe_sources(state, duration::zero());
  }
  auto& ids = neighbours_->context.ids->groups;
  // Notifications on their way stay with their notifiers: nothing is ordered twice.
  auto restored = restore_groups(configuration(), state, neighbours_->time.now(), [&ids] { return ids.next(); });
  const auto moved = restored.moves.moved.size();
  start_restored(std::move(restored), duration::zero());
  for (const auto& later : work->held) later();
  if (work->failed) {
    work->promise.deliver(work->failed);
    return;
  }
  log::info("configuration taken over", {{"groups", groups_.size()}, {"alerts_moved", moved}});
  work->promise.deliver(caf::ok_atom_v);
}

} // namespace tocsin
