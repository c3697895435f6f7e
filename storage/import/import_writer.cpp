#include "storage/import/import_writer.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "protocols/json_writer.hpp"

namespace tocsin::storage {

namespace {

constexpr std::array<std::string_view, 6> stages{"alerts",           "related",      "escalations",
                                                 "acknowledgements", "correlations", "over"};

// No group owns it, no policy raises it, and it has ended: nothing that looks for work finds it.
constexpr const char* insert_sql = R"sql(
INSERT INTO alert_history (id, alert_name, severity, declared_severity, service, category, instance, status,
  start_time, end_time, resolution_time_seconds, escalation_level, acknowledgment_time, acknowledged_by, group_id,
  expires_at, timed_out_end, last_seen, occurrence_count, escalation_policy, escalation_step, escalation_since,
  suppressed_by, root_cause, notification_channels, notification_count, created_at, updated_at, fingerprint,
  generator_url, labels, annotations, reopen_count)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'resolved', ?8, ?9, ?10, ?11, ?12, ?13, 0, ?9, 0, ?14, ?15, '', 0, ?8,
  ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26))sql";

constexpr const char* find_import_sql = R"sql(
SELECT id, stage, position, line, rows_read, imported, duplicates, counted_before, refused, details FROM imports
WHERE digest = ?1 AND finished_at IS NULL)sql";

constexpr const char* begin_import_sql = R"sql(
INSERT INTO imports (digest, file, stage, position, line, rows_read, imported, duplicates, counted_before, refused,
  details, started_at)
VALUES (?1, ?2, 'alerts', -1, 0, 0, 0, 0, 0, 0, 0, ?3) RETURNING id)sql";

constexpr const char* save_import_sql = R"sql(
UPDATE imports SET stage = ?2, position = ?3, line = ?4, rows_read = ?5, imported = ?6, duplicates = ?7,
  counted_before = ?8, refused = ?9, details = ?10, finished_at = CASE WHEN ?2 = 'over' THEN ?11 END
WHERE id = ?1)sql";

// Should two rows have one id, the first keeps it.
constexpr const char* save_id_sql =
    "INSERT OR IGNORE INTO import_ids (import_id, source_id, alert_id, related) VALUES (?1, ?2, ?3, ?4)";

constexpr const char* find_related_sql =
    "SELECT source_id, alert_id, related FROM import_ids WHERE import_id = ?1 AND source_id > ?2 AND related IS NOT "
    "NULL "
    "ORDER BY source_id LIMIT 2000";

constexpr const char* forget_ids_sql = R"sql(
DELETE FROM import_ids WHERE import_id = ?1 AND source_id IN
  (SELECT source_id FROM import_ids WHERE import_id = ?1 LIMIT 50000))sql";

constexpr const char* escalate_sql = R"sql(
INSERT INTO escalation_history (alert_id, from_level, to_level, reason, escalated_by, escalated_at)
SELECT id, ?2, ?3, ?4, ?5, ?6 FROM alert_history WHERE id = ?1 AND end_time IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM escalation_history WHERE alert_id = ?1 AND escalated_at = ?6 AND to_level = ?3
                  AND reason = ?4 AND escalated_by = ?5))sql";

constexpr const char* acknowledge_sql = R"sql(
INSERT INTO acknowledgments (alert_id, acknowledged_by, comment, acknowledged_at, resolved_at)
SELECT id, ?2, ?3, ?4, end_time FROM alert_history WHERE id = ?1 AND end_time IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM acknowledgments WHERE alert_id = ?1 AND acknowledged_at = ?4 AND acknowledged_by = ?2
                  AND comment = ?3))sql";

// What the alert's own row does not say of it.
constexpr const char* acknowledge_alert_sql = R"sql(
UPDATE alert_history SET acknowledgment_time = coalesce(acknowledgment_time, ?3),
  acknowledged_by = CASE WHEN acknowledged_by = '' THEN ?2 ELSE acknowledged_by END
WHERE id = ?1 AND end_time IS NOT NULL AND (acknowledgment_time IS NULL OR acknowledged_by = ''))sql";

