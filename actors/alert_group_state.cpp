#include "actors/alert_group_state.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

// Construction and ingest. Beside it: windows and other deadlines in alert_group_deadlines.cpp,
// restoring in alert_group_restore.cpp, suppression in alert_group_suppression.cpp, the flush in
// alert_group_flush.cpp, escalation and acts in alert_group_escalation.cpp.
namespace tocsin {

namespace {

/// Counts and times of duplicates are written this long after the first of them:
/// late enough that a flood of duplicates costs one write, soon enough that a
/// person who looks sees them.
constexpr duration persist_delay = std::chrono::seconds{1};

} // namespace

void group_effects::append(group_effects&& other) {
  writes.append(std::move(other.writes));
  std::move(other.notifications.begin(), other.notifications.end(), std::back_inserter(notifications));
  std::move(other.mirrored.begin(), other.mirrored.end(), std::back_inserter(mirrored));
  std::move(other.sources.begin(), other.sources.end(), std::back_inserter(sources));
  std::move(other.silenced_ended.begin(), other.silenced_ended.end(), std::back_inserter(silenced_ended));
  std::move(other.correlated.begin(), other.correlated.end(), std::back_inserter(correlated));
  suppressed += other.suppressed;
  tally += other.tally;
}

alert_group_state::alert_group_state(context ctx, group_address address, group_id id)
    : context_(std::move(ctx)), address_(std::move(address)), flaps_(context_.config->flapping) {
  const auto& r = route();
  record_.id = id;
  record_.route_key = r.key;
  record_.labels = address_.labels;
  group_key_ = r.group_key(address_.labels);
  const auto& routes = context_.config->routes.routes();
  mirrors_ = std::any_of(routes.begin(), routes.end(), [](const auto& x) { return x.continues; });
  const auto* receiver = context_.config->find_receiver(r.receiver);
  if (!receiver) throw std::logic_error("route " + r.key + " names receiver " + r.receiver + ", which does not exist");
  for (const auto& c : receiver->channels) channels_.push_back(&c);
  own_channels_ = channels_.size();
}

group_effects alert_group_state::ingest(timestamp now, std::span<const alert> alerts) {
  group_effects effects;
  for (const auto& reported : alerts) take(now, reported, effects);
  finish(now, effects);
  return effects;
}

void alert_group_state::take(timestamp now, const alert& reported, group_effects& effects) {
  const auto found = members_.find(reported.labels);
  const auto known_active = found != members_.end() && found->second.active();
  if (reported.resolved_at(now)) {
    if (!known_active) {
      ++effects.tally.ignored;
      return;
    }
    ++effects.tally.resolved;
    take_over(reported, found->second, effects);
    end(now, std::max(reported.ends_at, found->second.alert.starts_at), found->second, effects);
    return;
  }
  if (known_active) {
    ++effects.tally.duplicates;
    repeat(now, reported, found->second, effects);
    return;
  }
  if (found != members_.end() && may_reopen(now, reported.labels, found->second)) {
    ++effects.tally.duplicates;
    reopen(now, reported, found->second, effects);
    return;
  }
  ++effects.tally.opened;
  open(now, reported, found == members_.end() ? members_[reported.labels] : found->second, effects);
}

void alert_group_state::open(timestamp now, const alert& reported, member& slot, group_effects& effects) {
  // The channels that still believe in the ended episode are not told again: for them it never stopped.
  if (slot.told_stored != 0) effects.writes.told.push_back({record_.id, slot.alert.id, {}});
  slot.told_stored = 0;
  sweep_ = sweep_ || slot.told != 0;
  slot.muted = false;
  slot.silenced = false;
  slot.owned = true;
  slot.ended_by_hand = false;

  auto& e = slot.alert;
  e = episode{};
  e.id = context_.ids->episodes.next();
  e.group = record_.id;
  e.labels = reported.labels;
  e.annotations = reported.annotations;
  e.generator_url = reported.generator_url;
  e.declared_severity = context_.config->severity_of(reported.labels);
  e.starts_at = reported.starts_at;
  e.received_at = now;
  e.state.current_severity = e.declared_severity;
  e.state.expires_at = reported.ends_at;
  e.state.timed_out_end = reported.timed_out_end;
  e.state.last_seen = now;
  start_escalation(slot, now);

  if (mirrors_) effects.mirrored.push_back(e);
  note_deadline(slot);
  open_window(now, e.declared_severity, e.starts_at);
  correlate(now, slot, false, effects);
  note_change(now, slot, effects);
  auto& opening = effects.writes.opened.emplace_back(e);
  opening.route = route().key;
  opening.window_until = record_.flush_at;
  const auto* advice = context_.config->advice_for(e.labels);
  if (advice && !advice->causes.empty()) opening.root_cause = advice->causes.front();
}

/// Whether an alert that ended counts as the same episode when it fires again now.
bool alert_group_state::may_reopen(timestamp now, const label_set& labels, const member& ended) const {
  if (!ended.owned || ended.ended_by_hand) return false;
  // One that comes and goes is one long episode until it has been calm.
  if (flaps_.flapping(labels)) return true;
  return now - ended.end_heard < context_.config->defaults_for(ended.alert.declared_severity).deduplication_window;
}

void alert_group_state::reopen(timestamp now, const alert& reported, member& known, group_effects& effects) {
  auto& e = known.alert;
  e.state.ended_at.reset();
  ++e.state.reopen_count;
  e.state.status = status_while_active(e.state);
  if (!flaps_.flapping(e.labels)) {
    effects.writes.events.push_back({e.id,
                                     event_kind::reopened,
                                     {},
                                     "fired again " + format_duration(now - known.end_heard) + " after its end",
                                     now});
  }
  repeat(now, reported, known, effects);
  open_window(now, e.state.current_severity, now);
  note_deadline(known);
  correlate(now, known, false, effects);
  changed(known, effects);
  note_change(now, known, effects);
}

/// An alert began or ended once more: is it flapping?
void alert_group_state::note_change(timestamp now, member& m, group_effects& effects) {
  if (!flaps_.note(now, m.alert.labels)) return;
  open_window(now, m.alert.state.current_severity, now);
  m.flap_told = 0;
  if (!m.owned) return;
  effects.writes.events.push_back({m.alert.id, event_kind::flapping, {}, flaps_.describe(m.alert.labels), now});
}

/// Those that flapped and have been calm are told as usual again.
void alert_group_state::calm_down(timestamp now, group_effects& effects) {
  for (const auto& labels : flaps_.settle(now)) {
    const auto found = members_.find(labels);
    if (found == members_.end()) continue;
    auto& m = found->second;
    m.flap_told = 0;
    sweep_ = true;
    decide_ = true;
    if (!m.active() && m.told != 0) flush_by(now);
    if (!m.owned) continue;
    effects.writes.events.push_back(
        {m.alert.id, event_kind::calmed, {}, "no change for " + format_duration(context_.config->flapping.calm), now});
  }
}

void alert_group_state::correlate(timestamp now, const member& m, bool ended, group_effects& effects) {
  const auto& rules = context_.config->correlation;
  if (!m.owned || (rules.clusters.empty() && rules.temporal.window == duration::zero())) return;
  effects.correlated.push_back({m.alert.id, m.alert.labels, m.alert.declared_severity, now, ended});
}

void alert_group_state::repeat(timestamp now, const alert& reported, member& known, group_effects& effects) {
  auto& e = known.alert;
  e.state.last_seen = now;
  ++e.state.occurrence_count;
  if (!keeps_end(e.state.expires_at, e.state.timed_out_end, reported.ends_at)) {
    e.state.expires_at = reported.ends_at;
    e.state.timed_out_end = reported.timed_out_end;
    note_deadline(known);
  }
  if (reannotate(reported.annotations, reported.generator_url, reported.starts_at, known, effects) && mirrors_) {
    effects.mirrored.push_back(e);
  }
  known.touched = true;
  expect_sightings(now);
}

/// What a report says about an alert beyond whether it fires; true when that is new.
bool alert_group_state::reannotate(const label_set& annotations, const std::string& generator_url, timestamp starts_at,
                                   member& known, group_effects& effects) {
  auto& e = known.alert;
  if (e.annotations == annotations && e.generator_url == generator_url && starts_at >= e.starts_at) return false;
  e.annotations = annotations;
  e.generator_url = generator_url;
  // Of two senders the one counts that saw it begin first.
  e.starts_at = std::min(e.starts_at, starts_at);
  effects.writes.reannotated.push_back({e.id, e.annotations, e.generator_url, e.starts_at});
  return true;
}

/// The last word counts, also where it comes with the end. Who reports an end and says nothing
/// about the alert, as `amtool alert add --end` does, takes no text away from who reads of it.
void alert_group_state::take_over(const alert& ending, member& known, group_effects& effects) {
  const auto& e = known.alert;
  reannotate(ending.annotations.empty() ? label_set(e.annotations) : ending.annotations,
             ending.generator_url.empty() ? std::string(e.generator_url) : ending.generator_url, ending.starts_at,
             known, effects);
}

void alert_group_state::end(timestamp now, timestamp ended_at, member& m, group_effects& effects) {
  auto& state = m.alert.state;
  state.status = episode_status::resolved;
  state.ended_at = ended_at;
  m.end_heard = now;
  sweep_ = true;
  changed(m, effects);
  correlate(now, m, true, effects);
  note_change(now, m, effects);
  if (m.silenced) effects.silenced_ended.push_back(m.alert.labels);
  if (context_.config->is_inhibition_source(m.alert.labels))
    effects.sources.push_back({m.alert.labels, ended_at, false});
  if (m.told != 0) open_window(now, state.current_severity, now);
}

/// Writes an owned member's state, and tells the groups that mirror it.
void alert_group_state::changed(member& m, group_effects& effects) {
  if (!m.owned) return;
  m.touched = false;
  effects.writes.updated.push_back({m.alert.id, m.alert.state});
  if (mirrors_) effects.mirrored.push_back(m.alert);
}

group_effects alert_group_state::mirror(timestamp now, std::span<const episode> episodes) {
  group_effects effects;
  for (const auto& e : episodes) take_mirrored(now, e, effects);
  finish(now, effects);
  return effects;
}

void alert_group_state::take_mirrored(timestamp now, const episode& reported, group_effects& effects) {
  const auto found = members_.find(reported.labels);
  if (found == members_.end()) {
    if (!reported.state.active()) return;
    auto& m = members_[reported.labels];
    m.alert = reported;
    m.owned = false;
    open_window(now, reported.state.current_severity, reported.starts_at);
    note_change(now, m, effects);
    return;
  }
  auto& m = found->second;
  if (m.owned || m.alert.id > reported.id) return;
  const auto fires_again = !m.active() && reported.state.active();
  const auto ended = m.active() && !reported.state.active();
  m.alert = reported;
  sweep_ = sweep_ || ended;
  if (ended) m.end_heard = now;
  if (ended || fires_again) note_change(now, m, effects);
  if (fires_again || (ended && m.told != 0)) open_window(now, reported.state.current_severity, reported.starts_at);
}

group_effects alert_group_state::wake(timestamp now) {
  group_effects effects;
  if (member_deadline_ && *member_deadline_ <= now) {
    member_deadline_.reset();
    for (auto& [labels, m] : members_) {
      if (m.owned && m.active() && m.alert.state.expires_at <= now) end(now, m.alert.state.expires_at, m, effects);
      const auto due = escalation_due(m);
      if (due && *due <= now) {
        decide_ = true;
      } else {
        note_deadline(m);
      }
    }
  }
  calm_down(now, effects);
  if (linger_until_ && *linger_until_ <= now) sweep_ = true;
  if (persist_at_ && *persist_at_ <= now) persist_touched(effects);
  finish(now, effects);
  return effects;
}

group_effects alert_group_state::persist() {
  group_effects effects;
  persist_touched(effects);
  return effects;
}

group_effects alert_group_state::seen(std::span<const sighting_report> reports) {
  group_effects effects;
  for (const auto& r : reports) {
    const auto found = members_.find(r.labels);
    if (found == members_.end() || !found->second.active() || !found->second.owned) continue;
    auto& m = found->second;
    auto& state = m.alert.state;
    state.occurrence_count += r.count;
    state.last_seen = std::max(state.last_seen, r.last_seen);
    m.touched = m.touched || r.count > 0;
    if (!r.ends_at) continue;
    state.expires_at = *r.ends_at;
    state.timed_out_end = r.timed_out_end;
    note_deadline(m);
    if (context_.config->is_inhibition_source(m.alert.labels))
      effects.sources.push_back({m.alert.labels, state.expires_at, false});
  }
  return effects;
}

void alert_group_state::expect_sightings(timestamp now) {
  if (!persist_at_) persist_at_ = now + persist_delay;
}

std::vector<label_set> alert_group_state::expiring(timestamp now) const {
  std::vector<label_set> labels;
  if (!member_deadline_ || *member_deadline_ > now) return labels;
  for (const auto& [key, m] : members_) {
    if (m.owned && m.active() && m.alert.state.expires_at <= now) labels.push_back(key);
  }
  return labels;
}

std::vector<label_set> alert_group_state::alerts() const {
  std::vector<label_set> labels;
  labels.reserve(members_.size());
  for (const auto& entry : members_) labels.push_back(entry.first);
  return labels;
}

void alert_group_state::persist_touched(group_effects& effects) {
  if (!persist_at_) return;
  persist_at_.reset();
  for (auto& [labels, m] : members_) {
    if (!m.touched || !m.owned) continue;
    m.touched = false;
    effects.writes.updated.push_back({m.alert.id, m.alert.state});
  }
}

/// What every change ends with: what a restart needs is written.
void alert_group_state::finish(timestamp now, group_effects& effects) {
  if (std::exchange(sweep_, false)) sweep(now, effects);
  // An empty group leaves nothing to remember.
  if (!record_changed_ || members_.empty()) return;
  record_changed_ = false;
  stored_ = true;
  effects.writes.groups.push_back(record_);
}

/// Writes what the channels now believe, and drops the members that are over.
void alert_group_state::sweep(timestamp now, group_effects& effects) {
  for (auto& [labels, m] : members_) {
    if (m.told == m.told_stored) continue;
    m.told_stored = m.told;
    effects.writes.told.push_back({record_.id, m.alert.id, channel_names(m.told)});
  }
  linger_until_.reset();
  std::erase_if(members_, [&](const auto& entry) { return is_over(now, entry.second); });
}

/// Nobody needs to know any more of it. One that may fire again as the same
/// episode lingers for that long.
bool alert_group_state::is_over(timestamp now, const member& m) {
  if (m.active() || m.told != 0 || m.awaited > 0 || flaps_.flapping(m.alert.labels)) return false;
  if (!m.owned || m.ended_by_hand) return true;
  const auto until = m.end_heard + context_.config->defaults_for(m.alert.declared_severity).deduplication_window;
  if (until <= now) return true;
  if (!linger_until_ || until < *linger_until_) linger_until_ = until;
  return false;
}

const episode* alert_group_state::find(const label_set& labels) const noexcept {
  const auto found = members_.find(labels);
  return found == members_.end() ? nullptr : &found->second.alert;
}

} // namespace tocsin
