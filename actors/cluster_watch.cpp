#include "actors/cluster_watch.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "protocols/label_values.hpp"

namespace tocsin {

namespace {

/// How soon a cluster whose alerts were suppressed is looked at again.
constexpr duration look_again = std::chrono::seconds{30};

std::string shared_labels(const config::cluster& cluster, const label_set& labels) {
  std::string text;
  for (const auto& name : cluster.equal) {
    const auto value = labels.get(name);
    if (value.empty()) continue;
    text.append(text.empty() ? " with " : ", ").append(name).append("=").append(value);
  }
  return text;
}

} // namespace

cluster_watch::place cluster_watch::place_of(std::size_t cluster, const label_set& labels) const {
  place where{cluster, {}};
  append_values(where.equal, config_->correlation.clusters[cluster].equal, labels);
  return where;
}

void cluster_watch::configure(config::config_ptr config) {
  std::vector<correlated_alert> known;
  std::unordered_set<episode_id> seen;
  for (const auto& [where, all] : places_) {
    for (const auto& [labels, m] : all.alerts) {
      if (!seen.insert(m.episode).second) continue;
      known.push_back({m.episode, labels, config_->correlation.clusters[where.cluster].counted, m.began, false});
    }
  }
  config_ = std::move(config);
  places_.clear();
  for (const auto& alert : known) observe(alert.at, alert);
}

void cluster_watch::observe(timestamp now, const correlated_alert& alert) {
  config_->cluster_index.for_each_match(alert.labels, [&](std::size_t cluster) {
    if (alert.ended) {
      remove(now, alert.labels, cluster);
    } else {
      add(now, alert, cluster);
    }
    return true;
  });
}

void cluster_watch::add(timestamp now, const correlated_alert& alert, std::size_t cluster) {
  const auto& rules = config_->correlation.clusters[cluster];
  if (rules.more_than == 0 || alert.declared_severity != rules.counted) return;
  const auto where = place_of(cluster, alert.labels);
  auto& all = places_[where];
  const auto [entry, added] = all.alerts.try_emplace(alert.labels, member{alert.episode, alert.at, false});
  if (!added && entry->second.episode == alert.episode) return;
  entry->second = {alert.episode, alert.at, false};
  if (too_many(where, all)) all.look_at = now;
}

void cluster_watch::remove(timestamp now, const label_set& labels, std::size_t cluster) {
  const auto found = places_.find(place_of(cluster, labels));
  if (found == places_.end()) return;
  auto& all = found->second;
  all.alerts.erase(labels);
  if (all.first == labels) {
    all.first.reset();
    for (auto& [other, m] : all.alerts) m.linked = false;
    // Another one must stand for what is left, if that is still too much.
    if (too_many(found->first, all)) all.look_at = now;
  }
  if (all.alerts.empty()) places_.erase(found);
}

bool cluster_watch::too_many(const place& where, const members& all) const {
  return all.alerts.size() > config_->correlation.clusters[where.cluster].more_than;
}

std::vector<cluster_watch::place> cluster_watch::suspects(timestamp now) {
  std::vector<place> found;
  for (auto& [where, all] : places_) {
    if (!all.look_at || *all.look_at > now) continue;
    all.look_at.reset();
    if (too_many(where, all)) found.push_back(where);
  }
  return found;
}

std::optional<timestamp> cluster_watch::next_deadline() const {
  std::optional<timestamp> next;
  for (const auto& [where, all] : places_) {
    if (all.look_at && (!next || *all.look_at < *next)) next = all.look_at;
  }
  return next;
}

std::vector<std::pair<label_set, cluster_watch::member>> cluster_watch::in_order(const members& all) const {
  std::vector<std::pair<label_set, member>> sorted(all.alerts.begin(), all.alerts.end());
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
    return a.second.began != b.second.began ? a.second.began < b.second.began : a.first < b.first;
  });
  return sorted;
}

std::vector<label_set> cluster_watch::alerts_at(const place& where) const {
  std::vector<label_set> alerts;
  const auto found = places_.find(where);
  if (found == places_.end()) return alerts;
  for (auto& [labels, m] : in_order(found->second)) alerts.push_back(labels);
  return alerts;
}

cluster_watch::decision cluster_watch::decide(timestamp now, const place& where,
                                              const std::unordered_set<label_set>& counting) {
  decision result;
  const auto found = places_.find(where);
  if (found == places_.end()) return result;
  auto& all = found->second;
  const auto& cluster = config_->correlation.clusters[where.cluster];
  auto counted = in_order(all);
  std::erase_if(counted, [&](const auto& entry) { return !counting.contains(entry.first); });
  if (counted.size() <= cluster.more_than) {
    // Those that are suppressed may be released.
    if (too_many(where, all) && !all.look_at) all.look_at = now + look_again;
    return result;
  }
  const auto& title = counted.front().first;
  const auto text = "cascade: " + std::to_string(counted.size()) + " alerts of severity "
                    + std::string(to_string(cluster.counted)) + " in cluster " + cluster.name
                    + shared_labels(cluster, title);
  if (!all.first || !counting.contains(*all.first)) {
    all.first = title;
    act_request raise;
    raise.what = act_request::kind::raise;
    raise.episode = counted.front().second.episode;
    raise.labels = title;
    raise.by = cluster.name;
    raise.text = text;
    raise.raise_to = cluster.raise_to;
    raise.receiver = cluster.receiver;
    result.raise = std::move(raise);
  }
  const auto first = all.alerts.at(*all.first).episode;
  for (const auto& [labels, known] : counted) {
    auto& m = all.alerts.at(labels);
    if (m.linked) continue;
    m.linked = true;
    result.writes.causes.push_back({m.episode, "cascade of cluster " + cluster.name + shared_labels(cluster, title)});
    if (m.episode != first) result.writes.correlations.push_back({first, m.episode, 1.0, "cascade", now});
  }
  return result;
}

} // namespace tocsin
