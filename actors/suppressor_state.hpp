#pragma once

#include <functional>
#include <string>
#include <vector>

#include "actors/inhibition.hpp"
#include "actors/silence_book.hpp"
#include "config/config.hpp"
#include "protocols/messages.hpp"

namespace tocsin {

/// Knows which alerts are not to be notified, and why. Pure: time comes in by argument.
///
/// The stages are asked in Alertmanager's order: inhibition, the route's time
/// intervals, maintenance windows, silences. The first that speaks is the reason.
class suppressor_state {
 public:
  /// @param new_id makes the ids of silences, see `silence_book`.
  suppressor_state(config::config_ptr config, std::function<std::string()> new_id);

  /// Goes over to another configuration; the sources that fire are to be observed anew.
  void configure(config::config_ptr config);

  void observe(timestamp now, const inhibition_source& source) { inhibition_.observe(now, source); }
  suppression_answer answer(timestamp now, const suppression_question& question, silence_effects& effects);
  /// All that suppresses an alert, on whatever route; its time intervals are left out.
  alert_standing standing(timestamp now, const label_set& labels);

  silence_book& silences() noexcept { return silences_; }
  /// Whether an alert that no inhibit rule concerns may be suppressed all the same, on any route.
  bool may_suppress_any() const noexcept;

 private:
  suppression by_time(timestamp now, const config::route& route) const;
  suppression by_maintenance(timestamp now, const label_set& labels) const;
  suppression by_silence(timestamp now, const label_set& labels, silence_effects& effects);

  config::config_ptr config_;
  inhibition inhibition_;
  silence_book silences_;
};

/// The time intervals by which a route is muted.
struct route_muting {
  /// Those that mute it and hold, or all of which one would have to hold. Alertmanager shows the same.
  std::vector<std::string> names;
  /// It is muted since none of its active intervals holds.
  bool outside = false;
};

/// What mutes a route now; no names when nothing does.
route_muting muting_of(const config::config& c, const config::route& route, timestamp now);

} // namespace tocsin
