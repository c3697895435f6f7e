#include "protocols/channels/email_body.hpp"

#include <algorithm>

#include "protocols/alert.hpp"
#include "protocols/channels/parts.hpp"
#include "protocols/html_text.hpp"
#include "protocols/links.hpp"

namespace tocsin::channels {

namespace {

constexpr std::size_t text_limit = 1000;
constexpr std::size_t hinted_names = 5;

std::string_view colour_of(const notification& n) {
  if (!n.firing()) return "#36a64f";
  switch (n.most_urgent()) {
    case severity::critical: return "#d00000";
    case severity::warning: return "#f0a000";
    case severity::info: return "#0066cc";
  }
  return "#f0a000";
}

std::string time_of(timestamp t) {
  return to_rfc3339(t, time_precision::trimmed);
}

/// `critical, level 2, first notification`
std::string standing_of(const notification& n) {
  std::string text(to_string(n.most_urgent()));
  text.append(", level ").append(std::to_string(n.highest_level().value()));
  return text.append(", ").append(to_string(n.reason));
}

/// All labels but the name: `instance=db1 severity=critical`.
std::string labels_of(const notified_alert& a) {
  std::string text;
  for (auto [name, value] : a.labels) {
    if (name != "alertname") text.append(text.empty() ? "" : " ").append(name).append("=").append(value);
  }
  return cut_to_characters(text, text_limit);
}

std::string remarks_of(const notified_alert& a) {
  std::string text;
  const auto add = [&text](const std::string& remark) { text.append(text.empty() ? "" : ", ").append(remark); };
  if (a.flapping) add("flapping");
  if (a.occurrence_count > 1) add("reported " + std::to_string(a.occurrence_count) + " times");
  if (!a.acknowledged_by.empty()) add("acknowledged by " + a.acknowledged_by);
  return text;
}

/// Description or summary: what the headline does not say.
std::string_view description_of(const notified_alert& a) {
  const auto text = a.annotations.get("description");
  return text == headline_of(a) ? std::string_view{} : text;
}

std::string when_of(const notified_alert& a) {
  auto text = "since " + time_of(a.starts_at);
  if (a.ended_at) text += " until " + time_of(*a.ended_at);
  return text;
}

bool is_link(std::string_view url) {
  return url.starts_with("http://") || url.starts_with("https://");
}

std::string escaped(std::string_view text) {
  auto out = html_escaped(text);
  for (auto at = out.find('\n'); at != std::string::npos; at = out.find('\n', at)) out.replace(at, 1, "<br>");
  return out;
}

std::string short_text(std::string_view text) {
  return escaped(cut_to_characters(text, text_limit));
}

std::string link(std::string_view url, std::string_view text) {
  if (!is_link(url)) return escaped(text);
  return "<a href=\"" + escaped(url) + "\">" + escaped(text) + "</a>";
}

std::string cell(const std::string& html) {
  return "<td style=\"padding:6px 10px;border-bottom:1px solid #dddddd;vertical-align:top\">" + html + "</td>";
}

std::string row_of(const notified_alert& a) {
  const auto name = a.labels.get("alertname");
  auto what = "<b>" + link(a.generator_url, cut_to_characters(name, text_limit)) + "</b>";
  if (const auto headline = headline_of(a); !headline.empty()) what += "<br>" + short_text(headline);
  if (const auto more = description_of(a); !more.empty()) what += "<br>" + short_text(more);
  if (const auto remarks = remarks_of(a); !remarks.empty()) what += "<br><i>" + short_text(remarks) + "</i>";
  const auto status = a.resolved() ? std::string("resolved") : std::string(to_string(a.current_severity));
  return "<tr>" + cell(status) + cell(what) + cell(escaped(labels_of(a))) + cell(escaped(when_of(a))) + "</tr>\n";
}

std::string hints_html(const notification& n) {
  std::string out;
  for (const auto& part : hint_parts(n, hinted_names)) {
    const auto text = is_link(part.text) ? link(part.text, part.text) : short_text(part.text);
    out += "<p style=\"margin:6px 0\"><b>" + escaped(part.title) + ":</b> " + text + "</p>\n";
  }
  return out;
}

} // namespace

std::string failures_text(const std::vector<std::string>& failures) {
  std::string out;
  for (const auto& failure : failures) out += "Template failed: " + failure + "\n";
  return out.empty() ? out : out + "\n";
}

std::string failures_html(const std::vector<std::string>& failures) {
  std::string out;
  for (const auto& failure : failures) {
    out += "<p style=\"color:#d00000\">Template failed: " + escaped(failure) + "</p>\n";
  }
  return out;
}

std::string email_text(const notification& n, const render_context& context, const std::vector<std::string>& failures) {
  auto out = failures_text(failures) + "[" + status_word(n) + "] " + n.alert_name() + "\n" + standing_of(n)
             + ", receiver " + n.receiver + "\n\n";
  const auto listed = std::min(n.alerts.size(), mailed_alerts);
  for (std::size_t i = 0; i < listed; ++i) {
    const auto& a = n.alerts[i];
    out.append(a.resolved() ? "resolved: " : "").append(a.labels.get("alertname"));
    if (const auto headline = headline_of(a); !headline.empty()) out += ": " + cut_to_characters(headline, text_limit);
    out += "\n  " + when_of(a);
    if (const auto labels = labels_of(a); !labels.empty()) out += "\n  " + labels;
    if (const auto more = description_of(a); !more.empty()) out += "\n  " + cut_to_characters(more, text_limit);
    if (const auto remarks = remarks_of(a); !remarks.empty()) out += "\n  " + remarks;
    if (is_link(a.generator_url)) out += "\n  " + a.generator_url;
    out += "\n\n";
  }
  if (const auto rest = n.alerts.size() - listed; rest > 0) out += "and " + std::to_string(rest) + " more\n\n";
  for (const auto& part : hint_parts(n, hinted_names)) out += part.title + ": " + part.text + "\n";
  if (const auto url = acknowledge_url(n, context); !url.empty()) out += "\nAcknowledge: " + url + "\n";
  if (!context.external_url.empty()) out += "\n" + context.external_url + "\n";
  return out;
}

std::string email_html(const notification& n, const render_context& context, const std::vector<std::string>& failures) {
  std::string out =
      "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"></head>\n"
      "<body style=\"margin:0;font-family:sans-serif;font-size:14px;color:#222222\">\n";
  out += failures_html(failures);
  const auto colour = std::string(colour_of(n));
  out += "<div style=\"border-left:8px solid " + colour + ";padding:8px 14px\">\n";
  out += "<h2 style=\"margin:0 0 4px;color:" + colour + "\">[" + status_word(n) + "] "
         + link(context.external_url, cut_to_characters(n.alert_name(), text_limit)) + "</h2>\n";
  out += "<p style=\"margin:0 0 10px\">" + escaped(standing_of(n)) + "</p>\n";
  out += "<table style=\"border-collapse:collapse;font-size:14px\">\n";
  const auto listed = std::min(n.alerts.size(), mailed_alerts);
  for (std::size_t i = 0; i < listed; ++i) out += row_of(n.alerts[i]);
  out += "</table>\n";
  if (const auto rest = n.alerts.size() - listed; rest > 0) out += "<p>and " + std::to_string(rest) + " more</p>\n";
  out += hints_html(n);
  if (const auto url = acknowledge_url(n, context); !url.empty()) {
    out +=
        "<p style=\"margin:14px 0\"><a href=\"" + escaped(url)
        + "\" style=\"background:#0a7a33;color:#ffffff;padding:8px 16px;text-decoration:none\">Acknowledge</a></p>\n";
  }
  out += "<p style=\"color:#888888;font-size:12px\">Tocsin, receiver " + escaped(n.receiver) + "</p>\n";
  return out + "</div>\n</body></html>\n";
}

} // namespace tocsin::channels
