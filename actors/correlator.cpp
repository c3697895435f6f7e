#include "actors/correlator.hpp"

#include <map>
#include <unordered_set>
#include <utility>

#include "actors/log.hpp"
#include "actors/routing.hpp"

namespace tocsin {

void correlator_shell::start(pointer self, correlator_neighbours neighbours, const recovered_state& stored) {
  self_ = self;
  neighbours_ = std::move(neighbours);
  const auto config = neighbours_.config->get();
  clusters_ = std::make_unique<cluster_watch>(config);
  together_ = std::make_unique<co_occurrence>(config->correlation.temporal);
  for (const auto& r : stored.recent) together_->began(r.received_at, r.id, r.labels.get("alertname"));
  for (const auto& e : stored.episodes) {
    if (!e.state.active()) continue;
    clusters_->observe(now(), {e.id, e.labels, e.declared_severity, e.received_at, false});
  }
}

void correlator_shell::connect(dispatcher_actor dispatcher) {
  dispatcher_ = std::move(dispatcher);
  look();
}

void correlator_shell::observe(const std::vector<correlated_alert>& alerts) {
  write_batch writes;
  for (const auto& a : alerts) {
    clusters_->observe(now(), a);
    if (a.ended) continue;
    for (auto& r : together_->began(a.at, a.episode, a.labels.get("alertname"))) {
      writes.correlations.push_back(std::move(r));
    }
  }
  write(std::move(writes));
  look();
}

void correlator_shell::reload() {
  const auto config = neighbours_.config->get();
  clusters_->configure(config);
  together_->configure(config->correlation.temporal);
  look();
}

void correlator_shell::wake(std::uint64_t generation) {
  if (alarm_.rings(generation)) look();
}

void correlator_shell::look() {
  if (!dispatcher_) return;
  for (const auto& where : clusters_->suspects(now())) ask(where);
  alarm_.set(self_, now(), clusters_->next_deadline());
}

/// Asks which alerts of a cluster are suppressed: one question for each route, since its time intervals count.
void correlator_shell::ask(const cluster_watch::place& where) {
  struct gathering {
    std::unordered_set<label_set> counting;
    std::size_t missing = 0;
  };
  const auto config = neighbours_.config->get();
  std::map<std::uint32_t, suppression_question> by_route;
  for (auto& labels : clusters_->alerts_at(where)) {
    const auto route = owner_of(*config, labels).route;
    auto& question = by_route[route];
    question.route = route;
    question.alerts.push_back(std::move(labels));
  }
  auto all = std::make_shared<gathering>();
  all->missing = by_route.size();
  for (auto& [route, question] : by_route) {
    self_->request(neighbours_.suppressor, caf::infinite, ask_atom_v, question)
        .then(
            [this, where, all, question](const suppression_answer& answer) {
              for (std::size_t i = 0; i < answer.alerts.size() && i < question.alerts.size(); ++i) {
                if (!answer.alerts[i]) all->counting.insert(question.alerts[i]);
              }
              if (--all->missing == 0) decided(clusters_->decide(now(), where, all->counting));
            },
            [this](const caf::error& e) { self_->quit(e); });
  }
}

void correlator_shell::decided(cluster_watch::decision what) {
  if (what.raise) {
    const auto episode = what.raise->episode.value;
    log::info("cascade", {{"cluster", what.raise->by}, {"alert", episode}, {"why", what.raise->text}});
    self_->request(dispatcher_, caf::infinite, act_atom_v, std::move(*what.raise))
        .then(
            [episode](const act_result& r) {
              if (r.what == act_result::outcome::done) return;
              log::info("cascade did not raise its first alert", {{"alert", episode}, {"why", r.message}});
            },
            [this, episode](const caf::error& e) {
              log::warn("cascade could not raise its first alert",
                        {{"alert", episode}, {"error", self_->system().render(e)}});
            });
  }
  write(std::move(what.writes));
  alarm_.set(self_, now(), clusters_->next_deadline());
}

/// What is lost here is found again when it happens again.
void correlator_shell::write(write_batch writes) {
  if (writes.empty()) return;
  self_->request(neighbours_.history, caf::infinite, write_atom_v, std::move(writes))
      .then([](caf::ok_atom) {},
            [this](const caf::error& e) {
              log::warn("correlations could not be written", {{"error", self_->system().render(e)}});
            });
}

correlator_actor::behavior_type correlator(correlator_actor::stateful_pointer<correlator_shell> self,
                                           correlator_neighbours neighbours,
                                           std::shared_ptr<const recovered_state> stored) {
  auto& shell = self->state;
  shell.start(self, std::move(neighbours), stored ? *stored : recovered_state{});
  return {
      [&shell](caf::connect_atom, const caf::actor& dispatcher) {
        shell.connect(caf::actor_cast<dispatcher_actor>(dispatcher));
      },
      [&shell](observe_atom, const std::vector<correlated_alert>& alerts) { shell.observe(alerts); },
      [&shell](reload_atom) { shell.reload(); },
      [&shell](wake_atom, std::uint64_t generation) { shell.wake(generation); },
  };
}

} // namespace tocsin
