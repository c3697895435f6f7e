#include "storage/episode_statements.hpp"

#include <stdexcept>

#include "protocols/alert.hpp"
#include "storage/json_columns.hpp"

namespace tocsin::storage {

namespace {

constexpr const char* open_sql = R"sql(
INSERT INTO alert_history (id, alert_name, severity, declared_severity, service, category, instance, status,
  start_time, end_time, resolution_time_seconds, escalation_level, acknowledgment_time, acknowledged_by, group_id,
  expires_at, timed_out_end, last_seen, occurrence_count, escalation_policy, escalation_step, escalation_since,
  suppressed_by, created_at, updated_at, fingerprint, generator_url, labels, annotations, route, window_until,
  root_cause, reopen_count)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, max(?10 - ?9, 0) / 1000, ?11, ?12, ?13, ?14,
  ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31))sql";

// max() of a null is null, so that an active episode has no resolution time, nor
// has one that fires again.
constexpr const char* update_sql = R"sql(
UPDATE alert_history SET severity = ?2, status = ?3, end_time = ?4,
  resolution_time_seconds = max(?4 - start_time, 0) / 1000, escalation_level = ?5, acknowledgment_time = ?6,
  acknowledged_by = ?7, expires_at = ?8, timed_out_end = ?9, last_seen = ?10, occurrence_count = ?11,
  escalation_policy = ?12, escalation_step = ?13, escalation_since = ?14, suppressed_by = ?15, updated_at = ?16,
  reopen_count = ?17
WHERE id = ?1)sql";

constexpr const char* close_acknowledgements_sql =
    "UPDATE acknowledgments SET resolved_at = ?2 WHERE alert_id = ?1 AND resolved_at IS NULL";

constexpr const char* move_sql = "UPDATE alert_history SET group_id = ?2, updated_at = ?3 WHERE id = ?1";

constexpr const char* reannotate_sql =
    "UPDATE alert_history SET annotations = ?2, generator_url = ?3, start_time = ?4, updated_at = ?5 WHERE id = ?1";

constexpr const char* escalate_sql = R"sql(
INSERT INTO escalation_history (alert_id, from_level, to_level, reason, escalated_by, escalated_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6))sql";

constexpr const char* record_event_sql =
    "INSERT INTO alert_events (alert_id, kind, caused_by, text, at) VALUES (?1, ?2, ?3, ?4, ?5)";

constexpr const char* blame_sql = "UPDATE alert_history SET root_cause = ?2, updated_at = ?3 WHERE id = ?1";

// An episode that ended in the same batch is closed already.
constexpr const char* acknowledge_sql = R"sql(
INSERT INTO acknowledgments (alert_id, acknowledged_by, comment, acknowledged_at, resolved_at)
VALUES (?1, ?2, ?3, ?4, (SELECT end_time FROM alert_history WHERE id = ?1)))sql";

} // namespace

episode_statements::episode_statements(const SQLite::Database& db)
    : db_(db),
      open_(db, open_sql),
      update_(db, update_sql),
      close_acknowledgements_(db, close_acknowledgements_sql),
      move_(db, move_sql),
      reannotate_(db, reannotate_sql),
      escalate_(db, escalate_sql),
      acknowledge_(db, acknowledge_sql),
      record_event_(db, record_event_sql),
      blame_(db, blame_sql) {}

void episode_statements::open(const episode_opening& opening) {
  const auto& e = opening.alert;
  const auto names = names_of(e.labels);
  const auto& s = e.state;
  write_labels(labels_, e.labels);
  write_labels(annotations_, e.annotations);
  open_.run(e.id, names.name, to_string(s.current_severity), to_string(e.declared_severity), names.service,
            names.category, names.instance, to_string(s.status), e.starts_at, s.ended_at, s.level.value(),
            s.acknowledged_at, s.acknowledged_by, e.group, s.expires_at, s.timed_out_end, s.last_seen,
            s.occurrence_count, s.escalation.policy, s.escalation.step, s.escalation.since, s.suppressed_by,
            e.received_at, fingerprint_md5(e.labels), e.generator_url, labels_, annotations_, opening.route,
            opening.window_until, opening.root_cause, s.reopen_count);
}

void episode_statements::update(const episode_update& u, timestamp now) {
  const auto& s = u.state;
  update_.run(u.id, to_string(s.current_severity), to_string(s.status), s.ended_at, s.level.value(), s.acknowledged_at,
              s.acknowledged_by, s.expires_at, s.timed_out_end, s.last_seen, s.occurrence_count, s.escalation.policy,
              s.escalation.step, s.escalation.since, s.suppressed_by, now, s.reopen_count);
  if (s.ended_at) {
    close_acknowledgements_.run(u.id, *s.ended_at);
  } else if (db_.getChanges() == 0) {
    throw std::runtime_error("alert " + std::to_string(u.id.value) + " is not in the history any more");
  }
}

void episode_statements::move(const episode_move& m, timestamp now) {
  move_.run(m.id, m.group, now);
}

void episode_statements::reannotate(const annotation_update& u, timestamp now) {
  write_labels(annotations_, u.annotations);
  reannotate_.run(u.id, annotations_, u.generator_url, u.starts_at, now);
}

void episode_statements::record(const escalation_record& r) {
  escalate_.run(r.episode, r.from_level.value(), r.to_level.value(), r.reason, r.escalated_by, r.at);
}

void episode_statements::record(const acknowledgement_record& r) {
  acknowledge_.run(r.episode, r.acknowledged_by, r.comment, r.at);
}

void episode_statements::record(const episode_event& e) {
  record_event_.run(e.episode, to_string(e.what), e.by, e.text, e.at);
}

void episode_statements::blame(const cause_update& u, timestamp now) {
  blame_.run(u.id, u.root_cause, now);
}

} // namespace tocsin::storage
