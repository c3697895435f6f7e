#include "http/active_groups.hpp"

#include <algorithm>
#include <utility>

namespace tocsin::http {

namespace {

/// So many of those who acknowledged are named.
constexpr std::size_t most_names = 10;

void note_name(std::vector<std::string>& names, std::string_view name) {
  if (name.empty() || names.size() >= most_names) return;
  if (std::find(names.begin(), names.end(), name) == names.end()) names.emplace_back(name);
}

void count_in(active_group& g, const storage::active_standing& a, const std::optional<coming_step>& next) {
  ++g.count;
  if (a.suppressed) ++g.suppressed;
  if (a.acknowledged) {
    ++g.acknowledged;
    note_name(g.acknowledged_by, a.acknowledged_by);
  }
  if (!a.suppressed && !a.acknowledged) ++g.open;
  if (!a.suppressed) g.loud = more_urgent(g.loud.value_or(a.current_severity), a.current_severity);
  g.worst = more_urgent(g.worst, a.current_severity);
  g.level = std::max(g.level, a.level);
  g.oldest = std::min(g.oldest, a.starts_at);
  g.newest = std::max(g.newest, a.starts_at);
  if (next && (!g.next || next->due < g.next->due)) g.next = next;
  note_ranked(g.shown, rank_of(a, next ? std::optional(next->due) : std::nullopt), active_group::most_shown);
}

} // namespace

ranked_alert rank_of(const storage::active_standing& a, std::optional<timestamp> next_escalation_at) {
  return {{a.suppressed, a.current_severity, a.acknowledged, -a.level.value(), a.starts_at}, a.id, next_escalation_at};
}

void note_ranked(std::vector<ranked_alert>& first, const ranked_alert& alert, std::size_t most) {
  const auto place = std::lower_bound(first.begin(), first.end(), alert);
  if (place == first.end() && first.size() >= most) return;
  first.insert(place, alert);
  if (first.size() > most) first.pop_back();
}

std::string text_of(const coming_step& next) {
  std::string text;
  const auto add = [&text](std::string_view what, std::string_view whom) {
    if (!text.empty()) text += ", ";
    text.append(what).append(whom);
  };
  const auto& step = *next.step;
  if (step.raise_to && *step.raise_to < next.before) add(to_string(*step.raise_to), {});
  if (!step.on_call.empty()) add("tell whoever is on call for ", step.on_call);
  if (!step.receiver.empty()) add("tell ", step.receiver);
  if (step.on_call.empty() && step.receiver.empty()) add("tell ", next.own_receiver);
  return text;
}

group_position active_group::position() const {
  const auto quiet = suppressed == count;
  return {{quiet, how_bad(), !quiet && open == 0, -level.value(), oldest}, {labels, route}};
}

active_groups::active_groups(config::config_ptr config, std::size_t most_ids)
    : config_(std::move(config)), most_ids_(most_ids) {
  for (const auto& p : config_->escalation) policies_.emplace(p.name, &p);
}

std::optional<coming_step> active_groups::next_step(const storage::active_standing& a, std::size_t own_route) const {
  if (a.suppressed || a.acknowledged) return std::nullopt;
  const auto policy = policies_.find(a.policy);
  if (policy == policies_.end()) return std::nullopt;
  const auto& steps = policy->second->steps;
  if (a.step < 0 || static_cast<std::size_t>(a.step) >= steps.size()) return std::nullopt;
  const auto& step = steps[static_cast<std::size_t>(a.step)];
  return coming_step{a.step_since + step.after, &step, a.current_severity, config_->routes.at(own_route).receiver};
}

active_group& active_groups::group_of(std::size_t route, const label_set& alert_labels) {
  auto labels = config_->routes.at(route).group_labels(alert_labels);
  const auto [found, is_new] = known_.try_emplace(key{route, labels}, groups_.size());
  if (is_new) {
    auto& g = groups_.emplace_back();
    g.route = route;
    g.labels = std::move(labels);
  }
  return groups_[found->second];
}

void active_groups::add(const storage::active_standing& a) {
  ++summary_.alerts;
  ++(a.current_severity == severity::critical  ? summary_.critical
     : a.current_severity == severity::warning ? summary_.warning
                                               : summary_.info);
  if (a.acknowledged) ++summary_.acknowledged;
  if (a.suppressed) ++summary_.suppressed;

  routes_.clear();
  config_->routes.match(a.labels, routes_);
  const auto next = next_step(a, routes_.front());
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    auto& g = group_of(routes_[i], a.labels);
    // The first route that takes an alert owns it.
    if (i == 0) g.owner = a.group;
    count_in(g, a, next);
    if (g.ids.size() < most_ids_) g.ids.push_back(a.id);
  }
}

active_groups::page active_groups::page_behind(const std::optional<group_position>& behind, std::size_t limit) const {
  // Made once: a comparison would make its two anew each time.
  std::vector<std::pair<group_position, const active_group*>> left;
  left.reserve(groups_.size());
  for (const auto& g : groups_) {
    auto position = g.position();
    if (!behind || before(*behind, position)) left.emplace_back(std::move(position), &g);
  }
  const auto end = left.begin() + static_cast<std::ptrdiff_t>(std::min(limit, left.size()));
  std::partial_sort(left.begin(), end, left.end(),
                    [](const auto& a, const auto& b) { return before(a.first, b.first); });
  page found;
  for (auto it = left.begin(); it != end; ++it) found.groups.push_back(it->second);
  found.more = end != left.end();
  return found;
}

} // namespace tocsin::http
