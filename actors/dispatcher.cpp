#include "actors/dispatcher.hpp"

#include <algorithm>
#include <utility>

#include <caf/sec.hpp>
#include <caf/send.hpp>

#include "actors/log.hpp"
#include "actors/routing.hpp"
#include "protocols/test_message.hpp"

namespace tocsin {

namespace {

/// How soon a failed group is started anew when that did not work at once.
constexpr std::chrono::seconds respawn_delay{1};

/// Adds up the answers of the groups of one request.
struct gathering {
  caf::typed_response_promise<ingest_tally> promise;
  ingest_tally tally;
  std::size_t missing = 0;
  caf::error failed;

  void arrived() {
    if (--missing > 0) return;
    failed ? promise.deliver(failed) : promise.deliver(tally);
  }
};

caf::error restarting() {
  return caf::make_error(caf::sec::runtime_error, "the alert group is being restored after a fault; try again");
}

} // namespace

void dispatcher_shell::start(pointer self, dispatcher_setup setup) {
  self_ = self;
  config_ = std::move(setup.config);
  drills_ = setup.drills;
  setup.around_notifiers.drills = setup.drills;
  notifiers_ = std::make_unique<channel_notifiers>(std::move(setup.around_notifiers));
  neighbours_ = std::make_shared<const group_neighbours>(std::move(setup.neighbours));
  follow_configuration();
  const auto me = caf::actor_cast<caf::actor>(self_);
  self_->send(neighbours_->suppressor, caf::connect_atom_v, me);
  if (neighbours_->correlator) self_->send(neighbours_->correlator, caf::connect_atom_v, me);
  if (drills_) self_->send(drills_, caf::connect_atom_v, me);
}

/// From here on groups are started with the configuration that holds now.
void dispatcher_shell::follow_configuration() {
  auto neighbours = *neighbours_;
  neighbours.context.config = config_->get();
  neighbours.dispatcher = caf::actor_cast<dispatcher_actor>(self_);
  notifiers_->follow(self_, *neighbours.context.config, caf::actor_cast<caf::actor>(neighbours.dispatcher));
  neighbours.notifiers = notifiers_->handles();
  neighbours_ = std::make_shared<const group_neighbours>(std::move(neighbours));
}

void dispatcher_shell::restore(const recovered_state& stored) {
  const auto now = neighbours_->time.now();
  const auto grace = configuration().resolve_timeout;
  auto& ids = neighbours_->context.ids->groups;
  auto restored = restore_groups(configuration(), stored, now, [&ids] { return ids.next(); });
  observe_sources(stored, grace);
  auto orders = std::move(restored.orders);
  for (auto& order : orders) {
    const auto notifier = neighbours_->notifiers.find(order.what.channel);
    if (notifier != neighbours_->notifiers.end()) continue;
    log::warn("unfinished notification given up: its channel is not configured any more",
              {{"channel", order.what.channel}, {"notification", order.what.id.value}});
    attempt_record given_up;
    given_up.notification = order.what.id;
    given_up.alert_name = order.what.alert_name();
    given_up.channel = order.what.channel;
    given_up.at = now;
    given_up.message = "the channel is not configured any more";
    given_up.retry_count = order.attempts;
    given_up.reason = order.what.reason;
    restored.moves.attempts.push_back(std::move(given_up));
  }
  start_restored(std::move(restored), grace);
  for (auto& order : orders) {
    const auto notifier = neighbours_->notifiers.find(order.what.channel);
    if (notifier != neighbours_->notifiers.end()) self_->send(notifier->second, deliver_atom_v, std::move(order));
  }
}

void dispatcher_shell::start_restored(restored_groups restored, duration grace) {
  if (!restored.moves.empty()) write(std::move(restored.moves));
  for (auto& [old, heirs] : restored.heirs) heirs_.insert_or_assign(old, std::move(heirs));
  for (auto& g : restored.groups) start_group(g.address, g.id, std::move(g.stored), grace);
}

void dispatcher_shell::observe_sources(const recovered_state& state, duration grace) {
  std::vector<inhibition_source> sources;
  const auto until = neighbours_->time.now() + grace;
  for (const auto& e : state.episodes) {
    if (e.state.active() && configuration().is_inhibition_source(e.labels)) {
      sources.push_back({e.labels, std::max(e.state.expires_at, until), false});
    }
  }
  if (!sources.empty()) self_->send(neighbours_->suppressor, observe_atom_v, std::move(sources));
}

caf::typed_response_promise<ingest_tally> dispatcher_shell::ingest(ingest_request& request) {
  auto promise = self_->make_response_promise<ingest_tally>();
  if (reloading_) {
    reloading_->held.push_back(
        [this, promise, held = std::make_shared<ingest_request>(std::move(request))] { hand_out(*held, promise); });
    return promise;
  }
  hand_out(request, promise);
  return promise;
}

void dispatcher_shell::hand_out(ingest_request& request, ingest_promise promise) {
  if (request.generation != configuration().generation) {
    // Routed by a configuration that does not hold any more.
    std::vector<alert> alerts;
    for (auto& part : request.groups) {
      alerts.insert(alerts.end(), std::make_move_iterator(part.alerts.begin()),
                    std::make_move_iterator(part.alerts.end()));
    }
    request = route_alerts(configuration(), std::move(alerts));
  }
  observe_sources(request);
  if (request.groups.empty()) {
    promise.deliver(ingest_tally{});
    return;
  }
  if (request.groups.size() == 1) {
    auto* group = find_or_start(request.groups.front().group);
    if (!group) {
      promise.deliver(restarting());
      return;
    }
    ++group->sent;
    // The group answers the sender itself: one hop less where most requests go.
    promise.template delegate<caf::message_priority::normal>(group->actor, ingest_atom_v,
                                                             std::move(request.groups.front()));
    return;
  }
  auto all = std::make_shared<gathering>();
  all->promise = promise;
  all->missing = request.groups.size();
  for (auto& part : request.groups) {
    auto* group = find_or_start(part.group);
    if (!group) {
      all->failed = restarting();
      all->arrived();
      continue;
    }
    ++group->sent;
    self_->request(group->actor, caf::infinite, ingest_atom_v, std::move(part))
        .then(
            [all](const ingest_tally& tally) {
              all->tally += tally;
              all->arrived();
            },
            [all](const caf::error& e) {
              all->failed = e;
              all->arrived();
            });
  }
}

/// Sources are made known before their alerts reach the groups, so that a symptom
/// of the same request finds them.
void dispatcher_shell::observe_sources(const ingest_request& request) {
  if (configuration().inhibit_rules.empty()) return;
  std::vector<inhibition_source> sources;
  for (const auto& part : request.groups) {
    for (const auto& a : part.alerts) {
      if (configuration().is_inhibition_source(a.labels)) sources.push_back({a.labels, a.ends_at, a.timed_out_end});
    }
  }
  if (!sources.empty()) self_->send(neighbours_->suppressor, observe_atom_v, std::move(sources));
}

bool dispatcher_shell::is_failed(const group_address& address) const {
  return std::any_of(failed_.begin(), failed_.end(), [&address](const auto& f) { return f.second == address; });
}

caf::typed_response_promise<act_result> dispatcher_shell::act(const act_request& request) {
  auto promise = self_->make_response_promise<act_result>();
  if (reloading_) {
    reloading_->held.push_back([this, promise, request] { hand_out(request, promise); });
    return promise;
  }
  hand_out(request, promise);
  return promise;
}

void dispatcher_shell::hand_out(const act_request& request, act_promise promise) {
  const auto address = owner_of(configuration(), request.labels);
  auto* group = find(address);
  if (group) {
    ++group->sent;
    promise.template delegate<caf::message_priority::normal>(group->actor, act_atom_v, request);
    return;
  }
  if (is_failed(address)) {
    promise.deliver(restarting());
    return;
  }
  promise.deliver(act_result{act_result::outcome::not_active, "the alert's group has ended", {}});
}

void dispatcher_shell::mirror(const mirrored_episodes& mirrored) {
  if (reloading_) {
    reloading_->held.push_back([this, mirrored] { mirror(mirrored); });
    return;
  }
  std::unordered_map<group_address, std::vector<episode>> further;
  std::vector<std::size_t> routes;
  for (const auto& e : mirrored.episodes) {
    routes.clear();
    configuration().routes.match(e.labels, routes);
    // The first is the one that owns it.
    for (std::size_t i = 1; i < routes.size(); ++i) {
      const auto index = routes[i];
      group_address address{static_cast<std::uint32_t>(index), configuration().routes.at(index).group_labels(e.labels)};
      further[std::move(address)].push_back(e);
    }
  }
  for (auto& [address, episodes] : further) {
    auto* group = find_or_start(address);
    if (!group) continue;
    ++group->sent;
    self_->send(group->actor, mirror_atom_v, std::move(episodes));
  }
}

void dispatcher_shell::report(group_id group, const delivery_report& report) {
  if (reloading_) {
    reloading_->held.push_back([this, group, report] { this->report(group, report); });
    return;
  }
  if (const auto heirs = heirs_.find(group); heirs != heirs_.end()) {
    // Each heir knows whether it waits for this one.
    const auto all = heirs->second;
    for (const auto heir : all) {
      if (heir != group) this->report(heir, report);
    }
  }
  const auto found = groups_.find(group);
  if (found == groups_.end()) return;
  ++found->second.sent;
  self_->send(found->second.actor, report_atom_v, report);
}

void dispatcher_shell::retire(group_id group, std::uint64_t handled, bool stored) {
  const auto found = groups_.find(group);
  // Something is on its way to the group that it did not know of when it offered to end.
  if (reloading_ || found == groups_.end() || found->second.sent != handled) return;
  if (stored) {
    write_batch closing;
    closing.closed_groups.push_back(group);
    write(std::move(closing));
  }
  auto actor = found->second.actor;
  forget(group);
  self_->demonitor(actor.address());
  self_->send_exit(actor, caf::exit_reason::user_shutdown);
}

/// Writes what nobody waits for; what is lost is mended at the next start.
void dispatcher_shell::write(write_batch batch) {
  self_->request(neighbours_->history, caf::infinite, write_atom_v, std::move(batch))
      .then([](caf::ok_atom) {},
            [this](const caf::error& e) {
              log::warn("dispatcher could not write", {{"error", self_->system().render(e)}});
            });
}

void dispatcher_shell::down(const caf::down_msg& message) {
  const auto found = by_actor_.find(message.source.id());
  if (found == by_actor_.end()) return;
  const auto group = found->second;
  log::error("alert group failed, starting it anew from storage",
             {{"group", group.value}, {"error", self_->system().render(message.reason)}});
  neighbours_->counts->group_failed();
  failed_.emplace(group, groups_.at(group).address);
  forget(group);
  respawn(group);
}

void dispatcher_shell::respawn(group_id group) {
  self_->request(neighbours_->history, caf::infinite, recover_atom_v, group)
      .then([this, group](recovered_state& stored) { recovered(group, std::move(stored)); },
            [this, group](const caf::error& e) {
              log::error("alert group cannot be read back yet",
                         {{"group", group.value}, {"error", self_->system().render(e)}});
              self_->delayed_send(self_, respawn_delay, respawn_atom_v, group);
            });
}

void dispatcher_shell::recovered(group_id group, recovered_state stored) {
  const auto node = failed_.extract(group);
  if (node.empty() || stored.episodes.empty()) return;
  start_group(node.mapped(), group, std::make_shared<const recovered_state>(std::move(stored)),
              configuration().resolve_timeout);
}

/// Not held during a reload: the notifiers live on, and which channels there are is known at any moment.
caf::typed_response_promise<test_report> dispatcher_shell::try_out(const test_request& request) {
  auto promise = self_->make_response_promise<test_report>();
  const auto* c = configuration().find_channel(request.channel);
  const auto notifier = neighbours_->notifiers.find(request.channel);
  if (!c || notifier == neighbours_->notifiers.end()) {
    return promise.deliver(caf::make_error(caf::sec::invalid_argument, "there is no channel " + request.channel));
  }
  delivery_order order;
  order.what =
      test_notification(request, c->receiver, neighbours_->context.ids->notifications.next(), neighbours_->time.now());
  order.most_attempts = request.most_attempts;
  promise.template delegate<caf::message_priority::normal>(notifier->second, test_atom_v, std::move(order));
  return promise;
}

void dispatcher_shell::recheck(const silence& s) {
  if (reloading_) {
    reloading_->held.push_back([this, s] { recheck(s); });
    return;
  }
  const auto message = caf::make_message(recheck_atom_v, s);
  for (auto& [id, group] : groups_) {
    ++group.sent;
    caf::anon_send(caf::actor_cast<caf::actor>(group.actor), message);
  }
}

caf::typed_response_promise<caf::ok_atom> dispatcher_shell::drain() {
  auto promise = self_->make_response_promise<caf::ok_atom>();
  if (groups_.empty()) return promise.deliver(caf::ok_atom_v);
  auto missing = std::make_shared<std::size_t>(groups_.size());
  auto arrived = [promise, missing]() mutable {
    if (--*missing == 0) promise.deliver(caf::ok_atom_v);
  };
  for (auto& [id, group] : groups_) {
    self_->request(group.actor, caf::infinite, drain_atom_v)
        .then([arrived](caf::ok_atom) mutable { arrived(); }, [arrived](const caf::error&) mutable { arrived(); });
  }
  return promise;
}

void dispatcher_shell::exit(const caf::exit_msg& message) {
  for (auto& [id, group] : groups_) self_->send_exit(group.actor, message.reason);
  for (const auto& [id, notifier] : neighbours_->notifiers) self_->send_exit(notifier, message.reason);
  self_->quit(message.reason);
}

dispatcher_shell::entry* dispatcher_shell::find(const group_address& address) {
  const auto found = by_address_.find(address);
  return found == by_address_.end() ? nullptr : &groups_.at(found->second);
}

/// The group of that address; null while it is being started anew after a fault.
dispatcher_shell::entry* dispatcher_shell::find_or_start(const group_address& address) {
  if (auto* group = find(address)) return group;
  if (is_failed(address)) return nullptr;
  return &start_group(address, neighbours_->context.ids->groups.next(), nullptr, duration::zero());
}

dispatcher_shell::entry& dispatcher_shell::start_group(const group_address& address, group_id id,
                                                       std::shared_ptr<const recovered_state> stored, duration grace) {
  auto actor = self_->spawn(alert_group, neighbours_, address, id, std::move(stored), grace);
  self_->monitor(actor);
  by_actor_.emplace(actor.id(), id);
  by_address_.insert_or_assign(address, id);
  auto& group = groups_[id];
  group = entry{std::move(actor), address, 0};
  neighbours_->counts->groups(static_cast<std::int64_t>(groups_.size()));
  return group;
}

void dispatcher_shell::forget(group_id group) {
  const auto node = groups_.extract(group);
  if (node.empty()) return;
  by_actor_.erase(node.mapped().actor.id());
  by_address_.erase(node.mapped().address);
  neighbours_->counts->groups(static_cast<std::int64_t>(groups_.size()));
}

dispatcher_actor::behavior_type dispatcher(dispatcher_actor::stateful_pointer<dispatcher_shell> self,
                                           dispatcher_setup setup, std::shared_ptr<const recovered_state> stored) {
  auto& shell = self->state;
  if (stored) setup.around_notifiers.sent_today = stored->sent_today;
  shell.start(self, std::move(setup));
  self->set_down_handler([&shell](const caf::down_msg& message) { shell.down(message); });
  self->set_exit_handler([&shell](const caf::exit_msg& message) { shell.exit(message); });
  if (stored) shell.restore(*stored);
  return {
      [&shell](ingest_atom, ingest_request& request) { return shell.ingest(request); },
      [&shell](act_atom, const act_request& request) { return shell.act(request); },
      [&shell](mirror_atom, const mirrored_episodes& mirrored) { shell.mirror(mirrored); },
      [&shell](report_atom, group_id group, const delivery_report& report) { shell.report(group, report); },
      [&shell](retire_atom, group_id group, std::uint64_t handled, bool left_record) {
        shell.retire(group, handled, left_record);
      },
      [&shell](respawn_atom, group_id group) { shell.respawn(group); },
      [&shell](test_atom, const test_request& request) { return shell.try_out(request); },
      [&shell](recheck_atom, const silence& s) { shell.recheck(s); },
      [&shell](reload_atom) { return shell.reload(); },
      [&shell](drain_atom) { return shell.drain(); },
  };
}

} // namespace tocsin
