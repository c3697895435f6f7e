#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <caf/typed_event_based_actor.hpp>

#include "actors/alert_group.hpp"
#include "protocols/actors.hpp"

namespace tocsin {

/// Finds, starts and watches the alert groups. Holds no alert itself.
class dispatcher_shell {
 public:
  static inline const char* name = "dispatcher";
  using pointer = dispatcher_actor::stateful_pointer<dispatcher_shell>;

  /// @param neighbours without its `dispatcher`, which is this actor.
  void start(pointer self, group_neighbours neighbours);
  /// Starts the groups that were alive when the program ended, and resumes
  /// their unfinished notifications.
  void restore(const recovered_state& stored);

  caf::typed_response_promise<ingest_tally> ingest(ingest_request& request);
  caf::result<act_result> act(const group_address& address, const act_request& request);
  void mirror(const mirrored_episodes& mirrored);
  void report(group_id group, const delivery_report& report);
  void retire(group_id group, std::uint64_t handled, bool stored);
  void respawn(group_id group);
  caf::typed_response_promise<caf::ok_atom> drain();
  void down(const caf::down_msg& message);
  void exit(const caf::exit_msg& message);

 private:
  struct entry {
    alert_group_actor actor;
    group_address address;
    /// Messages sent to it so far; see `retire_atom`.
    std::uint64_t sent = 0;
  };

  entry* find(const group_address& address);
  entry* find_or_start(const group_address& address);
  entry& start_group(const group_address& address, group_id id, std::shared_ptr<const recovered_state> stored);
  void forget(group_id group);
  void write(write_batch batch);
  void observe_sources(const ingest_request& request);
  void recovered(group_id group, recovered_state stored);
  bool is_failed(const group_address& address) const;
  const config::config& configuration() const { return *neighbours_->context.config; }

  dispatcher_actor::stateful_pointer<dispatcher_shell> self_ = nullptr;
  std::shared_ptr<const group_neighbours> neighbours_;
  std::unordered_map<group_id, entry> groups_;
  std::unordered_map<group_address, group_id> by_address_;
  std::unordered_map<caf::actor_id, group_id> by_actor_;
  /// Groups that failed and are not started anew yet.
  std::unordered_map<group_id, group_address> failed_;
};

/// @param stored what the storage held at the start; may be null.
dispatcher_actor::behavior_type dispatcher(dispatcher_actor::stateful_pointer<dispatcher_shell> self,
                                           group_neighbours neighbours, std::shared_ptr<const recovered_state> stored);

} // namespace tocsin
