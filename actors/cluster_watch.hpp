#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "config/config.hpp"
#include "protocols/history.hpp"
#include "protocols/messages.hpp"

namespace tocsin {

/// Watches the clusters of the configuration for cascades: more active alerts of
/// one cluster (and the same values of its `equal` labels) than it allows. Pure:
/// time comes in by argument.
///
/// Suppressed alerts do not count, so a cluster that has too many alerts is a
/// suspect first; once the suppressor was asked, `decide` says what follows.
class cluster_watch {
 public:
  explicit cluster_watch(config::config_ptr config) : config_(std::move(config)) {}

  /// One cluster's part with equal labels: its name in `members`.
  struct place {
    std::size_t cluster = 0;
    std::string equal;

    friend auto operator<=>(const place&, const place&) = default;
  };

  /// Goes over to another configuration; keeps the alerts it knows.
  void configure(config::config_ptr config);

  void observe(timestamp now, const correlated_alert& alert);
  /// Places that have too many alerts and were not looked at since that changed,
  /// or not for a while. Each is returned once; ask about `alerts_at`, then call `decide`.
  std::vector<place> suspects(timestamp now);
  /// Its alerts, the first one first.
  std::vector<label_set> alerts_at(const place& where) const;

  struct decision {
    /// The alert to be raised, if one is; its outcome is not awaited.
    std::optional<act_request> raise;
    write_batch writes;
  };
  /// @param counting those of `alerts_at` that are not suppressed. What came since
  /// does not count yet; it is looked at next.
  decision decide(timestamp now, const place& where, const std::unordered_set<label_set>& counting);

  /// When `suspects` may have something next.
  std::optional<timestamp> next_deadline() const;

 private:
  struct member {
    episode_id episode;
    timestamp began{};
    bool linked = false; ///< the correlation with the first is recorded
  };
  struct members {
    std::unordered_map<label_set, member> alerts;
    /// The alert that stands for the cascade; unset while there is none.
    std::optional<label_set> first;
    std::optional<timestamp> look_at;
  };

  void add(timestamp now, const correlated_alert& alert, std::size_t cluster);
  void remove(timestamp now, const label_set& labels, std::size_t cluster);
  std::vector<std::pair<label_set, member>> in_order(const members& all) const;
  place place_of(std::size_t cluster, const label_set& labels) const;
  bool too_many(const place& where, const members& all) const;

  config::config_ptr config_;
  std::map<place, members> places_;
};

} // namespace tocsin
