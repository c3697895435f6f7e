#include "protocols/go_text.hpp"
#include "protocols/links.hpp"
#include "protocols/templates/template_set.hpp"

namespace tocsin::templates {

namespace {

using fields = std::vector<record::field>;

value make_record(std::string_view type, fields f) {
  return value(std::make_shared<const record>(record{type, std::move(f)}));
}

/// The data are nested a few levels deep, so this never fails.
value list_of(std::vector<value> items, list_kind kind = list_kind::any) {
  return make_list(std::move(items), kind).value();
}

value status_of(bool firing) {
  return value::of(firing ? "firing" : "resolved");
}

/// Beside Alertmanager's words for an alert; not printed with it, nor in its JSON.
value own_of(const notified_alert& a) {
  return make_record("tocsin.Alert", {{"ID", value::number(a.id.value), "id"},
                                      {"Severity", value::of(to_string(a.current_severity)), "severity"},
                                      {"Level", value::number(a.level.value()), "level"},
                                      {"Occurrences", value::number(a.occurrence_count), "occurrences"},
                                      {"AcknowledgedBy", value::of(a.acknowledged_by), "acknowledged_by"},
                                      {"Flapping", value(a.flapping), "flapping"}});
}

value alert_of(const notified_alert& a) {
  return make_record("template.Alert", {{"Status", status_of(!a.resolved()), "status"},
                                        {"Labels", value(a.labels), "labels"},
                                        {"Annotations", value(a.annotations), "annotations"},
                                        {"StartsAt", value(moment{a.starts_at, ""}), "startsAt"},
                                        {"EndsAt", value(moment{a.ended_at.value_or(go_zero_time), ""}), "endsAt"},
                                        {"GeneratorURL", value::of(a.generator_url), "generatorURL"},
                                        {"Fingerprint", value::of(fingerprint_fnv(a.labels)), "fingerprint"},
                                        {"Tocsin", own_of(a), ""}});
}

value hint_of(const alert_advice& h) {
  return make_record("tocsin.Hint", {{"AlertName", value::of(h.alert_name), "alert_name"},
                                     {"Causes", list_of_strings(h.what.causes), "causes"},
                                     {"Steps", list_of_strings(h.what.steps), "steps"},
                                     {"Fixes", list_of_strings(h.what.fixes), "fixes"},
                                     {"Dashboard", value::of(h.what.dashboard), "dashboard"}});
}

/// Beside Alertmanager's words for a notification. AlertIDs are in the order of Alerts.
value own_of(const notification& n, const render_context& context) {
  std::vector<value> ids;
  for (const auto& a : n.alerts) ids.push_back(value::number(a.id.value));
  std::vector<value> hints;
  for (const auto& h : n.hints) hints.push_back(hint_of(h));
  return make_record("tocsin.Data", {{"NotificationID", value::number(n.id.value), "notification_id"},
                                     {"AlertName", value::of(n.alert_name()), "alert_name"},
                                     {"Severity", value::of(to_string(n.most_urgent())), "severity"},
                                     {"Level", value::number(n.highest_level().value()), "level"},
                                     {"AlertIDs", list_of(std::move(ids)), "alert_ids"},
                                     {"Hints", list_of(std::move(hints)), "hints"},
                                     {"GroupKey", value::of(n.group_key), "group_key"},
                                     {"Channel", value::of(n.channel), "channel"},
                                     {"AcknowledgeURL", value::of(acknowledge_url(n, context)), "acknowledge_url"},
                                     {"CreatedAt", value(moment{n.created_at, ""}), "created_at"}});
}

} // namespace

template_data data_of(const notification& n, const render_context& context) {
  std::vector<value> alerts;
  alerts.reserve(n.alerts.size());
  for (const auto& a : n.alerts) alerts.push_back(alert_of(a));
  auto dot =
      // Alertmanager hands the name over as a regular expression.
      make_record("template.Data", {{"Receiver", value::of(go::quote_meta(n.receiver)), "receiver"},
                                    {"Status", status_of(n.firing()), "status"},
                                    {"Alerts", list_of(std::move(alerts), list_kind::alerts), "alerts"},
                                    {"NotificationReason", value::of(to_string(n.reason)), "notification_reason"},
                                    {"GroupLabels", value(n.group_labels), "groupLabels"},
                                    {"CommonLabels", value(n.common_labels()), "commonLabels"},
                                    {"CommonAnnotations", value(n.common_annotations()), "commonAnnotations"},
                                    {"RouteLabels", value(n.route_labels), "routeLabels"},
                                    {"ExternalURL", value::of(context.external_url), "externalURL"},
                                    {"Tocsin", own_of(n, context), ""}});
  return {std::move(dot), n.created_at};
}

} // namespace tocsin::templates
