#include "http/drill_command.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include <httplib.h>
#include <simdjson.h>

#include "protocols/json_writer.hpp"

namespace tocsin::http {

namespace {

constexpr int connect_seconds = 5;
/// Longer than any drill may take.
constexpr int answer_seconds = 150;

struct place {
  std::string origin; ///< scheme, host and port
  std::string path;   ///< what stands behind, without a slash at the end
  std::string user;   ///< empty: nobody in particular
  std::string password;
};

result<place> parse_place(std::string_view url) {
  const auto at = url.find("://");
  const auto scheme = url.substr(0, at);
  if (at == std::string_view::npos || (scheme != "http" && scheme != "https")) {
    return fail("--url: expected a URL such as http://127.0.0.1:9095, found \"" + std::string(url) + "\"");
  }
  const auto slash = url.find('/', at + 3);
  place p;
  if (slash != std::string_view::npos) p.path = url.substr(slash);
  auto host = url.substr(at + 3, slash == std::string_view::npos ? slash : slash - at - 3);
  if (const auto end = host.rfind('@'); end != std::string_view::npos) {
    const auto colon = host.find(':');
    const auto user_end = std::min(colon, end);
    p.user = httplib::detail::decode_url(std::string(host.substr(0, user_end)), false);
    if (colon < end)
      p.password = httplib::detail::decode_url(std::string(host.substr(colon + 1, end - colon - 1)), false);
    host.remove_prefix(end + 1);
  }
  p.origin = std::string(scheme) + "://" + std::string(host);
  while (p.path.ends_with('/')) p.path.pop_back();
  return p;
}

std::string_view text_of(simdjson::dom::element e, std::string_view key) {
  std::string_view text;
  return e[key].get(text) == simdjson::SUCCESS ? text : std::string_view{};
}

std::int64_t number_of(simdjson::dom::element e, std::string_view key) {
  std::int64_t number = 0;
  return e[key].get(number) == simdjson::SUCCESS ? number : 0;
}

bool flag_of(simdjson::dom::element e, std::string_view key) {
  bool flag = false;
  return e[key].get(flag) == simdjson::SUCCESS && flag;
}

std::string lines_of(simdjson::dom::element drill) {
  std::string out(flag_of(drill, "arrived") ? "arrived at " : "DID NOT ARRIVE at ");
  out.append(text_of(drill, "receiver")).append(" in ").append(std::to_string(number_of(drill, "milliseconds")));
  out += " ms";
  if (const auto why = text_of(drill, "message"); !why.empty()) out.append(": ").append(why);
  out += '\n';
  simdjson::dom::array channels;
  if (drill["channels"].get(channels) != simdjson::SUCCESS) return out;
  for (const auto c : channels) {
    out.append(flag_of(c, "delivered") ? "  ok      " : "  MISSING ").append(text_of(c, "channel")).append(" ");
    out.append(std::to_string(number_of(c, "milliseconds"))).append(" ms: ").append(text_of(c, "message")) += '\n';
  }
  if (const auto id = number_of(drill, "alert_id"); id > 0 && !flag_of(drill, "arrived")) {
    out += "why: GET /api/alerts/explain/" + std::to_string(id) + '\n';
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
  if (root["error"].get(error) == simdjson::SUCCESS) return fail(std::string(text_of(error, "message")));
  return fail("its answer says nothing of a drill; is that a Tocsin?");
}

} // namespace

result<drill_answer> hold_drill(const drill_order& order) {
  const auto where = parse_place(order.url);
  if (!where) return tl::unexpected(where.error());
  std::string body;
  json_writer w(body);
  w.begin_object().member("receiver", order.receiver).member("within", order.within);
  w.member("severity", order.severity).end_object();
  httplib::Client client(where->origin);
  client.set_connection_timeout(connect_seconds);
  client.set_read_timeout(answer_seconds);
  if (!where->user.empty()) client.set_basic_auth(where->user, where->password);
  const auto named = where->origin + where->path;
  const auto answer = client.Post(where->path + "/api/alerts/drill", body, "application/json");
  if (!answer) return fail(named + " does not answer: " + httplib::to_string(answer.error()));
  if (answer->status == 401) return fail(named + " asks for a user and a password; write https://USER:PASSWORD@HOST");
  auto read = read_answer(answer->body);
  if (!read) return fail(named + ": " + read.error().message);
  return read;
}

} // namespace tocsin::http
