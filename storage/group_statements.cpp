#include "storage/group_statements.hpp"

#include "storage/json_columns.hpp"

namespace tocsin::storage {

namespace {

constexpr const char* save_group_sql = R"sql(
INSERT INTO alert_groups (id, route_key, labels, flush_at, flushed_at, notified_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (id) DO UPDATE SET route_key = ?2, labels = ?3, flush_at = ?4, flushed_at = ?5, notified_at = ?6)sql";

constexpr const char* save_told_sql = R"sql(
INSERT INTO group_told (group_id, alert_id, channels) VALUES (?1, ?2, ?3)
ON CONFLICT (group_id, alert_id) DO UPDATE SET channels = ?3)sql";

} // namespace

group_statements::group_statements(const SQLite::Database& db)
    : save_group_(db, save_group_sql),
      close_group_(db, "DELETE FROM alert_groups WHERE id = ?1"),
      forget_all_told_(db, "DELETE FROM group_told WHERE group_id = ?1"),
      save_told_(db, save_told_sql),
      forget_told_(db, "DELETE FROM group_told WHERE group_id = ?1 AND alert_id = ?2") {}

void group_statements::save(const group_record& g) {
  write_labels(json_, g.labels);
  save_group_.run(g.id, g.route_key, json_, g.flush_at, g.flushed_at, g.notified_at);
}

void group_statements::close(group_id group) {
  close_group_.run(group);
  forget_all_told_.run(group);
}

void group_statements::save(const told_record& t) {
  if (t.channels.empty()) {
    forget_told_.run(t.group, t.episode);
    return;
  }
  write_strings(json_, t.channels);
  save_told_.run(t.group, t.episode, json_);
}

} // namespace tocsin::storage
