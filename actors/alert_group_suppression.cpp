#include <algorithm>
#include <unordered_set>
#include <utility>

#include "actors/alert_group_state.hpp"
#include "protocols/label_values.hpp"

// What keeps an alert from being told: the suppressor's reasons, and duplicates in a coarse sense.
namespace tocsin {

namespace {

event_kind event_of(suppression::kind what) {
  switch (what) {
    case suppression::kind::inhibited: return event_kind::inhibited;
    case suppression::kind::silenced: return event_kind::silenced;
    case suppression::kind::muted: return event_kind::muted;
    case suppression::kind::deduplicated: return event_kind::deduplicated;
    case suppression::kind::none: break;
  }
  return event_kind::released;
}

std::string joined(const std::vector<std::string>& names) {
  std::string all;
  for (const auto& name : names) all.append(all.empty() ? "" : ", ").append(name);
  return all;
}

} // namespace

void alert_group_state::recheck(const silence& s) {
  decide_ = decide_ || std::any_of(members_.begin(), members_.end(), [&s](const auto& entry) {
              return entry.second.active() && s.matches(entry.first);
            });
}

/// It fires, or is told as if it did.
bool alert_group_state::may_tell(const label_set& labels, const member& m) const {
  return m.active() || flaps_.flapping(labels);
}

bool alert_group_state::needs_asking(const label_set& labels, const member& m) const {
  return may_tell(labels, m) && (asked_all_ || context_.config->is_inhibition_target(labels));
}

suppression_question alert_group_state::begin_decision(bool any_suppression) {
  suppression_question question;
  question.route = address_.route;
  const auto& r = route();
  asked_all_ = any_suppression || !r.mute_time_intervals.empty() || !r.active_time_intervals.empty();
  if (!asked_all_ && context_.config->inhibit_rules.empty()) return question;
  for (const auto& [labels, m] : members_) {
    if (needs_asking(labels, m)) question.alerts.push_back(labels);
  }
  return question;
}

void alert_group_state::apply_suppressions(timestamp now, const suppression_question& question,
                                           const suppression_answer& answer, group_effects& effects) {
  reasons why;
  for (std::size_t i = 0; i < std::min(question.alerts.size(), answer.alerts.size()); ++i) {
    if (answer.alerts[i]) why.emplace(question.alerts[i], answer.alerts[i]);
  }
  const std::unordered_set<label_set> asked(question.alerts.begin(), question.alerts.end());
  for (auto& [labels, m] : members_) {
    m.unasked = !asked.empty() && !asked.contains(labels) && needs_asking(labels, m);
  }
  add_coarse_duplicates(why);
  const auto nothing_to_say = why.empty() && flaps_.empty();
  for (auto& [labels, m] : members_) {
    // What most alerts of most groups are: told, and nothing said against it.
    if (nothing_to_say && !m.muted && m.alert.state.suppressed_by.empty()) continue;
    if (m.unasked || !may_tell(labels, m)) continue;
    const auto found = why.find(labels);
    suppress(now, m, found == why.end() ? suppression{} : found->second, effects);
  }
}

/// What came while the suppressor was asked has its window from now on.
void alert_group_state::put_off_unasked(timestamp now) {
  for (auto& [labels, m] : members_) {
    if (std::exchange(m.unasked, false)) open_window(now, m.alert.state.current_severity, m.alert.starts_at);
  }
}

/// Alerts with the same values of the labels that count, beginning within the
/// window of their severity, are told as one: the first of them, with its count.
void alert_group_state::add_coarse_duplicates(reasons& why) {
  counted_with_.clear();
  const auto& names = context_.config->deduplication.labels;
  if (names.empty()) return;
  std::unordered_map<std::string, std::vector<const episode*>> alike;
  for (const auto& [labels, m] : members_) {
    if (!m.active() || m.unasked || why.contains(labels)) continue;
    std::string key;
    append_values(key, names, labels);
    alike[std::move(key)].push_back(&m.alert);
  }
  for (auto& [key, alerts] : alike) {
    // By the sender's times, so that the order of arrival makes no difference.
    std::sort(alerts.begin(), alerts.end(), [](const episode* a, const episode* b) {
      return a->starts_at != b->starts_at ? a->starts_at < b->starts_at : a->labels < b->labels;
    });
    const auto* first = alerts.front();
    for (const auto* e : alerts) {
      if (e == first) continue;
      if (e->starts_at - first->starts_at >= context_.config->defaults_for(e->declared_severity).deduplication_window) {
        first = e;
        continue;
      }
      counted_with_[first->labels] += e->state.occurrence_count;
      const auto id = std::to_string(first->id.value);
      why[e->labels] = {suppression::kind::deduplicated,
                        id,
                        "told as one with alert " + id + ", which has the same " + joined(names),
                        {},
                        {}};
    }
  }
}

void alert_group_state::suppress(timestamp now, member& m, const suppression& why, group_effects& effects) {
  const auto was_muted = std::exchange(m.muted, static_cast<bool>(why));
  m.silenced = why.what == suppression::kind::silenced;
  if (!m.owned || !m.active()) return;
  auto& state = m.alert.state;
  const auto& labels = m.alert.labels;
  const auto text = why ? why.why : flaps_.flapping(labels) ? flaps_.describe(labels) : std::string{};
  if (state.suppressed_by == text) return;
  note_suppression(now, m, why, state.suppressed_by, effects);
  state.suppressed_by = text;
  state.status = text.empty() ? status_while_active(state) : episode_status::suppressed;
  // Its escalation stood still meanwhile; people get the full time from now on.
  if (was_muted && !m.muted) state.escalation.since = now;
  note_deadline(m);
  changed(m, effects);
}

void alert_group_state::note_suppression(timestamp now, const member& m, const suppression& why,
                                         const std::string& before, group_effects& effects) {
  if (why) {
    ++effects.suppressed;
    effects.writes.events.push_back({m.alert.id, event_of(why.what), why.by, why.why, now});
    if (!why.cause.empty()) effects.writes.causes.push_back({m.alert.id, why.cause});
    return;
  }
  if (!before.empty() && !flaps_.flapping(m.alert.labels)) {
    effects.writes.events.push_back({m.alert.id, event_kind::released, {}, "no longer " + before, now});
  }
}

} // namespace tocsin
