#include "config/web_config.hpp"

#include <string>
#include <vector>

#include "tests/config/support.hpp"

using namespace tocsin::config;
using namespace tocsin::config::test;

namespace {

constexpr const char* hash = "$2y$04$.....................................................";

struct web_folder : scratch_folder {
  web_folder() {
    write("cert.pem", "a certificate");
    write("key.pem", "a key");
    write("ca.pem", "an authority");
  }
  tocsin::result<web_config> read(const std::string& text) const { return load_web_config(write("web.yml", text)); }
};

const std::string tls = "tls_server_config:\n  cert_file: cert.pem\n  key_file: key.pem\n";

} // namespace

BOOST_AUTO_TEST_SUITE(web_configuration)

BOOST_FIXTURE_TEST_CASE(an_empty_file_switches_nothing_on, web_folder) {
  for (const std::string text : {"", "tls_server_config:\n", "tls_server_config: {}\nbasic_auth_users: {}\n",
                                 "tls_server_config: {min_version: TLS13}\n"}) {
    const auto c = read(text);
    BOOST_REQUIRE_MESSAGE(c, text);
    BOOST_TEST(!c->tls.has_value());
    BOOST_TEST(c->users.empty());
    BOOST_TEST(c->files.size() == 1U);
  }
}

BOOST_FIXTURE_TEST_CASE(all_keys_are_read, web_folder) {
  const auto c = read(tls + R"(  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: ca.pem
  client_allowed_sans: [prometheus.example, 10.0.0.1]
  min_version: TLS12
  max_version: TLS13
  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_AES_128_GCM_SHA256]
  prefer_server_cipher_suites: false
  curve_preferences: [X25519, CurveP256]
http_server_config:
  http2: true
  headers:
    Strict-Transport-Security: max-age=31536000
    X-Frame-Options: deny
basic_auth_users:
  ann: )" + std::string(hash)
                      + "\n");
  BOOST_REQUIRE_MESSAGE(c, (c ? "" : c.error().message));
  BOOST_REQUIRE(c->tls);
  BOOST_TEST(c->tls->certificate.text == "a certificate");
  BOOST_TEST(c->tls->certificate.where == path() + "/web.yml:2: tls_server_config.cert_file: ");
  BOOST_TEST(c->tls->key.text == "a key");
  BOOST_TEST(c->tls->client_ca->text == "an authority");
  BOOST_TEST((c->tls->client == client_certificate::verified));
  BOOST_TEST(c->tls->client_allowed_sans.size() == 2U);
  BOOST_TEST(c->tls->ciphers == std::vector<std::string>{"ECDHE-RSA-AES128-GCM-SHA256"},
             boost::test_tools::per_element());
  BOOST_TEST(c->tls->tls13_ciphers.size() == 1U);
  BOOST_TEST(!c->tls->prefer_server_ciphers);
  BOOST_TEST(c->tls->curves == (std::vector<std::string>{"X25519", "P-256"}), boost::test_tools::per_element());
  BOOST_TEST(c->headers.size() == 2U);
  BOOST_TEST(c->users.at("ann") == hash);
  BOOST_TEST(c->files.size() == 4U);
  BOOST_REQUIRE(c->warnings.size() == 1U);
  BOOST_TEST(c->warnings[0]
             == path() + "/web.yml:13: http_server_config.http2: HTTP/2 is not spoken here; clients use HTTP/1.1");
}