constexpr const char* correlate_sql = R"sql(
INSERT OR IGNORE INTO alert_correlations (alert1_id, alert2_id, correlation_score, correlation_type, created_at)
VALUES (?1, ?2, ?3, ?4, ?5))sql";

/// As many as an alert that came over the network has.
constexpr std::size_t most_related = 50;

void write_numbers(std::string& out, const std::vector<std::int64_t>& numbers) {
  json_writer json(out);
  json.begin_array();
  for (const auto n : numbers) json.value(n);
  json.end_array();
}

} // namespace

std::string_view to_string(import_stage s) noexcept {
  return stages[static_cast<std::size_t>(s)];
}

import_writer::import_writer(SQLite::Database& db)
    : db_(db),
      known_(db),
      rollups_(db),
      sequences_(db),
      last_(sequences_.read().episode),
      insert_(db, insert_sql),
      find_import_(db, find_import_sql),
      begin_import_(db, begin_import_sql),
      save_import_(db, save_import_sql),
      save_id_(db, save_id_sql),
      find_id_(db, "SELECT alert_id FROM import_ids WHERE import_id = ?1 AND source_id = ?2"),
      find_related_(db, find_related_sql),
      relate_(db, "UPDATE alert_history SET related_alerts = ?2 WHERE id = ?1"),
      related_done_(db, "UPDATE import_ids SET related = NULL WHERE import_id = ?1 AND source_id = ?2"),
      forget_ids_(db, forget_ids_sql),
      escalate_(db, escalate_sql),
      acknowledge_(db, acknowledge_sql),
      acknowledge_alert_(db, acknowledge_alert_sql),
      correlate_(db, correlate_sql) {}

std::optional<import_state> import_writer::find_unfinished(const std::string& digest) {
  std::optional<import_state> found;
  find_import_.open(digest);
  if (find_import_.next()) {
    row_reader row(find_import_);
    auto& s = found.emplace();
    s.id = row.number();
    s.stage = static_cast<import_stage>(std::find(stages.begin(), stages.end(), row.text()) - stages.begin());
    const auto position = row.number();
    const auto line = row.number();
    // At the beginning of a stage there is no position.
    if (line > 0) s.at = source_position{position, line};
    for (auto* count : {&s.counts.read, &s.counts.imported, &s.counts.duplicates, &s.counts.counted_before,
                        &s.counts.refused, &s.counts.details}) {
      *count = row.number();
    }
  }
  find_import_.rewind();
  return found;
}

import_state import_writer::begin(const std::string& digest, const std::string& file, timestamp now) {
  statement(db_, "DELETE FROM import_ids WHERE import_id IN (SELECT id FROM imports WHERE digest = ?1)").run(digest);
  statement(db_, "DELETE FROM imports WHERE digest = ?1").run(digest);
  import_state s;
  begin_import_.open(digest, file, now);
  if (begin_import_.next()) s.id = row_reader(begin_import_).number();
  begin_import_.rewind();
  return s;
}

import_outcome import_writer::add(const import_state& s, imported_alert a) {
  auto& e = a.row.alert;
  const auto fingerprint = fingerprint_md5(e.labels);
  const auto known = known_.find(e, fingerprint);
  if (!known && known_.may_have_been_cleaned(e)) return import_outcome::counted_before;
  std::optional<std::string> related;
  if (known) {
    e.id = *known;
  } else {
    e.id = episode_id{++last_.value};
    insert(a, fingerprint);
    known_.note(e, fingerprint);
    if (!a.row.related_alerts.empty()) write_numbers(related.emplace(), a.row.related_alerts);
  }
  if (a.source_id) {
    if (related) {
      save_id_.run(s.id, *a.source_id, e.id, *related);
    } else {
      save_id_.run(s.id, *a.source_id, e.id, std::optional<std::int64_t>());
    }
  }
  return known ? import_outcome::duplicate : import_outcome::imported;
}

