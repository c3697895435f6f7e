#include "http/client/client.hpp"

#include <algorithm>
#include <utility>

#include <httplib.h>

#include "http/client/json_access.hpp"
#include "protocols/terminal_text.hpp"

namespace tocsin::http {

namespace {

constexpr std::chrono::seconds connect_time{5};
constexpr std::chrono::seconds answer_time{30};
/// Of an answer that is not ours.
constexpr std::size_t most_shown = 200;

struct place {
  std::string origin; ///< scheme, host and port
  std::string path;   ///< what stands behind, without a slash at the end
  std::string user;   ///< empty: nobody in particular
  std::string password;
};

/// The password, if there is one, is not shown.
failure not_a_url(std::string_view url) {
  const auto at = url.rfind('@');
  const auto shown = at == std::string_view::npos ? std::string(url) : "…" + std::string(url.substr(at));
  return {"--url: expected a URL such as http://127.0.0.1:9095, found \"" + terminal_safe(shown) + "\""};
}

result<place> parse_place(std::string_view url) {
  const auto at = url.find("://");
  const auto scheme = url.substr(0, at);
  if (at == std::string_view::npos || (scheme != "http" && scheme != "https")) return tl::unexpected(not_a_url(url));
  const auto slash = url.find('/', at + 3);
  place p;
  if (slash != std::string_view::npos) p.path = url.substr(slash);
  auto host = url.substr(at + 3, slash == std::string_view::npos ? slash : slash - at - 3);
  if (const auto end = host.rfind('@'); end != std::string_view::npos) {
    const auto colon = host.find(':');
    p.user = httplib::detail::decode_url(std::string(host.substr(0, std::min(colon, end))), false);
    if (colon < end) {
      p.password = httplib::detail::decode_url(std::string(host.substr(colon + 1, end - colon - 1)), false);
    }
    host.remove_prefix(end + 1);
  }
  const auto odd = [](char c) { return c <= ' ' || c == '\x7f' || c == '?' || c == '#'; };
  if (host.empty() || std::any_of(url.begin(), url.end(), odd)) return tl::unexpected(not_a_url(url));
  p.origin = std::string(scheme) + "://" + std::string(host);
  while (p.path.ends_with('/')) p.path.pop_back();
  return p;
}

/// What went wrong, and what to do.
std::string words_for(httplib::Error error) {
  switch (error) {
    case httplib::Error::Connection:
    case httplib::Error::ConnectionTimeout:
      return "no connection; is Tocsin running there? Say where with --url or TOCSIN_URL";
    case httplib::Error::Read: return "nothing came in time, or it broke off; is it http there, or https?";
    case httplib::Error::SSLConnection: return "no TLS connection; is it http there?";
    case httplib::Error::SSLServerVerification:
      return "its certificate is not trusted; name who signed it with --ca-file";
    case httplib::Error::SSLLoadingCerts: return "expected a PEM file with certificates for --ca-file";
    default: return httplib::to_string(error);
  }
}

/// What an answer that is none of 2xx says: in our envelope, as Alertmanager's API does, or in plain text.
std::string message_of(const httplib::Response& response) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (parser.parse(response.body).get(root) == simdjson::SUCCESS) {
    std::string_view text;
    if (root.get(text) == simdjson::SUCCESS && !text.empty()) return terminal_safe(text);
    simdjson::dom::element error;
    if (root["error"].get(error) == simdjson::SUCCESS) return terminal_safe(text_of(error, "message"));
    if (const auto message = text_of(root, "message"); !message.empty()) return terminal_safe(message);
  }
  const auto shown = std::string_view(response.body).substr(0, most_shown);
  return "answers " + std::to_string(response.status) + (shown.empty() ? "" : ": " + terminal_safe(shown))
         + "; is that a Tocsin, and the path in --url right?";
}

std::optional<failure> no_answer(const httplib::Result& answer, const std::string& name) {
  if (!answer) {
    return failure{name + " does not answer: " + words_for(answer.error())};
  }
  if (answer->status != 401) return std::nullopt;
  return failure{name + " asks for a user and a password; write https://USER:PASSWORD@HOST"};
}

result<std::string> body_of(const httplib::Result& answer, const std::string& name) {
  if (auto failed = no_answer(answer, name)) return tl::unexpected(*std::move(failed));
  if (answer->status >= 200 && answer->status < 300) return answer->body;
  return fail(name + ": " + message_of(*answer));
}

} // namespace

result<api_client> api_client::open(const std::string& url, const std::string& ca_file) {
  auto where = parse_place(url);
  if (!where) return tl::unexpected(where.error());
  auto http = std::make_unique<httplib::Client>(where->origin);
  if (!http->is_valid()) return tl::unexpected(not_a_url(url));
  http->set_connection_timeout(connect_time);
  http->set_read_timeout(answer_time);
  http->set_keep_alive(true);
  if (!ca_file.empty()) http->set_ca_cert_path(ca_file);
  if (!where->user.empty()) http->set_basic_auth(where->user, where->password);
  auto name = where->origin + where->path;
  return api_client(std::move(http), std::move(where->path), std::move(name));
}

api_client::api_client(std::unique_ptr<httplib::Client> http, std::string path, std::string name)
    : http_(std::move(http)), path_(std::move(path)), name_(std::move(name)) {}

api_client::~api_client() = default;
api_client::api_client(api_client&&) noexcept = default;

void api_client::wait_at_most(std::chrono::seconds longest) {
  http_->set_read_timeout(longest);
}

result<std::string> api_client::get(const std::string& path) {
  return body_of(http_->Get(path_ + path), name_);
}

result<std::string> api_client::post(const std::string& path, const std::string& body) {
  return body_of(http_->Post(path_ + path, body, "application/json"), name_);
}

result<std::string> api_client::put(const std::string& path, const std::string& body) {
  return body_of(http_->Put(path_ + path, body, "application/json"), name_);
}

result<std::string> api_client::remove(const std::string& path) {
  return body_of(http_->Delete(path_ + path), name_);
}

result<std::string> api_client::post_for_any(const std::string& path, const std::string& body) {
  const auto answer = http_->Post(path_ + path, body, "application/json");
  if (auto failed = no_answer(answer, name_)) return tl::unexpected(*std::move(failed));
  return answer->body;
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view digit = "0123456789ABCDEF";
  std::string out;
  for (const auto c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter || std::string_view("-._~").find(c) != std::string_view::npos) {
      out += c;
    } else {
      out.append("%").append(1, digit[byte >> 4]).append(1, digit[byte & 0xf]);
    }
  }
  return out;
}

} // namespace tocsin::http
