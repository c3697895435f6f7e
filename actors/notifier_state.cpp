#include "actors/notifier_state.hpp"

#include <algorithm>
#include <iterator>
#include <unordered_set>
#include <utility>

namespace tocsin {

namespace {

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const auto& text : texts) all.append(all.empty() ? "" : ", ").append(text);
  return all;
}

} // namespace

notifier_effects notifier_state::deliver(timestamp now, delivery_order order) {
  notifier_effects effects;
  const auto id = order.what.id;
  const auto group = order.what.group;
  const auto [entry, inserted] = jobs_.try_emplace(id, job{std::move(order), false, false});
  if (!inserted) return effects;
  auto& lane = lanes_[group];
  lane.push_back(id);
  if (lane.size() == 1) start_if_first(now, entry->second, effects);
  return effects;
}

notifier_effects notifier_state::retry(timestamp now, notification_id id, std::int32_t attempt) {
  notifier_effects effects;
  const auto found = jobs_.find(id);
  if (found == jobs_.end() || found->second.in_flight || found->second.carried) return effects;
  if (found->second.order.attempts != attempt) return effects;
  start_if_first(now, found->second, effects);
  return effects;
}

notifier_effects notifier_state::answered(timestamp now, notification_id id, const wire_response& response) {
  notifier_effects effects;
  const auto found = jobs_.find(id);
  if (found == jobs_.end() || !found->second.in_flight) return effects;
  auto outcome = judge(handle_, response);
  if (outcome.what == verdict::kind::retry && !outcome.told_some) {
    circuit_.failed(now);
  } else {
    circuit_.answered();
  }
  conclude(now, found->second, std::move(outcome), response.took, effects);
  return effects;
}

notifier_effects notifier_state::unsendable(timestamp now, notification_id id, const std::string& why) {
  notifier_effects effects;
  const auto found = jobs_.find(id);
  if (found == jobs_.end() || !found->second.in_flight) return effects;
  conclude(now, found->second, {verdict::kind::give_up, std::nullopt, why}, {}, effects);
  return effects;
}

/// An attempt is over: records it, and waits for the next one or ends.
void notifier_state::conclude(timestamp now, job& j, verdict outcome, duration took, notifier_effects& effects) {
  const auto id = j.order.what.id;
  j.in_flight = false;
  --in_flight_;
  const auto reached = outcome.what == verdict::kind::delivered || outcome.told_some;
  auto record = record_of(j, now - took, reached, outcome.message);
  record.took = took;
  record.told = j.told_some = j.told_some || reached;
  spent_.settled(now, record.success);
  if (record.success) ++effects.accepted;
  const auto made = j.order.attempts++;
  if (outcome.what == verdict::kind::retry && j.order.attempts < j.order.most_attempts && !retired_) {
    const auto wait =
        outcome.wait.value_or(backoff[std::min<std::size_t>(static_cast<std::size_t>(made), backoff.size() - 1)]);
    j.order.not_before = now + wait;
    record.next_attempt_at = j.order.not_before;
    effects.waits.push_back({id, j.order.attempts, j.order.not_before});
    if (!outcome.again.empty()) j.only_to = std::move(outcome.again);
  }
  const auto over = !record.next_attempt_at;
  if (!over) note_drill(j.order.what, false, outcome.message, effects);
  // Whoever has it must not get it again and again because somebody else cannot.
  const auto delivered = record.told;
  const auto carries = j.carries;
  // What went out with it shares its fate.
  for (const auto other : carries) {
    auto& carried = jobs_.at(other);
    auto copy = record_of(carried, record.at, record.success, record.message);
    copy.recipients = record.recipients;
    copy.told = record.told;
    copy.took = record.took;
    copy.reason = notification_reason::digest;
    copy.next_attempt_at = record.next_attempt_at;
    ++carried.order.attempts;
    effects.records.push_back(std::move(copy));
  }
  effects.records.push_back(std::move(record));
  if (over) {
    for (const auto other : carries) finish(now, other, {{}, delivered}, outcome.message, effects);
    finish(now, id, {{}, delivered}, outcome.message, effects);
  }
  fill_places(effects);
}

notification notifier_state::what(notification_id id) const {
  const auto& j = jobs_.at(id);
  std::vector<const notification*> parts{&j.order.what};
  for (const auto other : j.carries) parts.push_back(&jobs_.at(other).order.what);
  return combined(parts);
}

void notifier_state::configure(channel handle) {
  if (handle.limit != handle_.limit) bucket_ = token_bucket(handle.limit);
  spent_.set_limit(handle.budget.messages);
  handle_ = std::move(handle);
}

attempt_record notifier_state::record_of(const job& j, timestamp at, bool success, std::string message) const {
  attempt_record record;
  record.notification = j.order.what.id;
  record.alert_name = j.order.what.alert_name();
  record.channel = handle_.id;
  record.recipients = j.only_to.empty() ? handle_.recipients() : joined(j.only_to);
  record.success = success;
  record.at = at;
  record.message = std::move(message);
  record.retry_count = j.order.attempts;
  record.reason = j.order.what.reason;
  return record;
}

