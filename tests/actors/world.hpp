#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/scoped_actor.hpp>

#include "actors/dispatcher.hpp"
#include "protocols/actors.hpp"
#include "storage/database.hpp"
#include "storage/reader.hpp"
#include "tests/actors/support.hpp"

namespace tocsin::testing {

/// All actors with a real storage in a temporary folder, on CAF's test
/// scheduler: time moves only when a test says so, and nothing runs in parallel.
/// The transport is a stand-in that answers as the test says.
class world {
 public:
  explicit world(std::string_view yaml);
  ~world();
  world(const world&) = delete;
  world& operator=(const world&) = delete;

  /// One request that reached the stand-in.
  struct sent {
    timestamp at;
    std::string url;
    std::string body;
  };

  /// Starts the actors on what the storage holds.
  void start();
  /// Goes over to another configuration while the actors run.
  void reload(std::string_view yaml);
  /// Ends all actors at once, as a crash would: what is not on disk is lost.
  void crash();

  ingest_tally ingest(std::vector<alert> alerts);
  /// The two halves of it: what a thread of the HTTP server does, and the rest.
  ingest_request route(std::vector<alert> alerts) const;
  ingest_tally hand_in(ingest_request request);
  act_result act(const act_request& request, const label_set& labels);
  silence_answer silence_for(silence wanted);
  silence_answer expire(const std::string& id);
  override_answer override_for(const on_call_override& wanted);
  override_answer end_override(const std::string& id);
  /// Tries a channel while `meanwhile` (with 1 s steps) passes; nothing when it has not ended by then.
  result<test_report> try_out(const test_request& request, duration meanwhile = duration::zero());
  /// Cleans the history of what ended before `cutoff`, while `meanwhile` happens (time must pass in it).
  result<cleanup_report> clean(timestamp cutoff, const std::function<void()>& meanwhile);
  /// A message to the history, without an answer.
  const history_actor& history_handle() const noexcept { return history_; }
  /// The folder of the database.
  const std::string& folder() const noexcept { return folder_; }
  result<drill_result> drill(const drill_request& request, duration meanwhile = duration::zero());
  /// Moves time on, in steps, and lets everything that falls due happen.
  void advance(duration by, duration step = 1s);
  timestamp now() const;

  std::vector<sent> requests;
  /// What the stand-in answers; 200 unless a test sets it.
  std::function<wire_response(const http_request&)> answer;

  /// The storage as a reader sees it.
  storage::page<storage::history_row> history();
  std::optional<storage::history_detail> detail(episode_id id);
  storage::page<storage::notification_row> notifications();
  std::size_t groups_alive();
  /// Two requests that are on their way at the same time; an error where one is refused.
  std::vector<result<ingest_tally>> ingest_twice(const alert& a);
  /// Where reporting threads look; see `sighting_board`.
  sighting_board& sightings() { return *sightings_; }
  /// One line of `/metrics`, such as `tocsin_channel_dead{channel="ops/webhook/0"}`; unset when there is none.
  std::optional<double> metric_of(std::string_view line) const;
  /// Writes that the history has committed.
  std::size_t writes();

 private:
  struct system_config : caf::actor_system_config {
    system_config();
  };

  void run();
  std::size_t metric(std::string_view name) const;

  std::string folder_;
  std::shared_ptr<current_config> config_;
  std::unique_ptr<system_config> system_config_;
  std::unique_ptr<caf::actor_system> system_;
  caf::scheduler::test_coordinator* scheduler_ = nullptr;
  timestamp started_at_ = testing::start;
  time_source time_;
  std::vector<caf::actor> actors_;
  dispatcher_actor dispatcher_;
  suppressor_actor suppressor_;
  history_actor history_;
  fire_drill_actor drills_;
  on_call_desk_actor desk_;
  std::shared_ptr<on_call_roster> roster_;
  std::shared_ptr<sighting_board> sightings_;
  std::shared_ptr<telemetry> counts_ = std::make_shared<telemetry>();
};

} // namespace tocsin::testing
