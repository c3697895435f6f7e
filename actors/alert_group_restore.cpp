#include <algorithm>
#include <unordered_map>
#include <utility>

#include "actors/alert_group_state.hpp"

// How a group goes on where another ended: after a restart, after a fault, with a new configuration.
namespace tocsin {

void alert_group_state::restore(timestamp now, const recovered_state& stored, duration grace) {
  restore_episodes(stored, now + grace);
  for (const auto& g : stored.groups) {
    if (g.id != record_.id) continue;
    record_.flush_at = g.flush_at;
    record_.flushed_at = g.flushed_at;
    record_.notified_at = g.notified_at;
    record_changed_ = g.route_key != record_.route_key || g.labels != record_.labels;
    stored_ = true;
  }
  restore_flaps(stored);
  restore_told(stored);
  flaps_.settle(now);
  std::erase_if(members_, [&](const auto& entry) { return is_over(now, entry.second); });
  for (auto& [labels, m] : members_) {
    note_deadline(m);
    // What is active and untold has a window in the record; without one (the route is new) it gets one now.
    const auto untold = m.active() && !m.muted && (own_mask() & ~m.told) != 0;
    const auto resolution_untold = !m.active() && m.told != 0 && !flaps_.flapping(labels);
    if ((untold || resolution_untold) && !record_.flush_at) open_window(now, m.alert.state.current_severity, now);
    if (m.muted && m.active()) flush_by(now);
  }
  arm_repeat();
}

void alert_group_state::restore_episodes(const recovered_state& stored, timestamp fires_until) {
  for (const auto& e : stored.episodes) {
    auto& m = members_[e.labels];
    // A re-fired alert has two episodes here while its channels still believe in the first: the later one counts.
    if (m.alert.id > e.id) continue;
    m.alert = e;
    m.owned = e.group == record_.id;
    m.muted = !e.state.suppressed_by.empty();
    if (e.state.ended_at) m.end_heard = *e.state.ended_at;
    if (m.active()) m.alert.state.expires_at = std::max(e.state.expires_at, fires_until);
    if (m.owned && m.active() && !policy_named(e.state.escalation.policy)) {
      start_escalation(m, e.state.escalation.since);
    }
  }
}

/// What the channels believe, and what is on its way to them.
void alert_group_state::restore_told(const recovered_state& stored) {
  std::unordered_map<episode_id, label_set> labels_of;
  for (const auto& e : stored.episodes) labels_of.emplace(e.id, e.labels);
  for (const auto& t : stored.told) {
    const auto found = labels_of.find(t.episode);
    if (t.group != record_.id || found == labels_of.end()) continue;
    auto& m = members_.at(found->second);
    for (const auto& name : t.channels) {
      if (auto index = channel_index(name)) m.told |= channel_mask{1} << *index;
    }
    m.wanted = m.told & ~own_mask();
    m.told_stored = m.told;
    if (flaps_.flapping(found->second)) m.flap_told = m.told;
  }
  for (const auto& u : stored.unfinished) {
    const auto index = channel_index(u.intent.channel);
    if (u.intent.group != record_.id || !index) continue;
    auto& o = outstanding_[u.intent.id];
    o.channel = *index;
    o.inherited = true;
    for (const auto& a : u.intent.alerts) {
      const auto found = labels_of.find(a.id);
      if (found == labels_of.end()) continue;
      ++members_.at(found->second).awaited;
      // Whether the channel knew of it before is not known any more: then it is better to tell it again.
      o.alerts.push_back({found->second, a, false});
    }
  }
}

void alert_group_state::restore_flaps(const recovered_state& stored) {
  for (const auto& r : stored.recent) {
    flaps_.note(r.received_at, r.labels);
    if (r.ended_at) flaps_.note(*r.ended_at, r.labels);
  }
}

recovered_state alert_group_state::snapshot() const {
  recovered_state all;
  all.groups.push_back(record_);
  for (const auto& [labels, m] : members_) {
    all.episodes.push_back(m.alert);
    if (m.told != 0) all.told.push_back({record_.id, m.alert.id, channel_names(m.told)});
  }
  for (const auto& [labels, changes] : flaps_.remembered()) {
    for (std::size_t i = 0; i < changes.size(); i += 2) {
      recent_episode r;
      r.group = record_.id;
      r.labels = labels;
      r.received_at = changes[i];
      if (i + 1 < changes.size()) r.ended_at = changes[i + 1];
      all.recent.push_back(std::move(r));
    }
  }
  for (const auto& [id, o] : outstanding_) {
    unfinished_notification u;
    u.intent.id = id;
    u.intent.group = record_.id;
    u.intent.channel = channels_[o.channel]->id;
    u.intent.receiver = channels_[o.channel]->receiver;
    u.intent.group_key = group_key_;
    u.intent.group_labels = record_.labels;
    for (const auto& a : o.alerts) u.intent.alerts.push_back(a.what);
    all.unfinished.push_back(std::move(u));
  }
  return all;
}

} // namespace tocsin
