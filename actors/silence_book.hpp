#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "config/config.hpp"
#include "protocols/history.hpp"
#include "protocols/matcher_index.hpp"
#include "protocols/messages.hpp"
#include "protocols/silence.hpp"

namespace tocsin {

/// What a change of silences brings with it. The shell writes `writes` first.
struct silence_effects {
  write_batch writes;
  /// Silences that hold from now on, or no more.
  std::vector<silence> changed;
  /// What was there before, in case the writes fail: no silence is a new one.
  std::vector<std::pair<std::string, std::optional<silence>>> before;
};

/// All silences. Pure: time comes in by argument.
///
/// They are set, changed and ended as Alertmanager does it: a change that only
/// moves the times of a pending or active silence keeps its id, any other ends the
/// old one and makes a new one.
class silence_book {
 public:
  /// @param new_id makes the UUIDs.
  silence_book(config::silence_rules rules, std::function<std::string()> new_id)
      : rules_(rules), new_id_(std::move(new_id)) {}

  void configure(config::silence_rules rules) { rules_ = rules; }
  /// Takes back what was stored.
  void restore(timestamp now, const std::vector<silence>& stored);

  silence_answer set(timestamp now, silence wanted, silence_effects& effects);
  silence_answer expire(timestamp now, const std::string& id, std::string_view by, std::string_view comment,
                        silence_effects& effects);
  /// The silence that keeps an alert with these labels quiet, of several the one
  /// that ends last; or null. Remembers that it did.
  const silence* silencing(timestamp now, const label_set& labels, silence_effects& effects);
  /// The ids of all silences that keep an alert with these labels quiet, in order.
  std::vector<std::string> holding(timestamp now, const label_set& labels) const;
  /// Takes a change back that could not be stored.
  void take_back(timestamp now, const silence_effects& effects);
  /// These alerts were silenced and have ended.
  void ended(timestamp now, const std::vector<label_set>& alerts, silence_effects& effects);
  /// Silences that begin, end, recur or are to be forgotten by now.
  void wake(timestamp now, silence_effects& effects);

  /// When `wake` is due next.
  std::optional<timestamp> next_deadline(timestamp now) const;
  /// How many have not expired: while there is none, nobody need ask.
  std::size_t in_force() const noexcept { return in_force_; }
  const silence* find(const std::string& id) const;

 private:
  struct entry {
    silence what;
    std::size_t slot = 0; ///< its key in the index
    bool indexed = false;
    bool holds = false; ///< as the groups were last told
    /// For `expire_on_resolve`: the alerts it keeps quiet.
    std::unordered_set<label_set> quiet;
    /// For `expire_on_resolve` after a start: when its alerts must have asked again.
    std::optional<timestamp> look_at;
  };

  entry& put(silence s);
  void forget(const std::string& id);
  void look(timestamp now, entry& e, silence_effects& effects);
  void end(timestamp now, entry& e, std::string_view by, std::string_view comment, silence_effects& effects);
  void update_in_place(timestamp now, entry& e, silence wanted, silence_effects& effects);

  config::silence_rules rules_;
  std::function<std::string()> new_id_;
  std::map<std::string, entry, std::less<>> by_id_;
  std::unordered_map<std::size_t, entry*> by_slot_;
  matcher_index index_;
  std::size_t last_slot_ = 0;
  std::size_t in_force_ = 0;
};

} // namespace tocsin
