#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "config/config.hpp"
#include "protocols/messages.hpp"

namespace tocsin {

/// One group as it is to be started anew.
struct restored_group {
  group_address address;
  group_id id;
  /// Its part of what was stored.
  std::shared_ptr<const recovered_state> stored;
};

/// What a start makes of what was stored.
struct restored_groups {
  std::vector<restored_group> groups;
  /// Unfinished notifications, whole again.
  std::vector<delivery_order> orders;
  /// Episodes that belong to another group than they did, since the
  /// configuration changed: to be written before anything else.
  write_batch moves;
};

/// Sorts stored episodes into the groups of the current configuration: an
/// episode goes to the group of the first route that takes it, and is mirrored
/// into those of further routes. A group keeps its id, and so its timers, as
/// long as its route has the same key.
/// @param new_id gives ids to groups that were not there before.
restored_groups restore_groups(const config::config& config, const recovered_state& stored,
                               const std::function<group_id()>& new_id);

/// A stored notification with the alerts it tells of.
notification rebuild(const notification_intent& intent, const std::function<const episode*(episode_id)>& find_episode);

} // namespace tocsin
