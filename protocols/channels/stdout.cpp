#include <algorithm>

#include "protocols/channels/parts.hpp"

namespace tocsin::channels {

namespace {

// One notification must not scroll the one before it off the screen.
constexpr std::size_t listed_alerts = 20;
constexpr std::size_t name_limit = 120;
constexpr std::size_t labels_limit = 300;
constexpr std::size_t summary_limit = 200;
constexpr std::size_t hint_limit = 400;
constexpr std::size_t hinted_names = 3;

constexpr std::string_view bold = "\x1b[1m";
constexpr std::string_view red = "\x1b[1;31m";
constexpr std::string_view yellow = "\x1b[1;33m";
constexpr std::string_view blue = "\x1b[1;34m";
constexpr std::string_view green = "\x1b[1;32m";
constexpr std::string_view plain = "\x1b[0m";

std::string_view colour_of(const notification& n) {
  if (!n.firing()) return green;
  switch (n.most_urgent()) {
    case severity::critical: return red;
    case severity::warning: return yellow;
    case severity::info: return blue;
  }
  return plain;
}

std::string coloured(std::string_view text, std::string_view colour, bool with_colour) {
  if (!with_colour) return std::string(text);
  return std::string(colour).append(text).append(plain);
}

std::string upper(std::string_view word) {
  std::string out(word);
  for (auto& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

/// `instance="db1" severity="critical"`; what the headline tells already is left out.
std::string labels_of(const notified_alert& a, bool name_is_told) {
  std::string out;
  for (auto [name, value] : a.labels) {
    if (name_is_told && name == "alertname") continue;
    if (!out.empty()) out += ' ';
    out.append(printable(name, name_limit)).append("=\"").append(printable(value, name_limit)).append("\"");
  }
  return printable(out, labels_limit);
}

std::string line_of(const notified_alert& a, bool name_is_told, bool mixed) {
  auto labels = labels_of(a, name_is_told);
  // An alert that is nothing but a name has no other label to be told by.
  if (labels.empty()) labels = labels_of(a, false);
  auto out = "  - " + labels;
  if (a.id) out += " #" + std::to_string(a.id.value);
  if (mixed && a.resolved()) out += " resolved";
  if (a.flapping) out += " flapping";
  if (a.occurrence_count > 1) out += " (×" + std::to_string(a.occurrence_count) + ")";
  if (!a.acknowledged_by.empty()) out += " (acknowledged by " + printable(a.acknowledged_by, name_limit) + ")";
  if (const auto summary = a.annotations.get("summary"); !summary.empty()) {
    out += ": " + printable(summary, summary_limit);
  }
  return out + '\n';
}

std::string text_of(const notification& n, bool with_colour) {
  const auto mixed = n.firing() && n.firing_count() < n.alerts.size();
  const auto name_is_told = std::all_of(n.alerts.begin(), n.alerts.end(), [&](const auto& a) {
    return a.labels.get("alertname") == n.alerts.front().labels.get("alertname");
  });
  auto out = to_rfc3339(n.created_at, time_precision::trimmed) + ' ';
  std::string status = "[";
  status.append(upper(to_string(n.most_urgent()))).append("] [").append(status_word(n)).append("]");
  out += coloured(status, colour_of(n), with_colour) + ' ';
  out += coloured(printable(n.alert_name(), name_limit), bold, with_colour);
  out += " level " + std::to_string(n.highest_level().value()) + " -> " + printable(n.receiver, name_limit);
  out += " (" + std::string(to_string(n.reason)) + ")\n";
  out += "  group " + printable(n.group_key, labels_limit) + '\n';
  const auto listed = std::min(n.alerts.size(), listed_alerts);
  for (std::size_t i = 0; i < listed; ++i) out += line_of(n.alerts[i], name_is_told, mixed);
  if (n.alerts.size() > listed) out += "  and " + std::to_string(n.alerts.size() - listed) + " more\n";
  for (const auto& part : hint_parts(n, hinted_names)) {
    out += "  " + printable(part.title, name_limit) + ": " + printable(part.text, hint_limit) + '\n';
  }
  return out;
}

} // namespace

console_text render(const stdout_channel& c, const notification& n, const render_context& context, wording&) {
  using format = stdout_channel::format;
  // Who looks at a terminal wants lines; what reads a pipe wants JSON.
  const auto as_text = c.as == format::text || (c.as == format::automatic && context.stdout_is_terminal);
  if (as_text) return {text_of(n, context.stdout_is_terminal)};
  return {printable_json(webhook_payload(n, context, 0)) + '\n'};
}

verdict judge(const stdout_channel&, const wire_response& response) {
  if (response.error.empty()) return {verdict::kind::delivered, std::nullopt, "written"};
  return {verdict::kind::retry, std::nullopt, printable(response.error, summary_limit)};
}

} // namespace tocsin::channels
