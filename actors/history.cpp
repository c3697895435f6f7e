#include "actors/history.hpp"

#include <chrono>
#include <string>

#include <caf/make_message.hpp>
#include <caf/sec.hpp>

#include "actors/history_cleaning.hpp"
#include "actors/log.hpp"

namespace tocsin {

namespace {

using clock = std::chrono::steady_clock;

/// A transaction takes no more than this many writes, so that a flood does not
/// keep the first of them waiting.
constexpr std::size_t max_batches = 4096;

caf::error write_failed(const std::string& why) {
  return caf::make_error(caf::sec::runtime_error, why);
}

/// Applies what waits, each batch as a whole; says of each whether it could be applied.
std::vector<result<void>> apply_all(storage::writer& writer, const std::vector<history_state::waiting>& queue) {
  std::vector<const write_batch*> batches;
  batches.reserve(queue.size());
  for (const auto& w : queue) batches.push_back(&w.batch);
  if (writer.apply_together(batches)) return std::vector<result<void>>(queue.size());
  std::vector<result<void>> applied;
  applied.reserve(queue.size());
  for (const auto* batch : batches) applied.push_back(writer.apply(*batch));
  return applied;
}

/// Writes what waits in one transaction and answers each only after the commit.
/// A batch that cannot be applied fails alone; a commit that fails, fails all.
void commit(history_state& state) {
  state.commit_due = false;
  auto queue = std::exchange(state.queue, {});
  if (queue.empty()) return;
  state.counts->history_queue(-static_cast<std::int64_t>(queue.size()));
  const auto began = clock::now();
  const auto applied = apply_all(*state.writer, queue);
  const auto committed = state.writer->commit();
  if (committed) {
    state.counts->committed(queue.size(), clock::now() - began);
  } else {
    state.counts->commit_failed();
    log::error("commit failed", {{"writes", queue.size()}, {"error", committed.error().message}});
  }
  for (std::size_t i = 0; i < queue.size(); ++i) {
    const auto& outcome = committed ? applied[i] : committed;
    if (outcome) {
      queue[i].done.deliver(caf::ok_atom_v);
      continue;
    }
    if (committed) log::error("write failed", {{"error", outcome.error().message}});
    queue[i].done.deliver(write_failed(outcome.error().message));
  }
  state.writer->checkpoint();
}

} // namespace

history_actor::behavior_type history(history_actor::stateful_pointer<history_state> self,
                                     std::shared_ptr<storage::writer> writer,
                                     std::shared_ptr<storage::instance_lock> lock, std::shared_ptr<telemetry> counts,
                                     retention_rule retention) {
  self->state.lock = std::move(lock);
  self->state.writer = std::move(writer);
  self->state.counts = std::move(counts);
  self->state.retention = std::move(retention);
  begin_to_watch_retention(self);
  return {
      [self](write_atom, write_batch& batch) -> caf::typed_response_promise<caf::ok_atom> {
        auto& state = self->state;
        auto done = self->make_response_promise<caf::ok_atom>();
        state.counts->history_queue(1);
        state.queue.push_back({std::move(batch), done});
        if (state.queue.size() >= max_batches) {
          commit(state);
        } else if (!state.commit_due) {
          state.commit_due = true;
          self->send(self, commit_atom_v);
        }
        return done;
      },
      [self](recover_atom, group_id group) -> caf::result<recovered_state> {
        // What a group asks for must hold what it wrote before.
        commit(self->state);
        return self->state.writer->recover_group(group);
      },
      [self](clean_atom, const cleanup_request& request) { return clean_for(self, request); },
      [self](halt_atom) { halt_cleaning(self); },
      [self](clean_atom) { clean_on(self); },
      [self](wake_atom, std::uint64_t generation) { look_at_retention(self, generation); },
      [self](commit_atom) { commit(self->state); },
  };
}

} // namespace tocsin
