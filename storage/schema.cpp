#include "storage/schema.hpp"

#include <array>

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Transaction.h>

#include "storage/connection.hpp"

namespace tocsin::storage {

namespace {

/// "tocs" as PRAGMA application_id, so that no other program's file is taken for ours.
constexpr std::int64_t application_id = 0x746f6373;

// Times are milliseconds since 1970, UTC. In alert_history the short columns that
// queries filter by come first and the long texts last, so that a scan need not step over those.
constexpr const char* first_tables = R"sql(
CREATE TABLE alert_history (
  id INTEGER PRIMARY KEY,
  alert_name TEXT NOT NULL,
  severity TEXT NOT NULL,
  declared_severity TEXT NOT NULL,
  service TEXT NOT NULL,
  category TEXT NOT NULL,
  instance TEXT NOT NULL,
  status TEXT NOT NULL,
  start_time INTEGER NOT NULL,
  end_time INTEGER,
  resolution_time_seconds INTEGER,
  escalation_level INTEGER NOT NULL,
  acknowledgment_time INTEGER,
  acknowledged_by TEXT NOT NULL DEFAULT '',
  group_id INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  timed_out_end INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  occurrence_count INTEGER NOT NULL,
  escalation_policy TEXT NOT NULL,
  escalation_step INTEGER NOT NULL,
  escalation_since INTEGER NOT NULL,
  suppressed_by TEXT NOT NULL DEFAULT '',
  root_cause TEXT NOT NULL DEFAULT '',
  related_alerts TEXT NOT NULL DEFAULT '[]',
  notification_channels TEXT NOT NULL DEFAULT '[]',
  notification_count INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  fingerprint TEXT NOT NULL,
  generator_url TEXT NOT NULL,
  labels TEXT NOT NULL,
  annotations TEXT NOT NULL
) STRICT;
CREATE INDEX alert_history_by_start ON alert_history (start_time);
CREATE INDEX alert_history_by_name ON alert_history (alert_name, start_time);
CREATE INDEX alert_history_by_service ON alert_history (service, start_time);
CREATE INDEX alert_history_active ON alert_history (group_id) WHERE end_time IS NULL;

CREATE TABLE escalation_history (
  id INTEGER PRIMARY KEY,
  alert_id INTEGER NOT NULL,
  from_level INTEGER NOT NULL,
  to_level INTEGER NOT NULL,
  reason TEXT NOT NULL,
  escalated_by TEXT NOT NULL,
  escalated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX escalation_history_by_alert ON escalation_history (alert_id);

CREATE TABLE acknowledgments (
  id INTEGER PRIMARY KEY,
  alert_id INTEGER NOT NULL,
  acknowledged_by TEXT NOT NULL,
  comment TEXT NOT NULL,
  acknowledged_at INTEGER NOT NULL,
  resolved_at INTEGER
) STRICT;
CREATE INDEX acknowledgments_by_alert ON acknowledgments (alert_id);

CREATE TABLE alert_correlations (
  id INTEGER PRIMARY KEY,
  alert1_id INTEGER NOT NULL,
  alert2_id INTEGER NOT NULL,
  correlation_score REAL NOT NULL,
  correlation_type TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE alert_groups (
  id INTEGER PRIMARY KEY,
  route_key TEXT NOT NULL,
  labels TEXT NOT NULL,
  flush_at INTEGER,
  flushed_at INTEGER,
  notified_at INTEGER
) STRICT;

CREATE TABLE group_told (
  group_id INTEGER NOT NULL,
  alert_id INTEGER NOT NULL,
  channels TEXT NOT NULL,
  PRIMARY KEY (group_id, alert_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE notifications (
  id INTEGER PRIMARY KEY,
  group_id INTEGER NOT NULL,
  channel TEXT NOT NULL,
  receiver TEXT NOT NULL,
  reason TEXT NOT NULL,
  group_key TEXT NOT NULL,
  group_labels TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  next_attempt_at INTEGER NOT NULL
) STRICT;
CREATE INDEX notifications_by_group ON notifications (group_id);

CREATE TABLE notification_alerts (
  notification_id INTEGER NOT NULL,
  position INTEGER NOT NULL,
  alert_id INTEGER NOT NULL,
  resolved INTEGER NOT NULL,
  PRIMARY KEY (notification_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX notification_alerts_by_alert ON notification_alerts (alert_id);

CREATE TABLE notification_history (
  id INTEGER PRIMARY KEY,
  notification_id INTEGER NOT NULL,
  alert_name TEXT NOT NULL,
  channel TEXT NOT NULL,
  channel_kind TEXT NOT NULL,
  recipients TEXT NOT NULL,
  success INTEGER NOT NULL,
  sent_at INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  message TEXT NOT NULL,
  retry_count INTEGER NOT NULL
) STRICT;
CREATE INDEX notification_history_by_time ON notification_history (sent_at);
CREATE INDEX notification_history_by_notification ON notification_history (notification_id);

CREATE TABLE sequences (
  name TEXT PRIMARY KEY,
  last INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO sequences (name, last) VALUES ('episode', 0), ('group', 0), ('notification', 0);
)sql";

// What a pair of alerts has is one row for each type, the smaller id first; a
// file in which that is not so yet is put in order, the newest record counts.
constexpr const char* noise_control = R"sql(
ALTER TABLE alert_history ADD COLUMN route TEXT NOT NULL DEFAULT '';
ALTER TABLE alert_history ADD COLUMN window_until INTEGER;
CREATE INDEX alert_history_by_arrival ON alert_history (created_at, group_id);

ALTER TABLE notification_history ADD COLUMN reason TEXT NOT NULL DEFAULT '';

CREATE TABLE alert_events (
  id INTEGER PRIMARY KEY,
  alert_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  caused_by TEXT NOT NULL,
  text TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX alert_events_by_alert ON alert_events (alert_id);

CREATE TABLE silences (
  id TEXT PRIMARY KEY,
  matchers TEXT NOT NULL,
  starts_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  comment TEXT NOT NULL,
  recurrence TEXT NOT NULL,
  expire_on_resolve INTEGER NOT NULL,
  matched_at INTEGER
) STRICT;

CREATE TABLE silence_changes (
  id INTEGER PRIMARY KEY,
  silence_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  changed_by TEXT NOT NULL,
  comment TEXT NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX silence_changes_by_silence ON silence_changes (silence_id);

UPDATE alert_correlations SET alert1_id = alert2_id, alert2_id = alert1_id WHERE alert1_id > alert2_id;
DELETE FROM alert_correlations WHERE id NOT IN
  (SELECT max(id) FROM alert_correlations GROUP BY alert1_id, alert2_id, correlation_type);
CREATE UNIQUE INDEX alert_correlations_by_pair ON alert_correlations (alert1_id, alert2_id, correlation_type);
CREATE INDEX alert_correlations_by_second ON alert_correlations (alert2_id);
)sql";

// What a clean-up asks of each old alert is whether a channel still believes it to fire.
constexpr const char* cleaning_up = R"sql(
CREATE TABLE marks (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX group_told_by_alert ON group_told (alert_id);
)sql";

// What the analytics read; see rollup.hpp. A severity is its number, 1 for critical.
constexpr const char* rollup_tables = R"sql(
CREATE TABLE rollups (
  grain INTEGER NOT NULL,
  span INTEGER NOT NULL,
  bucket INTEGER NOT NULL,
  alert_name TEXT NOT NULL,
  service TEXT NOT NULL,
  severity INTEGER NOT NULL,
  episodes INTEGER NOT NULL,
  resolved INTEGER NOT NULL,
  resolution_sum INTEGER NOT NULL,
  resolution_least INTEGER,
  resolution_most INTEGER,
  acknowledged INTEGER NOT NULL,
  acknowledgement_sum INTEGER NOT NULL,
  acknowledgement_least INTEGER,
  acknowledgement_most INTEGER,
  level_sum INTEGER NOT NULL,
  notifications INTEGER NOT NULL,
  occurrences INTEGER NOT NULL,
  unattended INTEGER NOT NULL,
  with_targets INTEGER NOT NULL,
  on_target INTEGER NOT NULL,
  resolution_spread BLOB NOT NULL,
  acknowledgement_spread BLOB NOT NULL,
  PRIMARY KEY (grain, span, bucket, alert_name, service, severity)
) STRICT, WITHOUT ROWID;
)sql";

constexpr const char* on_call_tables = R"sql(
CREATE TABLE on_call_overrides (
  id TEXT PRIMARY KEY,
  schedule TEXT NOT NULL,
  person TEXT NOT NULL,
  starts_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  comment TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  ended_by TEXT NOT NULL
) STRICT, WITHOUT ROWID;
)sql";

// What was there before counts as never reopened.
constexpr const char* reopenings = R"sql(
ALTER TABLE alert_history ADD COLUMN reopen_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rollups ADD COLUMN reopened INTEGER NOT NULL DEFAULT 0;
)sql";

// An import that was broken off goes on where it was: what it inserted and how far it came are written
// together. The ids of its file are known until it is over.
constexpr const char* import_tables = R"sql(
CREATE TABLE imports (
  id INTEGER PRIMARY KEY,
  digest TEXT NOT NULL UNIQUE,
  file TEXT NOT NULL,
  stage TEXT NOT NULL,
  position INTEGER NOT NULL,
  line INTEGER NOT NULL,
  rows_read INTEGER NOT NULL,
  imported INTEGER NOT NULL,
  duplicates INTEGER NOT NULL,
  counted_before INTEGER NOT NULL,
  refused INTEGER NOT NULL,
  details INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER
) STRICT;

CREATE TABLE import_ids (
  import_id INTEGER NOT NULL,
  source_id INTEGER NOT NULL,
  alert_id INTEGER NOT NULL,
  related TEXT,
  PRIMARY KEY (import_id, source_id)
) STRICT, WITHOUT ROWID;
)sql";

// A query that compares `grain` or `span` with a parameter writes `+?1`: where a parameter alone could decide whether a
// partial index may be used, SQLite prepares the statement anew each time that it is bound.
// Cells lie by name before service. Those of hours are few in any range that is asked for, and new with nearly
// every alert: they are not worth an entry each.
constexpr const char* rollups_by_service = R"sql(
CREATE INDEX rollups_by_service ON rollups (span, bucket, service) WHERE grain = 0 AND span > 0;
)sql";

constexpr std::array<migration, 8> all_migrations{{
    {"the first tables", first_tables},
    {"silences, events and correlations", noise_control},
    {"cleaning up", cleaning_up},
    {"roll-ups", rollup_tables},
    {"on call", on_call_tables},
    {"reopenings", reopenings},
    {"imports", import_tables},
    {"roll-ups by service", rollups_by_service},
}};

std::int64_t pragma(SQLite::Database& db, const char* name) {
  return db.execAndGet(std::string("PRAGMA ") + name).getInt64();
}

/// Another program's database, unless it is empty or carries our mark.
bool foreign(SQLite::Database& db) {
  if (pragma(db, "application_id") == application_id) return false;
  return pragma(db, "application_id") != 0 || schema_version(db) != 0
         || db.execAndGet("SELECT count(*) FROM sqlite_schema").getInt64() != 0;
}

void take_step(SQLite::Database& db, const migration& step, std::size_t version) {
  SQLite::Transaction transaction(db, SQLite::TransactionBehavior::IMMEDIATE);
  db.exec(step.sql);
  db.exec("PRAGMA application_id = " + std::to_string(application_id));
  db.exec("PRAGMA user_version = " + std::to_string(version));
  transaction.commit();
}

} // namespace

std::span<const migration> migrations() {
  return all_migrations;
}

std::int64_t schema_version(SQLite::Database& db) {
  return pragma(db, "user_version");
}

result<void> migrate(SQLite::Database& db, const std::string& file, std::span<const migration> steps) {
  if (foreign(db)) {
    return fail(file + " is the database of another program. Move it away, or choose another storage folder.");
  }
  const auto version = schema_version(db);
  const auto newest = static_cast<std::int64_t>(steps.size());
  if (version < 0 || version > newest) {
    return fail(file + " has schema version " + std::to_string(version) + ", but this program knows versions up to "
                + std::to_string(newest)
                + ". Start the newer program that wrote it, or restore a back-up taken before the upgrade.");
  }
  for (auto done = static_cast<std::size_t>(version); done < steps.size(); ++done) {
    try {
      take_step(db, steps[done], done + 1);
    } catch (const SQLite::Exception& error) {
      return fail(file + " could not be brought from schema version " + std::to_string(done) + " to "
                  + std::to_string(done + 1) + " (" + steps[done].name + "): " + describe(error)
                  + ". It is unchanged at version " + std::to_string(done) + ".");
    }
  }
  return {};
}

} // namespace tocsin::storage