BOOST_FIXTURE_TEST_CASE(a_certificate_may_stand_in_the_file_itself, web_folder) {
  const auto c = read("tls_server_config:\n  cert: |\n    one\n    two\n  key: three\n");
  BOOST_REQUIRE_MESSAGE(c, (c ? "" : c.error().message));
  BOOST_TEST(c->tls->certificate.text == "one\ntwo\n");
  BOOST_TEST(c->files.size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(what_is_refused_is_refused_with_line_and_key, web_folder) {
  for (const auto& [text, message] : std::vector<std::pair<std::string, std::string>>{
           {"tls_config: {}\n",
            "1: tls_config: unknown key; expected one of tls_server_config, http_server_config, "
            "basic_auth_users, rate_limit, auth_excluded_paths"},
           {"tls_server_config:\n  cert_file: cert.pem\n", "1: tls_server_config: no key; add key_file"},
           {"tls_server_config:\n  key_file: key.pem\n", "1: tls_server_config: no certificate; add cert_file"},
           {"tls_server_config:\n  client_auth_type: RequireAnyClientCert\n",
            "1: tls_server_config: no certificate; add cert_file"},
           {"tls_server_config: {cert_file: nowhere.pem, key_file: key.pem}\n",
            "1: tls_server_config.cert_file: cannot read the file \"nowhere.pem\": No such file or directory"},
           {tls + "  cert: text\n",
            "2: tls_server_config.cert_file: expected one of the text itself and its file, found both"},
           {tls + "  client_auth_type: Always\n",
            "4: tls_server_config.client_auth_type: expected NoClientCert, RequestClientCert, RequireAnyClientCert, "
            "VerifyClientCertIfGiven or RequireAndVerifyClientCert, found \"Always\""},
           {tls + "  client_ca_file: ca.pem\n",
            "1: tls_server_config: a client_ca without client_auth_type; add client_auth_type, such as "
            "RequireAndVerifyClientCert"},
           {tls + "  client_auth_type: RequireAndVerifyClientCert\n",
            "1: tls_server_config: client_auth_type RequireAndVerifyClientCert needs client_ca_file"},
           {tls + "  client_allowed_sans: [a]\n",
            "4: tls_server_config.client_allowed_sans: expected client_auth_type RequireAnyClientCert or "
            "RequireAndVerifyClientCert with it"},
           {tls + "  min_version: SSL3\n",
            "4: tls_server_config.min_version: expected TLS10, TLS11, TLS12 or TLS13, found \"SSL3\""},
           {tls + "  min_version: TLS13\n  max_version: TLS12\n",
            "4: tls_server_config.min_version: expected a version that is not above max_version"},
           {tls + "  cipher_suites: [ROT13]\n",
            "4: tls_server_config.cipher_suites[0]: expected the name of a cipher suite such as "
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, found \"ROT13\""},
           {tls + "  curve_preferences: [Round]\n",
            "4: tls_server_config.curve_preferences[0]: expected CurveP256, CurveP384, CurveP521 or X25519, found "
            "\"Round\""},
           {"http_server_config:\n  headers:\n    X-Mine: a\n",
            "3: http_server_config.headers.X-Mine: this header cannot be set; expected Strict-Transport-Security, "
            "X-Content-Type-Options, X-Frame-Options, X-XSS-Protection or Content-Security-Policy"},
           {"http_server_config:\n  headers:\n    X-Frame-Options: allow\n",
            "3: http_server_config.headers.X-Frame-Options: expected deny or sameorigin, found \"allow\""},
           {"basic_auth_users:\n  ann: secret\n",
            "2: basic_auth_users.ann: expected a bcrypt hash such as htpasswd -nBC 10 \"\" makes ($2y$10$…, a cost of "
            "4 to 20)"},
           {"basic_auth_users:\n  ann: $2y$31$" + std::string(53, '.') + "\n",
            "2: basic_auth_users.ann: expected a bcrypt hash such as htpasswd -nBC 10 \"\" makes ($2y$10$…, a cost of "
            "4 to 20)"},
           {"basic_auth_users:\n  'a:b': " + std::string(hash) + "\n",
            "2: basic_auth_users.a:b: expected a user name without a colon"},
           {"rate_limit: {burst: 1}\n", "1: rate_limit: this is not available in this version; remove it"},
       }) {
    const auto c = read(text);
    BOOST_REQUIRE_MESSAGE(!c, text);
    BOOST_TEST(c.error().message == path() + "/web.yml:" + message, text << c.error().message);
  }
  BOOST_TEST(load_web_config("/nowhere/web.yml").error().message
             == "/nowhere/web.yml: cannot read it: No such file or directory");
}

BOOST_AUTO_TEST_SUITE_END()
