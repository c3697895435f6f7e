#include "storage/silence_statements.hpp"

#include "protocols/silence_json.hpp"

namespace tocsin::storage {

namespace {

constexpr const char* save_sql = R"sql(
INSERT INTO silences (id, matchers, starts_at, ends_at, updated_at, created_by, comment, recurrence, expire_on_resolve,
  matched_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
ON CONFLICT (id) DO UPDATE SET matchers = ?2, starts_at = ?3, ends_at = ?4, updated_at = ?5, created_by = ?6,
  comment = ?7, recurrence = ?8, expire_on_resolve = ?9, matched_at = ?10)sql";

constexpr const char* record_sql =
    "INSERT INTO silence_changes (silence_id, kind, changed_by, comment, changed_at) VALUES (?1, ?2, ?3, ?4, ?5)";

} // namespace

silence_statements::silence_statements(const SQLite::Database& db)
    : save_(db, save_sql),
      record_(db, record_sql),
      forget_(db, "DELETE FROM silences WHERE id = ?1"),
      forget_changes_(db, "DELETE FROM silence_changes WHERE silence_id = ?1") {}

void silence_statements::save(const silence& s) {
  matchers_.clear();
  json_writer matchers(matchers_);
  write_matchers(matchers, s.matchers);
  recurrence_.clear();
  json_writer recurrence(recurrence_);
  write_intervals(recurrence, s.recurrence);
  save_.run(s.id, matchers_, s.starts_at, s.ends_at, s.updated_at, s.created_by, s.comment, recurrence_,
            s.expire_on_resolve, s.matched_at);
}

void silence_statements::record(const silence_change& c) {
  record_.run(c.id, to_string(c.what), c.by, c.comment, c.at);
}

void silence_statements::forget(std::string_view id) {
  forget_.run(id);
  forget_changes_.run(id);
}

} // namespace tocsin::storage
