#pragma once

#include <string_view>
#include <utility>

#include "protocols/alert.hpp"
#include "storage/reader.hpp"

namespace tocsin::http {

/// What people read first of an alert.
inline std::string_view summary_of(const label_set& annotations) {
  const auto summary = annotations.get("summary");
  return summary.empty() ? annotations.get("description") : summary;
}

/// Hands each member of a row to `visit(name, value)`, in the order in which every form
/// of it (JSON, comma-separated values) shows them. Values are texts, numbers, times,
/// label sets, lists of these, and optional ones.
template <class Visit>
void visit_members(const storage::history_row& row, Visit visit) {
  const auto& e = row.alert;
  const auto& s = e.state;
  const auto names = names_of(e.labels);
  visit("id", e.id.value);
  visit("alert_name", names.name);
  visit("severity", to_string(s.current_severity));
  visit("service", names.service);
  visit("category", names.category);
  visit("instance", names.instance);
  visit("status", to_string(s.status));
  visit("start_time", e.starts_at);
  visit("end_time", s.ended_at);
  visit("resolution_time_seconds", row.resolution_time_seconds);
  visit("escalation_level", s.level.value());
  visit("acknowledgment_time", s.acknowledged_at);
  visit("acknowledged_by", s.acknowledged_by);
  visit("summary", summary_of(e.annotations));
  visit("labels", e.labels);
  visit("annotations", e.annotations);
  visit("generator_url", e.generator_url);
  visit("fingerprint", fingerprint_md5(e.labels));
  visit("declared_severity", to_string(e.declared_severity));
  visit("occurrence_count", s.occurrence_count);
  visit("reopen_count", s.reopen_count);
  visit("last_seen", s.last_seen);
  visit("suppressed_by", s.suppressed_by);
  visit("root_cause", row.root_cause);
  visit("related_alerts", row.related_alerts);
  visit("notification_channels", row.notification_channels);
  visit("notification_count", row.notification_count);
  visit("group_id", e.group.value);
  visit("created_at", e.received_at);
  visit("updated_at", row.updated_at);
}

} // namespace tocsin::http
