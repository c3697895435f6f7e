#include <algorithm>
#include <optional>

#include "actors/alert_group_state.hpp"

// When an alert group has to do something: its window, its repeats, the deadlines of its alerts.
namespace tocsin {

void alert_group_state::open_window(timestamp now, severity s, timestamp began) {
  const auto& r = route();
  const auto window = context_.config->defaults_for(s).window;
  if (record_.flushed_at) {
    flush_by(next_interval(now, window));
    return;
  }
  if (!r.group_wait) {
    flush_by(now + window);
    return;
  }
  // An alert that has waited long enough elsewhere does not wait again.
  flush_by(began + *r.group_wait < now ? now : now + *r.group_wait);
}

/// The next tick of the route's group interval, counted from the first flush;
/// where the route sets none, `otherwise` from now.
timestamp alert_group_state::next_interval(timestamp now, duration otherwise) const {
  const auto& interval = route().group_interval;
  if (!interval || !record_.flushed_at) return now + otherwise;
  const auto since = now - *record_.flushed_at;
  const auto ticks = since / *interval + 1;
  return *record_.flushed_at + ticks * *interval;
}

void alert_group_state::flush_by(timestamp when) {
  if (record_.flush_at && *record_.flush_at <= when) return;
  record_.flush_at = when;
  record_changed_ = true;
}

void alert_group_state::arm_repeat() {
  repeat_at_.reset();
  if (!record_.notified_at) return;
  std::optional<severity> worst;
  for (const auto& [labels, m] : members_) {
    if (!m.active() || m.muted || m.alert.state.acknowledged_at || (m.told & own_mask()) == 0) continue;
    const auto s = m.alert.state.current_severity;
    worst = worst ? more_urgent(*worst, s) : s;
  }
  if (!worst) return;
  const auto& r = route();
  const auto due =
      *record_.notified_at + r.repeat_interval.value_or(context_.config->defaults_for(*worst).repeat_interval);
  // With a group interval the repeat falls on a tick, as in Alertmanager.
  repeat_at_ = r.group_interval && record_.flushed_at ? next_interval(due - duration{1}, duration{1}) : due;
}

std::optional<timestamp> alert_group_state::deadline_of(const member& m) const {
  if (!m.owned || !m.active()) return std::nullopt;
  const auto due = escalation_due(m);
  return due ? std::min(*due, m.alert.state.expires_at) : m.alert.state.expires_at;
}

void alert_group_state::note_deadline(const member& m) {
  const auto due = deadline_of(m);
  if (due && (!member_deadline_ || *due < *member_deadline_)) member_deadline_ = due;
}

std::optional<timestamp> alert_group_state::next_deadline() const noexcept {
  std::optional<timestamp> next;
  for (const auto& candidate :
       {record_.flush_at, repeat_at_, persist_at_, member_deadline_, linger_until_, flaps_.next_deadline()}) {
    if (candidate && (!next || *candidate < *next)) next = candidate;
  }
  return next;
}

} // namespace tocsin
