#include "http/silence_v2_handler.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include <httplib.h>

#include "http/actor_call.hpp"
#include "http/alert_query.hpp"
#include "http/answer.hpp"
#include "http/silence_list.hpp"
#include "protocols/silence_json.hpp"

namespace tocsin::http {

namespace {

/// Counting stops here: that a silence is far too broad is clear by then.
constexpr std::int64_t counted_at_most = 100'000;

result<silence_filter> read_filter(const httplib::Request& request) {
  silence_filter filter;
  filter.active = flag(request, "active");
  filter.pending = flag(request, "pending");
  filter.expired = flag(request, "expired");
  auto matchers = read_matchers(request);
  if (!matchers) return tl::unexpected(matchers.error());
  filter.matchers = *std::move(matchers);
  return filter;
}

/// The id in the path; answers the request and returns nothing when it is no UUID.
std::optional<std::string> read_id(const httplib::Request& request, httplib::Response& response) {
  auto id = request.matches[1].str();
  if (is_uuid(id)) return id;
  std::string message = "silenceID in path must be of type uuid: ";
  append_go_quoted(message, id);
  answer_v2_refusal(response, 422, 601, message);
  return std::nullopt;
}

void answer_refusal(httplib::Response& response, const refusal& r) {
  if (r.code == 0) return answer_v2_error(response, r.http_status, r.message);
  answer_v2_refusal(response, r.http_status, r.code, r.message);
}

/// Why so broad a silence is not set without a second word; empty when it may be set.
std::string too_broad(services& s, const silence& wanted) {
  const auto most = static_cast<std::int64_t>(s.core.configuration()->silences.max_breadth);
  if (most == 0 || wanted.ends_at <= s.core.options().time.now()) return {};
  if (!wanted.id.empty()) {
    // Whoever only moves its times has confirmed it before.
    const auto known = s.history.find_silence(wanted.id);
    if (known && known->what.matchers == wanted.matchers) return {};
  }
  const auto limit = std::max(most + 1, counted_at_most);
  const auto alerts = s.history.count_active(wanted.matchers, limit);
  if (alerts <= most) return {};
  return "this silence would match " + std::to_string(alerts) + (alerts == limit ? " or more" : "")
         + " alerts that fire now, more than the " + std::to_string(most)
         + " of silences.max_breadth. Narrow its matchers, or add ?confirm=true if that is what you want";
}

/// False once the request is answered since the suppressor did not do it.
bool done(httplib::Response& response, const result<silence_answer>& answer) {
  if (!answer) {
    response.set_header("Retry-After", "1");
    answer_v2_error(response, 503, "the silence could not be stored; try again: " + answer.error().message);
    return false;
  }
  switch (answer->what) {
    case silence_answer::outcome::done: return true;
    case silence_answer::outcome::invalid: answer_v2_error(response, 400, answer->message); break;
    case silence_answer::outcome::not_found: answer_v2_error(response, 404, "silence not found"); break;
  }
  return false;
}

} // namespace

void get_v2_silences(services& s, const httplib::Request& request, httplib::Response& response) {
  add_v2_headers(response);
  const auto filter = read_filter(request);
  if (!filter) return answer_v2_error(response, 400, filter.error().message);
  const auto now = s.core.options().time.now();
  auto silences = s.history.silences();
  std::erase_if(silences, [&](const silence& each) { return !filter->shows(each, now); });
  sort_silences(silences, now);
  std::string body;
  json_writer w(body);
  w.begin_array();
  for (const auto& each : silences) write_silence(w, each, now);
  w.end_array();
  body += '\n';
  answer_json(response, 200, std::move(body));
}

void post_v2_silences(services& s, const httplib::Request& request, httplib::Response& response) {
  add_v2_headers(response);
  if (refuse_media_type(request, response)) return;
  auto wanted = parse_silence(request.body);
  if (!wanted) return answer_refusal(response, wanted.error());
  if (request.get_param_value("confirm") != "true") {
    if (const auto why = too_broad(s, *wanted); !why.empty()) return answer_v2_error(response, 400, why);
  }
  const auto answer =
      call<silence_answer>(s.core.system(), s.core.suppressor(), silence_atom_v, silence_request{*std::move(wanted)});
  if (!done(response, answer)) return;
  std::string body;
  json_writer(body).begin_object().member("silenceID", answer->id).end_object();
  body += '\n';
  answer_json(response, 200, std::move(body));
}

void get_v2_silence(services& s, const httplib::Request& request, httplib::Response& response) {
  add_v2_headers(response);
  const auto id = read_id(request, response);
  if (!id) return;
  const auto found = s.history.find_silence(*id);
  if (!found) return answer_v2_error(response, 404, "silence not found");
  std::string body;
  json_writer w(body);
  write_silence(w, found->what, s.core.options().time.now());
  body += '\n';
  answer_json(response, 200, std::move(body));
}

void delete_v2_silence(services& s, const httplib::Request& request, httplib::Response& response) {
  add_v2_headers(response);
  auto id = read_id(request, response);
  if (!id) return;
  auto by = request.has_param("by") ? request.get_param_value("by") : std::string("api");
  const auto answer = call<silence_answer>(s.core.system(), s.core.suppressor(), expire_atom_v, *std::move(id),
                                           std::move(by), request.get_param_value("comment"));
  if (done(response, answer)) response.status = 200;
}

} // namespace tocsin::http
