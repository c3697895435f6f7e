#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "protocols/channel.hpp"

/// What the tests of the channels have in common: a small notification and
/// channels of every kind.
namespace tocsin::samples {

using namespace std::chrono_literals;

inline constexpr timestamp noon = std::chrono::sys_days{std::chrono::year{2026} / 11 / 24} + 12h;

inline notified_alert pool_exhausted(std::string_view instance) {
  notified_alert a;
  a.labels = label_set::of({{"alertname", "PoolExhausted"}, {"instance", instance}, {"severity", "critical"}});
  a.annotations = label_set::of({{"summary", "All <100> connections & more are in use"}});
  a.generator_url = "http://prom:9090/graph?g0.expr=a&g0.tab=1";
  a.current_severity = severity::critical;
  a.starts_at = noon + 120ms;
  return a;
}

inline notification two_alerts() {
  notification n;
  n.id = {7};
  n.group_key = "{}:{alertname=\"PoolExhausted\"}";
  n.channel = "web.hook/webhook/0";
  n.receiver = "web.hook";
  n.group_labels = label_set::of({{"alertname", "PoolExhausted"}});
  n.alerts = {pool_exhausted("db1"), pool_exhausted("db2")};
  n.alerts[0].level = escalation_level{2};
  n.alerts[0].occurrence_count = 3;
  n.alerts[0].acknowledged_by = "ana";
  n.alerts[1].ended_at = noon + 90s;
  n.created_at = noon + 2min;
  return n;
}

inline channel webhook_to(std::string url) {
  channel c;
  c.id = "web.hook/webhook/0";
  c.receiver = "web.hook";
  webhook_channel settings;
  settings.url = std::move(url);
  c.settings = settings;
  return c;
}

inline channel slack_to(std::string name) {
  channel c;
  slack_channel settings;
  settings.api_url = "https://hooks.slack.com/services/T000/B000/verysecrettoken";
  settings.channel = std::move(name);
  c.settings = settings;
  return c;
}

inline channel stdout_as(stdout_channel::format format) {
  channel c;
  c.settings = stdout_channel{format};
  return c;
}

inline render_context context() {
  render_context c;
  c.external_url = "http://tocsin.example:9095";
  c.version = "0.1.0";
  return c;
}

inline http_request request_of(const channel& c, const notification& n) {
  return std::get<http_request>(*render(c, n, context()).message);
}

inline std::string text_of(const notification& n, bool terminal,
                           stdout_channel::format format = stdout_channel::format::text) {
  auto with = context();
  with.stdout_is_terminal = terminal;
  return std::get<console_text>(*render(stdout_as(format), n, with).message).text;
}

inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

inline std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) ++found;
  return found;
}

inline wire_response answer(std::int32_t status, std::string body = {}) {
  wire_response r;
  r.status = status;
  r.body = std::move(body);
  return r;
}

} // namespace tocsin::samples
