#include "actors/restored_groups.hpp"

#include <unordered_map>
#include <utility>

namespace tocsin {

namespace {

/// Builds the groups up while episodes are sorted in.
class sorter {
 public:
  sorter(const config::config& config, const recovered_state& stored, const std::function<group_id()>& new_id)
      : config_(config), new_id_(new_id) {
    for (const auto& g : stored.groups) {
      const auto route = config.routes.find(g.route_key);
      if (route) part_of({static_cast<std::uint32_t>(*route), g.labels}, g.id).groups.push_back(g);
    }
  }

  void sort_in(const episode& e, write_batch& moves) {
    std::vector<std::size_t> routes;
    config_.routes.match(e.labels, routes);
    auto owned = e;
    for (std::size_t i = 0; i < routes.size(); ++i) {
      const auto& route = config_.routes.at(routes[i]);
      const group_address address{static_cast<std::uint32_t>(routes[i]), route.group_labels(e.labels)};
      const auto known = ids_.find(address);
      const auto id = known == ids_.end() ? new_id_() : known->second;
      auto& part = part_of(address, id);
      if (i == 0 && e.group != id) {
        owned.group = id;
        moves.moved.push_back({e.id, id});
      }
      part.episodes.push_back(owned);
      home_.try_emplace(e.id, id);
    }
  }

  /// What was told counts for the group that told it; when that is gone, for the one the alert belongs to now.
  void sort_in(const told_record& t) {
    auto group = parts_.contains(t.group) ? t.group : group_id{};
    if (!group) {
      const auto home = home_.find(t.episode);
      if (home == home_.end()) return;
      group = home->second;
    }
    auto copy = t;
    copy.group = group;
    parts_.at(group).told.push_back(std::move(copy));
  }

  void sort_in(const unfinished_notification& u) {
    const auto part = parts_.find(u.intent.group);
    if (part != parts_.end()) part->second.unfinished.push_back(u);
  }

  std::vector<restored_group> groups() && {
    std::vector<restored_group> result;
    for (auto& [address, id] : ids_) {
      auto& part = parts_.at(id);
      if (part.episodes.empty() && part.unfinished.empty()) continue;
      result.push_back({address, id, std::make_shared<const recovered_state>(std::move(part))});
    }
    return result;
  }

 private:
  recovered_state& part_of(const group_address& address, group_id id) {
    // Two stored groups of one address: the later one lives on.
    ids_.insert_or_assign(address, id);
    return parts_[id];
  }

  const config::config& config_;
  const std::function<group_id()>& new_id_;
  std::unordered_map<group_address, group_id> ids_;
  std::unordered_map<group_id, recovered_state> parts_;
  std::unordered_map<episode_id, group_id> home_;
};

} // namespace

restored_groups restore_groups(const config::config& config, const recovered_state& stored,
                               const std::function<group_id()>& new_id) {
  restored_groups result;
  sorter sort(config, stored, new_id);
  std::unordered_map<episode_id, const episode*> by_id;
  for (const auto& e : stored.episodes) {
    by_id.emplace(e.id, &e);
    sort.sort_in(e, result.moves);
  }
  for (const auto& t : stored.told) sort.sort_in(t);
  const auto find = [&by_id](episode_id id) -> const episode* {
    const auto found = by_id.find(id);
    return found == by_id.end() ? nullptr : found->second;
  };
  for (const auto& u : stored.unfinished) {
    sort.sort_in(u);
    result.orders.push_back({rebuild(u.intent, find), u.attempts, u.next_attempt_at});
  }
  result.groups = std::move(sort).groups();
  return result;
}

notification rebuild(const notification_intent& intent, const std::function<const episode*(episode_id)>& find_episode) {
  notification n;
  n.id = intent.id;
  n.group = intent.group;
  n.group_key = intent.group_key;
  n.channel = intent.channel;
  n.receiver = intent.receiver;
  n.reason = intent.reason;
  n.group_labels = intent.group_labels;
  n.created_at = intent.created_at;
  for (const auto& a : intent.alerts) {
    const auto* e = find_episode(a.id);
    if (!e) continue;
    auto told = told_as(*e);
    // It may have ended since; this notification still tells what it was made to tell.
    if (!a.resolved) told.ended_at.reset();
    n.alerts.push_back(std::move(told));
  }
  return n;
}

} // namespace tocsin
