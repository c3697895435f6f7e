#include "http/drill_command.hpp"

#include <chrono>
#include <cstdint>
#include <string_view>

#include "http/client/client.hpp"
#include "http/client/json_access.hpp"
#include "protocols/json_writer.hpp"
#include "protocols/terminal_text.hpp"

namespace tocsin::http {

namespace {

/// Longer than any drill may take.
constexpr std::chrono::seconds answer_time{150};

std::string lines_of(simdjson::dom::element drill) {
  std::string out(flag_of(drill, "arrived") ? "arrived at " : "DID NOT ARRIVE at ");
  out.append(terminal_safe(text_of(drill, "receiver")))
      .append(" in ")
      .append(std::to_string(number_of(drill, "milliseconds")));
  out += " ms";
  if (const auto why = text_of(drill, "message"); !why.empty()) out.append(": ").append(terminal_safe(why));
  out += '\n';
  for_each_of(drill, "channels", [&out](simdjson::dom::element c) {
    out.append(flag_of(c, "delivered") ? "  ok      " : "  MISSING ")
        .append(terminal_safe(text_of(c, "channel")))
        .append(" ");
    out.append(std::to_string(number_of(c, "milliseconds")))
        .append(" ms: ")
        .append(terminal_safe(text_of(c, "message"))) += '\n';
  });
  if (const auto id = number_of(drill, "alert_id"); id > 0 && !flag_of(drill, "arrived")) {
    out += "why: tocsin alerts explain " + std::to_string(id) + '\n';
  }
  return out;
}

result<drill_answer> read_answer(const std::string& body) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (parser.parse(body).get(root) != simdjson::SUCCESS) return fail("its answer is no JSON; is that a Tocsin?");
  simdjson::dom::element drill;
  if (root["data"].get(drill) == simdjson::SUCCESS) return drill_answer{flag_of(drill, "arrived"), lines_of(drill)};
  simdjson::dom::element error;
  if (root["error"].get(error) == simdjson::SUCCESS) return fail(terminal_safe(text_of(error, "message")));
  return fail("its answer says nothing of a drill; is that a Tocsin?");
}

} // namespace

result<drill_answer> hold_drill(const drill_order& order) {
  auto client = api_client::open(order.url, order.ca_file);
  if (!client) return tl::unexpected(client.error());
  client->wait_at_most(answer_time);
  std::string body;
  json_writer w(body);
  w.begin_object().member("receiver", order.receiver).member("within", order.within);
  w.member("severity", order.severity).end_object();
  const auto answer = client->post_for_any("/api/alerts/drill", body);
  if (!answer) return tl::unexpected(answer.error());
  auto read = read_answer(*answer);
  if (!read) return fail(client->name() + ": " + read.error().message);
  return read;
}

} // namespace tocsin::http
