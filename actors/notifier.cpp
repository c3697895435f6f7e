#include "actors/notifier.hpp"

#include <algorithm>
#include <utility>

#include "actors/log.hpp"

namespace tocsin {

void notifier_shell::start(pointer self, channel handle, notifier_neighbours neighbours) {
  self_ = self;
  neighbours_ = std::move(neighbours);
  state_ = std::make_unique<notifier_state>(std::move(handle));
  for (const auto& c : neighbours_.sent_today) {
    if (c.channel == state_->handle().id) state_->sent_before(c);
  }
  note_spending(0);
}

void notifier_shell::reload() {
  const auto config = neighbours_.config->get();
  if (const auto* same = config->find_channel(state_->handle().id)) {
    state_->configure(*same);
    return note_spending(0);
  }
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

caf::typed_response_promise<test_report> notifier_shell::try_out(delivery_order order) {
  auto promise = self_->make_response_promise<test_report>();
  tests_.emplace(order.what.id, awaited_test{promise, {}});
  deliver(std::move(order));
  return promise;
}

void notifier_shell::carry_out(notifier_effects effects) {
  const auto now = neighbours_.time.now();
  for (const auto& w : effects.waits) {
    self_->delayed_send(self_, std::max(w.due - now, duration::zero()), retry_atom_v, w.id, w.attempt);
  }
  for (const auto id : effects.attempts) attempt(id);
  for (auto& drill : effects.drills) {
    if (neighbours_.drills) self_->send(neighbours_.drills, report_atom_v, std::move(drill));
  }
  note_spending(effects.accepted);
  if (effects.records.empty()) {
    if (retired_ && state_->pending() == 0) self_->quit();
    return;
  }

  write_batch writes;
  for (const auto& record : effects.records) count(record);
  take_tests(effects.records);
  writes.attempts = std::move(effects.records);
  auto report = [this, reports = std::move(effects.reports)] {
    pass_on(reports);
    if (retired_ && state_->pending() == 0) self_->quit();
  };
  self_->request(neighbours_.history, caf::infinite, write_atom_v, std::move(writes))
      .then([report](caf::ok_atom) { report(); },
            // The receiver has it (or not) whether we can write that down or not.
            [report](const caf::error&) { report(); });
}

void notifier_shell::take_tests(const std::vector<attempt_record>& records) {
  if (tests_.empty()) return;
  for (const auto& record : records) {
    const auto test = tests_.find(record.notification);
    if (test != tests_.end()) test->second.report.attempts.push_back(record);
  }
}

/// To the groups; what was a test goes to whoever asked for it.
void notifier_shell::pass_on(const std::vector<std::pair<group_id, delivery_report>>& reports) {
  for (const auto& [group, r] : reports) {
    auto test = tests_.extract(r.notification);
    if (test.empty()) {
      self_->send(dispatcher_, report_atom_v, group, r);
      continue;
    }
    auto& [promise, report] = test.mapped();
    report.delivered = r.delivered;
    promise.deliver(std::move(report));
  }
}

void notifier_shell::note_spending(std::size_t accepted) {
  const auto& c = state_->handle();
  if (accepted > 0 && c.cost_per_message > 0) {
    neighbours_.counts->cost(c.id, c.cost_per_message * static_cast<double>(accepted));
  }
  if (const auto left = state_->budget_left(neighbours_.time.now())) neighbours_.counts->budget_left(c.id, *left);
}

void notifier_shell::attempt(notification_id id) {
  auto context = neighbours_.rendering;
  context.now = neighbours_.time.now();
  context.only_to = state_->only_to(id);
  // Files of templates may change without the channel.
  context.templates = neighbours_.config->get()->templates;
  auto worded = render(state_->handle(), state_->what(id), context);
  note_failures(id, worded.failures);
  if (!worded.message) return unsendable(id, worded.failures);
  auto message = *std::move(worded.message);
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

void notifier_shell::note_failures(notification_id id, const std::vector<std::string>& failures) {
  if (failures.empty()) return;
  neighbours_.counts->templates_failed(state_->handle().id, failures.size());
  for (const auto& why : failures) {
    log::warn("template failed", {{"channel", state_->handle().id}, {"notification", id.value}, {"error", why}});
  }
}

/// There is nothing to send: another attempt would not have it either.
void notifier_shell::unsendable(notification_id id, const std::vector<std::string>& failures) {
  const auto before = state_->pending();
  auto effects = state_->unsendable(neighbours_.time.now(), id, "no message: " + failures.back());
  neighbours_.counts->notifications_pending(static_cast<std::int64_t>(state_->pending())
                                            - static_cast<std::int64_t>(before));
  carry_out(std::move(effects));
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
      [&shell](test_atom, delivery_order& order) { return shell.try_out(std::move(order)); },
      [&shell](retry_atom, notification_id id, std::int32_t attempt) { shell.retry(id, attempt); },
  };
}

} // namespace tocsin
