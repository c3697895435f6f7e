#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <caf/fwd.hpp>

#include "actors/current_config.hpp"
#include "actors/on_call_roster.hpp"
#include "actors/sightings.hpp"
#include "actors/telemetry.hpp"
#include "actors/time_source.hpp"
#include "config/config.hpp"
#include "protocols/actors.hpp"
#include "protocols/channel.hpp"
#include "protocols/result.hpp"
#include "storage/database.hpp"

namespace tocsin {

/// What an engine is started with.
struct engine_options {
  config::config_ptr config;
  storage::location storage;
  render_context rendering;
  time_source time = time_source::system();
  std::shared_ptr<telemetry> counts = std::make_shared<telemetry>();
  /// Reads the configuration anew, for `engine::reload`; called on the thread that calls that.
  std::function<result<config::config_ptr>()> read_again = {};
};

/// How the last reading of the configuration went.
struct reload_outcome {
  /// When the configuration that holds was read.
  timestamp loaded_at{};
  /// Why a later one was refused; unset when none was.
  std::optional<std::string> refused;
};

/// All actors of one Tocsin, started in order on an actor system that may have
/// others: this is what another CAF program embeds. The system's configuration
/// must have the message types of `caf::id_block::tocsin`, and its scheduler
/// policy should be `sharing`.
class engine {
 public:
  /// Opens the storage, takes back what it holds and starts the actors.
  /// @returns a failure that says why the storage cannot be used.
  static result<std::unique_ptr<engine>> start(caf::actor_system& system, engine_options options);

  /// Writes what is only in memory and ends the actors.
  ~engine();
  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;

  const dispatcher_actor& dispatcher() const noexcept { return dispatcher_; }
  const history_actor& history() const noexcept { return history_; }
  const suppressor_actor& suppressor() const noexcept { return suppressor_; }
  const fire_drill_actor& drills() const noexcept { return drills_; }
  const on_call_desk_actor& desk() const noexcept { return desk_; }
  /// The overrides that hold; see `on_call_at`.
  const on_call_roster& roster() const noexcept { return *roster_; }
  /// What holds now; a reload may change it at any moment.
  config::config_ptr configuration() const { return config_->get(); }
  /// Reads the configuration anew and goes over to it: all or nothing. Blocks until
  /// every alert is where it belongs; from any thread that is not an actor's.
  /// @returns a failure that says why the configuration stays as it is.
  result<void> reload();
  /// How the last reading went; from any thread, also during a reload.
  reload_outcome last_reload() const;
  /// What may be answered without asking a group; see `sighting_board`.
  const sighting_board& sightings() const noexcept { return *sightings_; }
  telemetry& counts() const noexcept { return *options_.counts; }
  const engine_options& options() const noexcept { return options_; }
  caf::actor_system& system() const noexcept { return system_; }

 private:
  engine(caf::actor_system& system, engine_options options);
  result<void> open();
  /// Notes how a reading went.
  void configuration_read(std::optional<std::string> refused);

  caf::actor_system& system_;
  std::shared_ptr<sighting_board> sightings_ = std::make_shared<sighting_board>();
  engine_options options_;
  std::shared_ptr<current_config> config_;
  std::mutex reloading_; ///< one reload after the other
  mutable std::mutex outcome_mutex_;
  reload_outcome outcome_; ///< guarded by `outcome_mutex_`
  /// The folder is ours; the history actor holds it too, until its writer is gone.
  std::shared_ptr<storage::instance_lock> lock_;
  history_actor history_;
  suppressor_actor suppressor_;
  correlator_actor correlator_;
  transport_actor transport_;
  console_actor console_;
  fire_drill_actor drills_;
  on_call_desk_actor desk_;
  std::shared_ptr<on_call_roster> roster_;
  dispatcher_actor dispatcher_;
};

} // namespace tocsin
