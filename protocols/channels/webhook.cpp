#include <algorithm>

#include "protocols/channels/parts.hpp"
#include "protocols/channels/wording.hpp"
#include "protocols/digest.hpp"
#include "protocols/go_text.hpp"
#include "protocols/json_writer.hpp"
#include "protocols/links.hpp"

namespace tocsin::channels {

namespace {

/// What Go prints for a time that is not set.
constexpr std::string_view go_zero_time = "0001-01-01T00:00:00Z";

std::string_view status_of(bool firing) {
  return firing ? "firing" : "resolved";
}

void write_alert(json_writer& json, const notified_alert& a) {
  json.begin_object()
      .member("status", status_of(!a.resolved()))
      .member("labels", a.labels)
      .member("annotations", a.annotations)
      .member("startsAt", to_rfc3339(a.starts_at, time_precision::trimmed))
      .member("endsAt", a.ended_at ? to_rfc3339(*a.ended_at, time_precision::trimmed) : std::string(go_zero_time))
      .member("generatorURL", a.generator_url)
      .member("fingerprint", fingerprint_fnv(a.labels))
      .end_object();
}

void write_list(json_writer& json, std::string_view name, const std::vector<std::string>& lines) {
  json.key(name).begin_array();
  for (const auto& line : lines) json.value(line);
  json.end_array();
}

void write_hints(json_writer& json, const std::vector<alert_advice>& hints) {
  json.key("hints").begin_array();
  for (const auto& h : hints) {
    json.begin_object().member("alert_name", h.alert_name);
    write_list(json, "causes", h.what.causes);
    write_list(json, "steps", h.what.steps);
    write_list(json, "fixes", h.what.fixes);
    json.member("dashboard", h.what.dashboard).end_object();
  }
  json.end_array();
}

/// What Alertmanager's payload has no word for, under one key of our own. The
/// arrays are in the order of `alerts`.
void write_own(json_writer& json, const notification& listed, const notification& whole,
               const render_context& context) {
  json.key("tocsin")
      .begin_object()
      .member("notification_id", whole.id.value)
      .member("level", whole.highest_level().value())
      .member("severity", to_string(whole.most_urgent()));
  json.key("alert_ids").begin_array();
  for (const auto& a : listed.alerts) json.value(a.id.value);
  json.end_array().key("occurrences").begin_array();
  for (const auto& a : listed.alerts) json.value(a.occurrence_count);
  json.end_array().key("acknowledged_by").begin_array();
  for (const auto& a : listed.alerts) json.value(a.acknowledged_by);
  json.end_array().key("flapping").begin_array();
  for (const auto& a : listed.alerts) json.value(a.flapping);
  json.end_array();
  if (!whole.hints.empty()) write_hints(json, whole.hints);
  if (!context.external_url.empty()) {
    json.member("acknowledge_url", acknowledge_url(whole, context));
    json.key("explain_urls").begin_array();
    for (const auto& a : listed.alerts) {
      json.value(a.id ? context.external_url + "/api/alerts/explain/" + std::to_string(a.id.value) : std::string());
    }
    json.end_array();
  }
  json.end_object();
}

void write_payload(json_writer& json, const notification& listed, const notification& whole,
                   const render_context& context) {
  // The status tells of the whole group. Alertmanager looks at the listed alerts
  // only, so its truncated messages can say "resolved" while the group fires.
  json.begin_object()
      .member("receiver", go::quote_meta(whole.receiver))
      .member("status", status_of(whole.firing()))
      .key("alerts")
      .begin_array();
  for (const auto& a : listed.alerts) write_alert(json, a);
  json.end_array()
      .member("notification_reason", to_string(whole.reason))
      .member("groupLabels", whole.group_labels)
      .member("commonLabels", listed.common_labels())
      .member("commonAnnotations", listed.common_annotations())
      .member("routeLabels", whole.route_labels)
      .member("externalURL", context.external_url)
      .member("version", "4")
      .member("groupKey", whole.group_key)
      .member("truncatedAlerts", whole.alerts.size() - listed.alerts.size());
  write_own(json, listed, whole, context);
  json.end_object();
}

/// The time is signed too, so that a receiver can refuse a request that somebody sends again later.
void sign(http_request& request, std::string_view secret, timestamp now) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  const auto time = std::to_string(seconds);
  request.headers.emplace_back("X-Tocsin-Timestamp", time);
  request.headers.emplace_back("X-Tocsin-Signature", "v1=" + hmac_sha256_hex(secret, time + "." + request.body));
}

} // namespace

std::string webhook_payload(const notification& n, const render_context& context, std::size_t max_alerts) {
  std::string body;
  json_writer json(body, json_escaping::html);
  if (max_alerts == 0 || n.alerts.size() <= max_alerts) {
    write_payload(json, n, n, context);
    return body;
  }
  auto listed = n;
  listed.alerts.resize(max_alerts);
  write_payload(json, listed, n, context);
  return body;
}

std::optional<http_request> render(const webhook_channel& c, const notification& n, const render_context& context,
                                   wording& words) {
  http_request request{c.url, request_headers(n, context), webhook_payload(n, context, c.max_alerts) + '\n', c.timeout,
                       c.http};
  if (c.url_template.is_set()) {
    const auto url = words.text("url", c.url_template);
    if (!url) return std::nullopt;
    if (!url->starts_with("http://") && !url->starts_with("https://")) {
      // Not quoted: it may hold a secret.
      words.fail_with("url", "expected an http or https URL from the template");
      return std::nullopt;
    }
    request.url = *url;
  }
  if (!c.hmac_secret.empty()) sign(request, c.hmac_secret, context.now);
  return request;
}

verdict judge(const webhook_channel& c, const wire_response& response) {
  return judge_by_status(response, {c.url, c.http, c.hmac_secret});
}

} // namespace tocsin::channels
