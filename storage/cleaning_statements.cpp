#include "storage/cleaning_statements.hpp"

#include <algorithm>
#include <string>

#include <SQLiteCpp/Column.h>

namespace tocsin::storage {

namespace {

constexpr const char* mark_sql = R"sql(
INSERT INTO marks (name, value) VALUES ('cleaned_until', ?1)
ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value))sql";

// What ended before the cutoff began before it, so the index of the starts leads to all of them.
constexpr const char* find_alerts_sql = R"sql(
SELECT id, start_time, end_time IS NOT NULL AND end_time < ?1
  AND NOT EXISTS (SELECT 1 FROM group_told WHERE group_told.alert_id = alert_history.id)
  AND NOT EXISTS (SELECT 1 FROM notification_alerts JOIN notifications
                  ON notifications.id = notification_alerts.notification_id
                  WHERE notification_alerts.alert_id = alert_history.id)
FROM alert_history INDEXED BY alert_history_by_start
WHERE start_time < ?1 AND (start_time, id) > (?2, ?3) ORDER BY start_time, id LIMIT ?4)sql";

constexpr const char* find_attempts_sql = R"sql(
SELECT id, sent_at, NOT EXISTS (SELECT 1 FROM notifications WHERE notifications.id = notification_id)
FROM notification_history INDEXED BY notification_history_by_time
WHERE sent_at < ?1 AND (sent_at, id) > (?2, ?3) ORDER BY sent_at, id LIMIT ?4)sql";

// Told of several alerts, a notification keeps its attempts until the last of them goes.
constexpr const char* erase_attempts_of_sql = R"sql(
DELETE FROM notification_history WHERE notification_id = ?1
  AND NOT EXISTS (SELECT 1 FROM notification_alerts WHERE notification_id = ?1))sql";

/// At most ?2 rows of `table` whose `column` is ?1.
std::string erase_detail_sql(const std::string& table, const std::string& column) {
  return "DELETE FROM " + table + " WHERE id IN (SELECT id FROM " + table + " WHERE " + column + " = ?1 LIMIT ?2)";
}

/// An alert has rarely fewer rows.
constexpr std::int64_t rows_an_alert = 4;
/// This share of the file stays free, since the next alerts will need it.
constexpr std::int64_t free_share = 20;
/// To move a page costs as much as to delete some rows.
constexpr std::int64_t rows_a_page = 8;

} // namespace

cleaning_statements::cleaning_statements(SQLite::Database& db)
    : db_(db),
      mark_(db, mark_sql),
      find_alerts_(db, find_alerts_sql),
      find_attempts_(db, find_attempts_sql),
      erase_details_{statement(db, erase_detail_sql("escalation_history", "alert_id")),
                     statement(db, erase_detail_sql("acknowledgments", "alert_id")),
                     statement(db, erase_detail_sql("alert_events", "alert_id")),
                     statement(db, erase_detail_sql("alert_correlations", "alert1_id")),
                     statement(db, erase_detail_sql("alert_correlations", "alert2_id"))},
      find_notifications_(db, "SELECT notification_id FROM notification_alerts WHERE alert_id = ?1 LIMIT ?2"),
      erase_alert_in_notification_(db, "DELETE FROM notification_alerts WHERE notification_id = ?1 AND alert_id = ?2"),
      erase_attempts_of_(db, erase_attempts_of_sql),
      erase_alert_(db, "DELETE FROM alert_history WHERE id = ?1"),
      erase_attempt_(db, "DELETE FROM notification_history WHERE id = ?1") {}

void cleaning_statements::take_step(cleaning& run, std::size_t most) {
  const auto rows = std::max<std::int64_t>(static_cast<std::int64_t>(most), 1);
  switch (run.at) {
    case cleaning::stage::alerts: return clean_alerts(run, rows);
    case cleaning::stage::attempts: return clean_attempts(run, rows);
    case cleaning::stage::file: return clean_file(run, rows);
    case cleaning::stage::over: return;
  }
}

void cleaning_statements::find(statement& query, const cleaning& run, std::int64_t most) {
  found_.clear();
  query.open(run.cutoff, run.behind, run.behind_id, most);
  try {
    while (query.next()) {
      row_reader row(query);
      candidate c;
      c.id = row.number();
      c.at = row.time();
      c.goes = row.flag();
      found_.push_back(c);
    }
  } catch (...) {
    // A query left in the middle would keep the write-ahead log from starting anew.
    query.rewind();
    throw;
  }
  query.rewind();
}

template <class... Values>
std::int64_t cleaning_statements::erase_by(statement& by, cleaning& run, const Values&... values) {
  by.run(values...);
  const std::int64_t gone = db_.getChanges();
  run.rows += gone;
  return gone;
}

void cleaning_statements::clean_alerts(cleaning& run, std::int64_t most) {
  // In the transaction of the first deletion, so that the mark is never behind.
  if (run.behind == timestamp::min()) mark_.run(run.cutoff);
  // Most rows of a step are those that belong to the alerts.
  const auto alerts = std::max<std::int64_t>(most / rows_an_alert, 1);
  find(find_alerts_, run, alerts);
  auto left = most;
  for (const auto& c : found_) {
    if (left <= 0) return;
    if (c.goes && !erase(run, c.id, left)) return;
    --left;
    run.behind = c.at;
    run.behind_id = c.id;
  }
  if (static_cast<std::int64_t>(found_.size()) == alerts) return;
  run.at = cleaning::stage::attempts;
  run.behind = timestamp::min();
  run.behind_id = 0;
}

bool cleaning_statements::erase(cleaning& run, std::int64_t id, std::int64_t& left) {
  for (auto& by : erase_details_) {
    left -= erase_by(by, run, id, left);
    if (left <= 0) return false;
  }
  erase_notifications(run, id, left);
  if (left <= 0) return false;
  left -= erase_by(erase_alert_, run, id);
  ++run.alerts;
  return true;
}

void cleaning_statements::erase_notifications(cleaning& run, std::int64_t id, std::int64_t& left) {
  notifications_.clear();
  find_notifications_.open(id, left);
  try {
    while (find_notifications_.next()) notifications_.push_back(row_reader(find_notifications_).number());
  } catch (...) {
    find_notifications_.rewind();
    throw;
  }
  find_notifications_.rewind();
  for (const auto notification : notifications_) {
    if (left <= 0) return;
    left -= erase_by(erase_alert_in_notification_, run, notification, id);
    left -= erase_by(erase_attempts_of_, run, notification);
  }
}

void cleaning_statements::clean_attempts(cleaning& run, std::int64_t most) {
  find(find_attempts_, run, most);
  for (const auto& c : found_) {
    if (c.goes) erase_by(erase_attempt_, run, c.id);
    run.behind = c.at;
    run.behind_id = c.id;
  }
  if (static_cast<std::int64_t>(found_.size()) < most) run.at = cleaning::stage::file;
}

void cleaning_statements::clean_file(cleaning& run, std::int64_t most) {
  const auto number = [this](const char* pragma) { return db_.execAndGet(pragma).getInt64(); };
  constexpr std::int64_t incremental = 2;
  const auto spare = number("PRAGMA freelist_count") - number("PRAGMA page_count") / free_share;
  if (number("PRAGMA auto_vacuum") != incremental || spare <= 0) {
    run.at = cleaning::stage::over;
    return;
  }
  const auto pages = std::min(spare, std::max<std::int64_t>(most / rows_a_page, 1));
  db_.exec("PRAGMA incremental_vacuum(" + std::to_string(pages) + ")");
}

} // namespace tocsin::storage
