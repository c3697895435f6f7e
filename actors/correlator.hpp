#pragma once

#include <memory>
#include <vector>

#include <caf/typed_event_based_actor.hpp>

#include "actors/alarm.hpp"
#include "actors/cluster_watch.hpp"
#include "actors/co_occurrence.hpp"
#include "actors/current_config.hpp"
#include "actors/time_source.hpp"
#include "protocols/actors.hpp"

namespace tocsin {

/// Whom the correlator speaks to.
struct correlator_neighbours {
  std::shared_ptr<const current_config> config;
  history_actor history;
  suppressor_actor suppressor;
  time_source time;
};

/// The shell round `cluster_watch` and `co_occurrence`: it asks the suppressor
/// before a cluster counts as a cascade, has alerts raised, and writes what it found.
class correlator_shell {
 public:
  static inline const char* name = "correlator";
  using pointer = correlator_actor::stateful_pointer<correlator_shell>;

  void start(pointer self, correlator_neighbours neighbours, const recovered_state& stored);
  void connect(dispatcher_actor dispatcher);
  void observe(const std::vector<correlated_alert>& alerts);
  void reload();
  void wake(std::uint64_t generation);

 private:
  void look();
  void ask(const cluster_watch::place& where);
  void decided(cluster_watch::decision what);
  void write(write_batch writes);
  timestamp now() const { return neighbours_.time.now(); }

  correlator_actor::stateful_pointer<correlator_shell> self_ = nullptr;
  correlator_neighbours neighbours_;
  dispatcher_actor dispatcher_;
  std::unique_ptr<cluster_watch> clusters_;
  std::unique_ptr<co_occurrence> together_;
  alarm alarm_;
};

/// @param stored the episodes of the last while, from which it learns, and the active ones.
correlator_actor::behavior_type correlator(correlator_actor::stateful_pointer<correlator_shell> self,
                                           correlator_neighbours neighbours,
                                           std::shared_ptr<const recovered_state> stored);

} // namespace tocsin
