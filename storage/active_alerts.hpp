#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "protocols/ids.hpp"
#include "protocols/label_set.hpp"
#include "protocols/time.hpp"

namespace SQLite {
class Database;
}

namespace tocsin::storage {

class json_column_reader;

/// An alert that fires, as its last report that is on disk left it.
struct active_alert {
  episode_id id;
  label_set labels;
  // JSON objects of strings, in order of their names.
  std::string labels_json;
  std::string annotations_json;
  std::string generator_url;
  timestamp starts_at{};
  /// Until when it counts as firing without another word.
  timestamp ends_at{};
  timestamp last_seen{};
};

/// Calls `visit` with each alert that has not ended, in no order.
void visit_active(SQLite::Database& db, json_column_reader& json,
                  const std::function<void(episode_id, const label_set&)>& visit);

/// The ids of all that have not ended, in no order. Reads one index and no row.
std::vector<episode_id> active_ids(SQLite::Database& db);

/// Those of the ids that have not ended yet, in the order of `ids`.
std::vector<active_alert> read_active(SQLite::Database& db, json_column_reader& json, std::span<const episode_id> ids);

} // namespace tocsin::storage
