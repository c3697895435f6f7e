#pragma once

#include <memory>
#include <utility>
#include <vector>

#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include "actors/telemetry.hpp"
#include "protocols/actors.hpp"
#include "storage/database.hpp"

namespace tocsin {

/// The history actor's own: what waits for the next commit.
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
};

/// The only writer of the database. Spawn it detached: it blocks on the disk.
///
/// Group commit without an artificial wait: the first write of a batch sends a
/// commit message to ourselves; whatever arrived while the previous commit was
/// under way lies before that message in the mailbox and goes into the same
/// transaction.
history_actor::behavior_type history(history_actor::stateful_pointer<history_state> self,
                                     std::shared_ptr<storage::writer> writer,
                                     std::shared_ptr<storage::instance_lock> lock, std::shared_ptr<telemetry> counts);

} // namespace tocsin
