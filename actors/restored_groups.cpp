#include "actors/restored_groups.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <unordered_set>
#include <utility>

#include "actors/alert_group_state.hpp"
#include "actors/routing.hpp"

namespace tocsin {

namespace {

/// Builds the groups up while episodes are sorted in.
class sorter {
 public:
  sorter(const config::config& config, const recovered_state& stored, timestamp now,
         const std::function<group_id()>& new_id, restored_groups& out)
      : config_(config), now_(now), new_id_(new_id), out_(out) {
    for (const auto& g : stored.groups) {
      const auto route = config.routes.find(g.route_key);
      if (!route) {
        out_.moves.closed_groups.push_back(g.id);
        continue;
      }
      const group_address address{static_cast<std::uint32_t>(*route), g.labels};
      // Two records of one address: the later one lives on.
      if (const auto earlier = ids_.find(address); earlier != ids_.end()) parts_[earlier->second].groups.clear();
      ids_.insert_or_assign(address, g.id);
      parts_[g.id].groups.push_back(g);
    }
  }

  void sort_in(const episode& e) {
    std::vector<std::size_t> routes;
    config_.routes.match(e.labels, routes);
    auto owned = e;
    for (std::size_t i = 0; i < routes.size(); ++i) {
      const auto& route = config_.routes.at(routes[i]);
      const group_address address{static_cast<std::uint32_t>(routes[i]), route.group_labels(e.labels)};
      const auto [known, fresh] = ids_.try_emplace(address, group_id{});
      if (fresh) known->second = new_id_();
      const auto id = known->second;
      if (i == 0) {
        home_.emplace(e.id, id);
        if (e.group != id) move(e, id, route.key);
        owned.group = id;
      } else {
        mirrored_.emplace(id, e.id);
      }
      parts_[id].episodes.push_back(owned);
    }
  }

  /// What was told counts for the group that told it while it has the alert; else for the one that has it now.
  void sort_in(const told_record& t) {
    const auto id = keeper_of(t.group, t.episode);
    if (!id) return;
    auto& told = parts_.at(id).told;
    auto kept = std::find_if(told.begin(), told.end(), [&t](const auto& x) { return x.episode == t.episode; });
    if (kept == told.end()) {
      kept = told.insert(kept, {id, t.episode, t.channels});
    } else {
      std::set<std::string> both(kept->channels.begin(), kept->channels.end());
      both.insert(t.channels.begin(), t.channels.end());
      kept->channels.assign(both.begin(), both.end());
    }
    if (id == t.group) return;
    out_.moves.told.push_back({t.group, t.episode, {}});
    out_.moves.told.push_back(*kept);
  }

  /// Its alerts may have gone to several groups; each waits for its own.
  void sort_in(const unfinished_notification& u) {
    for (const auto& a : u.intent.alerts) {
      const auto id = keeper_of(u.intent.group, a.id);
      if (!id) continue;
      auto& waiting = parts_.at(id).unfinished;
      if (waiting.empty() || waiting.back().intent.id != u.intent.id) {
        waiting.push_back(u);
        waiting.back().intent.group = id;
        waiting.back().intent.alerts.clear();
        if (id != u.intent.group) out_.heirs[u.intent.group].push_back(id);
      }
      waiting.back().intent.alerts.push_back(a);
    }
  }

  void sort_in(const recent_episode& r) {
    const auto found = ids_.find(owner_of(config_, r.labels));
    if (found == ids_.end()) return;
    if (const auto part = parts_.find(found->second); part != parts_.end()) part->second.recent.push_back(r);
  }

  void finish() {
    for (auto& [address, id] : ids_) {
      auto& part = parts_.at(id);
      if (part.episodes.empty() && part.unfinished.empty()) {
        if (!part.groups.empty()) out_.moves.closed_groups.push_back(id);
        continue;
      }
      out_.groups.push_back({address, id, std::make_shared<const recovered_state>(std::move(part))});
    }
  }

 private:
  void move(const episode& e, group_id id, const std::string& route) {
    out_.moves.moved.push_back({e.id, id});
    if (!e.state.active()) return;
    out_.moves.events.push_back({e.id, event_kind::rerouted, route,
                                 "a new configuration took it to another group, of the route " + route, now_});
  }

  group_id keeper_of(group_id group, episode_id episode) const {
    const auto home = home_.find(episode);
    if (home == home_.end()) return {};
    return mirrored_.contains({group, episode}) ? group : home->second;
  }

  const config::config& config_;
  timestamp now_;
  const std::function<group_id()>& new_id_;
  restored_groups& out_;
  std::unordered_map<group_address, group_id> ids_;
  std::unordered_map<group_id, recovered_state> parts_;
  std::unordered_map<episode_id, group_id> home_;
  std::set<std::pair<group_id, episode_id>> mirrored_;
};

} // namespace

restored_groups restore_groups(const config::config& config, const recovered_state& stored, timestamp now,
                               const std::function<group_id()>& new_id) {
  restored_groups result;
  sorter sort(config, stored, now, new_id, result);
  std::unordered_map<episode_id, const episode*> by_id;
  for (const auto& e : stored.episodes) {
    by_id.emplace(e.id, &e);
    sort.sort_in(e);
  }
  for (const auto& t : stored.told) sort.sort_in(t);
  for (const auto& r : stored.recent) sort.sort_in(r);
  const auto find = [&by_id](episode_id id) -> const episode* {
    const auto found = by_id.find(id);
    return found == by_id.end() ? nullptr : found->second;
  };
  for (const auto& u : stored.unfinished) {
    sort.sort_in(u);
    result.orders.push_back({rebuild(config, u.intent, find), u.attempts, u.next_attempt_at});
  }
  sort.finish();
  return result;
}

notification rebuild(const config::config& config, const notification_intent& intent,
                     const std::function<const episode*(episode_id)>& find_episode) {
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
  if (!n.alerts.empty()) {
    n.route_labels = config.routes.at(owner_of(config, n.alerts.front().labels).route).labels;
    n.hints = hints_for(config, n.alerts);
  }
  return n;
}

recovered_state merge(std::vector<recovered_state> parts) {
  recovered_state all;
  std::unordered_map<episode_id, std::size_t> place;
  const auto move_behind = [](auto& to, auto& from) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
  };
  for (auto& part : parts) {
    const auto group = part.groups.empty() ? group_id{} : part.groups.front().id;
    for (auto& e : part.episodes) {
      const auto [known, fresh] = place.try_emplace(e.id, all.episodes.size());
      if (fresh) {
        all.episodes.push_back(std::move(e));
      } else if (e.group == group) {
        // The group that owns it knows best.
        all.episodes[known->second] = std::move(e);
      }
    }
    move_behind(all.groups, part.groups);
    move_behind(all.told, part.told);
    move_behind(all.unfinished, part.unfinished);
    move_behind(all.recent, part.recent);
  }
  const auto by_id = [](const auto& a, const auto& b) { return a.id < b.id; };
  std::sort(all.episodes.begin(), all.episodes.end(), by_id);
  std::sort(all.unfinished.begin(), all.unfinished.end(),
            [](const auto& a, const auto& b) { return a.intent.id < b.intent.id; });
  return all;
}

} // namespace tocsin
