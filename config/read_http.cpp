#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "config/parts.hpp"

namespace tocsin::config {

namespace {

constexpr std::array<std::string_view, 9> http_keys{"proxy_url",        "basic_auth",        "authorization",
                                                    "bearer_token",     "bearer_token_file", "tls_config",
                                                    "follow_redirects", "enable_http2",      "http_headers"};

/// Headers that a message has itself, or that another key is for.
constexpr std::array<std::string_view, 9> own_headers{"authorization",     "connection",   "content-encoding",
                                                      "content-length",    "content-type", "host",
                                                      "transfer-encoding", "user-agent",   "x-tocsin-notification-id"};

/// Keys that Alertmanager knows and that would change how or whether a message
/// arrives. Leaving them out in silence would be worse than refusing them.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> refused_http_keys{{
    {"oauth2", "remove it or use authorization or basic_auth"},
    {"no_proxy", "remove it and set proxy_url only where a proxy is needed"},
    {"proxy_from_environment", "remove it or set proxy_url"},
    {"proxy_connect_header", "remove it"},
}};

constexpr std::array<std::string_view, 4> tls_keys{"ca_file", "cert_file", "key_file", "insecure_skip_verify"};

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> refused_tls_keys{{
    {"server_name", "remove it and use the name of the certificate in the URL"},
    {"ca", "write it to a file and use ca_file"},
    {"cert", "write it to a file and use cert_file"},
    {"key", "write it to a file and use key_file"},
    {"min_version", "remove it; TLS 1.2 is the least that is spoken"},
    {"max_version", "remove it"},
}};

template <std::size_t N>
std::array<std::string_view, N> names(const std::array<std::pair<std::string_view, std::string_view>, N>& refused) {
  std::array<std::string_view, N> all;
  for (std::size_t i = 0; i < N; ++i) all[i] = refused[i].first;
  return all;
}

template <std::size_t N>
void refuse(const value& v, const std::array<std::pair<std::string_view, std::string_view>, N>& refused) {
  for (const auto& [key, advice] : refused) {
    const auto found = v[key];
    // `proxy_from_environment: false` asks for nothing.
    if (!found.is_set() || found.raw() == "false") continue;
    found.complain(std::string(key) + " is not available in this version; " + std::string(advice));
  }
}

std::string read_path(const value& v) {
  const auto name = v.text();
  return name && !name->empty() ? (v.in().folder() / *name).string() : std::string{};
}

void read_basic_auth(const value& v, http_options& out) {
  if (!v.is_map()) return;
  constexpr std::array<std::string_view, 4> keys{"username", "username_file", "password", "password_file"};
  v.only({keys});
  out.basic_username = read_secret(v["username"], v["username_file"]).value_or("");
  out.basic_password = read_secret(v["password"], v["password_file"]).value_or("");
}

void read_authorization(const value& v, http_options& out) {
  if (!v.is_map()) return;
  constexpr std::array<std::string_view, 3> keys{"type", "credentials", "credentials_file"};
  v.only({keys});
  const auto type = v["type"].text();
  out.authorization_type = type && !type->empty() ? *type : "Bearer";
  if (out.authorization_type == "Basic" || out.authorization_type == "basic") {
    v["type"].complain("expected another type than Basic; use basic_auth for it");
  }
  out.authorization_credentials = read_secret(v["credentials"], v["credentials_file"]).value_or("");
}

void read_credentials(const value& v, http_options& out) {
  const auto basic = v["basic_auth"];
  const auto authorization = v["authorization"];
  const auto token = v["bearer_token"];
  const auto token_file = v["bearer_token_file"];
  const bool bearer = token.is_set() || token_file.is_set();
  if (basic.is_set() + authorization.is_set() + bearer > 1) {
    v.complain("expected at most one of basic_auth, authorization and bearer_token");
  }
  if (basic.is_set()) read_basic_auth(basic, out);
  if (authorization.is_set()) read_authorization(authorization, out);
  if (bearer) {
    out.authorization_type = "Bearer";
    out.authorization_credentials = read_secret(token, token_file).value_or("");
  }
}

/// A line break would begin another header.
void add_header(const value& v, const std::string& name, std::string text, http_options& out) {
  const auto odd = [](char c) { return c == '\r' || c == '\n' || c == '\0'; };
  if (std::any_of(text.begin(), text.end(), odd)) v.complain("expected a header's text without line breaks");
  out.headers.emplace_back(name, std::move(text));
}

/// A mapping from names to `values`, `secrets` and `files`, each a list.
void read_headers(const value& v, http_options& out) {
  constexpr std::array<std::string_view, 3> keys{"values", "secrets", "files"};
  for (const auto& [name, lists] : v.entries()) {
    const auto known = lower(name);
    if (!is_header_name(name)) lists.complain("expected the name of a header, of ASCII without spaces and colons");
    if (std::find(own_headers.begin(), own_headers.end(), known) != own_headers.end()) {
      lists.complain("this header is made for every message; remove it");
    }
    if (!lists.is_map()) continue;
    lists.only({keys});
    for (const auto list : {"values", "secrets"}) {
      for (const auto& one : lists[list].items()) add_header(one, name, read_text(one), out);
    }
    for (const auto& one : lists["files"].items()) add_header(one, name, read_file_text(one), out);
  }
}

} // namespace

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

bool is_header_name(std::string_view name) {
  const auto odd = [](char c) { return c <= ' ' || c >= '\x7f' || c == ':'; };
  return !name.empty() && std::none_of(name.begin(), name.end(), odd);
}

void read_tls(const value& v, http_options& out) {
  if (!v.is_set() || !v.is_map()) return;
  v.only({tls_keys, names(refused_tls_keys)});
  refuse(v, refused_tls_keys);
  out.ca_file = read_path(v["ca_file"]);
  out.cert_file = read_path(v["cert_file"]);
  out.key_file = read_path(v["key_file"]);
  out.insecure_skip_verify = read_flag(v["insecure_skip_verify"], false);
  if (out.cert_file.empty() != out.key_file.empty()) v.complain("expected cert_file and key_file together, found one");
}

http_options read_http(const value& v) {
  http_options out;
  if (!v.is_set() || !v.is_map()) return out;
  v.only({http_keys, names(refused_http_keys)});
  refuse(v, refused_http_keys);
  if (v["proxy_url"].is_set()) out.proxy_url = read_url(v["proxy_url"]);
  read_credentials(v, out);
  read_tls(v["tls_config"], out);
  read_headers(v["http_headers"], out);
  out.follow_redirects = read_flag(v["follow_redirects"], true);
  // Read for its spelling only: which HTTP version is spoken is negotiated.
  read_flag(v["enable_http2"], true);
  return out;
}

http_options read_http(const value& v, const channel_defaults& defaults) {
  return v.is_set() ? read_http(v) : defaults.http;
}

} // namespace tocsin::config
