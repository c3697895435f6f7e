#pragma once

#include <string>
#include <utility>
#include <vector>

/// How connections are made to those who are told.
namespace tocsin {

/// How a connection is encrypted and the other side is checked; Alertmanager's `tls_config`, as far as it is spoken.
struct tls_options {
  /// Who may have signed the other side's certificate: a file, or PEM; both empty: whom the system trusts.
  std::string ca_file;
  std::string ca;
  /// The certificate that this side shows, and its key; both or none, each as a file or as PEM.
  std::string cert_file;
  std::string cert;
  std::string key_file;
  std::string key;
  /// `TLS10` to `TLS13`; empty: what libcurl has.
  std::string min_version;
  std::string max_version;
  bool insecure_skip_verify = false;

  friend bool operator==(const tls_options&, const tls_options&) = default;
};

/// How to speak HTTP to a receiver; Alertmanager's `http_config`, as far as it is spoken.
struct http_options {
  std::string proxy_url;
  /// Hosts that are spoken to without the proxy, with commas between.
  std::string no_proxy;
  /// HTTPS_PROXY and the like of the environment hold; otherwise they do not.
  bool proxy_from_environment = false;
  std::string basic_username;
  std::string basic_password;
  /// Scheme and credentials of the Authorization header, such as `Bearer`.
  std::string authorization_type;
  std::string authorization_credentials;
  tls_options tls;
  bool follow_redirects = true;
  /// Beside those that a message has itself.
  std::vector<std::pair<std::string, std::string>> headers = {};

  friend bool operator==(const http_options&, const http_options&) = default;
};

template <class Inspector>
auto inspect(Inspector& f, tls_options& x) {
  return f(x.ca_file, x.ca, x.cert_file, x.cert, x.key_file, x.key, x.min_version, x.max_version,
           x.insecure_skip_verify);
}
template <class Inspector>
auto inspect(Inspector& f, http_options& x) {
  return f(x.proxy_url, x.no_proxy, x.proxy_from_environment, x.basic_username, x.basic_password, x.authorization_type,
           x.authorization_credentials, x.tls, x.follow_redirects, x.headers);
}

} // namespace tocsin
