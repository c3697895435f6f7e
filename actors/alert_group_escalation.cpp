#include <algorithm>
#include <utility>

#include "actors/alert_group_state.hpp"

// When nobody reacts: escalation by the clock and by hand, acknowledgement, resolution by hand.
namespace tocsin {

namespace {

/// Matchers of policies see the severity as it stands, not as it arrived.
bool matches_now(const std::vector<matcher>& matchers, const episode& e) {
  return std::all_of(matchers.begin(), matchers.end(), [&e](const matcher& m) {
    return m.name() == "severity" ? m.matches(to_string(e.state.current_severity)) : m.matches(e.labels);
  });
}

std::string reason_of(const config::escalation_step& step, severity before, severity after, const std::string& whom) {
  auto why = "not acknowledged for " + format_duration(step.after);
  if (before != after) {
    why += ", raised from ";
    why += to_string(before);
    why += " to ";
    why += to_string(after);
  }
  return why + whom;
}

act_result refused(act_result::outcome what, std::string message) {
  return {what, std::move(message), {}};
}

} // namespace

const config::escalation_policy* alert_group_state::policy_for(const member& m) const {
  for (const auto& p : context_.config->escalation) {
    if (matches_now(p.matchers, m.alert)) return &p;
  }
  return nullptr;
}

const config::escalation_policy* alert_group_state::policy_named(std::string_view name) const {
  for (const auto& p : context_.config->escalation) {
    if (p.name == name) return &p;
  }
  return nullptr;
}

const config::escalation_step* alert_group_state::next_step(const member& m) const {
  const auto& cursor = m.alert.state.escalation;
  const auto* policy = policy_named(cursor.policy);
  const auto index = static_cast<std::size_t>(cursor.step);
  return policy && index < policy->steps.size() ? &policy->steps[index] : nullptr;
}

/// A suppressed alert does not escalate: its cause does.
std::optional<timestamp> alert_group_state::escalation_due(const member& m) const {
  if (!m.owned || !m.active() || m.muted || m.alert.state.acknowledged_at) return std::nullopt;
  const auto* step = next_step(m);
  if (!step) return std::nullopt;
  return m.alert.state.escalation.since + step->after;
}

void alert_group_state::start_escalation(member& m, timestamp since) {
  const auto* policy = policy_for(m);
  m.alert.state.escalation = {policy ? policy->name : std::string{}, 0, since};
}

/// Whoever is on call at this moment, and the step's receiver; the group's own where that is nobody.
alert_group_state::told_by_step alert_group_state::told_by(timestamp now, const config::escalation_step* step) const {
  told_by_step found;
  if (step && !step->on_call.empty()) {
    const auto& rules = context_.config->on_call;
    const auto* schedule = rules.find_schedule(step->on_call);
    const auto overrides = context_.roster ? *context_.roster->get() : std::vector<on_call_override>{};
    const auto who = schedule ? on_call_at(*schedule, rules.in_force(overrides), now) : on_call_standing{};
    if (who.person.empty()) {
      found.words = ", nobody is on call for " + step->on_call;
    } else {
      found.receivers.push_back(config::receiver_of_person(who.person));
      found.words = ", told " + who.person + ", on call for " + step->on_call;
    }
  }
  if (step && !step->receiver.empty()) {
    found.receivers.push_back(step->receiver);
    found.words += ", told " + step->receiver;
  }
  if (found.receivers.empty()) found.receivers.push_back(route().receiver);
  return found;
}

std::vector<std::string> alert_group_state::take_step(timestamp now, member& m, escalation_level to, std::string why,
                                                      std::string_view by, group_effects& effects) {
  auto& state = m.alert.state;
  const auto from = state.level;
  const auto* step = next_step(m);
  auto told = told_by(now, step);
  if (step) {
    const auto before = state.current_severity;
    if (step->raise_to) state.current_severity = more_urgent(before, *step->raise_to);
    if (why.empty()) why = reason_of(*step, before, state.current_severity, told.words);
    const auto taken = state.escalation.policy;
    start_escalation(m, now);
    // Raising may bring another policy; under the same one the next step follows.
    if (state.escalation.policy == taken) {
      state.escalation.step = static_cast<std::int32_t>(step - policy_named(taken)->steps.data()) + 1;
    }
  }
  state.level = to;
  state.status = state.acknowledged_at ? episode_status::acknowledged : episode_status::escalated;
  effects.writes.escalations.push_back({m.alert.id, from, to, std::move(why), std::string(by), now});
  changed(m, effects);
  note_deadline(m);
  return std::move(told.receivers);
}

alert_group_state::channel_mask alert_group_state::want_told(member& m, const std::vector<std::string>& receivers) {
  channel_mask concerned = 0;
  for (const auto& receiver : receivers) concerned |= want_told(m, receiver);
  return concerned;
}

/// Marks the alert as one that the receiver's channels are to be told of; returns those channels.
alert_group_state::channel_mask alert_group_state::want_told(member& m, const std::string& receiver) {
  channel_mask concerned = 0;
  const auto* found = context_.config->find_receiver(receiver);
  if (!found) return concerned;
  for (const auto& c : found->channels) {
    if (const auto index = channel_index(c.id)) concerned |= channel_mask{1} << *index;
  }
  m.wanted |= concerned & ~own_mask();
  return concerned;
}

void alert_group_state::take_due_steps(timestamp now, group_effects& effects) {
  for (auto& [labels, m] : members_) {
    if (const auto due = escalation_due(m); due && *due <= now) {
      const auto receivers = take_step(now, m, m.alert.state.level.next(), {}, "system", effects);
      call_for(labels, want_told(m, receivers), notification_reason::escalated);
    }
    note_deadline(m);
  }
}

void alert_group_state::call_for(const label_set& labels, channel_mask channels, notification_reason reason) {
  calls_.push_back({labels, channels, reason});
  decide_ = true;
}

/// Tells of what was escalated, unless it is suppressed. A channel on which another
/// notification is on its way waits for that.
void alert_group_state::make_calls(timestamp now, group_effects& effects) {
  decide_ = false;
  const auto blocked = blocked_channels();
  std::vector<call> waiting;
  for (const auto reason : {notification_reason::escalated, notification_reason::cascade, notification_reason::fallback,
                            notification_reason::acknowledged}) {
    channel_mask concerned = 0;
    for (const auto& c : calls_) {
      const auto found = members_.find(c.labels);
      if (c.reason != reason || found == members_.end() || !found->second.active()) continue;
      const auto& m = found->second;
      if (m.muted || m.unasked) continue;
      concerned |= c.channels & ~blocked;
      if ((c.channels & blocked) != 0) waiting.push_back({c.labels, c.channels & blocked, c.reason});
    }
    notify_escalated(now, concerned, reason, effects);
  }
  waits_for_channel_ = waits_for_channel_ || !waiting.empty();
  calls_ = std::move(waiting);
}

void alert_group_state::notify_escalated(timestamp now, channel_mask concerned, notification_reason reason,
                                         group_effects& effects) {
  for (std::size_t i = 0; i < channels_.size(); ++i) {
    if ((concerned >> i & 1) == 0) continue;
    auto news = news_for(i);
    if (!news.firing.empty()) send(now, i, reason, std::move(news.firing), effects);
  }
  // That somebody took it calls nobody, so nobody was called.
  if (concerned == 0 || reason == notification_reason::acknowledged) return;
  record_.notified_at = now;
  record_changed_ = true;
  arm_repeat();
}

act_result alert_group_state::act(timestamp now, const act_request& request, group_effects& effects) {
  const auto found = members_.find(request.labels);
  if (found == members_.end() || found->second.alert.id != request.episode || !found->second.active()) {
    return refused(act_result::outcome::not_active,
                   "alert " + std::to_string(request.episode.value) + " is not active any more");
  }
  auto& m = found->second;
  auto result = request.what == act_request::kind::acknowledge ? acknowledge(now, request, m, effects)
                : request.what == act_request::kind::resolve   ? resolve(now, request, m, effects)
                : request.what == act_request::kind::raise     ? raise(now, request, m, effects)
                                                               : escalate(now, request, m, effects);
  arm_repeat();
  finish(now, effects);
  return result;
}

act_result alert_group_state::acknowledge(timestamp now, const act_request& request, member& m,
                                          group_effects& effects) {
  auto& state = m.alert.state;
  if (!state.acknowledged_at) state.acknowledged_at = now;
  state.acknowledged_by = request.by;
  state.status = episode_status::acknowledged;
  effects.writes.acknowledgements.push_back({m.alert.id, request.by, request.text, now});
  changed(m, effects);
  tell_acknowledged(m);
  return {act_result::outcome::done, {}, state};
}

/// An incident elsewhere stops calling people as soon as all that it is about is taken, not with the next
/// notification.
void alert_group_state::tell_acknowledged(const member& m) {
  for (std::size_t i = 0; i < channels_.size(); ++i) {
    const auto bit = channel_mask{1} << i;
    if ((m.told & bit) == 0 || !channels_[i]->keeps_incidents()) continue;
    const auto news = news_for(i);
    const auto taken = [](const member* one) { return one->alert.state.acknowledged_at.has_value(); };
    if (!news.firing.empty() && std::all_of(news.firing.begin(), news.firing.end(), taken)) {
      call_for(m.alert.labels, bit, notification_reason::acknowledged);
    }
  }
}

act_result alert_group_state::resolve(timestamp now, const act_request& request, member& m, group_effects& effects) {
  auto ended_at = now;
  if (request.resolution_time_seconds) {
    ended_at = m.alert.starts_at + std::chrono::seconds{*request.resolution_time_seconds};
  }
  m.ended_by_hand = true;
  end(now, ended_at, m, effects);
  return {act_result::outcome::done, {}, m.alert.state};
}

act_result alert_group_state::escalate(timestamp now, const act_request& request, member& m, group_effects& effects) {
  const escalation_level to{request.to_level};
  const auto from = m.alert.state.level;
  if (to <= from) {
    return refused(act_result::outcome::conflict, "alert " + std::to_string(request.episode.value) + " is at level "
                                                      + std::to_string(from.value())
                                                      + " already; levels only count up");
  }
  auto why = request.text.empty() ? std::string("by hand") : request.text;
  const auto receivers = take_step(now, m, to, std::move(why), request.by, effects);
  call_for(m.alert.labels, want_told(m, receivers), notification_reason::escalated);
  return {act_result::outcome::done, {}, m.alert.state};
}

/// One alert stands for a cascade: it becomes more urgent, and whoever is told of
/// that severity hears of it.
act_result alert_group_state::raise(timestamp now, const act_request& request, member& m, group_effects& effects) {
  auto& state = m.alert.state;
  const auto name = "alert " + std::to_string(request.episode.value);
  if (m.muted) return refused(act_result::outcome::conflict, name + " is suppressed: " + state.suppressed_by);
  if (state.acknowledged_at) return refused(act_result::outcome::conflict, name + " is acknowledged already");
  if (state.current_severity <= request.raise_to) {
    return refused(act_result::outcome::conflict, name + " is " + std::string(to_string(state.current_severity)));
  }
  const auto receivers =
      request.receiver.empty() ? told_by(now, next_step(m)).receivers : std::vector<std::string>{request.receiver};
  const auto from = state.level;
  state.current_severity = request.raise_to;
  state.level = from.next();
  state.status = status_while_active(state);
  start_escalation(m, now);
  effects.writes.escalations.push_back({m.alert.id, from, state.level, request.text, request.by, now});
  effects.writes.events.push_back({m.alert.id, event_kind::cascade, request.by, request.text, now});
  changed(m, effects);
  note_deadline(m);
  call_for(m.alert.labels, want_told(m, receivers), notification_reason::cascade);
  return {act_result::outcome::done, {}, state};
}

} // namespace tocsin
