#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "config/parts.hpp"

namespace tocsin::config {

namespace {

constexpr std::array<std::string_view, 11> http_keys{
    "proxy_url",         "no_proxy",   "proxy_from_environment", "basic_auth",   "authorization", "bearer_token",
    "bearer_token_file", "tls_config", "follow_redirects",       "enable_http2", "http_headers"};

/// Headers that a message has itself, or that another key is for.
constexpr std::array<std::string_view, 9> own_headers{"authorization",     "connection",   "content-encoding",
                                                      "content-length",    "content-type", "host",
                                                      "transfer-encoding", "user-agent",   "x-tocsin-notification-id"};

/// Keys that Alertmanager knows and that would change how or whether a message
/// arrives. Leaving them out in silence would be worse than refusing them.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> refused_http_keys{{
    {"oauth2", "remove it or use authorization or basic_auth"},
    {"proxy_connect_header", "remove it"},
}};

constexpr std::array<std::string_view, 9> tls_keys{
    "ca_file", "cert_file", "key_file", "ca", "cert", "key", "min_version", "max_version", "insecure_skip_verify"};

constexpr std::array<std::pair<std::string_view, std::string_view>, 1> refused_tls_keys{{
    {"server_name", "remove it and use the name of the certificate in the URL"},
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
    if (!found.is_set()) continue;
    found.complain(std::string(key) + " is not available in this version; " + std::string(advice));
  }
}

std::string read_path(const value& v) {
  const auto name = v.text();
  return name && !name->empty() ? (v.in().folder() / *name).string() : std::string{};
}

/// A PEM text that stands in the file itself, in place of the file that its twin names.
std::string read_pem(const value& v, std::string_view key) {
  const auto text = read_text(v[key]);
  const auto file = std::string(key) + "_file";
  if (v[key].is_set() && v[file].is_set()) {
    v[file].complain("expected one of " + std::string(key) + " and " + file + ", found both");
  }
  if (!text.empty() && text.find("-----BEGIN ") == std::string::npos) {
    // It may be the key: it is not shown.
    v[key].complain("expected a text in PEM; a file is named by " + file);
  }
  return text;
}

std::string read_version(const value& v) {
  auto word = read_text(v);
  constexpr std::array<std::string_view, 4> versions{"TLS10", "TLS11", "TLS12", "TLS13"};
  if (!word.empty() && std::find(versions.begin(), versions.end(), word) == versions.end()) {
    v.expected("TLS10, TLS11, TLS12 or TLS13");
  }
  return word;
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

tls_options read_tls(const value& v) {
  tls_options out;
  if (!v.is_set() || !v.is_map()) return out;
  v.only({tls_keys, names(refused_tls_keys)});
  refuse(v, refused_tls_keys);
  out.ca_file = read_path(v["ca_file"]);
  out.cert_file = read_path(v["cert_file"]);
  out.key_file = read_path(v["key_file"]);
  out.ca = read_pem(v, "ca");
  out.cert = read_pem(v, "cert");
  out.key = read_pem(v, "key");
  out.min_version = read_version(v["min_version"]);
  out.max_version = read_version(v["max_version"]);
  if (!out.min_version.empty() && !out.max_version.empty() && out.min_version > out.max_version) {
    v["min_version"].complain("expected a version that is not above max_version");
  }
  out.insecure_skip_verify = read_flag(v["insecure_skip_verify"], false);
  const auto shows = !out.cert_file.empty() || !out.cert.empty();
  const auto has_key = !out.key_file.empty() || !out.key.empty();
  if (shows != has_key) v.complain("expected cert_file and key_file together, found one");
  return out;
}

/// `http`, `https` or `socks5`; by Go's `socks5` the proxy looks names up, which libcurl calls `socks5h`.
std::string read_proxy_url(const value& v) {
  constexpr std::string_view socks = "socks5://";
  const auto text = read_text(v);
  const auto by_name = text.starts_with("socks5h://");
  if (!by_name && !text.starts_with(socks)) return v.is_set() ? read_url(v) : std::string();
  const auto host = std::string_view(text).substr(socks.size() + (by_name ? 1 : 0));
  const auto odd = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '/'; };
  if (host.empty() || std::any_of(host.begin(), host.end(), odd)) v.complain("expected socks5://HOST:PORT");
  return "socks5h://" + std::string(host);
}

/// The environment says which proxy is for whom, or the file does.
void read_proxy(const value& v, http_options& out) {
  out.proxy_url = read_proxy_url(v["proxy_url"]);
  out.no_proxy = read_text(v["no_proxy"]);
  out.proxy_from_environment = read_flag(v["proxy_from_environment"], false);
  if (out.proxy_from_environment && (!out.proxy_url.empty() || !out.no_proxy.empty())) {
    v["proxy_from_environment"].complain("expected it alone, without proxy_url and no_proxy");
  }
  if (!out.no_proxy.empty() && out.proxy_url.empty() && !out.proxy_from_environment) {
    v["no_proxy"].complain("expected proxy_url with it");
  }
}

http_options read_http(const value& v) {
  http_options out;
  if (!v.is_set() || !v.is_map()) return out;
  v.only({http_keys, names(refused_http_keys)});
  refuse(v, refused_http_keys);
  read_proxy(v, out);
  read_credentials(v, out);
  out.tls = read_tls(v["tls_config"]);
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
