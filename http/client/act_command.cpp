#include <charconv>
#include <functional>

#include "http/client/command_parts.hpp"
#include "http/client/commands.hpp"
#include "http/client/json_access.hpp"
#include "protocols/json_writer.hpp"
#include "protocols/terminal_text.hpp"

namespace tocsin::http {

namespace {

bool is_id(const std::string& text) {
  std::int64_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  return error == std::errc{} && end == text.data() + text.size() && id > 0;
}

std::string not_an_id(const std::string& text) {
  return "expected the number of an alert, as alerts query shows it, found \"" + terminal_safe(text) + "\"";
}

/// Asks the same for each alert, and goes on when one is refused.
/// @param done what is said behind the alert's name.
storage::command_outcome act(const config::client_order& order, const std::string& verb, const std::string& body,
                             const std::string& done) {
  for (const auto& id : order.words) {
    if (!is_id(id)) return asked_wrongly(not_an_id(id));
  }
  auto client = api_client::open(order.url, order.ca_file);
  if (!client) return asked_wrongly(client.error().message);
  one_by_one all;
  for (const auto& id : order.words) {
    const auto answer = client->put("/api/alerts/history/" + id + "/" + verb, body);
    if (!answer) {
      all.failed(answer.error().message);
      continue;
    }
    simdjson::dom::parser parser;
    simdjson::dom::element row;
    const auto read = parser.parse(*answer)["data"].get(row) == simdjson::SUCCESS;
    all.done("alert " + id + " " + terminal_safe(read ? text_of(row, "alert_name") : "") + ": " + done);
  }
  return std::move(all).outcome();
}

bool has_author(const config::client_order& order) {
  return !order.by.empty();
}

constexpr const char* no_author = "nobody is named; say who does it with --by NAME";

void append_story(std::string& out, simdjson::dom::element story) {
  out += "Alert " + std::to_string(number_of(story, "id")) + " " + terminal_safe(text_of(story, "alert_name")) + ", "
         + terminal_safe(text_of(story, "status")) + "\n" + terminal_safe(text_of(story, "summary")) + "\n";
  if (const auto change = text_of(story, "route_change"); !change.empty()) out += terminal_safe(change) + "\n";
  out += "\nRoutes (* takes it):\n";
  for_each_of(story, "routes", [&out](simdjson::dom::element route) {
    out.append(flag_of(route, "taken") ? "* " : "  ").append(terminal_safe(text_of(route, "route"))).append(": ");
    out += terminal_safe(text_of(route, "why")) + "\n";
  });
  out += "\nWhat happened:\n";
  for_each_of(story, "timeline", [&out](simdjson::dom::element event) {
    out += terminal_safe(text_of(event, "at")) + "  " + terminal_safe(text_of(event, "text")) + "\n";
  });
}

std::string told(simdjson::dom::element story, const config::client_order& order, const console_style& style) {
  if (order.output == config::output_form::json) return terminal_safe_json(simdjson::minify(story)) + "\n";
  std::string text;
  if (order.output == config::output_form::table) {
    append_story(text, story);
    return text;
  }
  table events({"at", "what", "text"});
  for_each_of(story, "timeline", [&events](simdjson::dom::element e) {
    events.add({{std::string(text_of(e, "at"))}, {std::string(text_of(e, "what"))}, {std::string(text_of(e, "text"))}},
               {});
  });
  return events.render(order.output, style);
}

} // namespace

storage::command_outcome acknowledge_alerts(const config::client_order& order) {
  if (!has_author(order)) return asked_wrongly(no_author);
  std::string body;
  json_writer w(body);
  w.begin_object().member("acknowledged_by", order.by);
  if (!order.comment.empty()) w.member("comment", order.comment);
  w.end_object();
  return act(order, "acknowledge", body, "acknowledged by " + terminal_safe(order.by));
}

storage::command_outcome resolve_alerts(const config::client_order& order) {
  std::string body;
  json_writer w(body);
  w.begin_object();
  if (!order.after.empty()) {
    const auto took = parse_duration(order.after);
    if (!took) return asked_wrongly("--after: " + terminal_safe(took.error().message));
    w.member("resolution_time_seconds", std::chrono::duration_cast<std::chrono::seconds>(*took).count());
  }
  w.end_object();
  return act(order, "resolve", body, "resolved");
}

storage::command_outcome escalate_alerts(const config::client_order& order) {
  if (!has_author(order)) return asked_wrongly(no_author);
  std::string body;
  json_writer w(body);
  w.begin_object().member("to_level", order.to_level).member("escalated_by", order.by);
  if (!order.comment.empty()) w.member("reason", order.comment);
  w.end_object();
  return act(order, "escalate", body, "escalated to level " + std::to_string(order.to_level));
}

storage::command_outcome explain_alert(const config::client_order& order, const console_style& style) {
  if (!is_id(order.subject)) return asked_wrongly(not_an_id(order.subject));
  auto client = api_client::open(order.url, order.ca_file);
  if (!client) return asked_wrongly(client.error().message);
  const auto answer = client->get("/api/alerts/explain/" + order.subject);
  if (!answer) return could_not(answer.error().message);
  simdjson::dom::parser parser;
  simdjson::dom::element story;
  if (parser.parse(*answer)["data"].get(story) != simdjson::SUCCESS) {
    return could_not(client->name() + ": its answer tells nothing; is that a Tocsin?");
  }
  return {told(story, order, style), {}, 0};
}

} // namespace tocsin::http
