#include "http/answer.hpp"

#include <utility>

#include <httplib.h>

#include "protocols/json_writer.hpp"

namespace tocsin::http {

namespace {

constexpr const char* json_type = "application/json";

} // namespace

void answer_json(httplib::Response& response, int status, std::string body) {
  response.status = status;
  response.set_content(std::move(body), json_type);
}

void answer_problem(httplib::Response& response, const problem& p) {
  std::string body;
  json_writer w(body);
  w.begin_object().member("success", false).key("error").begin_object();
  w.member("code", p.code).member("message", p.message).key("parameter");
  p.parameter.empty() ? w.null() : w.value(p.parameter);
  w.end_object().end_object();
  body += '\n';
  if (p.status == 503) response.set_header("Retry-After", "1");
  answer_json(response, p.status, std::move(body));
}

void add_v2_headers(httplib::Response& response) {
  response.set_header("Cache-Control", "no-store");
  response.set_header("Access-Control-Allow-Origin", "*");
  response.set_header("Access-Control-Allow-Methods", "GET, POST, DELETE, OPTIONS");
  response.set_header("Access-Control-Allow-Headers", "Accept, Authorization, Content-Type, Origin");
  response.set_header("Access-Control-Expose-Headers", "Date");
}

void answer_v2_refusal(httplib::Response& response, int status, int code, std::string_view message) {
  std::string body;
  json_writer(body).begin_object().member("code", code).member("message", message).end_object();
  answer_json(response, status, std::move(body));
}

void answer_v2_error(httplib::Response& response, int status, std::string_view message) {
  std::string body;
  json_writer(body).value(message);
  body += '\n';
  answer_json(response, status, std::move(body));
}

bool refuse_media_type(const httplib::Request& request, httplib::Response& response) {
  const auto type = request.get_header_value("Content-Type");
  if (type.rfind(json_type, 0) == 0) return false;
  const auto named = type.empty() ? std::string("application/octet-stream") : type;
  answer_v2_refusal(response, 415, 415,
                    "unsupported media type \"" + named + "\", only [application/json] are allowed");
  return true;
}

problem unavailable(std::string message) {
  return {503, "unavailable", std::move(message), {}};
}

} // namespace tocsin::http
