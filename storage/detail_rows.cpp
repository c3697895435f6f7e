#include "storage/detail_rows.hpp"

#include <utility>

#include "storage/statement.hpp"

namespace tocsin::storage {

namespace {

silence_change::kind parse_change(std::string_view text) {
  using enum silence_change::kind;
  for (auto kind : {created, updated, expired}) {
    if (text == to_string(kind)) return kind;
  }
  return updated;
}

} // namespace

void read_arrival(const SQLite::Database& db, episode_id id, history_detail& into) {
  statement query(db, "SELECT route, window_until FROM alert_history WHERE id = ?1");
  query.open(id);
  if (!query.next()) return;
  row_reader row(query);
  into.route = row.string();
  into.window_until = row.maybe_time();
}

std::vector<escalation_record> escalations_of(const SQLite::Database& db, episode_id id) {
  statement query(db,
                  "SELECT from_level, to_level, reason, escalated_by, escalated_at "
                  "FROM escalation_history WHERE alert_id = ?1 ORDER BY id");
  query.open(id);
  std::vector<escalation_record> found;
  while (query.next()) {
    row_reader row(query);
    escalation_record r;
    r.episode = id;
    r.from_level = escalation_level{row.small_number()};
    r.to_level = escalation_level{row.small_number()};
    r.reason = row.string();
    r.escalated_by = row.string();
    r.at = row.time();
    found.push_back(std::move(r));
  }
  return found;
}

std::vector<acknowledgement_record> acknowledgements_of(const SQLite::Database& db, episode_id id) {
  statement query(db,
                  "SELECT acknowledged_by, comment, acknowledged_at FROM acknowledgments "
                  "WHERE alert_id = ?1 ORDER BY id");
  query.open(id);
  std::vector<acknowledgement_record> found;
  while (query.next()) {
    row_reader row(query);
    acknowledgement_record r;
    r.episode = id;
    r.acknowledged_by = row.string();
    r.comment = row.string();
    r.at = row.time();
    found.push_back(std::move(r));
  }
  return found;
}

std::vector<episode_event> events_of(const SQLite::Database& db, episode_id id) {
  statement query(db, "SELECT kind, caused_by, text, at FROM alert_events WHERE alert_id = ?1 ORDER BY at, id");
  query.open(id);
  std::vector<episode_event> found;
  while (query.next()) {
    row_reader row(query);
    episode_event e;
    e.episode = id;
    const auto kind = parse_event_kind(row.text());
    e.by = row.string();
    e.text = row.string();
    e.at = row.time();
    // One of another version cannot be named; its row stays where it is.
    if (!kind) continue;
    e.what = *kind;
    found.push_back(std::move(e));
  }
  return found;
}

std::vector<correlation_row> correlations_of(const SQLite::Database& db, episode_id id) {
  statement query(db, R"sql(
SELECT pair.other, coalesce(alert_history.alert_name, ''), pair.correlation_score, pair.correlation_type, pair.created_at
FROM (SELECT alert2_id AS other, correlation_score, correlation_type, created_at
      FROM alert_correlations WHERE alert1_id = ?1
      UNION ALL
      SELECT alert1_id, correlation_score, correlation_type, created_at
      FROM alert_correlations WHERE alert2_id = ?1) AS pair
LEFT JOIN alert_history ON alert_history.id = pair.other
ORDER BY pair.correlation_score DESC, pair.other, pair.correlation_type)sql");
  query.open(id);
  std::vector<correlation_row> found;
  while (query.next()) {
    row_reader row(query);
    correlation_row c;
    c.other = row.id<episode_id>();
    c.alert_name = row.string();
    c.score = row.real();
    c.type = row.string();
    c.at = row.time();
    found.push_back(std::move(c));
  }
  return found;
}

std::vector<related_row> related_to(const SQLite::Database& db, json_column_reader& json, episode_id id,
                                    double min_score) {
  statement query(db, R"sql(
SELECT pair.other, pair.correlation_score, pair.correlation_type, alert_name, severity, service, annotations
FROM (SELECT alert2_id AS other, correlation_score, correlation_type FROM alert_correlations WHERE alert1_id = ?1
      UNION ALL
      SELECT alert1_id, correlation_score, correlation_type FROM alert_correlations WHERE alert2_id = ?1) AS pair
JOIN alert_history ON alert_history.id = pair.other
WHERE pair.correlation_score >= ?2
ORDER BY pair.correlation_score DESC, pair.other, pair.correlation_type)sql");
  query.open(id, min_score);
  std::vector<related_row> found;
  while (query.next()) {
    row_reader row(query);
    related_row r;
    r.other = row.id<episode_id>();
    r.score = row.real();
    r.type = row.string();
    r.alert_name = row.string();
    r.severity = parse_severity(row.text()).value_or(severity::warning);
    r.service = row.string();
    r.annotations = json.labels(row.text());
    found.push_back(std::move(r));
  }
  return found;
}

std::vector<silence_change> changes_of(const SQLite::Database& db, std::string_view silence_id) {
  statement query(
      db, "SELECT kind, changed_by, comment, changed_at FROM silence_changes WHERE silence_id = ?1 ORDER BY id");
  query.open(silence_id);
  std::vector<silence_change> found;
  while (query.next()) {
    row_reader row(query);
    silence_change c;
    c.id = silence_id;
    c.what = parse_change(row.text());
    c.by = row.string();
    c.comment = row.string();
    c.at = row.time();
    found.push_back(std::move(c));
  }
  return found;
}

} // namespace tocsin::storage
