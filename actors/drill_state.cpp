#include "actors/drill_state.hpp"

#include <algorithm>
#include <utility>

namespace tocsin {

namespace {

/// Should this program end meanwhile, the alert ends by itself so much later.
constexpr duration spare_time = std::chrono::minutes{1};

alert alert_of(timestamp now, const drill_request& request, const std::string& id) {
  alert a;
  a.labels = label_set::of({{"alertname", drill_alert_name},
                            {"severity", to_string(request.severity)},
                            {drill_label, id},
                            {drill_receiver_label, request.receiver}});
  a.annotations = label_set::of({{"summary", "This is a fire drill: nothing is wrong and nothing has to be done."},
                                 {"description", "It shows that alerts reach the receiver " + request.receiver + "."}});
  a.starts_at = now;
  a.ends_at = now + request.within + spare_time;
  return a;
}

/// The first multiple of `every`, `offset` later, that lies behind `now`.
timestamp next_moment(timestamp now, const config::scheduled_drill& d) {
  const auto since_epoch = now.time_since_epoch() - d.offset;
  const auto count = since_epoch / d.every;
  return timestamp{(count + 1) * d.every + d.offset};
}

} // namespace

void drill_state::configure(timestamp now, config::config_ptr config) {
  config_ = std::move(config);
  schedule(now);
}

void drill_state::schedule(timestamp now) {
  due_.clear();
  for (const auto& d : config_->drills) due_.emplace(d.what.receiver, next_moment(now, d));
}

result<drill_effects> drill_state::start(timestamp now, const drill_request& request, std::string id) {
  const auto* receiver = config_->find_receiver(request.receiver);
  if (!receiver) return fail("there is no receiver " + request.receiver);
  running r;
  r.result.drill = id;
  r.result.receiver = request.receiver;
  r.result.started_at = now;
  for (const auto& c : receiver->channels) {
    if (c.takes(request.severity)) r.result.channels.push_back({c.id, false, {}, {}});
  }
  if (r.result.channels.empty()) {
    return fail("the receiver " + request.receiver + " has no channel that takes alerts of severity "
                + std::string(to_string(request.severity)));
  }
  r.missing = r.result.channels.size();
  r.until = now + request.within;
  r.what = alert_of(now, request, id);
  drill_effects effects;
  effects.alerts.push_back(r.what);
  running_.emplace(std::move(id), std::move(r));
  return effects;
}

void drill_state::taken(timestamp now, const std::string& id) {
  const auto found = running_.find(id);
  if (found == running_.end() || found->second.result.stored_after) return;
  found->second.result.stored_after = now - found->second.result.started_at;
}

drill_effects drill_state::refused(timestamp now, const std::string& id, std::string why) {
  return running_.contains(id) ? finish(now, id, "its alert was not taken in: " + std::move(why)) : drill_effects{};
}

drill_effects drill_state::report(timestamp now, const drill_report& report) {
  const auto found = running_.find(report.drill);
  if (found == running_.end()) return {};
  auto& r = found->second;
  const auto arrival = std::find_if(r.result.channels.begin(), r.result.channels.end(),
                                    [&report](const auto& c) { return c.channel == report.channel; });
  if (arrival == r.result.channels.end()) return {};
  arrival->message = report.message;
  arrival->took = now - r.result.started_at;
  // A channel that failed for good is told again later; that counts while there is time.
  if (arrival->delivered || !report.delivered) return {};
  arrival->delivered = true;
  if (--r.missing > 0) return {};
  return finish(now, report.drill, {});
}

drill_effects drill_state::expire(timestamp now) {
  std::vector<std::string> late;
  for (const auto& [id, r] : running_) {
    if (r.until <= now) late.push_back(id);
  }
  drill_effects effects;
  for (const auto& id : late) {
    const auto missing = running_.at(id).missing;
    const auto all = running_.at(id).result.channels.size();
    auto one = finish(now, id,
                      "it did not arrive in time on " + std::to_string(missing) + " of " + std::to_string(all)
                          + (all == 1 ? " channel" : " channels"));
    std::move(one.alerts.begin(), one.alerts.end(), std::back_inserter(effects.alerts));
    std::move(one.over.begin(), one.over.end(), std::back_inserter(effects.over));
  }
  return effects;
}

drill_effects drill_state::finish(timestamp now, const std::string& id, std::string why) {
  auto node = running_.extract(id);
  auto& r = node.mapped();
  r.result.arrived = why.empty();
  r.result.why = std::move(why);
  r.result.took = now - r.result.started_at;
  for (auto& c : r.result.channels) {
    if (c.message.empty()) {
      c.message = "nothing was heard of it";
      c.took = r.result.took;
    }
  }
  r.what.ends_at = now;
  drill_effects effects;
  effects.alerts.push_back(std::move(r.what));
  effects.over.push_back(std::move(r.result));
  return effects;
}

std::vector<drill_request> drill_state::due(timestamp now) {
  std::vector<drill_request> found;
  for (const auto& d : config_->drills) {
    auto& when = due_.at(d.what.receiver);
    if (when > now) continue;
    when = next_moment(now, d);
    found.push_back(d.what);
  }
  return found;
}

std::optional<timestamp> drill_state::next_deadline() const {
  std::optional<timestamp> first;
  const auto consider = [&first](timestamp t) {
    if (!first || t < *first) first = t;
  };
  for (const auto& [id, r] : running_) consider(r.until);
  for (const auto& [receiver, when] : due_) consider(when);
  return first;
}

} // namespace tocsin
