#include "actors/on_call_desk.hpp"

#include <algorithm>
#include <utility>

namespace tocsin {

namespace {

constexpr duration longest_override = std::chrono::hours{24 * 90};
constexpr duration kept_after_end = std::chrono::hours{24 * 90};

override_answer refused(std::string parameter, std::string message) {
  return {override_answer::outcome::invalid, std::move(message), std::move(parameter), {}};
}

} // namespace

override_answer check_override(const config::on_call_rules& rules, on_call_override wanted, timestamp now,
                               const std::function<std::string()>& new_id) {
  if (!rules.find_schedule(wanted.schedule)) return refused("schedule", "there is no schedule " + wanted.schedule);
  const auto* person = rules.find_person(wanted.person);
  if (!person) return refused("person", "there is no " + wanted.person + " among on_call.people");
  if (!person->reachable) return refused("person", wanted.person + " has no channel; see on_call.people");
  if (wanted.ends_at <= wanted.starts_at) return refused("ends_at", "ends_at: expected a time after starts_at");
  if (wanted.ends_at <= now) return refused("ends_at", "ends_at: expected a time to come");
  if (wanted.ends_at - wanted.starts_at > longest_override) {
    return refused("ends_at", "ends_at: expected at most 90 days after starts_at; change the schedule instead");
  }
  wanted.id = new_id();
  wanted.created_at = now;
  wanted.ended_by.clear();
  return {override_answer::outcome::done, {}, {}, std::move(wanted)};
}

std::vector<std::string> forgettable(const std::vector<on_call_override>& overrides, timestamp now) {
  std::vector<std::string> ids;
  for (const auto& o : overrides) {
    if (o.ends_at + kept_after_end <= now) ids.push_back(o.id);
  }
  return ids;
}

void on_call_desk_shell::start(pointer self, desk_neighbours neighbours) {
  self_ = self;
  neighbours_ = std::move(neighbours);
}

caf::typed_response_promise<override_answer> on_call_desk_shell::set(const on_call_override& wanted) {
  return answer_when_written(
      check_override(neighbours_.config->get()->on_call, wanted, neighbours_.time.now(), new_id_));
}

caf::typed_response_promise<override_answer> on_call_desk_shell::end(const std::string& id, const std::string& by) {
  const auto now = neighbours_.time.now();
  const auto known = neighbours_.roster->get();
  const auto found = std::find_if(known->begin(), known->end(), [&id](const auto& o) { return o.id == id; });
  override_answer answer;
  if (found == known->end() || found->ends_at <= now) {
    answer.what = override_answer::outcome::not_found;
    answer.message = "there is no override " + id + " that is not over";
  } else {
    answer.made = *found;
    answer.made.ends_at = now;
    // One that has not begun never holds.
    answer.made.starts_at = std::min(answer.made.starts_at, now);
    answer.made.ended_by = by;
  }
  return answer_when_written(std::move(answer));
}

caf::typed_response_promise<override_answer> on_call_desk_shell::answer_when_written(override_answer answer) {
  auto promise = self_->make_response_promise<override_answer>();
  if (answer.what != override_answer::outcome::done) return promise.deliver(std::move(answer));
  write_batch writes;
  writes.overrides.push_back(answer.made);
  writes.forgotten_overrides = forgettable(*neighbours_.roster->get(), neighbours_.time.now());
  const auto forgotten = writes.forgotten_overrides;
  self_->request(neighbours_.history, caf::infinite, write_atom_v, std::move(writes))
      .then(
          [this, promise, forgotten, answer = std::move(answer)](caf::ok_atom) mutable {
            publish(answer.made, forgotten);
            promise.deliver(std::move(answer));
          },
          [promise](const caf::error& e) mutable { promise.deliver(e); });
  return promise;
}

void on_call_desk_shell::publish(const on_call_override& changed, const std::vector<std::string>& forgotten) {
  auto next = *neighbours_.roster->get();
  std::erase_if(next, [&](const on_call_override& o) {
    return o.id == changed.id || std::find(forgotten.begin(), forgotten.end(), o.id) != forgotten.end();
  });
  next.push_back(changed);
  neighbours_.roster->publish(std::move(next));
}

on_call_desk_actor::behavior_type on_call_desk(on_call_desk_actor::stateful_pointer<on_call_desk_shell> self,
                                               desk_neighbours neighbours) {
  auto& shell = self->state;
  shell.start(self, std::move(neighbours));
  return {
      [&shell](override_atom, const on_call_override& wanted) { return shell.set(wanted); },
      [&shell](expire_atom, const std::string& id, const std::string& by) { return shell.end(id, by); },
  };
}

} // namespace tocsin
