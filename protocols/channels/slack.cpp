#include <algorithm>
#include <array>

#include "protocols/channels/parts.hpp"
#include "protocols/json_writer.hpp"

namespace tocsin::channels {

namespace {

// Slack cuts a text at 40,000 characters and advises 4,000; the other bounds
// keep one message readable on a phone.
constexpr std::size_t title_limit = 1024;
constexpr std::size_t text_limit = 3500;
constexpr std::size_t field_limit = 200;
constexpr std::size_t summary_limit = 300;
constexpr std::size_t description_limit = 500;
constexpr std::size_t listed_alerts = 10;
constexpr std::size_t hint_limit = 600;
constexpr std::size_t hinted_names = 2;

std::string_view colour_of(const notification& n) {
  if (!n.firing()) return "#36A64F";
  switch (n.most_urgent()) {
    case severity::critical: return "#FF0000";
    case severity::warning: return "#FFA500";
    case severity::info: return "#0066CC";
  }
  return "#FFA500";
}

/// Slack wants these three escaped and no others; without it a label with
/// `<!channel>` would ring everybody.
std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else {
      out.push_back(c);
    }
  }
  return out;
}

std::string short_text(std::string_view text, std::size_t limit) {
  return escaped(cut_to_characters(text, limit));
}

/// What an alert says of itself, or its labels when it says nothing.
std::string headline(const notified_alert& a) {
  for (auto name : {"summary", "message", "title"}) {
    if (const auto text = a.annotations.get(name); !text.empty()) return std::string(text);
  }
  std::string labels;
  for (auto [name, value] : a.labels) {
    if (name == "alertname") continue;
    if (!labels.empty()) labels += ' ';
    labels.append(name).append("=").append(value);
  }
  return labels.empty() ? std::string(a.labels.get("alertname")) : labels;
}

std::string lines_of(const notified_alert& a, bool mixed) {
  std::string out = "• ";
  if (mixed && a.resolved()) out += "resolved: ";
  if (a.flapping) out += "flapping: ";
  out += short_text(headline(a), summary_limit);
  if (const auto instance = names_of(a.labels).instance; !instance.empty()) {
    out += " (" + short_text(instance, field_limit) + ")";
  }
  if (a.occurrence_count > 1) out += " (×" + std::to_string(a.occurrence_count) + ")";
  out += '\n';
  if (const auto text = a.annotations.get("description"); !text.empty()) {
    out += short_text(text, description_limit) + '\n';
  }
  return out;
}

std::string text_of(const notification& n) {
  const auto mixed = n.firing() && n.firing_count() < n.alerts.size();
  std::string out;
  std::size_t listed = 0;
  for (; listed < std::min(n.alerts.size(), listed_alerts); ++listed) {
    auto lines = lines_of(n.alerts[listed], mixed);
    if (listed > 0 && out.size() + lines.size() > text_limit) break;
    out += lines;
  }
  if (const auto rest = n.alerts.size() - listed; rest > 0) out += "and " + std::to_string(rest) + " more";
  if (!out.empty() && out.back() == '\n') out.pop_back();
  return out;
}

std::string title_of(const notification& n) {
  std::string title = "[";
  title.append(status_word(n)).append("] ").append(n.alert_name());
  return cut_to_characters(title, title_limit);
}

/// The services of its alerts, each once, in order of first mention.
std::string services_of(const notification& n) {
  constexpr std::size_t enough = 3;
  std::vector<std::string_view> seen;
  for (const auto& a : n.alerts) {
    const auto service = names_of(a.labels).service;
    if (service.empty() || std::find(seen.begin(), seen.end(), service) != seen.end()) continue;
    seen.push_back(service);
    if (seen.size() > enough) break;
  }
  std::string out;
  for (std::size_t i = 0; i < std::min(seen.size(), enough); ++i) out.append(i ? ", " : "").append(seen[i]);
  return seen.size() > enough ? out.append(", ").append(ellipsis) : out;
}

void write_field(json_writer& json, std::string_view title, std::string_view value) {
  if (value.empty()) return;
  json.begin_object()
      .member("title", title)
      .member("value", short_text(value, field_limit))
      .member("short", true)
      .end_object();
}

void write_fields(json_writer& json, const notification& n) {
  json.key("fields").begin_array();
  write_field(json, "Severity", to_string(n.most_urgent()));
  write_field(json, "Level", std::to_string(n.highest_level().value()));
  write_field(json, "Service", services_of(n));
  write_field(json, "Instances", std::to_string(n.alerts.size()));
  write_field(json, "Started", to_rfc3339(earliest_start(n), time_precision::trimmed));
  write_field(json, "Reason", to_string(n.reason));
  for (const auto& part : hint_parts(n, hinted_names)) {
    json.begin_object()
        .member("title", short_text(part.title, field_limit))
        .member("value", short_text(part.text, hint_limit))
        .member("short", false)
        .end_object();
  }
  json.end_array();
}

std::string body_of(const slack_channel& c, const notification& n, const render_context& context) {
  std::string body;
  json_writer json(body);
  json.begin_object();
  if (!c.channel.empty()) json.member("channel", c.channel);
  if (!c.username.empty()) json.member("username", c.username);
  const auto title = escaped(title_of(n));
  json.key("attachments").begin_array().begin_object();
  json.member("color", colour_of(n))
      .member("title", title)
      .member("text", text_of(n))
      .member("fallback", context.external_url.empty() ? title : title + " | " + context.external_url);
  if (!context.external_url.empty()) json.member("title_link", context.external_url);
  write_fields(json, n);
  json.key("mrkdwn_in").begin_array().end_array();
  json.end_object().end_array().end_object();
  return body;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

} // namespace

http_request render(const slack_channel& c, const notification& n, const render_context& context) {
  return {c.api_url, request_headers(n, context), body_of(c, n, context), c.timeout, c.http};
}

verdict judge(const slack_channel& c, const wire_response& response) {
  auto v = judge_by_status(response, {c.api_url, c.http});
  if (v.what != verdict::kind::delivered) return v;
  const auto word = trimmed(response.body);
  if (word == "ok" || word.starts_with(R"({"ok":true)")) return v;
  // A proxy's welcome page also answers 200: only Slack's own word counts.
  const auto answer = answer_of(response, {c.api_url, c.http});
  v.what = verdict::kind::give_up;
  v.message += answer.empty() ? ": the answer is empty, expected ok" : ": " + answer + " (expected ok)";
  return v;
}

} // namespace tocsin::channels
