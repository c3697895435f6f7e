#include "storage/active_alerts.hpp"

#include "storage/json_columns.hpp"
#include "storage/statement.hpp"

namespace tocsin::storage {

void visit_active(SQLite::Database& db, json_column_reader& json,
                  const std::function<void(episode_id, const label_set&)>& visit) {
  // Without that index SQLite would step over the whole history.
  statement query(db, "SELECT id, labels FROM alert_history INDEXED BY alert_history_active WHERE end_time IS NULL");
  query.open();
  while (query.next()) {
    row_reader row(query);
    const auto id = row.id<episode_id>();
    visit(id, json.labels(row.text()));
  }
}

std::vector<episode_id> active_ids(SQLite::Database& db) {
  statement query(db, "SELECT id FROM alert_history INDEXED BY alert_history_active WHERE end_time IS NULL");
  query.open();
  std::vector<episode_id> ids;
  while (query.next()) ids.push_back(row_reader(query).id<episode_id>());
  return ids;
}

std::vector<active_alert> read_active(SQLite::Database& db, json_column_reader& json, std::span<const episode_id> ids) {
  statement query(db,
                  "SELECT labels, annotations, generator_url, start_time, expires_at, last_seen FROM alert_history "
                  "WHERE id = ?1 AND end_time IS NULL");
  std::vector<active_alert> found;
  found.reserve(ids.size());
  for (const auto id : ids) {
    query.open(id);
    if (!query.next()) continue;
    row_reader row(query);
    auto& a = found.emplace_back();
    a.id = id;
    a.labels_json = row.string();
    a.labels = json.labels(a.labels_json);
    a.annotations_json = row.string();
    a.generator_url = row.string();
    a.starts_at = row.time();
    a.ends_at = row.time();
    a.last_seen = row.time();
  }
  return found;
}

} // namespace tocsin::storage
