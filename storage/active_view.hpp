#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/episode.hpp"

namespace SQLite {
class Database;
}

namespace tocsin::storage {

class json_column_reader;

/// Where an alert that fires stands. Everything it refers to lives until the next one.
struct active_standing {
  episode_id id;
  /// The group that owns it.
  group_id group;
  const label_set& labels;
  severity current_severity = severity::warning;
  escalation_level level = {};
  timestamp starts_at{};
  bool acknowledged = false;
  std::string_view acknowledged_by = {};
  /// It is not notified, for whatever reason.
  bool suppressed = false;
  /// See `escalation_cursor`.
  std::string_view policy = {};
  std::int32_t step = 0;
  timestamp step_since{};
};

/// How the record of a group is found: by its route, as `config::route::key` names it, and its labels.
struct group_name {
  std::string route_key;
  label_set labels;
};

/// Looks at all that fires, in one snapshot; see `reader::look_at_active`. Whoever looks holds a connection, and
/// is to be quick.
class active_view {
 public:
  active_view(SQLite::Database& db, json_column_reader& json) : db_(db), json_(json) {}

  /// Calls `visit` with each alert that has not ended, in no order.
  void visit(const std::function<void(const active_standing&)>& visit);
  /// These alerts, in the order of `ids`; those that have ended are left out.
  std::vector<episode> read(std::span<const episode_id> ids);
  /// On which channels some alert of the group was told as firing and not yet as resolved, in order.
  std::vector<std::string> channels_told(group_id group);
  /// The groups of these names; unset where there is no record. Steps over the records of all groups.
  std::vector<std::optional<group_id>> find_groups(std::span<const group_name> names);

 private:
  SQLite::Database& db_;
  json_column_reader& json_;
};

} // namespace tocsin::storage
