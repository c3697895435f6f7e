#include "http/answer.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include <httplib.h>

#include "protocols/json_writer.hpp"
#include "protocols/matcher.hpp"

namespace tocsin::http {

namespace {

constexpr const char* json_type = "application/json";

/// Without blanks around it, in lower case: names of types have no case.
std::string tidy(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  std::string out(text.substr(first, text.find_last_not_of(" \t") - first + 1));
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

/// Cuts the part before the next `separator` off and returns it.
std::string_view next_part(std::string_view& text, char separator) {
  const auto end = text.find(separator);
  const auto part = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  return part;
}

/// One element of an Accept header: a type, and how welcome it is.
bool welcomes_json(std::string_view element) {
  const auto type = tidy(next_part(element, ';'));
  while (!element.empty()) {
    const auto parameter = tidy(next_part(element, ';'));
    if (parameter.rfind("q=", 0) != 0) continue;
    double quality = 1;
    std::from_chars(parameter.data() + 2, parameter.data() + parameter.size(), quality);
    if (quality <= 0) return false;
  }
  return type == "*/*" || type == "application/*" || type == json_type;
}

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
  if (request.body.empty() && !request.is_multipart_form_data()) return false;
  const auto header = request.get_header_value("Content-Type");
  std::string_view rest = header;
  const auto type = tidy(next_part(rest, ';'));
  if (type == json_type) return false;
  if (type.empty() && !header.empty()) {
    std::string message = "parsing Content-Type header from ";
    append_go_quoted(message, header);
    answer_v2_refusal(response, 400, 400, message + " failed, because mime: no media type");
    return true;
  }
  const auto& named = type.empty() ? std::string("application/octet-stream") : type;
  std::string message = "unsupported media type ";
  append_go_quoted(message, named);
  answer_v2_refusal(response, 415, 415, message + ", only [application/json] are allowed");
  return true;
}

bool refuse_accepted_types(const httplib::Request& request, httplib::Response& response) {
  if (request.method != "GET" && request.method != "HEAD" && request.method != "DELETE") return false;
  auto any = false;
  const auto [first, last] = request.headers.equal_range("Accept");
  for (auto header = first; header != last; ++header) {
    for (std::string_view rest = header->second; !rest.empty();) {
      const auto element = next_part(rest, ',');
      if (tidy(element).empty()) continue;
      if (welcomes_json(element)) return false;
      any = true;
    }
  }
  if (!any) return false;
  add_v2_headers(response);
  answer_v2_refusal(response, 406, 406, "unsupported media type requested, only [application/json] are available");
  return true;
}

problem unavailable(std::string message) {
  return {503, "unavailable", std::move(message), {}};
}

} // namespace tocsin::http
