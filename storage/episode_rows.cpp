#include "storage/episode_rows.hpp"

namespace tocsin::storage {

const char* const episode_columns =
    "id, severity, declared_severity, status, start_time, end_time, escalation_level, acknowledgment_time, "
    "acknowledged_by, group_id, expires_at, timed_out_end, last_seen, occurrence_count, escalation_policy, "
    "escalation_step, escalation_since, suppressed_by, created_at, generator_url, labels, annotations, reopen_count";

episode read_episode(row_reader& row, json_column_reader& json) {
  episode e;
  auto& state = e.state;
  e.id = row.id<episode_id>();
  state.current_severity = parse_severity(row.text()).value_or(severity::warning);
  e.declared_severity = parse_severity(row.text()).value_or(severity::warning);
  state.status = parse_episode_status(row.text()).value_or(episode_status::firing);
  e.starts_at = row.time();
  state.ended_at = row.maybe_time();
  state.level = escalation_level{row.small_number()};
  state.acknowledged_at = row.maybe_time();
  state.acknowledged_by = row.string();
  e.group = row.id<group_id>();
  state.expires_at = row.time();
  state.timed_out_end = row.flag();
  state.last_seen = row.time();
  state.occurrence_count = row.number();
  state.escalation.policy = row.string();
  state.escalation.step = row.small_number();
  state.escalation.since = row.time();
  state.suppressed_by = row.string();
  e.received_at = row.time();
  e.generator_url = row.string();
  e.labels = json.labels(row.text());
  e.annotations = json.labels(row.text());
  state.reopen_count = row.number();
  return e;
}

} // namespace tocsin::storage
