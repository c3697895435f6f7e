#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "config/parts.hpp"
#include "config/web_config.hpp"

namespace tocsin::config {

namespace {

constexpr std::array<std::string_view, 5> root_keys{"tls_server_config", "http_server_config", "basic_auth_users",
                                                    "rate_limit", "auth_excluded_paths"};

constexpr std::array<std::string_view, 13> tls_keys{
    "cert_file",        "key_file",       "cert",          "key",
    "client_auth_type", "client_ca_file", "client_ca",     "client_allowed_sans",
    "min_version",      "max_version",    "cipher_suites", "prefer_server_cipher_suites",
    "curve_preferences"};

using word_pair = std::pair<std::string_view, std::string_view>;

/// Go's names, some of which are older ones for the same, and OpenSSL's.
constexpr std::array<word_pair, 16> ciphers{{
    {"TLS_RSA_WITH_AES_128_CBC_SHA", "AES128-SHA"},
    {"TLS_RSA_WITH_AES_256_CBC_SHA", "AES256-SHA"},
    {"TLS_RSA_WITH_AES_128_GCM_SHA256", "AES128-GCM-SHA256"},
    {"TLS_RSA_WITH_AES_256_GCM_SHA384", "AES256-GCM-SHA384"},
    {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "ECDHE-ECDSA-AES128-SHA"},
    {"TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "ECDHE-ECDSA-AES256-SHA"},
    {"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "ECDHE-RSA-AES128-SHA"},
    {"TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", "ECDHE-RSA-AES256-SHA"},
    {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256"},
    {"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384"},
    {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256"},
    {"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "ECDHE-RSA-AES256-GCM-SHA384"},
    {"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"},
    {"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305", "ECDHE-ECDSA-CHACHA20-POLY1305"},
    {"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-RSA-CHACHA20-POLY1305"},
    {"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305", "ECDHE-RSA-CHACHA20-POLY1305"},
}};

constexpr std::array<word_pair, 3> tls13_ciphers{{
    {"TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256"},
    {"TLS_AES_256_GCM_SHA384", "TLS_AES_256_GCM_SHA384"},
    {"TLS_CHACHA20_POLY1305_SHA256", "TLS_CHACHA20_POLY1305_SHA256"},
}};

constexpr std::array<word_pair, 4> curves{
    {{"CurveP256", "P-256"}, {"CurveP384", "P-384"}, {"CurveP521", "P-521"}, {"X25519", "X25519"}}};

constexpr std::array<std::string_view, 4> versions{"TLS10", "TLS11", "TLS12", "TLS13"};

constexpr std::array<std::pair<std::string_view, client_certificate>, 6> client_words{{
    {"NoClientCert", client_certificate::not_asked},
    {"RequestClientCert", client_certificate::asked},
    {"RequireClientCert", client_certificate::required},
    {"RequireAnyClientCert", client_certificate::required},
    {"VerifyClientCertIfGiven", client_certificate::verified_if_given},
    {"RequireAndVerifyClientCert", client_certificate::verified},
}};

/// Headers that may be set, and what they may say where that is fixed.
constexpr std::array<word_pair, 5> header_words{{
    {"Strict-Transport-Security", ""},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "deny sameorigin"},
    {"X-XSS-Protection", ""},
    {"Content-Security-Policy", ""},
}};

template <class Table>
std::string_view find_word(const Table& table, std::string_view word) {
  const auto found = std::find_if(table.begin(), table.end(), [&](const auto& row) { return row.first == word; });
  return found == table.end() ? std::string_view() : found->second;
}

/// A scalar as it is written.
std::string plain(const value& v) {
  if (!v.is_set()) return {};
  if (!v.is_scalar()) v.expected("text");
  return std::string(v.raw());
}

std::string path_from(const value& v, web_config& out) {
  const auto name = plain(v);
  if (name.empty()) return {};
  auto path = (v.in().folder() / name).string();
  out.files.push_back(path);
  return path;
}

/// What the key itself says or what is in the file that its twin names.
std::optional<pem_text> read_pem(const value& inlined, const value& file, web_config& out) {
  if (inlined.is_set() && file.is_set()) {
    file.complain("expected one of the text itself and its file, found both");
    return std::nullopt;
  }
  const auto& v = inlined.is_set() ? inlined : file;
  const auto said = plain(v);
  if (said.empty()) return std::nullopt;
  pem_text pem{said, v.in().at(v.line(), v.path(), {})};
  if (!file.is_set()) return pem;
  // Through the same reader as all files: its limit and its words.
  path_from(file, out);
  pem.text = read_file_text(file);
  return pem;
}

std::string read_version(const value& v, std::string otherwise) {
  const auto word = plain(v);
  if (word.empty()) return otherwise;
  if (std::find(versions.begin(), versions.end(), word) == versions.end()) v.expected("TLS10, TLS11, TLS12 or TLS13");
  return word;
}

void read_ciphers(const value& v, web_tls& out) {
  for (const auto& one : v.items()) {
    const auto name = plain(one);
    if (const auto known = find_word(tls13_ciphers, name); !known.empty()) {
      out.tls13_ciphers.emplace_back(known);
      continue;
    }
    const auto known = find_word(ciphers, name);
    if (known.empty()) {
      one.expected("the name of a cipher suite such as TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
    } else {
      out.ciphers.emplace_back(known);
    }
  }
}

void read_client(const value& v, web_tls& out, web_config& all) {
  const auto word = plain(v["client_auth_type"]);
  const auto found =
      std::find_if(client_words.begin(), client_words.end(), [&](const auto& row) { return row.first == word; });
  if (found != client_words.end()) {
    out.client = found->second;
  } else if (!word.empty()) {
    v["client_auth_type"].expected(
        "NoClientCert, RequestClientCert, RequireAnyClientCert, VerifyClientCertIfGiven or RequireAndVerifyClientCert");
  }
  out.client_ca = read_pem(v["client_ca"], v["client_ca_file"], all);
  const auto verifies =
      out.client == client_certificate::verified || out.client == client_certificate::verified_if_given;
  if (out.client_ca && out.client == client_certificate::not_asked) {
    v.complain("a client_ca without client_auth_type; add client_auth_type, such as RequireAndVerifyClientCert");
  }
  if (verifies && !out.client_ca) v.complain("client_auth_type " + word + " needs client_ca_file");
  for (const auto& one : v["client_allowed_sans"].items()) out.client_allowed_sans.push_back(plain(one));
  const auto required = out.client == client_certificate::required || out.client == client_certificate::verified;
  if (!out.client_allowed_sans.empty() && !required) {
    v["client_allowed_sans"].complain(
        "expected client_auth_type RequireAnyClientCert or RequireAndVerifyClientCert with it");
  }
}

std::optional<web_tls> read_tls(const value& v, web_config& all) {
  if (!v.is_set() || !v.is_map()) return std::nullopt;
  v.only({tls_keys});
  web_tls out;
  auto certificate = read_pem(v["cert"], v["cert_file"], all);
  auto key = read_pem(v["key"], v["key_file"], all);
  read_client(v, out, all);
  const auto asks = out.client_ca || !plain(v["client_auth_type"]).empty();
  if (!certificate && !key && !asks) return std::nullopt;
  if (!certificate) v.complain("no certificate; add cert_file");
  if (!key) v.complain("no key; add key_file");
  if (!certificate || !key) return std::nullopt;
  out.certificate = *std::move(certificate);
  out.key = *std::move(key);
  out.min_version = read_version(v["min_version"], out.min_version);
  out.max_version = read_version(v["max_version"], out.max_version);
  if (out.min_version > out.max_version) v["min_version"].complain("expected a version that is not above max_version");
  read_ciphers(v["cipher_suites"], out);
  out.prefer_server_ciphers = read_flag(v["prefer_server_cipher_suites"], true);
  for (const auto& one : v["curve_preferences"].items()) {
    const auto known = find_word(curves, plain(one));
    if (known.empty()) one.expected("CurveP256, CurveP384, CurveP521 or X25519");
    out.curves.emplace_back(known);
  }
  return out;
}

void read_http(const value& v, web_config& out) {
  if (!v.is_set() || !v.is_map()) return;
  constexpr std::array<std::string_view, 2> keys{"http2", "headers"};
  v.only({keys});
  if (v["http2"].is_set() && read_flag(v["http2"], true)) {
    v["http2"].warn("HTTP/2 is not spoken here; clients use HTTP/1.1");
  }
  for (const auto& [name, text] : v["headers"].entries()) {
    const auto found = std::find_if(header_words.begin(), header_words.end(),
                                    [&name = name](const auto& row) { return row.first == name; });
    const auto said = plain(text);
    const auto odd = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; };
    if (found == header_words.end()) {
      text.complain(
          "this header cannot be set; expected Strict-Transport-Security, X-Content-Type-Options, "
          "X-Frame-Options, X-XSS-Protection or Content-Security-Policy");
    } else if (said.empty() || std::any_of(said.begin(), said.end(), odd)) {
      text.expected("the text of a header, on one line");
    } else if (!found->second.empty() && found->second.find(said) == std::string_view::npos) {
      text.expected(name == "X-Frame-Options" ? "deny or sameorigin" : found->second);
    }
    out.headers.emplace_back(name, said);
  }
}

/// `$2y$10$` and 53 characters. What costs more than 2^20 rounds would keep a request waiting for minutes.
bool is_bcrypt(std::string_view hash) {
  constexpr std::size_t size = 60;
  constexpr int most_cost = 20;
  if (hash.size() != size || hash.substr(0, 2) != "$2" || hash[3] != '$' || hash[6] != '$') return false;
  if (std::string_view("abxy").find(hash[2]) == std::string_view::npos) return false;
  int cost = 0;
  const auto [end, error] = std::from_chars(hash.data() + 4, hash.data() + 6, cost);
  const auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '/';
  };
  return error == std::errc{} && end == hash.data() + 6 && cost >= 4 && cost <= most_cost
         && std::all_of(hash.begin() + 7, hash.end(), good);
}

void read_users(const value& v, web_config& out) {
  for (const auto& [name, hash] : v.entries()) {
    if (name.empty() || name.find(':') != std::string::npos) hash.complain("expected a user name without a colon");
    // What was written instead may be the password itself: it is not shown.
    if (!is_bcrypt(plain(hash))) {
      hash.complain("expected a bcrypt hash such as htpasswd -nBC 10 \"\" makes ($2y$10$…, a cost of 4 to 20)");
    }
    out.users.emplace(name, plain(hash));
  }
}

} // namespace

result<web_config> load_web_config(const std::string& path) {
  const auto text = read_whole_file(path);
  if (!text) return tl::unexpected(text.error());
  const auto tree = yaml::parse(*text, path);
  if (!tree) return tl::unexpected(tree.error());
  const environment nothing = [](std::string_view) { return std::optional<std::string>{}; };
  reading in(path, std::filesystem::path(path).parent_path(), nothing);
  const value root(in, *tree);
  web_config out;
  out.files.push_back(path);
  if (!root.is_set() || root.is_map()) {
    root.only({root_keys});
    for (const auto key : {"rate_limit", "auth_excluded_paths"}) {
      if (root[key].is_set()) root[key].complain("this is not available in this version; remove it");
    }
    out.tls = read_tls(root["tls_server_config"], out);
    read_http(root["http_server_config"], out);
    read_users(root["basic_auth_users"], out);
  }
  if (in.problem()) return tl::unexpected(*in.problem());
  out.warnings = in.warnings();
  return out;
}

} // namespace tocsin::config