notifier_effects notifier_state::retire(timestamp now) {
  notifier_effects effects;
  retired_ = true;
  waiting_.clear();
  held_.clear();
  std::unordered_set<notification_id> on_their_way;
  for (const auto& [id, j] : jobs_) {
    if (!j.in_flight) continue;
    on_their_way.insert(id);
    on_their_way.insert(j.carries.begin(), j.carries.end());
  }
  std::erase_if(jobs_, [&](const auto& entry) {
    const auto& [id, j] = entry;
    if (on_their_way.contains(id)) return false;
    effects.records.push_back(record_of(j, now, false, "the channel is not configured any more"));
    effects.reports.emplace_back(j.order.what.group, delivery_report{id, false});
    return true;
  });
  // What is left is on its way: each the first of its lane, with nothing behind it.
  for (auto it = lanes_.begin(); it != lanes_.end();) {
    std::erase_if(it->second, [&](auto id) { return !jobs_.contains(id); });
    it = it->second.empty() ? lanes_.erase(it) : std::next(it);
  }
  return effects;
}

/// Starts the first job of a lane, or waits until it may start.
void notifier_state::start_if_first(timestamp now, job& j, notifier_effects& effects) {
  const auto id = j.order.what.id;
  if (j.order.not_before > now) {
    effects.waits.push_back({id, j.order.attempts, j.order.not_before});
    return;
  }
  // Retries keep their moments whatever the limit says.
  const auto test = j.order.what.reason == notification_reason::test;
  if (j.order.attempts > 0 || test) {
    bucket_.take_anyway(now);
  } else if ((!held_.empty() && !j.held) || !bucket_.take(now)) {
    return hold(now, j, effects);
  }
  if (j.held) take_along_held(j);
  if (!test && !pays_for(now, j)) return refuse(now, j, effects);
  if (!test && !circuit_.lets_through(now)) return give_up(now, j, effects);
  j.ready = true;
  waiting_.push_back(id);
  fill_places(effects);
}

/// Only the first that is held has a timer; the others go out with it.
void notifier_state::hold(timestamp now, job& j, notifier_effects& effects) {
  const auto id = j.order.what.id;
  if (!j.held) held_.push_back(id);
  j.held = true;
  if (held_.front() == id) effects.waits.push_back({id, j.order.attempts, bucket_.next(now)});
}

void notifier_state::take_along_held(job& carrier) {
  for (const auto id : std::exchange(held_, {})) {
    auto& j = jobs_.at(id);
    j.held = false;
    if (&j == &carrier) continue;
    j.carried = true;
    carrier.carries.push_back(id);
  }
}

/// What was begun is paid for, and so is word that something is over.
bool notifier_state::pays_for(timestamp now, const job& j) {
  if (j.order.attempts > 0 || spent_.allows(now)) return true;
  return !j.order.what.firing() && std::none_of(j.carries.begin(), j.carries.end(), [this](auto id) {
    return jobs_.at(id).order.what.firing();
  });
}

std::optional<std::size_t> notifier_state::budget_left(timestamp now) {
  return spent_.limited() ? std::optional(spent_.left(now)) : std::nullopt;
}

/// The endpoint is taken for dead: its receiver's fallback and the group's next interval come sooner.
void notifier_state::give_up(timestamp now, job& j, notifier_effects& effects) {
  const auto why = "not attempted: nothing was accepted since " + to_rfc3339(circuit_.open_since().value_or(now))
                   + ", the next probe is due at " + to_rfc3339(circuit_.next_probe());
  end_unattempted(now, j, why, {}, effects);
}

/// The budget is spent: somebody else is told, and this channel again when it is renewed.
void notifier_state::refuse(timestamp now, job& j, notifier_effects& effects) {
  const auto renewed = spending::renewed_after(now);
  const auto& instead = handle_.budget.receiver;
  const auto why = "not attempted: the daily budget of " + std::to_string(handle_.budget.messages)
                   + " messages is spent until " + to_rfc3339(renewed) + "; " + instead + " is told instead";
  end_unattempted(now, j, why, {{}, false, instead, renewed}, effects);
}

void notifier_state::end_unattempted(timestamp now, job& j, const std::string& why, const delivery_report& how,
                                     notifier_effects& effects) {
  auto ids = j.carries;
  ids.push_back(j.order.what.id);
  for (const auto id : ids) {
    effects.records.push_back(record_of(jobs_.at(id), now, false, why));
    finish(now, id, how, why, effects);
  }
}

void notifier_state::launch(job& j, notifier_effects& effects) {
  j.ready = false;
  j.in_flight = true;
  ++in_flight_;
  spent_.launched();
  effects.attempts.push_back(j.order.what.id);
}

void notifier_state::fill_places(notifier_effects& effects) {
  while (in_flight_ < max_in_flight && !waiting_.empty()) {
    const auto found = jobs_.find(waiting_.front());
    waiting_.pop_front();
    if (found != jobs_.end() && found->second.ready) launch(found->second, effects);
  }
}

void notifier_state::note_drill(const notification& n, bool delivered, const std::string& message,
                                notifier_effects& effects) const {
  const auto drill = n.group_labels.get(drill_label);
  if (!drill.empty() && n.firing()) effects.drills.push_back({std::string(drill), handle_.id, delivered, message});
}

void notifier_state::finish(timestamp now, notification_id id, delivery_report how, const std::string& message,
                            notifier_effects& effects) {
  const auto& what = jobs_.at(id).order.what;
  const auto group = what.group;
  how.notification = id;
  note_drill(what, how.delivered, message, effects);
  effects.reports.emplace_back(group, std::move(how));
  jobs_.erase(id);
  auto& lane = lanes_.at(group);
  lane.pop_front();
  if (lane.empty()) {
    lanes_.erase(group);
    return;
  }
  start_if_first(now, jobs_.at(lane.front()), effects);
}

} // namespace tocsin
