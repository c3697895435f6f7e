#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "protocols/alert.hpp"
#include "protocols/drill.hpp"

namespace tocsin {

/// What the state of drills wants done.
struct drill_effects {
  /// To be handed in as any other alert; `drill_state::taken` or `refused` hear of it.
  std::vector<alert> alerts;
  std::vector<drill_result> over;
};

/// Which fire drills are due, which are under way and what has become of them. Pure:
/// time comes in by argument.
///
/// A drill is an alert of its own group. It has arrived when a notifier has delivered it
/// on every channel of the receiver that takes its severity; then, or when its time is
/// up, it is ended, so that who was told to look hears that it is over.
class drill_state {
 public:
  drill_state(timestamp now, config::config_ptr config) { configure(now, std::move(config)); }

  /// Goes on with another configuration: what is under way stays as it is.
  void configure(timestamp now, config::config_ptr config);

  /// Begins one. @param id its name, unique.
  /// @returns a failure when it can arrive nowhere.
  result<drill_effects> start(timestamp now, const drill_request& request, std::string id);
  /// Its alert is on disk.
  void taken(timestamp now, const std::string& id);
  /// Its alert was not taken in.
  drill_effects refused(timestamp now, const std::string& id, std::string why);
  drill_effects report(timestamp now, const drill_report& report);
  /// The time of some is up.
  drill_effects expire(timestamp now);

  /// Those that have come due since this was asked last.
  std::vector<drill_request> due(timestamp now);
  /// When `expire` or `due` has something next; unset when never.
  std::optional<timestamp> next_deadline() const;

 private:
  struct running {
    drill_result result;
    alert what;
    timestamp until{};
    /// Channels not heard of yet.
    std::size_t missing = 0;
  };

  drill_effects finish(timestamp now, const std::string& id, std::string why);
  void schedule(timestamp now);

  config::config_ptr config_;
  std::map<std::string, running> running_;
  /// When each of the configured drills is due, by receiver.
  std::map<std::string, timestamp> due_;
};

} // namespace tocsin