void import_writer::insert(const imported_alert& a, const std::string& fingerprint) {
  const auto& e = a.row.alert;
  const auto& state = e.state;
  const auto names = names_of(e.labels);
  write_labels(labels_, e.labels);
  write_labels(annotations_, e.annotations);
  write_strings(channels_, a.row.notification_channels);
  insert_.run(e.id, names.name, to_string(state.current_severity), to_string(e.declared_severity), names.service,
              names.category, names.instance, e.starts_at, *state.ended_at, a.row.resolution_time_seconds,
              state.level.value(), state.acknowledged_at, state.acknowledged_by, state.last_seen,
              state.occurrence_count, state.suppressed_by, a.row.root_cause, channels_, a.row.notification_count,
              e.received_at, a.row.updated_at, fingerprint, e.generator_url, labels_, annotations_, state.reopen_count);
  rollups_.inserted(e.id);
  sequences_.note(e.id);
}

std::optional<episode_id> import_writer::id_of_source(const import_state& s, std::int64_t source) {
  find_id_.open(s.id, source);
  std::optional<episode_id> found;
  if (find_id_.next()) found = row_reader(find_id_).id<episode_id>();
  find_id_.rewind();
  return found;
}

bool import_writer::add(const import_state& s, const source_escalation& e) {
  const auto id = id_of_source(s, e.alert);
  if (!id) return false;
  escalate_.run(*id, e.what.from_level.value(), e.what.to_level.value(), e.what.reason, e.what.escalated_by, e.what.at);
  return db_.getChanges() > 0;
}

bool import_writer::add(const import_state& s, const source_acknowledgement& a) {
  const auto id = id_of_source(s, a.alert);
  if (!id) return false;
  acknowledge_.run(*id, a.what.acknowledged_by, a.what.comment, a.what.at);
  if (db_.getChanges() == 0) return false;
  rollups_.touch(*id);
  acknowledge_alert_.run(*id, a.what.acknowledged_by, a.what.at);
  return true;
}

bool import_writer::add(const import_state& s, const source_correlation& c) {
  const auto first = id_of_source(s, c.first);
  const auto second = id_of_source(s, c.second);
  if (!first || !second || *first == *second) return false;
  const auto [lower, higher] = std::minmax(*first, *second);
  correlate_.run(lower, higher, c.what.score, c.what.type, c.what.at);
  return db_.getChanges() > 0;
}

std::string import_writer::related_here(const import_state& s, const std::vector<std::int64_t>& sources) {
  std::vector<std::int64_t> here;
  for (const auto source : sources) {
    const auto id = id_of_source(s, source);
    // An alert that did not come along has no id here.
    if (id && here.size() < most_related) here.push_back(id->value);
  }
  std::string text;
  write_numbers(text, here);
  return text;
}

bool import_writer::relate_some(const import_state& s) {
  struct list {
    std::int64_t source = 0;
    episode_id alert;
    std::vector<std::int64_t> related;
  };
  std::vector<list> lists;
  find_related_.open(s.id, s.at ? s.at->offset : INT64_MIN);
  while (find_related_.next()) {
    row_reader row(find_related_);
    list l;
    l.source = row.number();
    l.alert = row.id<episode_id>();
    l.related = json_.numbers(row.text());
    lists.push_back(std::move(l));
  }
  find_related_.rewind();
  for (const auto& l : lists) {
    relate_.run(l.alert, related_here(s, l.related));
    related_done_.run(s.id, l.source);
  }
  return !lists.empty();
}

bool import_writer::forget_some(const import_state& s) {
  forget_ids_.run(s.id);
  return db_.getChanges() > 0;
}

void import_writer::settle(const import_state& s, timestamp now) {
  rollups_.settle(now);
  sequences_.store();
  const auto at = s.at.value_or(source_position{-1, 0});
  const auto& c = s.counts;
  save_import_.run(s.id, to_string(s.stage), at.offset, at.line, c.read, c.imported, c.duplicates, c.counted_before,
                   c.refused, c.details, now);
  // Its transaction may fail yet, but then nothing of this writer is used any more.
  sequences_.kept();
}

} // namespace tocsin::storage
