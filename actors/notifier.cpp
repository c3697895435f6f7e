#include "actors/notifier.hpp"

#include <algorithm>
#include <utility>

#include "actors/log.hpp"

namespace tocsin {

void notifier_shell::start(pointer self, channel handle, notifier_neighbours neighbours) {
  self_ = self;
  neighbours_ = std::move(neighbours);
  state_ = std::make_unique<notifier_state>(std::move(handle));
}

void notifier_shell::reload() {
  const auto config = neighbours_.config->get();
  if (const auto* same = config->find_channel(state_->handle().id)) return state_->configure(*same);
  retired_ = true;
  const auto before = state_->pending();
  auto effects = state_->retire(neighbours_.time.now());
  neighbours_.counts->notifications_pending(static_cast<std::int64_t>(state_->pending())
                                            - static_cast<std::int64_t>(before));
  carry_out(std::move(effects));
}

void notifier_shell::deliver(delivery_order order) {
  const auto before = state_->pending();
  auto effects = state_->deliver(neighbours_.time.now(), std::move(order));
  neighbours_.counts->notifications_pending(static_cast<std::int64_t>(state_->pending() - before));
  carry_out(std::move(effects));
}

void notifier_shell::retry(notification_id id, std::int32_t attempt) {
  carry_out(state_->retry(neighbours_.time.now(), id, attempt));
}

void notifier_shell::carry_out(notifier_effects effects) {
  const auto now = neighbours_.time.now();
  for (const auto& w : effects.waits) {
    self_->delayed_send(self_, std::max(w.due - now, duration::zero()), retry_atom_v, w.id, w.attempt);
  }
  for (const auto id : effects.attempts) attempt(id);
  if (effects.records.empty()) {
    if (retired_ && state_->pending() == 0) self_->quit();
    return;
  }

  write_batch writes;
  for (const auto& record : effects.records) count(record);
  writes.attempts = std::move(effects.records);
  auto report = [this, reports = std::move(effects.reports)] {
    for (const auto& [group, r] : reports) self_->send(dispatcher_, report_atom_v, group, r);
    if (retired_ && state_->pending() == 0) self_->quit();
  };
  self_->request(neighbours_.history, caf::infinite, write_atom_v, std::move(writes))
      .then([report](caf::ok_atom) { report(); },
            // The receiver has it (or not) whether we can write that down or not.
            [report](const caf::error&) { report(); });
}

void notifier_shell::attempt(notification_id id) {
  auto context = neighbours_.rendering;
  context.now = neighbours_.time.now();
  context.only_to = state_->only_to(id);
  auto message = render(state_->handle(), state_->what(id), context);
  auto done = [this, id](const wire_response& response) { answered(id, response); };
  auto broke = [this, id](const caf::error& e) {
    wire_response response;
    response.error = "transport failed: " + self_->system().render(e);
    answered(id, response);
  };
  if (auto* request = std::get_if<http_request>(&message)) {
    self_->request(neighbours_.transport, caf::infinite, deliver_atom_v, std::move(*request)).then(done, broke);
    return;
  }
  if (auto* mail = std::get_if<smtp_message>(&message)) {
    self_->request(neighbours_.transport, caf::infinite, deliver_atom_v, std::move(*mail)).then(done, broke);
    return;
  }
  self_->request(neighbours_.console, caf::infinite, deliver_atom_v, std::move(std::get<console_text>(message)))
      .then(done, broke);
}

void notifier_shell::answered(notification_id id, const wire_response& response) {
  const auto before = state_->pending();
  const auto was_dead = state_->dead_since().has_value();
  auto effects = state_->answered(neighbours_.time.now(), id, response);
  note_health(was_dead);
  neighbours_.counts->notifications_pending(static_cast<std::int64_t>(state_->pending())
                                            - static_cast<std::int64_t>(before));
  carry_out(std::move(effects));
}

/// Says once that the endpoint is taken for dead, and once that it is back.
void notifier_shell::note_health(bool was_dead) {
  const auto& dead = state_->dead_since();
  if (dead.has_value() == was_dead) return;
  neighbours_.counts->channel_dead(state_->handle().id, dead.has_value());
  if (dead) {
    log::error("channel is left alone but for a probe every 30 s: it accepts nothing",
               {{"channel", state_->handle().id}, {"recipients", state_->handle().recipients()}});
  } else {
    log::info("channel accepts messages again", {{"channel", state_->handle().id}});
  }
}

void notifier_shell::count(const attempt_record& record) {
  const auto how = record.success           ? telemetry::attempt::delivered
                   : record.next_attempt_at ? telemetry::attempt::retried
                                            : telemetry::attempt::failed;
  neighbours_.counts->attempted(state_->handle().kind(), how, record.took);
  if (record.success && record.next_attempt_at) {
    log::warn("notification did not reach all recipients", {{"channel", record.channel},
                                                            {"notification", record.notification.value},
                                                            {"attempt", record.retry_count + 1},
                                                            {"answer", record.message},
                                                            {"next", to_rfc3339(*record.next_attempt_at)}});
    return;
  }
  if (record.success) {
    log::debug("notification delivered", {{"channel", record.channel},
                                          {"notification", record.notification.value},
                                          {"attempt", record.retry_count + 1},
                                          {"ms", record.took.count()}});
    return;
  }
  const auto again = record.next_attempt_at ? to_rfc3339(*record.next_attempt_at) : std::string("never");
  log::warn("notification attempt failed", {{"channel", record.channel},
                                            {"notification", record.notification.value},
                                            {"attempt", record.retry_count + 1},
                                            {"error", record.message},
                                            {"next", again}});
}

notifier_actor::behavior_type notifier(notifier_actor::stateful_pointer<notifier_shell> self, channel handle,
                                       notifier_neighbours neighbours) {
  auto& shell = self->state;
  shell.start(self, std::move(handle), std::move(neighbours));
  return {
      [&shell](caf::connect_atom, const caf::actor& dispatcher) {
        shell.connect(caf::actor_cast<dispatcher_actor>(dispatcher));
      },
      [&shell](reload_atom) { shell.reload(); },
      [&shell](deliver_atom, delivery_order& order) { shell.deliver(std::move(order)); },
      [&shell](retry_atom, notification_id id, std::int32_t attempt) { shell.retry(id, attempt); },
  };
}

} // namespace tocsin
