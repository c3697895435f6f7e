#include "http/client/commands.hpp"

#include <chrono>
#include <stdexcept>

#include "http/client/command_parts.hpp"
#include "http/client/json_access.hpp"
#include "http/drill_command.hpp"
#include "protocols/json_writer.hpp"

namespace tocsin::http {

namespace {

/// Longer than all attempts on a channel that does not answer.
constexpr std::chrono::seconds test_time{300};

storage::command_outcome drill(const config::command_line& line) {
  const auto held = hold_drill({line.client.url, line.receiver, line.within, line.severity, line.client.ca_file});
  if (!held) return could_not(held.error().message);
  return {held->text, {}, held->arrived ? 0 : 1};
}

} // namespace

storage::command_outcome test_channel(const config::client_order& order, const console_style& style) {
  auto client = api_client::open(order.url, order.ca_file);
  if (!client) return asked_wrongly(client.error().message);
  client->wait_at_most(test_time);
  std::string request;
  json_writer w(request);
  w.begin_object();
  if (!order.by.empty()) w.member("requested_by", order.by);
  w.end_object();
  const auto body = client->post("/api/alerts/test/" + percent_encoded(order.subject), request);
  if (!body) return could_not(body.error().message);
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (parser.parse(*body).get(root) != simdjson::SUCCESS) return could_not(client->name() + ": its answer is no JSON");
  table rows({"channel", "delivered", "milliseconds", "recipients", "message"});
  std::size_t failed = 0;
  for_each_of(root, "data", [&](simdjson::dom::element one) {
    const auto delivered = flag_of(one, "delivered");
    failed += delivered ? 0 : 1;
    rows.add({{std::string(text_of(one, "channel"))},
              {delivered ? "yes" : "no", delivered ? tone::good : tone::bad},
              {std::to_string(number_of(one, "milliseconds"))},
              {std::string(text_of(one, "recipients"))},
              {std::string(text_of(one, "message"))}},
             simdjson::minify(one));
  });
  auto outcome = found(rows, order, style, "no channel was tried");
  if (failed > 0) {
    outcome.complaint = std::to_string(failed) + (failed == 1 ? " channel" : " channels") + " took no message";
    outcome.exit_code = 1;
  }
  return outcome;
}

storage::command_outcome run_client_command(const config::command_line& line, const console_style& style,
                                            timestamp now) {
  using action = config::command_line::action;
  const auto& order = line.client;
  switch (line.what) {
    case action::query_alerts: return query_alerts(order, style);
    case action::acknowledge_alerts: return acknowledge_alerts(order);
    case action::resolve_alerts: return resolve_alerts(order);
    case action::escalate_alerts: return escalate_alerts(order);
    case action::explain_alert: return explain_alert(order, style);
    case action::add_silence: return add_silence(order, now);
    case action::query_silences: return query_silences(order, style);
    case action::expire_silences: return expire_silences(order);
    case action::test_channel: return test_channel(order, style);
    case action::drill: return drill(line);
    default: throw std::logic_error("not a command of a client");
  }
}

} // namespace tocsin::http
