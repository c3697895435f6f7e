#include "http/acknowledge_page.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <httplib.h>

#include "http/act_handler.hpp"
#include "http/answer.hpp"
#include "http/params.hpp"
#include "protocols/html_text.hpp"

namespace tocsin::http {

namespace {

/// As many as one notification links.
constexpr std::size_t most_alerts = 50;
constexpr std::size_t longest_name = 256;
constexpr std::size_t longest_comment = 4096;

constexpr std::string_view head = R"(<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>Acknowledge - Tocsin</title>
<style>
:root{color-scheme:light dark}
body{font:1.05rem/1.5 system-ui,sans-serif;max-width:42rem;margin:0 auto;padding:1rem}
h1{font-size:1.3rem}
ul{list-style:none;padding:0}
li{border-left:.4rem solid #888;padding:.3rem .8rem;margin:.6rem 0;background:#8881;overflow-wrap:anywhere}
li.critical{border-color:#d00000}li.warning{border-color:#f0a000}li.info{border-color:#0066cc}
li.over{opacity:.65}
small{display:block}
label{display:block;margin:.8rem 0 .2rem}
input,textarea,button{font:inherit;width:100%;box-sizing:border-box;padding:.6rem}
button{margin-top:1rem;padding:.9rem;font-weight:600;background:#0a7a33;color:#fff;border:0;border-radius:.4rem}
.bad{border:2px solid #d00000;padding:.6rem}
.good{border:2px solid #0a7a33;padding:.6rem}
</style></head>
<body>
)";

void answer_page(httplib::Response& response, int status, const std::string& content) {
  response.status = status;
  response.set_header("Content-Security-Policy",
                      "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; "
                      "base-uri 'none'");
  response.set_header("Cache-Control", "no-store");
  response.set_header("Referrer-Policy", "no-referrer");
  response.set_content(std::string(head) + content + "</body>\n</html>\n", "text/html; charset=utf-8");
}

void answer_trouble(httplib::Response& response, int status, std::string_view message) {
  answer_page(response, status, "<h1>Acknowledge</h1>\n<p class=\"bad\">" + html_escaped(message) + "</p>\n");
}

/// `1,2,3`
result<std::vector<episode_id>> parse_alerts(std::string_view text) {
  std::vector<episode_id> ids;
  while (!text.empty()) {
    const auto comma = text.find(',');
    const auto id = parse_id(text.substr(0, comma));
    if (!id) return fail("alerts: expected the numbers of alerts with commas between, such as 17,18");
    if (std::find(ids.begin(), ids.end(), episode_id{*id}) == ids.end()) ids.push_back(episode_id{*id});
    text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
  }
  if (ids.empty()) return fail("alerts: expected the numbers of alerts with commas between, such as 17,18");
  if (ids.size() > most_alerts) return fail("alerts: expected at most " + std::to_string(most_alerts) + " alerts");
  return ids;
}

/// What another site's page sends must not act here.
bool from_elsewhere(const httplib::Request& request) {
  const auto site = request.get_header_value("Sec-Fetch-Site");
  if (!site.empty()) return site != "same-origin" && site != "none";
  const auto origin = request.get_header_value("Origin");
  if (origin.empty()) return false;
  const auto at = origin.find("://");
  return at == std::string::npos || origin.substr(at + 3) != request.get_header_value("Host");
}

bool open_still(const storage::history_row& row) {
  return row.alert.state.active() && !row.alert.state.acknowledged_at;
}

std::string standing_of(const storage::history_row& row) {
  const auto& state = row.alert.state;
  if (state.ended_at) return "resolved at " + to_rfc3339(*state.ended_at, time_precision::trimmed);
  if (state.acknowledged_at) {
    return "acknowledged by " + state.acknowledged_by + " at "
           + to_rfc3339(*state.acknowledged_at, time_precision::trimmed);
  }
  return std::string(to_string(state.status)) + " since " + to_rfc3339(row.alert.starts_at, time_precision::trimmed);
}

std::string item_of(const storage::history_row& row) {
  const auto names = names_of(row.alert.labels);
  const auto severity = to_string(row.alert.state.current_severity);
  std::string out = "<li class=\"";
  out.append(severity).append(open_still(row) ? "\">" : " over\">");
  out.append("<b>").append(html_escaped(names.name)).append("</b> ").append(severity);
  for (const auto part : {names.service, names.instance}) {
    if (!part.empty()) out.append(" · ").append(html_escaped(part));
  }
  auto summary = row.alert.annotations.get("summary");
  if (summary.empty()) summary = row.alert.annotations.get("description");
  if (!summary.empty()) out.append("<small>").append(html_escaped(summary)).append("</small>");
  out.append("<small>#").append(std::to_string(row.alert.id.value)).append(", ");
  return out.append(html_escaped(standing_of(row))).append("</small></li>\n");
}

struct found_alerts {
  std::vector<storage::history_row> rows;
  std::size_t open = 0;
};

found_alerts look_up(services& s, const std::vector<episode_id>& ids) {
  found_alerts found;
  for (const auto id : ids) {
    auto row = s.history.find(id);
    if (!row) continue;
    if (open_still(*row)) ++found.open;
    found.rows.push_back(std::move(*row));
  }
  return found;
}

std::string list_of(const found_alerts& found) {
  std::string out = "<ul>\n";
  for (const auto& row : found.rows) out += item_of(row);
  return out + "</ul>\n";
}

std::string form_of(const std::string& name) {
  std::string out = "<form method=\"post\">\n<label for=\"who\">Your name</label>\n";
  out += "<input id=\"who\" name=\"acknowledged_by\" required maxlength=\"256\" autocomplete=\"name\" value=\"";
  out += html_escaped(name) + "\">\n<label for=\"comment\">Comment (optional)</label>\n";
  out += "<textarea id=\"comment\" name=\"comment\" rows=\"2\" maxlength=\"4000\"></textarea>\n";
  return out + "<button>Acknowledge</button>\n</form>\n";
}

std::string heading(const found_alerts& found) {
  if (found.open == 0) return "<h1>Nothing left to acknowledge</h1>\n";
  return "<h1>Acknowledge " + std::to_string(found.open) + (found.open == 1 ? " alert" : " alerts") + "</h1>\n";
}

/// Acknowledges what needs it; what is over meanwhile needs it no more.
/// @returns the first thing that went wrong.
std::optional<problem> acknowledge(services& s, const found_alerts& found, const std::string& by,
                                   const std::string& comment) {
  std::optional<problem> first;
  for (const auto& row : found.rows) {
    if (!open_still(row)) continue;
    act_request act;
    act.what = act_request::kind::acknowledge;
    act.episode = row.alert.id;
    act.by = by;
    act.text = comment;
    auto refused = carry_out(s, std::move(act));
    if (refused && refused->status != 409 && !first) first = std::move(refused);
  }
  return first;
}

} // namespace

void get_acknowledge_page(services& s, const httplib::Request& request, httplib::Response& response) {
  const auto ids = parse_alerts(request.get_param_value("alerts"));
  if (!ids) return answer_trouble(response, 400, ids.error().message);
  const auto found = look_up(s, *ids);
  if (found.rows.empty()) return answer_trouble(response, 404, "These alerts are not in the history (any more).");
  auto page = heading(found) + list_of(found);
  if (found.open > 0) page += form_of({});
  answer_page(response, 200, page);
}

void post_acknowledge_page(services& s, const httplib::Request& request, httplib::Response& response) {
  if (from_elsewhere(request)) return answer_trouble(response, 403, "This form was sent from another site's page.");
  const auto ids = parse_alerts(request.get_param_value("alerts"));
  if (!ids) return answer_trouble(response, 400, ids.error().message);
  const auto by = request.get_param_value("acknowledged_by");
  const auto comment = request.get_param_value("comment");
  if (by.empty() || by.size() > longest_name || comment.size() > longest_comment) {
    return answer_trouble(response, 400, "Your name is needed (at most 256 bytes); a comment has at most 4096 bytes.");
  }
  const auto before = look_up(s, *ids);
  if (before.rows.empty()) return answer_trouble(response, 404, "These alerts are not in the history (any more).");
  const auto trouble = acknowledge(s, before, by, comment);
  const auto after = look_up(s, *ids);
  if (trouble) {
    return answer_page(response, trouble->status,
                       heading(after) + "<p class=\"bad\">" + html_escaped(trouble->message) + "</p>\n" + list_of(after)
                           + form_of(by));
  }
  answer_page(response, 200,
              "<h1>Acknowledged</h1>\n<p class=\"good\">Taken by " + html_escaped(by)
                  + ". Nobody else is called for it.</p>\n" + list_of(after));
}

} // namespace tocsin::http
