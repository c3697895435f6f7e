#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <caf/typed_event_based_actor.hpp>

#include "actors/alert_group.hpp"
#include "actors/channel_notifiers.hpp"
#include "actors/current_config.hpp"
#include "actors/restored_groups.hpp"
#include "protocols/actors.hpp"

namespace tocsin {

/// What a dispatcher is started with.
struct dispatcher_setup {
  std::shared_ptr<current_config> config;
  /// Without `dispatcher`, `notifiers` and the configuration, which it fills in itself.
  group_neighbours neighbours;
  notifier_neighbours around_notifiers;
  /// May be null.
  fire_drill_actor drills = {};
};

/// Finds, starts and watches the alert groups. Holds no alert itself.
class dispatcher_shell {
 public:
  static inline const char* name = "dispatcher";
  using pointer = dispatcher_actor::stateful_pointer<dispatcher_shell>;

  void start(pointer self, dispatcher_setup setup);
  /// Starts the groups that were alive when the program ended, and resumes
  /// their unfinished notifications.
  void restore(const recovered_state& stored);

  caf::typed_response_promise<ingest_tally> ingest(ingest_request& request);
  caf::typed_response_promise<act_result> act(const act_request& request);
  void mirror(const mirrored_episodes& mirrored);
  void report(group_id group, const delivery_report& report);
  void retire(group_id group, std::uint64_t handled, bool stored);
  void respawn(group_id group);
  caf::typed_response_promise<caf::ok_atom> drain();
  caf::typed_response_promise<test_report> try_out(const test_request& request);
  void recheck(const silence& s);
  /// Freezes all groups, takes what they hold, and starts groups of the new
  /// configuration with it. What arrives meanwhile waits and is then handled by it.
  caf::typed_response_promise<caf::ok_atom> reload();
  void down(const caf::down_msg& message);
  void exit(const caf::exit_msg& message);

 private:
  struct entry {
    alert_group_actor actor;
    group_address address;
    /// Messages sent to it so far; see `retire_atom`.
    std::uint64_t sent = 0;
  };

  /// A reload that is under way.
  struct reloading {
    caf::typed_response_promise<caf::ok_atom> promise;
    std::vector<recovered_state> handed_over;
    std::size_t missing = 0;
    caf::error failed;
    /// What arrived meanwhile, in order.
    std::vector<std::function<void()>> held;
  };

  using ingest_promise = caf::typed_response_promise<ingest_tally>;
  using act_promise = caf::typed_response_promise<act_result>;

  void hand_out(ingest_request& request, ingest_promise promise);
  void hand_out(const act_request& request, act_promise promise);
  void frozen();
  void follow_configuration();
  void start_restored(restored_groups restored, duration grace);
  void observe_sources(const recovered_state& state, duration grace);
  entry* find(const group_address& address);
  entry* find_or_start(const group_address& address);
  entry& start_group(const group_address& address, group_id id, std::shared_ptr<const recovered_state> stored,
                     duration grace);
  void forget(group_id group);
  void write(write_batch batch);
  void observe_sources(const ingest_request& request);
  void recovered(group_id group, recovered_state stored);
  bool is_failed(const group_address& address) const;
  const config::config& configuration() const { return *neighbours_->context.config; }

  dispatcher_actor::stateful_pointer<dispatcher_shell> self_ = nullptr;
  std::shared_ptr<current_config> config_;
  std::unique_ptr<channel_notifiers> notifiers_;
  std::shared_ptr<const group_neighbours> neighbours_;
  fire_drill_actor drills_;
  std::unordered_map<group_id, entry> groups_;
  std::unordered_map<group_address, group_id> by_address_;
  std::unordered_map<caf::actor_id, group_id> by_actor_;
  /// Groups that failed and are not started anew yet.
  std::unordered_map<group_id, group_address> failed_;
  /// Groups that a new configuration ended while notifications of them were on
  /// their way, and those that wait for these now.
  std::unordered_map<group_id, std::vector<group_id>> heirs_;
  std::unique_ptr<reloading> reloading_;
};

/// @param stored what the storage held at the start; may be null.
dispatcher_actor::behavior_type dispatcher(dispatcher_actor::stateful_pointer<dispatcher_shell> self,
                                           dispatcher_setup setup, std::shared_ptr<const recovered_state> stored);

} // namespace tocsin
