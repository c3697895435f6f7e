#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocols/history.hpp"
#include "storage/statement.hpp"

namespace tocsin::storage {

/// The kind in a channel handle: `webhook` in `ops/webhook/0`. A text without a
/// slash is a kind already.
std::string_view channel_kind(std::string_view handle) noexcept;

/// The reason that `to_string` names so; the first notification for a word of another version.
notification_reason parse_notification_reason(std::string_view text) noexcept;

/// Writes `notifications` (the outbox), `notification_alerts`,
/// `notification_history` and what `alert_history` counts of them.
/// Each method throws SQLite::Exception.
class notification_statements {
 public:
  explicit notification_statements(const SQLite::Database& db);

  void intend(const notification_intent& n);
  void record(const attempt_record& a, timestamp now);
  /// The alerts that a notification tells of.
  std::vector<episode_id> alerts_of(notification_id id);

 private:
  statement intend_;
  statement intend_alert_;
  statement record_attempt_;
  statement postpone_;
  statement finish_;
  statement count_;
  statement alerts_;
  std::string json_;
};

} // namespace tocsin::storage
