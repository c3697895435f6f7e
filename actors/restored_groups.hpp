#pragma once

#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "config/config.hpp"
#include "protocols/messages.hpp"

namespace tocsin {

/// One group as it is to be started anew.
struct restored_group {
  group_address address;
  group_id id;
  /// Its part of what was there.
  std::shared_ptr<const recovered_state> stored;
};

/// What a start or a new configuration makes of what is there.
struct restored_groups {
  std::vector<restored_group> groups;
  /// Unfinished notifications, whole again.
  std::vector<delivery_order> orders;
  /// What belongs to another group than it did: to be written before anything else.
  write_batch moves;
  /// Groups that are gone, and those that go on with their unfinished notifications.
  std::unordered_map<group_id, std::vector<group_id>> heirs;
};

/// Sorts episodes into the groups of a configuration: an episode goes to the group
/// of the first route that takes it, and is mirrored into those of further routes.
/// A group keeps its id, and so its timers, as long as its route has the same key
/// and it the same labels. What channels were told, and what is on its way to
/// them, goes where the episode goes.
/// @param new_id gives ids to groups that were not there before.
restored_groups restore_groups(const config::config& config, const recovered_state& stored, timestamp now,
                               const std::function<group_id()>& new_id);

/// A stored notification with the alerts it tells of.
notification rebuild(const config::config& config, const notification_intent& intent,
                     const std::function<const episode*(episode_id)>& find_episode);

/// Puts what the groups handed over together, as a storage would give it back.
recovered_state merge(std::vector<recovered_state> parts);

} // namespace tocsin
