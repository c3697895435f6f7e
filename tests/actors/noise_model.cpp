#include "tests/actors/noise_model.hpp"

#include <algorithm>

#include "tests/actors/told.hpp"

namespace tocsin::testing {

void noise_model::reported(timestamp now, const alert& a) {
  const auto [known, fresh] = firing_.try_emplace(a.labels, burning{a.ends_at, {}});
  // Of the ends of one that fires the latest counts.
  const auto until = known->second.until > now ? std::max(known->second.until, a.ends_at) : a.ends_at;
  if (!fresh) known->second = {until, now};
}

std::string noise_model::quiet(const label_set& labels, timestamp at, const std::string& group_key) const {
  for (const auto& [id, s] : silences_) {
    if (!s.expire_on_resolve && s.starts_at <= at && at < s.ends_at && s.matches(labels)) return "silenced";
  }
  if (auto why = inhibited(labels, at); !why.empty()) return why;
  for (const auto& window : config_->maintenance_windows) {
    if (all_match(window.matchers, labels) && any_contains(window.intervals, at)) return "in maintenance";
  }
  return muted_by_route(labels, at, group_key) ? "muted by its route" : "";
}

std::string noise_model::inhibited(const label_set& labels, timestamp at) const {
  for (const auto& rule : config_->inhibit_rules) {
    if (!all_match(rule.target, labels)) continue;
    for (const auto& [source, f] : firing_) {
      if (f.until <= at || !all_match(rule.source, source) || source == labels) continue;
      if (all_match(rule.source, labels) && all_match(rule.target, source)) continue;
      const auto same = [&](const auto& name) { return labels.get(name) == source.get(name); };
      if (std::all_of(rule.equal.begin(), rule.equal.end(), same)) return "inhibited by " + to_text(source);
    }
  }
  return {};
}

bool noise_model::muted_by_route(const label_set& labels, timestamp at, const std::string& group_key) const {
  const auto holds = [&](const std::string& name) { return any_contains(config_->time_intervals.at(name), at); };
  for (const auto* r : routes_of(labels)) {
    if (r->group_key(r->group_labels(labels)) != group_key) continue;
    const auto& mute = r->mute_time_intervals;
    const auto& active = r->active_time_intervals;
    if (std::any_of(mute.begin(), mute.end(), holds)) return true;
    if (!active.empty() && std::none_of(active.begin(), active.end(), holds)) return true;
  }
  return false;
}

std::vector<const config::route*> noise_model::routes_of(const label_set& labels) const {
  std::vector<std::size_t> indices;
  config_->routes.match(labels, indices);
  std::vector<const config::route*> found;
  for (const auto i : indices) found.push_back(&config_->routes.at(i));
  return found;
}

} // namespace tocsin::testing
