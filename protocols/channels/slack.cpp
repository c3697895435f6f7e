#include <algorithm>
#include <array>

#include "protocols/channels/parts.hpp"
#include "protocols/channels/wording.hpp"
#include "protocols/json_writer.hpp"
#include "protocols/links.hpp"

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

void write_long_field(json_writer& json, std::string_view title, std::string_view value) {
  json.begin_object().member("title", title).member("value", value).member("short", false).end_object();
}

/// Ours: what stands, then what helps.
void write_own_fields(json_writer& json, const notification& n) {
  write_field(json, "Severity", to_string(n.most_urgent()));
  write_field(json, "Level", std::to_string(n.highest_level().value()));
  write_field(json, "Service", services_of(n));
  write_field(json, "Instances", std::to_string(n.alerts.size()));
  write_field(json, "Started", to_rfc3339(earliest_start(n), time_precision::trimmed));
  write_field(json, "Reason", to_string(n.reason));
  for (const auto& part : hint_parts(n, hinted_names)) {
    write_long_field(json, short_text(part.title, field_limit), short_text(part.text, hint_limit));
  }
}

struct worded_field {
  std::string title;
  std::string value;
  bool is_short = false;
};

/// Everything that may come from a template, so that whatever failed is known before the message is written.
struct worded_message {
  std::optional<std::string> channel, username, icon_emoji, icon_url, pretext, footer, callback_id, image_url,
      thumb_url;
  std::string color, title, title_link, text, fallback;
  std::optional<std::vector<worded_field>> fields;
  std::vector<std::vector<std::pair<const char*, std::string>>> actions;
};

std::optional<std::string> cut(std::optional<std::string> text, std::size_t limit) {
  if (text) text = cut_to_characters(*text, limit);
  return text;
}

std::vector<worded_field> word_fields(const std::vector<slack_field>& fields, wording& words) {
  std::vector<worded_field> all;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto place = "fields[" + std::to_string(i) + "].";
    auto title = cut(words.text(place + "title", fields[i].title), title_limit);
    auto value = cut(words.text(place + "value", fields[i].value), text_limit);
    if (title && value) all.push_back({*std::move(title), *std::move(value), fields[i].is_short});
  }
  return all;
}

std::vector<std::vector<std::pair<const char*, std::string>>> word_actions(const std::vector<slack_action>& actions,
                                                                           wording& words) {
  std::vector<std::vector<std::pair<const char*, std::string>>> all;
  for (std::size_t i = 0; i < actions.size(); ++i) {
    const auto& a = actions[i];
    std::vector<std::pair<const char*, std::string>> members;
    const std::pair<const char*, const templated_text*> keys[] = {{"type", &a.type}, {"text", &a.text},
                                                                  {"url", &a.url},   {"style", &a.style},
                                                                  {"name", &a.name}, {"value", &a.value}};
    for (const auto& [key, text] : keys) {
      auto said = words.text("actions[" + std::to_string(i) + "]." + key, *text);
      if (said && !said->empty()) members.emplace_back(key, cut_to_characters(*said, text_limit));
    }
    if (!members.empty()) all.push_back(std::move(members));
  }
  return all;
}

worded_message word(const slack_channel& c, const notification& n, const render_context& context, wording& words) {
  const auto& l = c.layout;
  worded_message m;
  m.channel = words.text("channel", c.channel);
  m.username = words.text("username", c.username);
  m.icon_emoji = words.text("icon_emoji", l.icon_emoji);
  m.icon_url = words.text("icon_url", l.icon_url);
  m.pretext = cut(words.text("pretext", l.pretext), text_limit);
  m.footer = cut(words.text("footer", l.footer), title_limit);
  m.callback_id = words.text("callback_id", l.callback_id);
  m.image_url = words.text("image_url", l.image_url);
  m.thumb_url = words.text("thumb_url", l.thumb_url);
  m.color = words.text_or("color", l.color, std::string(colour_of(n)));
  const auto ours = escaped(title_of(n));
  m.title = cut_to_characters(words.text_or("title", l.title, ours), title_limit);
  m.title_link = words.text_or("title_link", l.title_link, context.external_url);
  m.text = cut_to_characters(words.text_or("text", l.text, text_of(n)), 2 * text_limit);
  m.fallback = cut_to_characters(
      words.text_or("fallback", l.fallback, context.external_url.empty() ? ours : ours + " | " + context.external_url),
      text_limit);
  if (l.fields) m.fields = word_fields(*l.fields, words);
  m.actions = word_actions(l.actions, words);
  return m;
}

void write_set(json_writer& json, std::string_view key, const std::optional<std::string>& text) {
  if (text && !text->empty()) json.member(key, *text);
}

/// What people press next.
void write_links(json_writer& json, const notification& n, const render_context& context) {
  const auto acknowledge = acknowledge_url(n, context);
  if (!acknowledge.empty()) write_long_field(json, "Acknowledge", "<" + escaped(acknowledge) + "|I take it>");
}

void write_fields(json_writer& json, const worded_message& m, const notification& n, const render_context& context,
                  const wording& words) {
  json.key("fields").begin_array();
  if (m.fields) {
    for (const auto& f : *m.fields) {
      json.begin_object().member("title", f.title).member("value", f.value).member("short", f.is_short).end_object();
    }
  } else {
    write_own_fields(json, n);
    write_links(json, n, context);
  }
  for (const auto& failure : words.failures()) {
    write_long_field(json, "Template failed", short_text(failure, hint_limit));
  }
  json.end_array();
}

void write_actions(json_writer& json, const worded_message& m) {
  if (m.actions.empty()) return;
  json.key("actions").begin_array();
  for (const auto& action : m.actions) {
    json.begin_object();
    for (const auto& [key, text] : action) json.member(key, text);
    json.end_object();
  }
  json.end_array();
}

std::string body_of(const slack_channel& c, const notification& n, const render_context& context, wording& words) {
  const auto m = word(c, n, context, words);
  std::string body;
  json_writer json(body);
  json.begin_object();
  write_set(json, "channel", m.channel);
  write_set(json, "username", m.username);
  write_set(json, "icon_emoji", m.icon_emoji);
  write_set(json, "icon_url", m.icon_url);
  if (c.layout.link_names) json.member("link_names", *c.layout.link_names);
  json.key("attachments").begin_array().begin_object();
  json.member("color", m.color).member("title", m.title).member("text", m.text).member("fallback", m.fallback);
  write_set(json, "title_link", m.title_link);
  write_set(json, "pretext", m.pretext);
  write_set(json, "footer", m.footer);
  write_set(json, "callback_id", m.callback_id);
  write_set(json, "image_url", m.image_url);
  write_set(json, "thumb_url", m.thumb_url);
  write_fields(json, m, n, context, words);
  write_actions(json, m);
  json.key("mrkdwn_in").begin_array();
  for (const auto& part : c.layout.mrkdwn_in) json.value(part);
  json.end_array();
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

http_request render(const slack_channel& c, const notification& n, const render_context& context, wording& words) {
  return {c.api_url, request_headers(n, context), body_of(c, n, context, words), c.timeout, c.http};
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
