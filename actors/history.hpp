#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include "actors/alarm.hpp"
#include "actors/cleaning_pace.hpp"
#include "actors/current_config.hpp"
#include "actors/telemetry.hpp"
#include "actors/time_source.hpp"
#include "protocols/actors.hpp"
#include "storage/database.hpp"

namespace tocsin {

/// How long history is kept: the configuration says so, and may say otherwise after a reload.
struct retention_rule {
  std::shared_ptr<const current_config> config;
  time_source time;
};

/// The clean-up that is under way, if one is.
struct cleanup {
  std::optional<storage::cleaning> run;
  cleaning_pace pace;
  std::chrono::steady_clock::time_point began;
  /// Whoever waits for its end; nobody when the retention began it.
  std::optional<caf::typed_response_promise<cleanup_report>> asked;
  /// For the next look at the retention.
  alarm hourly;
};

/// The history actor's own: what waits for the next commit, and what is being deleted.
struct history_state {
  struct waiting {
    write_batch batch;
    caf::typed_response_promise<caf::ok_atom> done;
  };

  static inline const char* name = "history";
  /// Outlives the writer: declared before it.
  std::shared_ptr<storage::instance_lock> lock;
  std::shared_ptr<storage::writer> writer;
  std::shared_ptr<telemetry> counts;
  std::vector<waiting> queue;
  /// A commit message is on its way to ourselves.
  bool commit_due = false;
  retention_rule retention;
  cleanup cleaning;
};

/// The only writer of the database. Spawn it detached: it blocks on the disk.
///
/// Group commit without an artificial wait: the first write of a batch sends a
/// commit message to ourselves; whatever arrived while the previous commit was
/// under way lies before that message in the mailbox and goes into the same
/// transaction.
///
/// A minute after its start and once an hour from then on it deletes what is older than
/// the retention, in small steps between the commits (see `cleaning_pace`).
history_actor::behavior_type history(history_actor::stateful_pointer<history_state> self,
                                     std::shared_ptr<storage::writer> writer,
                                     std::shared_ptr<storage::instance_lock> lock, std::shared_ptr<telemetry> counts,
                                     retention_rule retention);

} // namespace tocsin
