#include "actors/silence_book.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace tocsin {

namespace {

/// How often a recurring silence is looked at: its intervals are whole minutes.
constexpr duration recurrence_step = std::chrono::minutes{1};
/// How long after a start the alerts of a silence that ends with them have time to ask.
constexpr duration start_grace = std::chrono::minutes{1};

constexpr const char* start_after_end = "Failed to create silence: start time must be before end time";
constexpr const char* ends_in_the_past = "Failed to create silence: end time can't be in the past";
constexpr const char* silences_everything =
    "invalid silence: matcher set 0: at least one matcher must not match the empty string";

bool same_second(timestamp a, timestamp b) {
  return std::chrono::floor<std::chrono::seconds>(a) == std::chrono::floor<std::chrono::seconds>(b);
}

/// As Alertmanager sees it, a negative matcher never does.
bool matches_empty(const matcher& m) {
  return (m.op() == match_op::equal || m.op() == match_op::regex) && m.matches(std::string_view{});
}

bool matches_everything(const std::vector<matcher>& matchers) {
  return std::all_of(matchers.begin(), matchers.end(), matches_empty);
}

/// Why it cannot be, in Alertmanager's words; null when it can.
const char* objection(timestamp now, const silence& s) {
  if (s.starts_at >= s.ends_at) return start_after_end;
  if (s.ends_at < now) return ends_in_the_past;
  return matches_everything(s.matchers) ? silences_everything : nullptr;
}

/// Whether the change keeps the silence's identity. The rules are Alertmanager's.
bool only_moves_times(timestamp now, const silence& old, const silence& wanted) {
  if (old.matchers != wanted.matchers || old.recurrence != wanted.recurrence) return false;
  switch (old.status_at(now)) {
    case silence_status::active: return same_second(old.starts_at, wanted.starts_at) && wanted.ends_at >= now;
    case silence_status::pending: return wanted.starts_at >= now;
    case silence_status::expired: return false;
  }
  return false;
}

silence_answer refused(silence_answer::outcome what, std::string message) {
  return {what, std::move(message), {}};
}

timestamp next_minute(timestamp now) {
  return std::chrono::floor<std::chrono::minutes>(now) + recurrence_step;
}

} // namespace

void silence_book::restore(timestamp now, const std::vector<silence>& stored) {
  silence_effects nobody_need_be_told;
  for (const auto& s : stored) {
    auto& e = put(s);
    if (s.expire_on_resolve && s.matched_at) e.look_at = now + start_grace;
    look(now, e, nobody_need_be_told);
  }
}

/// Files a silence that is new or changed.
silence_book::entry& silence_book::put(silence s) {
  auto& e = by_id_[s.id];
  if (e.indexed) index_.remove(e.slot);
  if (!e.indexed) ++in_force_;
  if (e.slot == 0) {
    e.slot = ++last_slot_;
    by_slot_.emplace(e.slot, &e);
  }
  index_.add(e.slot, s.matchers);
  e.indexed = true;
  e.what = std::move(s);
  return e;
}

void silence_book::forget(const std::string& id) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return;
  const auto& e = found->second;
  if (e.indexed) {
    index_.remove(e.slot);
    --in_force_;
  }
  by_slot_.erase(e.slot);
  by_id_.erase(found);
}

void silence_book::take_back(timestamp now, const silence_effects& effects) {
  silence_effects nobody_was_told;
  for (auto it = effects.before.rbegin(); it != effects.before.rend(); ++it) {
    const auto& [id, old] = *it;
    if (old) {
      look(now, put(*old), nobody_was_told);
    } else {
      forget(id);
    }
  }
}

/// Notes whether it holds now, and takes an expired one out of the index.
void silence_book::look(timestamp now, entry& e, silence_effects& effects) {
  const auto holds = e.what.holds_at(now);
  if (holds != e.holds) {
    e.holds = holds;
    effects.changed.push_back(e.what);
  }
  if (!e.indexed || e.what.status_at(now) != silence_status::expired) return;
  index_.remove(e.slot);
  e.indexed = false;
  --in_force_;
}

silence_answer silence_book::set(timestamp now, silence wanted, silence_effects& effects) {
  if (const auto* why = objection(now, wanted)) return refused(silence_answer::outcome::invalid, why);
  if (!wanted.id.empty()) {
    const auto found = by_id_.find(wanted.id);
    if (found == by_id_.end()) return refused(silence_answer::outcome::not_found, "silence not found");
    auto& old = found->second;
    if (only_moves_times(now, old.what, wanted)) {
      update_in_place(now, old, std::move(wanted), effects);
      return {silence_answer::outcome::done, {}, found->first};
    }
    if (old.what.status_at(now) != silence_status::expired) {
      end(now, old, wanted.created_by, "replaced by another: " + wanted.comment, effects);
    }
  }
  wanted.id = new_id_();
  wanted.starts_at = std::max(wanted.starts_at, now);
  wanted.updated_at = now;
  wanted.matched_at.reset();
  effects.before.emplace_back(wanted.id, std::nullopt);
  auto& e = put(std::move(wanted));
  effects.writes.silences.push_back(e.what);
  effects.writes.silence_changes.push_back(
      {e.what.id, silence_change::kind::created, e.what.created_by, e.what.comment, now});
  look(now, e, effects);
  return {silence_answer::outcome::done, {}, e.what.id};
}

