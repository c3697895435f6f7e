#include "tests/actors/support.hpp"

#include <algorithm>
#include <stdexcept>

#include "actors/routing.hpp"

namespace tocsin::testing {

config::config_ptr load(std::string_view yaml) {
  const auto nothing = [](std::string_view) { return std::optional<std::string>{}; };
  auto loaded = config::load_text(yaml, "test.yml", nothing);
  if (!loaded) throw std::runtime_error(loaded.error().message);
  return *loaded;
}

alert firing(std::initializer_list<label_view> labels, timestamp began) {
  alert a;
  a.labels = label_set::of(labels);
  a.annotations = label_set::of({{"summary", "it burns"}});
  a.starts_at = began;
  a.ends_at = began + 1h;
  return a;
}

alert ended(std::initializer_list<label_view> labels, timestamp at, timestamp began) {
  auto a = firing(labels, began);
  a.ends_at = at;
  return a;
}

group::group(config::config_ptr config, std::initializer_list<label_view> example) : config_(std::move(config)) {
  state_ = std::make_unique<alert_group_state>(alert_group_state::context{config_, ids_},
                                               owner_of(*config_, label_set::of(example)), ids_->groups.next());
}

group::group(const group& other, timestamp now) : config_(other.config_), ids_(other.ids_), stored_(other.stored_) {
  state_ = std::make_unique<alert_group_state>(alert_group_state::context{config_, ids_}, other.state_->address(),
                                               other.state_->id());
  state_->restore(now, stored_, other.config_->resolve_timeout);
}

group group::restarted(timestamp now) const {
  return group(*this, now);
}

void group::suppress(std::string_view alertname, std::string reason) {
  suppressed_.emplace_back(alertname, std::move(reason));
}

group_effects group::settle(timestamp now, group_effects effects) {
  if (state_->decision_due(now)) {
    const auto question = state_->begin_decision(!suppressed_.empty());
    suppression_answer answer;
    for (const auto& labels : question.alerts) {
      auto& reason = answer.alerts.emplace_back();
      for (const auto& [name, why] : suppressed_) {
        if (labels.get("alertname") != name) continue;
        reason = {};
        if (!why.empty()) reason.what = suppression::kind::inhibited;
        reason.why = why;
      }
    }
    effects.append(state_->finish_decision(now, question, answer));
  }
  store(effects.writes);
  notified.insert(notified.end(), effects.notifications.begin(), effects.notifications.end());
  return effects;
}

group_effects group::ingest(timestamp now, std::vector<alert> alerts) {
  return settle(now, state_->ingest(now, alerts));
}

group_effects group::advance(timestamp now) {
  group_effects all;
  for (int turns = 0; state_->next_deadline() && *state_->next_deadline() <= now; ++turns) {
    if (turns > 10'000) throw std::logic_error("the group never comes to rest");
    const auto due = *state_->next_deadline();
    all.append(settle(due, state_->wake(due)));
  }
  return all;
}

act_result group::act(timestamp now, act_request request) {
  group_effects effects;
  auto result = state_->act(now, request, effects);
  settle(now, std::move(effects));
  return result;
}

group_effects group::report(timestamp now, notification_id id, bool delivered) {
  std::erase_if(stored_.unfinished, [id](const auto& u) { return u.intent.id == id; });
  return settle(now, state_->report(now, {id, delivered}));
}

const episode& group::find(std::initializer_list<label_view> labels) const {
  const auto* found = state_->find(label_set::of(labels));
  if (!found) throw std::logic_error("the group does not know that alert");
  return *found;
}

recovered_state group::stored() const {
  return stored_;
}

/// A storage that forgets nothing, in a few lines.
void group::store(const write_batch& writes) {
  for (const auto& o : writes.opened) stored_.episodes.push_back(o.alert);
  for (const auto& e : writes.events) events.push_back(e);
  for (const auto& u : writes.updated) {
    for (auto& e : stored_.episodes) {
      if (e.id == u.id) e.state = u.state;
    }
  }
  for (const auto& g : writes.groups) stored_.groups = {g};
  for (const auto& t : writes.told) {
    std::erase_if(stored_.told, [&t](const auto& old) { return old.episode == t.episode; });
    if (!t.channels.empty()) stored_.told.push_back(t);
  }
  for (const auto& i : writes.intents) stored_.unfinished.push_back({i, 0, i.created_at});
}

} // namespace tocsin::testing
