#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocols/result.hpp"

/// What the HTTP front is told by `--web.config.file`, in the format that the programs of
/// Prometheus share: TLS, headers, users.
namespace tocsin::config {

/// A PEM text and where it was named, with what goes before an error: `web.yml:3: tls_server_config.cert_file: `.
struct pem_text {
  std::string text;
  std::string where;
};

/// What is asked of a client's certificate.
enum class client_certificate : std::uint8_t {
  not_asked,
  asked,             ///< taken as it is, and may be missing
  required,          ///< taken as it is
  verified_if_given, ///< against `client_ca`
  verified,          ///< required, and against `client_ca`
};

struct web_tls {
  pem_text certificate;
  pem_text key;
  std::optional<pem_text> client_ca;
  client_certificate client = client_certificate::not_asked;
  /// Names, addresses or URIs of which a client's certificate must have one; empty: any.
  std::vector<std::string> client_allowed_sans;
  /// `TLS12`
  std::string min_version = "TLS12";
  std::string max_version = "TLS13";
  /// OpenSSL's names, those of TLS 1.2 and older and those of 1.3; both empty: OpenSSL's choice.
  std::vector<std::string> ciphers;
  std::vector<std::string> tls13_ciphers;
  /// OpenSSL's names; empty: its choice.
  std::vector<std::string> curves;
  bool prefer_server_ciphers = true;
};

struct web_config {
  std::optional<web_tls> tls;
  /// Go along with every answer.
  std::vector<std::pair<std::string, std::string>> headers;
  /// Names and bcrypt hashes; empty: everybody is let in.
  std::map<std::string, std::string, std::less<>> users;
  /// The file and those it names: it has to be read anew when one of them changes.
  std::vector<std::string> files;
  /// What is odd in the file, but no reason to refuse it.
  std::vector<std::string> warnings;
};

/// Reads and validates such a file and the files it names. Nothing in it is expanded, since hashes are full of `$`.
result<web_config> load_web_config(const std::string& path);

} // namespace tocsin::config
