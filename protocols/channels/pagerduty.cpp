#include <algorithm>

#include "protocols/alert.hpp"
#include "protocols/channels/parts.hpp"
#include "protocols/channels/wording.hpp"
#include "protocols/digest.hpp"
#include "protocols/json_writer.hpp"
#include "protocols/links.hpp"

namespace tocsin::channels {

namespace {

// PagerDuty's limits: 1024 characters of summary, 512 KB in all. The other
// bounds keep an incident readable.
constexpr std::size_t summary_limit = 1024;
constexpr std::size_t event_limit = 512'000;
constexpr std::size_t field_limit = 1024;
constexpr std::size_t line_limit = 500;
constexpr std::size_t listed_alerts = 50;
constexpr std::size_t listed_links = 20;
constexpr std::size_t hinted_names = 5;

/// PagerDuty asks for a wait "of a few minutes" when it is told too much.
constexpr duration limited_wait = std::chrono::minutes{2};

enum class event_action : std::uint8_t { trigger, acknowledge, resolve };

event_action action_of(const notification& n) {
  if (!n.firing()) return event_action::resolve;
  const auto acknowledged = std::all_of(n.alerts.begin(), n.alerts.end(),
                                        [](const auto& a) { return a.resolved() || !a.acknowledged_by.empty(); });
  return acknowledged ? event_action::acknowledge : event_action::trigger;
}

std::string_view to_string(event_action action) {
  switch (action) {
    case event_action::trigger: return "trigger";
    case event_action::acknowledge: return "acknowledge";
    case event_action::resolve: return "resolve";
  }
  return "trigger";
}

/// The first that says something.
std::string_view first_of(std::initializer_list<std::string_view> texts) {
  const auto* found = std::find_if(texts.begin(), texts.end(), [](auto text) { return !text.empty(); });
  return found == texts.end() ? std::string_view{} : *found;
}

std::string summary_of(const notification& n) {
  auto text = "[" + status_word(n) + "] " + n.alert_name();
  for (const auto& a : n.alerts) {
    if (n.firing() && a.resolved()) continue;
    if (const auto instance = names_of(a.labels).instance; !instance.empty()) text.append(" on ").append(instance);
    if (const auto headline = headline_of(a); !headline.empty()) text.append(": ").append(headline);
    break;
  }
  return cut_to_characters(text, summary_limit);
}

/// What an alert is in one line: `PoolExhausted instance=db1: all connections are in use`.
std::string line_of(const notified_alert& a) {
  std::string line(a.labels.get("alertname"));
  for (auto [name, value] : a.labels) {
    if (name != "alertname") line.append(" ").append(name).append("=").append(value);
  }
  if (const auto headline = headline_of(a); !headline.empty()) line.append(": ").append(headline);
  if (!a.acknowledged_by.empty()) line.append(" (acknowledged by ").append(a.acknowledged_by).append(")");
  return cut_to_characters(line, line_limit);
}

void write_lines(json_writer& json, std::string_view key, const notification& n, bool resolved) {
  const auto wanted = [resolved](const auto& a) { return a.resolved() == resolved; };
  const auto all = static_cast<std::size_t>(std::count_if(n.alerts.begin(), n.alerts.end(), wanted));
  if (all == 0) return;
  json.key(key).begin_array();
  std::size_t listed = 0;
  for (const auto& a : n.alerts) {
    if (!wanted(a)) continue;
    if (listed++ == listed_alerts) break;
    json.value(line_of(a));
  }
  if (all > listed_alerts) json.value("and " + std::to_string(all - listed_alerts) + " more");
  json.end_array();
}

/// Everything that may come from a template, so that whatever failed is known before the event is written.
struct worded_event {
  std::string summary, source, severity, component, group, event_class, client, client_url;
  std::vector<std::pair<std::string, std::string>> details;
  std::vector<std::pair<std::string, std::string>> links;
  struct image {
    std::string src, href, alt;
  };
  std::vector<image> images;
};

std::string word_severity(const pagerduty_channel& c, const notification& n, wording& words) {
  constexpr std::string_view known[] = {"critical", "error", "warning", "info"};
  // Our words for severities are three of PagerDuty's four.
  const std::string ours(tocsin::to_string(n.most_urgent()));
  auto said = words.text_or("severity", c.severity, ours);
  if (said.empty()) return ours;
  if (std::find(std::begin(known), std::end(known), said) != std::end(known)) return said;
  words.fail_with("severity", "expected critical, error, warning or info, the template says \"" + said + "\"");
  return ours;
}

worded_event word(const pagerduty_channel& c, const notification& n, const render_context& context, wording& words) {
  const auto names = names_of(n.common_labels());
  const auto first = n.alerts.empty() ? alert_names{} : names_of(n.alerts.front().labels);
  const auto name = n.alert_name();
  const auto said_or = [&words](std::string_view key, const templated_text& t, std::string_view ours) {
    auto said = words.text_or(key, t, {});
    return said.empty() ? std::string(ours) : said;
  };
  worded_event e;
  e.summary = said_or("description", c.description, summary_of(n));
  e.severity = word_severity(c, n, words);
  const auto own_source = first_of({names.instance, first.instance, names.service, first.service, "tocsin"});
  e.source = said_or("source", c.source, own_source);
  e.component = said_or("component", c.component, names.service);
  e.group = said_or("group", c.group, names.category);
  e.event_class = said_or("class", c.event_class, name);
  e.client = said_or("client", c.client, "Tocsin");
  e.client_url = said_or("client_url", c.client_url, context.external_url);
  for (const auto& [key, text] : c.details) {
    if (auto said = words.text("details." + key, text)) e.details.emplace_back(key, *std::move(said));
  }
  for (const auto& link : c.links) {
    auto href = words.text_or("links.href", link.href, {});
    if (!href.empty()) e.links.emplace_back(std::move(href), words.text_or("links.text", link.text, {}));
  }
  for (const auto& image : c.images) {
    auto src = words.text_or("images.src", image.src, {});
    if (!src.starts_with("https:")) continue;
    e.images.push_back(
        {std::move(src), words.text_or("images.href", image.href, {}), words.text_or("images.alt", image.alt, {})});
  }
  return e;
}

void write_details(json_writer& json, const worded_event& e, const notification& n, const wording& words) {
  json.key("custom_details")
      .begin_object()
      .member("num_firing", n.firing_count())
      .member("num_resolved", n.alerts.size() - n.firing_count())
      .member("level", n.highest_level().value())
      .member("reason", to_string(n.reason));
  write_lines(json, "firing", n, false);
  write_lines(json, "resolved", n, true);
  for (const auto& part : hint_parts(n, hinted_names)) json.member(part.title, part.text);
  for (const auto& [name, text] : e.details) json.member(name, text);
  if (!words.failures().empty()) {
    json.key("template_failures").begin_array();
    for (const auto& failure : words.failures()) json.value(failure);
    json.end_array();
  }
  json.end_object();
}

void write_payload(json_writer& json, const worded_event& e, const notification& n, const wording& words,
                   bool with_details) {
  json.key("payload")
      .begin_object()
      .member("summary", cut_to_characters(e.summary, summary_limit))
      .member("source", cut_to_characters(e.source, field_limit))
      .member("severity", e.severity)
      .member("timestamp", to_rfc3339(earliest_start(n)));
  const auto add = [&json](std::string_view key, std::string_view text) {
    if (!text.empty()) json.member(key, cut_to_characters(text, field_limit));
  };
  add("component", e.component);
  add("group", e.group);
  add("class", e.event_class);
  if (with_details) write_details(json, e, n, words);
  json.end_object();
}

void write_link(json_writer& json, std::string_view href, std::string_view text) {
  json.begin_object().member("href", href).member("text", cut_to_characters(text, field_limit)).end_object();
}

/// Where to look: what the configuration says, the dashboards, what Prometheus saw, and this program.
void write_links(json_writer& json, const worded_event& e, const notification& n, const render_context& context) {
  std::vector<std::pair<std::string, std::string>> links;
  const auto add = [&links](std::string_view href, std::string text) {
    const auto known = [href](const auto& one) { return one.first == href; };
    if (href.empty() || links.size() == listed_links) return;
    if (std::none_of(links.begin(), links.end(), known)) links.emplace_back(href, std::move(text));
  };
  for (const auto& [href, text] : e.links) add(href, text);
  add(acknowledge_url(n, context), "Acknowledge");
  for (const auto& h : n.hints) add(h.what.dashboard, "Dashboard: " + h.alert_name);
  add(context.external_url, "Tocsin");
  for (const auto& a : n.alerts) add(a.generator_url, "Expression: " + std::string(a.labels.get("alertname")));
  if (links.empty()) return;
  json.key("links").begin_array();
  for (const auto& [href, text] : links) write_link(json, href, text);
  json.end_array();
}

void write_images(json_writer& json, const worded_event& e) {
  if (e.images.empty()) return;
  json.key("images").begin_array();
  for (const auto& image : e.images) {
    json.begin_object().member("src", image.src);
    if (!image.href.empty()) json.member("href", image.href);
    if (!image.alt.empty()) json.member("alt", image.alt);
    json.end_object();
  }
  json.end_array();
}

std::string event_of(const pagerduty_channel& c, const worded_event& e, const notification& n,
                     const render_context& context, const wording& words, bool with_details) {
  std::string body;
  json_writer json(body);
  json.begin_object()
      .member("routing_key", c.routing_key)
      .member("event_action", to_string(action_of(n)))
      .member("dedup_key", sha256_hex(n.group_key));
  write_payload(json, e, n, words, with_details);
  write_images(json, e);
  write_links(json, e, n, context);
  json.member("client", e.client);
  if (!e.client_url.empty()) json.member("client_url", e.client_url);
  json.end_object();
  return body;
}

} // namespace

http_request render(const pagerduty_channel& c, const notification& n, const render_context& context, wording& words) {
  const auto e = word(c, n, context, words);
  auto body = event_of(c, e, n, context, words, true);
  if (body.size() > event_limit) body = event_of(c, e, n, context, words, false);
  return {c.url, request_headers(n, context), std::move(body), c.timeout, c.http};
}

verdict judge(const pagerduty_channel& c, const wire_response& response) {
  const request_secrets secrets{c.url, c.http, c.routing_key};
  auto v = judge_by_status(response, secrets);
  if (response.status == 429 && !v.wait) v.wait = limited_wait;
  if (v.what != verdict::kind::delivered) return v;
  std::string compact;
  std::copy_if(response.body.begin(), response.body.end(), std::back_inserter(compact),
               [](char c1) { return c1 != ' ' && c1 != '\n' && c1 != '\r' && c1 != '\t'; });
  if (response.status == 202 && compact.find(R"("status":"success")") != std::string::npos) return v;
  // A proxy's welcome page also answers 200: only PagerDuty's own word counts.
  const auto answer = answer_of(response, secrets);
  v.what = verdict::kind::give_up;
  v.message +=
      (answer.empty() ? ": the answer is empty" : ": " + answer) + " (expected 202 and \"status\":\"success\")";
  return v;
}

} // namespace tocsin::channels