void silence_book::update_in_place(timestamp now, entry& e, silence wanted, silence_effects& effects) {
  wanted.updated_at = now;
  wanted.matched_at = e.what.matched_at;
  effects.before.emplace_back(e.what.id, e.what);
  put(std::move(wanted));
  effects.writes.silences.push_back(e.what);
  effects.writes.silence_changes.push_back(
      {e.what.id, silence_change::kind::updated, e.what.created_by, e.what.comment, now});
  look(now, e, effects);
}

silence_answer silence_book::expire(timestamp now, const std::string& id, std::string_view by, std::string_view comment,
                                    silence_effects& effects) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return refused(silence_answer::outcome::not_found, "silence not found");
  if (found->second.what.status_at(now) != silence_status::expired) end(now, found->second, by, comment, effects);
  return {silence_answer::outcome::done, {}, id};
}

void silence_book::end(timestamp now, entry& e, std::string_view by, std::string_view comment,
                       silence_effects& effects) {
  auto& s = e.what;
  effects.before.emplace_back(s.id, s);
  s.starts_at = std::min(s.starts_at, now);
  s.ends_at = now;
  s.updated_at = now;
  e.quiet.clear();
  effects.writes.silences.push_back(s);
  effects.writes.silence_changes.push_back(
      {s.id, silence_change::kind::expired, std::string(by), std::string(comment), now});
  look(now, e, effects);
}

const silence* silence_book::silencing(timestamp now, const label_set& labels, silence_effects& effects) {
  entry* last = nullptr;
  index_.for_each_match(labels, [&](std::size_t slot) {
    auto& e = *by_slot_.at(slot);
    if (!e.what.holds_at(now)) return true;
    if (!e.what.matched_at) {
      e.what.matched_at = now;
      effects.writes.silences.push_back(e.what);
    }
    if (e.what.expire_on_resolve) e.quiet.insert(labels);
    if (!last || e.what.ends_at > last->what.ends_at) last = &e;
    return true;
  });
  return last ? &last->what : nullptr;
}

std::vector<std::string> silence_book::holding(timestamp now, const label_set& labels) const {
  std::vector<std::string> ids;
  index_.for_each_match(labels, [&](std::size_t slot) {
    const auto& e = *by_slot_.at(slot);
    if (e.what.holds_at(now)) ids.push_back(e.what.id);
    return true;
  });
  std::sort(ids.begin(), ids.end());
  return ids;
}

void silence_book::ended(timestamp now, const std::vector<label_set>& alerts, silence_effects& effects) {
  std::vector<entry*> over;
  for (const auto& labels : alerts) {
    index_.for_each_match(labels, [&](std::size_t slot) {
      auto& e = *by_slot_.at(slot);
      if (e.quiet.erase(labels) > 0 && e.quiet.empty()) over.push_back(&e);
      return true;
    });
  }
  for (auto* e : over) {
    if (e->quiet.empty() && e->indexed) end(now, *e, "tocsin", "every alert that it silenced has ended", effects);
  }
}

void silence_book::wake(timestamp now, silence_effects& effects) {
  for (auto it = by_id_.begin(); it != by_id_.end();) {
    auto& e = it->second;
    if (e.look_at && *e.look_at <= now) {
      e.look_at.reset();
      if (e.indexed && e.quiet.empty()) end(now, e, "tocsin", "every alert that it silenced has ended", effects);
    }
    look(now, e, effects);
    if (e.what.ends_at + rules_.retention > now) {
      ++it;
      continue;
    }
    effects.writes.forgotten_silences.push_back(it->first);
    const auto id = (it++)->first;
    forget(id);
  }
}

std::optional<timestamp> silence_book::next_deadline(timestamp now) const {
  std::optional<timestamp> next;
  const auto consider = [&next](timestamp t) {
    if (!next || t < *next) next = t;
  };
  for (const auto& [id, e] : by_id_) {
    if (e.look_at) consider(*e.look_at);
    switch (e.what.status_at(now)) {
      case silence_status::pending: consider(e.what.starts_at); break;
      case silence_status::active: {
        consider(e.what.ends_at);
        if (!e.what.recurrence.empty()) consider(next_minute(now));
        break;
      }
      case silence_status::expired: consider(e.what.ends_at + rules_.retention); break;
    }
  }
  return next;
}

const silence* silence_book::find(const std::string& id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &found->second.what;
}

} // namespace tocsin
