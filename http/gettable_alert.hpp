#pragma once

#include <span>
#include <string>
#include <vector>

#include "actors/sightings.hpp"
#include "config/config.hpp"
#include "http/services.hpp"
#include "protocols/json_writer.hpp"
#include "protocols/messages.hpp"
#include "storage/active_alerts.hpp"

namespace tocsin::http {

/// An alert as API v2 shows it.
struct gettable_alert {
  storage::active_alert what;
  alert_standing standing;
};

/// Reads the alerts of these episodes that still fire, with what their last reports said, and asks how they stand.
/// @throws std::runtime_error when the suppressor does not answer, SQLite::Exception when the file cannot be read.
std::vector<gettable_alert> gettable_alerts(services& s, std::span<const episode_id> episodes);

/// One `gettableAlert`.
/// @param muted_by what mutes it beside its standing.
void write_alert(json_writer& w, const gettable_alert& alert, std::span<const std::string> receivers,
                 std::span<const std::string> muted_by);

/// `[…]` of objects with a name.
void write_receivers(json_writer& w, std::span<const std::string> names);

} // namespace tocsin::http
