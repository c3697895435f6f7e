#include "storage/on_call_statements.hpp"

namespace tocsin::storage {

namespace {

constexpr const char* save_sql = R"sql(
INSERT OR REPLACE INTO on_call_overrides (id, schedule, person, starts_at, ends_at, created_by, comment, created_at,
  ended_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9))sql";

} // namespace

on_call_statements::on_call_statements(const SQLite::Database& db)
    : save_(db, save_sql), forget_(db, "DELETE FROM on_call_overrides WHERE id = ?1") {}

void on_call_statements::save(const on_call_override& o) {
  save_.run(o.id, o.schedule, o.person, o.starts_at, o.ends_at, o.created_by, o.comment, o.created_at, o.ended_by);
}

void on_call_statements::forget(std::string_view id) {
  forget_.run(id);
}

std::vector<on_call_override> read_overrides(const SQLite::Database& db) {
  statement query(db,
                  "SELECT id, schedule, person, starts_at, ends_at, created_by, comment, created_at, ended_by FROM "
                  "on_call_overrides ORDER BY id");
  query.open();
  std::vector<on_call_override> found;
  while (query.next()) {
    row_reader row(query);
    on_call_override o;
    o.id = row.string();
    o.schedule = row.string();
    o.person = row.string();
    o.starts_at = row.time();
    o.ends_at = row.time();
    o.created_by = row.string();
    o.comment = row.string();
    o.created_at = row.time();
    o.ended_by = row.string();
    found.push_back(std::move(o));
  }
  return found;
}

} // namespace tocsin::storage
