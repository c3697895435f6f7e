#pragma once

#include <string>
#include <unordered_map>

#include "actors/notifier.hpp"

namespace tocsin {

/// One notifier for each channel of the configuration. Belongs to the dispatcher.
class channel_notifiers {
 public:
  explicit channel_notifiers(notifier_neighbours around) : around_(std::move(around)) {}

  /// Starts notifiers for channels that have none, tells those whose channel
  /// changed or went, and leaves the others alone: what they are delivering goes on.
  template <class Self>
  void follow(Self* self, const config::config& config, const caf::actor& dispatcher) {
    for (auto it = running_.begin(); it != running_.end();) {
      const auto* now = config.find_channel(it->first);
      if (now && *now == it->second.handle) {
        ++it;
        continue;
      }
      self->send(it->second.actor, reload_atom_v);
      if (now) it->second.handle = *now;
      it = now ? std::next(it) : running_.erase(it);
    }
    for (const auto& [name, receiver] : config.receivers) {
      for (const auto& c : receiver.channels) {
        if (running_.contains(c.id)) continue;
        auto actor = self->spawn(notifier, c, around_);
        self->send(actor, caf::connect_atom_v, dispatcher);
        running_.emplace(c.id, entry{c, std::move(actor)});
      }
    }
  }

  /// By channel id.
  std::unordered_map<std::string, notifier_actor> handles() const {
    std::unordered_map<std::string, notifier_actor> all;
    for (const auto& [id, e] : running_) all.emplace(id, e.actor);
    return all;
  }

 private:
  struct entry {
    channel handle;
    notifier_actor actor;
  };

  notifier_neighbours around_;
  std::unordered_map<std::string, entry> running_;
};

} // namespace tocsin
