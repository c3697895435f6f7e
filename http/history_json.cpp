#include "http/history_json.hpp"

#include "http/history_members.hpp"

namespace tocsin::http {

namespace {

template <class T>
void optional_member(json_writer& w, std::string_view name, const std::optional<T>& value) {
  w.key(name);
  value ? w.value(*value) : w.null();
}

template <class T>
void write_value(json_writer& w, const T& value) {
  w.value(value);
}
template <class T>
void write_value(json_writer& w, const std::optional<T>& value) {
  value ? w.value(*value) : w.null();
}
template <class T>
void write_value(json_writer& w, const std::vector<T>& values) {
  w.begin_array();
  for (const auto& v : values) w.value(v);
  w.end_array();
}

/// The members of a row, inside an object that is open.
void write_members(json_writer& w, const storage::history_row& row) {
  visit_members(row, [&w](std::string_view name, const auto& value) {
    w.key(name);
    write_value(w, value);
  });
}

void write_record(json_writer& w, const escalation_record& r) {
  w.begin_object().member("from_level", r.from_level.value()).member("to_level", r.to_level.value());
  w.member("reason", r.reason).member("escalated_by", r.escalated_by).member("escalated_at", r.at).end_object();
}

void write_record(json_writer& w, const acknowledgement_record& r) {
  w.begin_object().member("acknowledged_by", r.acknowledged_by).member("comment", r.comment);
  w.member("acknowledged_at", r.at).end_object();
}

void write_record(json_writer& w, const episode_event& e) {
  w.begin_object().member("kind", to_string(e.what)).member("caused_by", e.by);
  w.member("text", e.text).member("at", e.at).end_object();
}

void write_record(json_writer& w, const storage::correlation_row& c) {
  w.begin_object().member("alert_id", c.other.value).member("alert_name", c.alert_name);
  w.member("correlation_score", c.score).member("correlation_type", c.type).member("created_at", c.at).end_object();
}

template <class Record>
void write_records(json_writer& w, std::string_view name, const std::vector<Record>& records) {
  w.key(name).begin_array();
  for (const auto& r : records) write_record(w, r);
  w.end_array();
}

} // namespace

std::string one_body(const storage::history_row& row) {
  return one_body([&row](json_writer& w) { write_row(w, row); });
}

std::string one_body(const storage::history_detail& detail) {
  return one_body([&detail](json_writer& w) { write_detail(w, detail); });
}

void write_row(json_writer& w, const storage::history_row& row) {
  w.begin_object();
  write_members(w, row);
  w.end_object();
}

void write_row(json_writer& w, const storage::notification_row& row) {
  const auto& a = row.attempt;
  w.begin_object().member("id", row.id).member("notification_id", a.notification.value);
  w.member("alert_name", a.alert_name).member("channel", a.channel).member("recipients", a.recipients);
  w.member("success", a.success).member("sent_at", a.at).member("duration_ms", a.took.count());
  w.member("message", a.message).member("retry_count", a.retry_count);
  w.member("reason", to_string(a.reason)).end_object();
}

void write_row(json_writer& w, const storage::related_row& row) {
  w.begin_object().member("alert2_id", row.other.value).member("correlation_score", row.score);
  w.member("correlation_type", row.type).member("alert_name", row.alert_name);
  w.member("severity", to_string(row.severity)).member("service", row.service);
  w.member("summary", summary_of(row.annotations)).end_object();
}

void write_detail(json_writer& w, const storage::history_detail& detail) {
  w.begin_object();
  write_members(w, detail.row);
  w.member("route", detail.route);
  optional_member(w, "window_until", detail.window_until);
  write_records(w, "escalations", detail.escalations);
  write_records(w, "acknowledgments", detail.acknowledgements);
  w.key("notifications").begin_array();
  for (const auto& r : detail.notifications) write_row(w, r);
  w.end_array();
  write_records(w, "events", detail.events);
  write_records(w, "correlations", detail.correlations);
  w.end_object();
}

} // namespace tocsin::http
