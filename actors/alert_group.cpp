#include "actors/alert_group.hpp"

#include <algorithm>
#include <utility>

#include <caf/sec.hpp>
#include <caf/send.hpp>

#include "actors/log.hpp"

namespace tocsin {

void alert_group_shell::start(pointer self, std::shared_ptr<const group_neighbours> neighbours,
                              alert_group_state state) {
  self_ = self;
  neighbours_ = std::move(neighbours);
  state_ = std::make_unique<alert_group_state>(std::move(state));
  const auto weak = caf::actor_cast<caf::weak_actor_ptr>(caf::actor_cast<alert_group_actor>(self_));
  seen_ = std::make_shared<sighting_list>([weak] {
    if (auto strong = caf::actor_cast<caf::strong_actor_ptr>(weak)) {
      caf::anon_send(caf::actor_cast<alert_group_actor>(strong), touch_atom_v);
    }
  });
  rest();
}

caf::typed_response_promise<ingest_tally> alert_group_shell::ingest(const routed_alerts& alerts) {
  ++handled_;
  auto promise = self_->make_response_promise<ingest_tally>();
  auto effects = collect_sightings();
  std::vector<label_set> reported;
  reported.reserve(alerts.alerts.size());
  for (const auto& a : alerts.alerts) reported.push_back(a.labels);
  close_sightings(reported, effects);
  effects.append(state_->ingest(now(), alerts.alerts));
  const auto tally = effects.tally;
  settle(std::move(effects), [promise, tally](const caf::error* failed) mutable {
    failed ? promise.deliver(*failed) : promise.deliver(tally);
  });
  open_sightings(alerts.alerts);
  return promise;
}

caf::typed_response_promise<act_result> alert_group_shell::act(const act_request& request) {
  ++handled_;
  auto promise = self_->make_response_promise<act_result>();
  auto effects = collect_sightings();
  close_sightings({request.labels}, effects);
  auto result = state_->act(now(), request, effects);
  settle(std::move(effects), [promise, result = std::move(result)](const caf::error* failed) mutable {
    failed ? promise.deliver(*failed) : promise.deliver(std::move(result));
  });
  return promise;
}

void alert_group_shell::mirror(const std::vector<episode>& episodes) {
  ++handled_;
  settle(state_->mirror(now(), episodes), {});
}

void alert_group_shell::report(const delivery_report& report) {
  ++handled_;
  settle(state_->report(now(), report), {});
}

caf::typed_response_promise<caf::ok_atom> alert_group_shell::drain() {
  auto promise = self_->make_response_promise<caf::ok_atom>();
  auto effects = collect_sightings();
  effects.append(state_->persist());
  settle(std::move(effects), [promise](const caf::error* failed) mutable {
    failed ? promise.deliver(*failed) : promise.deliver(caf::ok_atom_v);
  });
  return promise;
}

/// Hands over what there is. What was decided before is carried out and written;
/// from then on only what was asked for before is still answered.
caf::typed_response_promise<recovered_state> alert_group_shell::freeze() {
  auto promise = self_->make_response_promise<recovered_state>();
  auto effects = collect_sightings();
  close_sightings(state_->alerts(), effects);
  effects.append(state_->persist());
  frozen_ = true;
  settle(std::move(effects), [this, promise](const caf::error* failed) mutable {
    failed ? promise.deliver(*failed) : promise.deliver(state_->snapshot());
  });
  return promise;
}

void alert_group_shell::recheck(const silence& s) {
  ++handled_;
  state_->recheck(s);
  settle({}, {});
}

void alert_group_shell::touch() {
  if (frozen_) return;
  state_->expect_sightings(now());
  rest();
}

void alert_group_shell::wake(std::uint64_t generation) {
  if (frozen_ || !alarm_.rings(generation)) return;
  auto effects = collect_sightings();
  // Whoever is about to end is taken off the board first; a report that was quicker keeps it alive.
  close_sightings(state_->expiring(now()), effects);
  effects.append(state_->wake(now()));
  settle(std::move(effects), {});
}

/// Tells the state what the reporting threads have answered already.
group_effects alert_group_shell::collect_sightings() {
  std::vector<sighting_report> reports;
  for (const auto& s : seen_->take()) reports.push_back(s->collect());
  return reports.empty() ? group_effects{} : state_->seen(reports);
}

/// From here on reports of these alerts come to us.
void alert_group_shell::close_sightings(const std::vector<label_set>& alerts, group_effects& effects) {
  std::vector<sighting_report> reports;
  for (const auto& labels : alerts) {
    if (auto last = neighbours_->sightings->close(labels)) reports.push_back(std::move(*last));
  }
  if (!reports.empty()) effects.append(state_->seen(reports));
}

/// Lets the reporting threads answer for these alerts, if all that we know is on disk.
void alert_group_shell::open_sightings(const std::vector<alert>& alerts) {
  if (unwritten_ > 0 || asking_ || frozen_) return;
  for (const auto& a : alerts) {
    const auto* known = state_->find(a.labels);
    if (!known || !known->state.active()) continue;
    const alert as_known{known->labels,           known->annotations,         known->starts_at,
                         known->state.expires_at, known->state.timed_out_end, known->generator_url};
    neighbours_->sightings->open(std::make_shared<sighting>(as_known, seen_));
  }
}

alert_group_shell::~alert_group_shell() {
  const auto ended = caf::make_error(caf::sec::runtime_error, "the alert group ended before this was done; try again");
  for (const auto& waiting : unanswered_) {
    for (auto& done : *waiting) done(&ended);
  }
  for (auto& done : held_done_) done(&ended);
  // After a hand-over they are another group's.
  if (!state_ || frozen_) return;
  for (const auto& labels : state_->alerts()) neighbours_->sightings->close(labels);
}

void alert_group_shell::settle(group_effects effects, completion done) {
  neighbours_->counts->escalations(static_cast<std::int64_t>(effects.writes.escalations.size()));
  if (asking_) {
    held_.append(std::move(effects));
    if (done) held_done_.push_back(std::move(done));
    return;
  }
  if (!state_->decision_due(now())) {
    std::vector<completion> waiting;
    if (done) waiting.push_back(std::move(done));
    write(std::move(effects), std::move(waiting));
    return;
  }
  held_ = std::move(effects);
  if (done) held_done_.push_back(std::move(done));
  ask_suppressor();
}

void alert_group_shell::ask_suppressor() {
  auto question = state_->begin_decision(*neighbours_->in_force);
  if (question.alerts.empty()) {
    decided(question, {});
    return;
  }
  asking_ = true;
  self_->request(neighbours_->suppressor, caf::infinite, ask_atom_v, question)
      .then(
          [this, question](const suppression_answer& answer) {
            asking_ = false;
            decided(question, answer);
          },
          [this](const caf::error& e) { self_->quit(e); });
}

void alert_group_shell::decided(const suppression_question& question, const suppression_answer& answer) {
  auto effects = std::exchange(held_, {});
  auto done = std::exchange(held_done_, {});
  auto decision = state_->finish_decision(now(), question, answer);
  neighbours_->counts->suppressed(decision.suppressed);
  neighbours_->counts->escalations(static_cast<std::int64_t>(decision.writes.escalations.size()));
  effects.append(std::move(decision));
  write(std::move(effects), std::move(done));
}

/// Writes, and carries the rest out once that is on disk. An answer never
/// overtakes a write that was decided before it: a duplicate of an alert that is
/// still being written waits with it.
void alert_group_shell::write(group_effects effects, std::vector<completion> done) {
  if (effects.writes.empty() && unwritten_ == 0) {
    written(effects);
    for (auto& d : done) d(nullptr);
    rest();
    return;
  }
  ++unwritten_;
  auto writes = std::exchange(effects.writes, {});
  auto rest_of_it = std::make_shared<group_effects>(std::move(effects));
  auto waiting = std::make_shared<std::vector<completion>>(std::move(done));
  unanswered_.insert(waiting);
  self_->request(neighbours_->history, caf::infinite, write_atom_v, std::move(writes))
      .then(
          [this, rest_of_it, waiting](caf::ok_atom) {
            --unwritten_;
            written(*rest_of_it);
            answer(waiting, nullptr);
            rest();
          },
          [this, waiting](const caf::error& e) {
            answer(waiting, &e);
            // What we believe and what is stored differ now: the dispatcher starts us anew from storage.
            self_->quit(e);
          });
  rest();
}

void alert_group_shell::answer(const std::shared_ptr<std::vector<completion>>& waiting, const caf::error* failed) {
  unanswered_.erase(waiting);
  for (auto& done : *waiting) done(failed);
}

void alert_group_shell::written(group_effects& effects) {
  if (!effects.sources.empty()) self_->send(neighbours_->suppressor, observe_atom_v, std::move(effects.sources));
  if (!effects.silenced_ended.empty()) {
    self_->send(neighbours_->suppressor, ended_atom_v, ended_alerts{std::move(effects.silenced_ended)});
  }
  if (!effects.correlated.empty() && neighbours_->correlator) {
    self_->send(neighbours_->correlator, observe_atom_v, std::move(effects.correlated));
  }
  if (!effects.mirrored.empty()) {
    self_->send(neighbours_->dispatcher, mirror_atom_v,
                mirrored_episodes{state_->address(), std::move(effects.mirrored)});
  }
  for (auto& n : effects.notifications) {
    const auto notifier = neighbours_->notifiers.find(n.channel);
    if (notifier == neighbours_->notifiers.end()) {
      log::error("no notifier for channel", {{"channel", n.channel}, {"notification", n.id.value}});
      continue;
    }
    self_->send(notifier->second, deliver_atom_v, delivery_order{std::move(n), 0, {}});
  }
}

/// Sets the timer for what comes next, or offers to end when nothing does.
void alert_group_shell::rest() {
  // While the suppressor is asked a deadline may lie behind us: it is dealt with once it has answered.
  if (asking_ || frozen_) return;
  if (state_->idle() && unwritten_ == 0) {
    self_->send(neighbours_->dispatcher, retire_atom_v, state_->id(), handled_, state_->stored());
    return;
  }
  alarm_.set(self_, now(), state_->next_deadline());
}

alert_group_actor::behavior_type alert_group(alert_group_actor::stateful_pointer<alert_group_shell> self,
                                             std::shared_ptr<const group_neighbours> neighbours, group_address address,
                                             group_id id, std::shared_ptr<const recovered_state> stored,
                                             duration grace) {
  alert_group_state state(neighbours->context, std::move(address), id);
  if (stored) state.restore(neighbours->time.now(), *stored, grace);
  auto& shell = self->state;
  shell.start(self, std::move(neighbours), std::move(state));
  return {
      [&shell](ingest_atom, const routed_alerts& alerts) { return shell.ingest(alerts); },
      [&shell](act_atom, const act_request& request) { return shell.act(request); },
      [&shell](mirror_atom, const std::vector<episode>& episodes) { shell.mirror(episodes); },
      [&shell](report_atom, const delivery_report& report) { shell.report(report); },
      [&shell](drain_atom) { return shell.drain(); },
      [&shell](freeze_atom) { return shell.freeze(); },
      [&shell](recheck_atom, const silence& s) { shell.recheck(s); },
      [&shell](touch_atom) { shell.touch(); },
      [&shell](wake_atom, std::uint64_t generation) { shell.wake(generation); },
  };
}

} // namespace tocsin
