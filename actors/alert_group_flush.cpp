#include <algorithm>
#include <utility>

#include "actors/alert_group_state.hpp"

// What an alert group tells its channels, and what it does when they could not be told.
namespace tocsin {

namespace {

/// How soon a suppressed alert is looked at again, where the route has no group interval.
constexpr duration mute_recheck = std::chrono::seconds{30};
/// How soon a notification that failed for good is tried anew, where the route has no group interval.
constexpr duration failure_retry = std::chrono::minutes{1};
/// A resolved notification that could not be delivered for this long is given up.
constexpr duration resolution_patience = std::chrono::hours{24};

} // namespace

std::vector<alert_advice> hints_for(const config::config& config, const std::vector<notified_alert>& alerts) {
  std::vector<alert_advice> hints;
  for (const auto& a : alerts) {
    const auto name = a.labels.get("alertname");
    const auto same = [name](const alert_advice& h) { return h.alert_name == name; };
    if (std::any_of(hints.begin(), hints.end(), same)) continue;
    if (const auto* advice = config.advice_for(a.labels)) hints.push_back({std::string(name), *advice});
  }
  return hints;
}

std::optional<notification_reason> alert_group_state::channel_news::reason(bool send_resolved, bool repeat_due) const {
  if (fresh > 0) return knows_any ? notification_reason::new_alerts_added : notification_reason::first_notification;
  if (flapping > 0) return notification_reason::flapping;
  if (!gone.empty() && send_resolved) {
    return firing.empty() ? notification_reason::all_alerts_resolved : notification_reason::some_alerts_resolved;
  }
  if (repeat_due && !firing.empty()) return notification_reason::repeat_interval_elapsed;
  return std::nullopt;
}

bool alert_group_state::decision_due(timestamp now) const noexcept {
  return decide_ || tell_due(now);
}

bool alert_group_state::tell_due(timestamp now) const noexcept {
  return (record_.flush_at && *record_.flush_at <= now) || (repeat_at_ && *repeat_at_ <= now);
}

group_effects alert_group_state::finish_decision(timestamp now, const suppression_question& question,
                                                 const suppression_answer& answer) {
  group_effects effects;
  decide_ = false;
  waits_for_channel_ = false;
  apply_suppressions(now, question, answer, effects);
  take_due_steps(now, effects);
  make_calls(now, effects);
  if (tell_due(now)) tell_all(now, effects);
  put_off_unasked(now);
  const auto muted = [this](const auto& entry) { return entry.second.muted && may_tell(entry.first, entry.second); };
  if (std::any_of(members_.begin(), members_.end(), muted)) flush_by(next_interval(now, mute_recheck));
  arm_repeat();
  finish(now, effects);
  return effects;
}

void alert_group_state::tell_all(timestamp now, group_effects& effects) {
  const auto repeat_due = repeat_at_ && *repeat_at_ <= now;
  bool told_anybody = false;
  for (std::size_t i = 0; i < channels_.size(); ++i) {
    if (flush_channel(now, i, repeat_due && i < own_channels_, effects)) told_anybody = true;
  }
  if (!record_.flushed_at) record_.flushed_at = now;
  if (told_anybody) record_.notified_at = now;
  record_.flush_at.reset();
  record_changed_ = true;
}

alert_group_state::channel_news alert_group_state::news_for(std::size_t index) {
  const auto bit = channel_mask{1} << index;
  const auto own = index < own_channels_;
  channel_news news;
  for (auto& [labels, m] : members_) {
    const auto known = (m.told & bit) != 0;
    const auto held = flaps_.flapping(labels);
    const auto concerned = !m.muted && !m.unasked && (own || (m.wanted & bit) != 0)
                           && channels_[index]->takes(m.alert.state.current_severity);
    news.knows_any = news.knows_any || known;
    // One that comes and goes is told once, as if it fired; its ends are kept back until it has been calm.
    if (held && concerned && (m.flap_told & bit) == 0) {
      news.firing.push_back(&m);
      ++news.flapping;
    } else if (m.active() && concerned) {
      news.firing.push_back(&m);
      if (!known) ++news.fresh;
    } else if (!m.active() && known && !held) {
      news.gone.push_back(&m);
    }
  }
  return news;
}

/// Tells one channel what it does not know. Returns whether there was anything to tell.
bool alert_group_state::flush_channel(timestamp now, std::size_t index, bool repeat_due, group_effects& effects) {
  const auto& c = *channels_[index];
  const auto bit = channel_mask{1} << index;
  auto news = news_for(index);
  const auto reason = news.reason(c.send_resolved, repeat_due || (retell_ & bit) != 0);
  if (reason && (blocked_channels() & bit) != 0) {
    waits_for_channel_ = true;
    return true;
  }
  if (reason) {
    auto content = news.firing;
    if (c.send_resolved) content.insert(content.end(), news.gone.begin(), news.gone.end());
    send(now, index, *reason, std::move(content), effects);
  }
  if (!c.send_resolved) {
    for (auto* m : news.gone) m->told &= ~bit;
    sweep_ = sweep_ || !news.gone.empty();
  }
  return reason.has_value();
}

void alert_group_state::send(timestamp now, std::size_t index, notification_reason reason, std::vector<member*> content,
                             group_effects& effects) {
  std::sort(content.begin(), content.end(), [](const member* a, const member* b) {
    if (a->alert.starts_at != b->alert.starts_at) return a->alert.starts_at < b->alert.starts_at;
    return a->alert.labels < b->alert.labels;
  });
  const auto& c = *channels_[index];
  const auto bit = channel_mask{1} << index;
  notification n;
  n.id = context_.ids->notifications.next();
  n.group = record_.id;
  n.group_key = group_key_;
  n.channel = c.id;
  n.receiver = c.receiver;
  n.reason = reason;
  n.group_labels = record_.labels;
  n.route_labels = route().labels;
  n.created_at = now;
  notification_intent intent{n.id, n.group, n.channel, n.receiver, reason, group_key_, record_.labels, now, {}};
  auto& waiting = outstanding_[n.id];
  waiting.channel = index;
  retell_ &= ~bit;
  for (auto* m : content) {
    const auto held = flaps_.flapping(m->alert.labels);
    const notified_episode entry{m->alert.id, !m->active() && !held};
    n.alerts.push_back(as_told(*m, held));
    intent.alerts.push_back(entry);
    waiting.alerts.push_back({m->alert.labels, entry, (m->told & bit) == 0});
    ++m->awaited;
    m->told = entry.resolved ? m->told & ~bit : m->told | bit;
    if (held) m->flap_told |= bit;
  }
  n.hints = hints_for(*context_.config, n.alerts);
  sweep_ = true;
  effects.writes.intents.push_back(std::move(intent));
  effects.notifications.push_back(std::move(n));
}

/// The alert as its channels are told of it now.
notified_alert alert_group_state::as_told(const member& m, bool held) const {
  auto told = told_as(m.alert);
  told.flapping = held;
  if (held) told.ended_at.reset();
  if (const auto more = counted_with_.find(m.alert.labels); more != counted_with_.end()) {
    told.occurrence_count += more->second;
  }
  return told;
}

group_effects alert_group_state::report(timestamp now, const delivery_report& report) {
  group_effects effects;
  auto node = outstanding_.extract(report.notification);
  if (node.empty()) return effects;
  const auto& over = node.mapped();
  for (const auto& a : over.alerts) {
    const auto found = members_.find(a.labels);
    if (found != members_.end() && found->second.awaited > 0) --found->second.awaited;
  }
  if (!report.delivered) tell_failed(now, over, report);
  if (over.inherited && waits_for_channel_) {
    decide_ = true;
    flush_by(now);
  }
  sweep_ = true;
  arm_repeat();
  finish(now, effects);
  return effects;
}

/// Takes back what a notification that failed for good was to tell, so that the
/// next flush tells it. What the channel knew before, it still believes.
void alert_group_state::tell_failed(timestamp now, const outstanding& failed, const delivery_report& how) {
  const auto bit = channel_mask{1} << failed.channel;
  bool untold = false;
  for (const auto& a : failed.alerts) {
    const auto found = members_.find(a.labels);
    if (found == members_.end() || told_of_later(failed.channel, a.labels)) continue;
    auto& m = found->second;
    if (a.what.resolved) {
      if (now - m.alert.state.ended_at.value_or(now) >= resolution_patience) continue;
      m.told |= bit;
      untold = true;
      continue;
    }
    if (a.fresh) m.told &= ~bit;
    m.flap_told &= ~bit;
    if (!may_tell(a.labels, m)) continue;
    if (!a.fresh) retell_ |= bit;
    untold = true;
  }
  if (untold) flush_by(how.not_before.value_or(next_interval(now, failure_retry)));
  fall_back(failed, how.instead);
}

/// What a channel could not be told, `instead` or its receiver's fallback is, as far as they do not know it.
void alert_group_state::fall_back(const outstanding& failed, const std::string& instead) {
  const auto* receiver = context_.config->find_receiver(channels_[failed.channel]->receiver);
  const auto& heir = instead.empty() && receiver ? receiver->fallback : instead;
  if (heir.empty()) return;
  for (const auto& a : failed.alerts) {
    const auto found = members_.find(a.labels);
    if (a.what.resolved || found == members_.end() || !found->second.active()) continue;
    auto& m = found->second;
    const auto unaware = want_told(m, heir) & ~m.told;
    if (unaware != 0) call_for(a.labels, unaware, notification_reason::fallback);
  }
}

/// Channels on which a notification is on its way that must not be overtaken.
alert_group_state::channel_mask alert_group_state::blocked_channels() const noexcept {
  channel_mask blocked = 0;
  for (const auto& [id, o] : outstanding_) {
    if (o.inherited) blocked |= channel_mask{1} << o.channel;
  }
  return blocked;
}

/// A later notification on that channel, not over yet, tells of the alert too.
bool alert_group_state::told_of_later(std::size_t index, const label_set& labels) const {
  return std::any_of(outstanding_.begin(), outstanding_.end(), [&](const auto& entry) {
    const auto& later = entry.second;
    return later.channel == index
           && std::any_of(later.alerts.begin(), later.alerts.end(), [&](const auto& a) { return a.labels == labels; });
  });
}

std::optional<std::size_t> alert_group_state::channel_index(std::string_view id) {
  for (std::size_t i = 0; i < channels_.size(); ++i) {
    if (channels_[i]->id == id) return i;
  }
  if (channels_.size() >= sizeof(channel_mask) * 8) return std::nullopt;
  for (const auto& [name, receiver] : context_.config->receivers) {
    for (const auto& c : receiver.channels) {
      if (c.id != id) continue;
      channels_.push_back(&c);
      return channels_.size() - 1;
    }
  }
  return std::nullopt;
}

alert_group_state::channel_mask alert_group_state::own_mask() const noexcept {
  return own_channels_ == 0 ? 0 : ~channel_mask{0} >> (sizeof(channel_mask) * 8 - own_channels_);
}

std::vector<std::string> alert_group_state::channel_names(channel_mask mask) const {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < channels_.size(); ++i) {
    if ((mask >> i & 1) != 0) names.push_back(channels_[i]->id);
  }
  return names;
}

} // namespace tocsin
