#pragma once

#include <functional>
#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <caf/typed_event_based_actor.hpp>

#include "actors/alarm.hpp"
#include "actors/alert_group_state.hpp"
#include "actors/sightings.hpp"
#include "actors/suppression_in_force.hpp"
#include "actors/telemetry.hpp"
#include "actors/time_source.hpp"
#include "protocols/actors.hpp"

namespace tocsin {

/// Whom the groups speak to. Shared by all of them; does not change.
struct group_neighbours {
  alert_group_state::context context;
  history_actor history;
  suppressor_actor suppressor;
  correlator_actor correlator;
  dispatcher_actor dispatcher;
  /// By channel id.
  std::unordered_map<std::string, notifier_actor> notifiers;
  std::shared_ptr<telemetry> counts;
  time_source time;
  std::shared_ptr<sighting_board> sightings = std::make_shared<sighting_board>();
  std::shared_ptr<const suppression_in_force> in_force = std::make_shared<suppression_in_force>(false);
};

/// The shell round an `alert_group_state`: it carries effects out, writes before
/// it speaks, and keeps the timer.
class alert_group_shell {
 public:
  static inline const char* name = "alert_group";
  using pointer = alert_group_actor::stateful_pointer<alert_group_shell>;
  /// Called once effects are on disk, or with the reason why they are not.
  using completion = std::function<void(const caf::error* failed)>;

  void start(pointer self, std::shared_ptr<const group_neighbours> neighbours, alert_group_state state);

  caf::typed_response_promise<ingest_tally> ingest(const routed_alerts& alerts);
  caf::typed_response_promise<act_result> act(const act_request& request);
  void mirror(const std::vector<episode>& episodes);
  void report(const delivery_report& report);
  caf::typed_response_promise<caf::ok_atom> drain();
  caf::typed_response_promise<recovered_state> freeze();
  void recheck(const silence& s);
  void touch();
  void wake(std::uint64_t generation);

  alert_group_shell() = default;
  ~alert_group_shell();
  alert_group_shell(const alert_group_shell&) = delete;
  alert_group_shell& operator=(const alert_group_shell&) = delete;

 private:
  /// Carries effects out; decides too if that is due. `done` may be empty.
  void settle(group_effects effects, completion done);
  void ask_suppressor();
  void decided(const suppression_question& question, const suppression_answer& answer);
  void write(group_effects effects, std::vector<completion> done);
  void answer(const std::shared_ptr<std::vector<completion>>& waiting, const caf::error* failed);
  void written(group_effects& effects);
  group_effects collect_sightings();
  void close_sightings(const std::vector<label_set>& alerts, group_effects& effects);
  void open_sightings(const std::vector<alert>& alerts);
  void rest();
  timestamp now() const { return neighbours_->time.now(); }

  alert_group_actor::stateful_pointer<alert_group_shell> self_ = nullptr;
  std::shared_ptr<const group_neighbours> neighbours_;
  std::unique_ptr<alert_group_state> state_;
  alarm alarm_;
  /// While the suppressor is asked, effects are held back and written together
  /// with the decision, in order.
  bool asking_ = false;
  /// It has handed over what it has; another group goes on with it.
  bool frozen_ = false;
  group_effects held_;
  std::vector<completion> held_done_;
  /// Who is to be answered once a write is done. A group that ends before, for
  /// whatever reason, answers them with an error: nobody waits for ever.
  std::unordered_set<std::shared_ptr<std::vector<completion>>> unanswered_;
  /// Writes on their way to the history.
  std::size_t unwritten_ = 0;
  /// Our alerts that were seen again; shared with the reporting threads.
  std::shared_ptr<sighting_list> seen_;
  /// Messages from the dispatcher so far; see `retire_atom`.
  std::uint64_t handled_ = 0;
};

/// @param stored what was stored of this group, or null for a new one.
/// @param grace see `alert_group_state::restore`.
alert_group_actor::behavior_type alert_group(alert_group_actor::stateful_pointer<alert_group_shell> self,
                                             std::shared_ptr<const group_neighbours> neighbours, group_address address,
                                             group_id id, std::shared_ptr<const recovered_state> stored,
                                             duration grace);

} // namespace tocsin
