#pragma once

#include <map>
#include <string>
#include <vector>

#include "http/active_groups.hpp"
#include "protocols/episode.hpp"
#include "protocols/json_writer.hpp"

/// What fires now, as `GET /api/alerts/now` shows it.
namespace tocsin::http {

/// What the answer says of a group beside what was counted.
struct group_details {
  const config::route& route;
  /// The time intervals by which its route is muted now.
  const std::vector<std::string>& muted_by;
  /// Those that were told that it fires.
  std::vector<std::string> channels;
  /// The alerts that are shown, in their order, and when each is escalated.
  std::vector<std::pair<episode, std::optional<timestamp>>> alerts;
};

void write_summary(json_writer& w, const active_summary& summary, std::size_t groups);
void write_group(json_writer& w, const active_group& g, const group_details& details);

/// An alert in a few words, for lists: its id, name, severity, summary and labels, inside an object that is open.
void write_short_members(json_writer& w, const episode& e);

} // namespace tocsin::http
