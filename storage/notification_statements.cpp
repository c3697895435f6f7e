#include "storage/notification_statements.hpp"

#include "storage/json_columns.hpp"

namespace tocsin::storage {

namespace {

constexpr const char* intend_sql = R"sql(
INSERT INTO notifications (id, group_id, channel, receiver, reason, group_key, group_labels, created_at,
  next_attempt_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8))sql";

constexpr const char* intend_alert_sql =
    "INSERT INTO notification_alerts (notification_id, position, alert_id, resolved) VALUES (?1, ?2, ?3, ?4)";

constexpr const char* record_attempt_sql = R"sql(
INSERT INTO notification_history (notification_id, alert_name, channel, channel_kind, recipients, success, sent_at,
  duration_ms, message, retry_count, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11))sql";

constexpr const char* postpone_sql =
    "UPDATE notifications SET attempts = attempts + 1, next_attempt_at = ?2 WHERE id = ?1";

// A kind stands in the list once, however often it was used.
constexpr const char* count_sql = R"sql(
UPDATE alert_history SET notification_count = notification_count + 1,
  notification_channels = CASE
    WHEN EXISTS (SELECT 1 FROM json_each(notification_channels) WHERE value = ?2) THEN notification_channels
    ELSE json_insert(notification_channels, '$[#]', ?2) END,
  updated_at = ?3
WHERE id IN (SELECT alert_id FROM notification_alerts WHERE notification_id = ?1))sql";

} // namespace

std::string_view channel_kind(std::string_view handle) noexcept {
  const auto last = handle.rfind('/');
  if (last == std::string_view::npos) return handle;
  // A receiver's name may hold slashes too, so the kind is counted from the end.
  handle = handle.substr(0, last);
  const auto before = handle.rfind('/');
  return before == std::string_view::npos ? handle : handle.substr(before + 1);
}

notification_reason parse_notification_reason(std::string_view text) noexcept {
  using enum notification_reason;
  for (auto reason : {first_notification, new_alerts_added, some_alerts_resolved, all_alerts_resolved,
                      repeat_interval_elapsed, escalated, flapping, cascade, fallback, digest, acknowledged, test}) {
    if (text == to_string(reason)) return reason;
  }
  return first_notification;
}

notification_statements::notification_statements(const SQLite::Database& db)
    : intend_(db, intend_sql),
      intend_alert_(db, intend_alert_sql),
      record_attempt_(db, record_attempt_sql),
      postpone_(db, postpone_sql),
      finish_(db, "DELETE FROM notifications WHERE id = ?1"),
      count_(db, count_sql),
      alerts_(db, "SELECT alert_id FROM notification_alerts WHERE notification_id = ?1") {}

void notification_statements::intend(const notification_intent& n) {
  write_labels(json_, n.group_labels);
  intend_.run(n.id, n.group, n.channel, n.receiver, to_string(n.reason), n.group_key, json_, n.created_at);
  std::int64_t position = 0;
  for (const auto& alert : n.alerts) intend_alert_.run(n.id, position++, alert.id, alert.resolved);
}

std::vector<episode_id> notification_statements::alerts_of(notification_id id) {
  std::vector<episode_id> found;
  alerts_.open(id);
  while (alerts_.next()) found.push_back(row_reader(alerts_).id<episode_id>());
  alerts_.rewind();
  return found;
}

void notification_statements::record(const attempt_record& a, timestamp now) {
  const auto kind = channel_kind(a.channel);
  record_attempt_.run(a.notification, a.alert_name, a.channel, kind, a.recipients, a.success, a.at, a.took.count(),
                      a.message, a.retry_count, to_string(a.reason));
  if (a.next_attempt_at) {
    postpone_.run(a.notification, *a.next_attempt_at);
    return;
  }
  finish_.run(a.notification);
  if (a.success || a.told) count_.run(a.notification, kind, now);
}

} // namespace tocsin::storage
