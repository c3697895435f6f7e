#include <string_view>

#include "http/client/command_parts.hpp"
#include "http/client/commands.hpp"
#include "http/client/json_access.hpp"
#include "protocols/json_writer.hpp"
#include "protocols/terminal_text.hpp"

namespace tocsin::http {

namespace {

void write_matcher(json_writer& w, const matcher& m) {
  const auto op = m.op();
  w.begin_object().member("name", m.name()).member("value", m.value());
  w.member("isRegex", op == match_op::regex || op == match_op::not_regex);
  w.member("isEqual", op == match_op::equal || op == match_op::regex).end_object();
}

struct span_of_time {
  timestamp starts;
  timestamp ends;
};

result<span_of_time> read_span(const config::client_order& order, timestamp now) {
  const auto lasts = parse_duration(order.lasts);
  if (!lasts) return fail("--duration: " + terminal_safe(lasts.error().message));
  if (*lasts <= duration::zero()) return fail("--duration: expected more than 0, such as 2h");
  auto starts = now;
  if (!order.starts.empty()) {
    const auto given = parse_rfc3339(order.starts);
    if (!given) return fail("--start: " + terminal_safe(given.error().message));
    if (*given) starts = **given;
  }
  return span_of_time{starts, starts + *lasts};
}

std::string silence_body(const config::client_order& order, const std::vector<matcher>& matchers,
                         const span_of_time& span) {
  std::string body;
  json_writer w(body);
  w.begin_object().key("matchers").begin_array();
  for (const auto& m : matchers) write_matcher(w, m);
  w.end_array().member("startsAt", span.starts).member("endsAt", span.ends);
  w.member("createdBy", order.by).member("comment", order.comment).end_object();
  return body;
}

/// One of the list as its matcher is written: `team=~"a|b"`.
std::string matcher_text(simdjson::dom::element m) {
  const auto regex = flag_of(m, "isRegex");
  bool equal = true;
  if (m["isEqual"].get(equal) != simdjson::SUCCESS) equal = true;
  std::string out(text_of(m, "name"));
  out += equal ? (regex ? "=~" : "=") : (regex ? "!~" : "!=");
  append_go_quoted(out, text_of(m, "value"));
  return out;
}

void add_row(table& rows, simdjson::dom::element silence) {
  std::string matchers;
  for_each_of(silence, "matchers", [&matchers](simdjson::dom::element m) {
    matchers.append(matchers.empty() ? "" : ", ").append(matcher_text(m));
  });
  simdjson::dom::element status;
  std::string state;
  if (silence["status"].get(status) == simdjson::SUCCESS) state = text_of(status, "state");
  const auto text = [&silence](std::string_view key) { return cell{std::string(text_of(silence, key))}; };
  rows.add({text("id"),
            {state, state == "active"    ? tone::good
                    : state == "expired" ? tone::faint
                                         : tone::plain},
            {matchers},
            text("startsAt"),
            text("endsAt"),
            text("createdBy"),
            text("comment")},
           simdjson::minify(silence));
}

} // namespace

storage::command_outcome add_silence(const config::client_order& order, timestamp now) {
  if (order.by.empty()) return asked_wrongly("nobody is named; say who does it with --by NAME");
  const auto matchers = read_matchers(order.words);
  if (!matchers) return asked_wrongly(matchers.error().message);
  const auto span = read_span(order, now);
  if (!span) return asked_wrongly(span.error().message);
  auto client = api_client::open(order.url, order.ca_file);
  if (!client) return asked_wrongly(client.error().message);
  const auto made = client->post(order.confirm ? "/api/v2/silences?confirm=true" : "/api/v2/silences",
                                 silence_body(order, *matchers, *span));
  if (!made) {
    const auto& why = made.error().message;
    const auto broad = why.find("?confirm=true") != std::string::npos;
    return could_not(broad ? why + " (here: --confirm)" : why);
  }
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (parser.parse(*made).get(root) != simdjson::SUCCESS) return could_not(client->name() + ": its answer is no JSON");
  return {terminal_safe(text_of(root, "silenceID")) + "\n", {}, 0};
}

storage::command_outcome query_silences(const config::client_order& order, const console_style& style) {
  const auto matchers = read_matchers(order.words);
  if (!matchers) return asked_wrongly(matchers.error().message);
  auto client = api_client::open(order.url, order.ca_file);
  if (!client) return asked_wrongly(client.error().message);
  std::string query = order.expired ? "?expired=true" : "?expired=false";
  for (const auto& m : *matchers) query += "&filter=" + percent_encoded(m.to_string());
  const auto body = client->get("/api/v2/silences" + query);
  if (!body) return could_not(body.error().message);
  simdjson::dom::parser parser;
  simdjson::dom::array silences;
  if (parser.parse(*body).get(silences) != simdjson::SUCCESS) {
    return could_not(client->name() + ": its answer is no list; is that a Tocsin?");
  }
  table rows({"id", "state", "matchers", "starts", "ends", "created_by", "comment"});
  for (const auto silence : silences) add_row(rows, silence);
  return found(rows, order, style, "no silences match");
}

storage::command_outcome expire_silences(const config::client_order& order) {
  if (order.by.empty()) return asked_wrongly("nobody is named; say who does it with --by NAME");
  auto client = api_client::open(order.url, order.ca_file);
  if (!client) return asked_wrongly(client.error().message);
  std::string query = "?by=" + percent_encoded(order.by);
  if (!order.comment.empty()) query += "&comment=" + percent_encoded(order.comment);
  one_by_one all;
  for (const auto& id : order.words) {
    const auto ended = client->remove("/api/v2/silence/" + percent_encoded(id) + query);
    ended ? all.done("silence " + terminal_safe(id) + ": ended")
          : all.failed(terminal_safe(id) + ": " + ended.error().message);
  }
  return std::move(all).outcome();
}

} // namespace tocsin::http
