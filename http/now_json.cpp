#include "http/now_json.hpp"

#include "http/history_members.hpp"
#include "protocols/alert.hpp"

namespace tocsin::http {

namespace {

void write_list(json_writer& w, std::string_view name, const std::vector<std::string>& texts) {
  w.key(name).begin_array();
  for (const auto& text : texts) w.value(text);
  w.end_array();
}

void write_moment(json_writer& w, std::string_view name, const std::optional<timestamp>& t) {
  w.key(name);
  t ? w.value(*t) : w.null();
}

void write_alert(json_writer& w, const episode& e, const std::optional<timestamp>& next_escalation_at) {
  const auto names = names_of(e.labels);
  w.begin_object();
  write_short_members(w, e);
  w.member("escalation_level", e.state.level.value()).member("status", to_string(e.state.status));
  w.member("start_time", e.starts_at).member("service", names.service).member("instance", names.instance);
  w.member("acknowledged_by", e.state.acknowledged_by).member("suppressed_by", e.state.suppressed_by);
  write_moment(w, "next_escalation_at", next_escalation_at);
  w.end_object();
}

} // namespace

void write_short_members(json_writer& w, const episode& e) {
  w.member("id", e.id.value).member("alert_name", names_of(e.labels).name);
  w.member("severity", to_string(e.state.current_severity)).member("summary", summary_of(e.annotations));
  w.member("labels", e.labels);
}

void write_summary(json_writer& w, const active_summary& s, std::size_t groups) {
  w.begin_object().member("groups", groups).member("alerts", s.alerts).member("critical", s.critical);
  w.member("warning", s.warning).member("info", s.info).member("acknowledged", s.acknowledged);
  w.member("suppressed", s.suppressed).end_object();
}

void write_group(json_writer& w, const active_group& g, const group_details& details) {
  w.begin_object().member("receiver", details.route.receiver).member("route", details.route.key);
  w.member("group_labels", g.labels).member("group_key", details.route.group_key(g.labels));
  w.member("severity", to_string(g.how_bad())).member("escalation_level", g.level.value());
  w.member("count", g.count).member("suppressed_count", g.suppressed).member("acknowledged_count", g.acknowledged);
  write_list(w, "acknowledged_by", g.acknowledged_by);
  w.member("oldest_start_time", g.oldest).member("newest_start_time", g.newest);
  write_moment(w, "next_escalation_at", g.next ? std::optional(g.next->due) : std::nullopt);
  w.key("next_escalation");
  g.next ? w.value(text_of(*g.next)) : w.null();
  write_list(w, "muted_by", details.muted_by);
  write_list(w, "channels", details.channels);
  if (!g.ids.empty()) {
    w.key("alert_ids").begin_array();
    for (const auto id : g.ids) w.value(id.value);
    w.end_array();
  }
  w.key("alerts").begin_array();
  for (const auto& [alert, next] : details.alerts) write_alert(w, alert, next);
  w.end_array().end_object();
}

} // namespace tocsin::http
