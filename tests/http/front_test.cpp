// How the front is reached: its addresses, a prefix of its paths, TLS and users.

#include <filesystem>
#include <fstream>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <openssl/ssl.h>

#include "http/drill_command.hpp"
#include "http/password_check.hpp"
#include "tests/e2e/certificate.hpp"
#include "tests/http/support.hpp"

using namespace tocsin::testing;
using tocsin::e2e::certificate;
using tocsin::e2e::make_certificate;

namespace {

/// Of "secret" and of "other"; the cost is the least there is.
constexpr const char* hash_of_secret = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";
constexpr const char* hash_of_other = "$2b$04$abcdefghijklmnopqrstuu0HtfOlPbTiymk5tcV.3TsFPDd3SYZqu";
constexpr const char* slow_hash_of_secret = "$2b$10$abcdefghijklmnopqrstuuqflPDzB6gcMhKa1rZqKiun2YGL5sa2u";

/// A site and fronts of its engine that a file tells who is let in.
struct fronts {
  site here;
  std::string folder = here.folder() + "/web";

  fronts() { std::filesystem::create_directory(folder); }

  std::string write(const std::string& name, const std::string& text) const {
    // Another file of this name, as an editor makes it.
    const auto path = folder + "/" + name;
    std::ofstream(path + ".new", std::ios::binary) << text;
    std::filesystem::rename(path + ".new", path);
    return path;
  }

  std::unique_ptr<tocsin::http::server> start(const std::string& web, tocsin::http::server_options options = {}) {
    options.listen = {{"127.0.0.1", 0}, {"127.0.0.1", 0}};
    options.threads = 4;
    auto gate = tocsin::http::web_gate::open(web.empty() ? web : write("web.yml", web));
    if (!gate) throw std::runtime_error(gate.error().message);
    auto front = tocsin::http::server::start(here.core(), options, *std::move(gate));
    if (!front) throw std::runtime_error(front.error().message);
    return *std::move(front);
  }

  /// What is wrong with a file.
  std::string refused(const std::string& web) {
    const auto gate = tocsin::http::web_gate::open(write("web.yml", web));
    return gate ? "it was accepted" : gate.error().message.substr(folder.size() + 1);
  }

  std::string tls(const certificate& own, const std::string& more = {}) const {
    write("cert.pem", own.chain);
    write("key.pem", own.key);
    return "tls_server_config:\n  cert_file: cert.pem\n  key_file: key.pem\n" + more;
  }
};

/// The status of a GET over TLS; 0 when there is no answer.
int status_over_tls(const tocsin::http::server& front, const std::string& ca, const std::string& client_cert = {},
                    const std::string& client_key = {}) {
  httplib::SSLClient client("127.0.0.1", front.port(), client_cert, client_key);
  client.set_ca_cert_path(ca);
  client.set_read_timeout(3s);
  const auto answered = client.Get("/-/healthy");
  return answered ? answered->status : 0;
}

int status_for(std::uint16_t port, const std::string& user, const std::string& password,
               const std::string& path = "/-/healthy") {
  httplib::Client client("127.0.0.1", port);
  client.set_basic_auth(user, password);
  const auto answered = client.Get(path);
  return answered ? answered->status : 0;
}

std::string user(const std::string& name, const std::string& hash) {
  return "basic_auth_users:\n  " + name + ": " + hash + "\n";
}

} // namespace

BOOST_AUTO_TEST_SUITE(addresses_and_prefix)

BOOST_FIXTURE_TEST_CASE(every_address_serves_the_same, fronts) {
  const auto front = start("");
  const auto addresses = front->addresses();
  BOOST_REQUIRE(addresses.size() == 2U);
  client first(addresses[0].port);
  client second(addresses[1].port);
  BOOST_TEST(first.post_alerts("[" + alert_json({{"alertname", "A"}}) + "]").status == 200);
  BOOST_TEST(second.total() == 1);
}

BOOST_FIXTURE_TEST_CASE(an_address_that_cannot_be_had_is_named, fronts) {
  auto gate = tocsin::http::web_gate::open("");
  BOOST_REQUIRE(gate);
  const auto front = tocsin::http::server::start(
      here.core(), {{{"127.0.0.1", 0}, {"127.0.0.1", here.port()}}, {}, {}, 2, "test"}, *std::move(gate));
  BOOST_REQUIRE(!front);
  BOOST_TEST(front.error().message
             == "cannot listen on 127.0.0.1:" + std::to_string(here.port())
                    + ": the address is taken or not ours; choose another with --web.listen-address=HOST:PORT");
}

BOOST_FIXTURE_TEST_CASE(a_name_with_both_kinds_of_addresses_stands_for_the_ipv4_one, fronts) {
  auto gate = tocsin::http::web_gate::open("");
  BOOST_REQUIRE(gate);
  const auto front = tocsin::http::server::start(
      here.core(), {{{"localhost", 0}, {"", 0}, {"0.0.0.0", 0}}, {}, {}, 4, "test"}, *std::move(gate));
  BOOST_REQUIRE_MESSAGE(front, (front ? "" : front.error().message));
  for (const auto& address : (*front)->addresses()) {
    client http(address.port);
    BOOST_TEST(http.get("/-/healthy").status == 200, address.host);
  }
}

BOOST_FIXTURE_TEST_CASE(paths_begin_with_the_prefix, fronts) {
  tocsin::http::server_options options;
  options.route_prefix = "/a.m/x";
  const auto front = start("", options);
  client http(front->port());
  const auto root = http.get("/");
  BOOST_TEST(root.status == 302);
  BOOST_TEST(root.header("Location") == "/a.m/x");
  const auto bare = http.get("/a.m/x");
  BOOST_TEST(bare.status == 301);
  BOOST_TEST(bare.header("Location") == "/a.m/x/");
  // Its links are relative to where it is.
  const auto page = http.get("/a.m/x/");
  BOOST_TEST(page.status == 200);
  BOOST_TEST(page.body.find("href=\"/") == std::string::npos);
  for (const std::string path : {"/-/healthy", "/-/ready", "/metrics", "/api/alerts/history", "/api/v2/silences"}) {
    BOOST_TEST(http.get("/a.m/x" + path).status == 200, path);
    BOOST_TEST(http.get(path).status == 404, path);
    BOOST_TEST(http.get("/aXm/x" + path).status == 404, path);
  }
  BOOST_TEST(http.post("/a.m/x/api/v2/alerts", "[" + alert_json({{"alertname", "A"}}) + "]").status == 200);
  // curl -X PUT: no body and no length.
  raw_connection raw(front->port());
  BOOST_TEST(raw.write("PUT /a.m/x/api/alerts/history/1/acknowledge?acknowledged_by=ana HTTP/1.1\r\nHost: x\r\n\r\n"));
  BOOST_TEST(raw.read().status == 200);
  const auto wrong = http.send("PUT", "/a.m/x/api/v2/silences", "{}");
  BOOST_TEST(wrong.status == 405);
  BOOST_TEST(wrong.header("Allow") == "GET,POST");
  BOOST_TEST(http.get("/a.m/x/api/v2/nope").body == R"({"code":404,"message":"path /api/v2/nope was not found"})");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(users)

BOOST_FIXTURE_TEST_CASE(who_is_not_known_is_let_in_nowhere, fronts) {
  const auto front = start(user("ann", hash_of_secret) + "http_server_config: {headers: {X-Frame-Options: deny}}\n");
  client http(front->port());
  for (const std::string path : {"/", "/-/healthy", "/-/ready", "/metrics", "/api/v2/silences", "/nope"}) {
    const auto a = http.get(path);
    BOOST_TEST(a.status == 401, path);
    BOOST_TEST(a.header("WWW-Authenticate") == "Basic");
    BOOST_TEST(a.header("X-Frame-Options") == "deny");
  }
  // What was posted is not read, neither as alerts nor as the next request.
  const auto alerts = "[" + alert_json({{"alertname", "A"}}) + "]";
  BOOST_TEST(http.post_alerts(alerts + std::string(200'000, ' ')).status == 401);
  BOOST_TEST(http.get("/-/healthy").status == 401);
  BOOST_TEST(status_for(front->port(), "ann", "secret") == 200);
  BOOST_TEST(status_for(front->port(), "ann", "secret", "/nope") == 404);
  BOOST_TEST(status_for(front->port(), "ann", "wrong") == 401);
  BOOST_TEST(status_for(front->port(), "ann", "") == 401);
  BOOST_TEST(status_for(front->port(), "bob", "secret") == 401);
  BOOST_TEST(status_for(front->port(), "", "") == 401);
  httplib::Client odd("127.0.0.1", front->port());
  for (const std::string header : {"Basic", "Basic ", "Basic !!!!", "Basic YW5u",
                                   "Bearer YW5uOnNlY3JldA==", "Basic YW5uOnNlY3JldAB4", "Basic YW5uOnNlY3JldA=="}) {
    const auto answered = odd.Get("/-/healthy", {{"Authorization", header}});
    BOOST_REQUIRE(answered);
    // The last one but one says "ann:secret", a zero, and more.
    BOOST_TEST(answered->status == (header.ends_with("JldA==") && header.starts_with("Basic") ? 200 : 401), header);
  }
  client unguarded(here.port());
  BOOST_TEST(unguarded.total() == 0);
}

BOOST_FIXTURE_TEST_CASE(a_changed_file_counts_from_the_next_request_on, fronts) {
  const auto front = start(user("ann", hash_of_secret));
  BOOST_TEST(status_for(front->port(), "ann", "secret") == 200);
  write("web.yml", user("ann", hash_of_other) + "  bob: " + hash_of_secret + "\n");
  BOOST_TEST(status_for(front->port(), "ann", "secret") == 401);
  BOOST_TEST(status_for(front->port(), "ann", "other") == 200);
  BOOST_TEST(status_for(front->port(), "bob", "secret") == 200);
  // What is wrong is not taken, and neither is TLS while the program runs.
  write("web.yml", "basic_auth_users: {ann: secret}\n");
  BOOST_TEST(status_for(front->port(), "ann", "other") == 200);
  write("web.yml", tls(make_certificate()));
  BOOST_TEST(status_for(front->port(), "ann", "other") == 200);
  BOOST_TEST(status_for(front->port(), "ann", "secret") == 401);
  write("web.yml", user("cid", hash_of_secret));
  BOOST_TEST(status_for(front->port(), "ann", "other") == 401);
  BOOST_TEST(status_for(front->port(), "cid", "secret") == 200);
}

BOOST_FIXTURE_TEST_CASE(a_drill_is_held_with_the_user_in_the_url, fronts) {
  const auto front = start(user("'a b'", hash_of_secret));
  const auto at = "127.0.0.1:" + std::to_string(front->port());
  const auto held = [&](const std::string& who) {
    const auto answered = tocsin::http::hold_drill({"http://" + who + at + "/", "nowhere", "1s", "info"});
    return answered ? answered->text : answered.error().message;
  };
  BOOST_TEST(held("a%20b:secret@")
             == "http://" + at + ": there is no receiver \"nowhere\"; there are silent, sink, unreachable");
  for (const std::string who : {"", "a%20b:wrong@", "a%20b@"}) {
    BOOST_TEST(held(who) == "http://" + at + " asks for a user and a password; write https://USER:PASSWORD@HOST");
  }
}

BOOST_AUTO_TEST_CASE(passwords_that_have_to_wait_too_long_are_turned_away) {
  using verdict = tocsin::http::password_check::verdict;
  tocsin::http::password_check check;
  BOOST_TEST((check.matches("ann", hash_of_secret, "secret") == verdict::right));
  BOOST_TEST((check.matches("ann", hash_of_secret, "Secret") == verdict::wrong));
  BOOST_TEST((check.matches("ann", hash_of_secret, std::string("secret\0", 7)) == verdict::wrong));
  constexpr int guesses = 40;
  std::latch together(guesses);
  std::atomic<int> wrong{0};
  std::atomic<int> busy{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < guesses; ++i) {
    threads.emplace_back([&, i] {
      together.arrive_and_wait();
      const auto v = check.matches("ann", slow_hash_of_secret, "guess " + std::to_string(i));
      if (v == verdict::wrong) ++wrong;
      if (v == verdict::busy) ++busy;
    });
  }
  // Whoever is known already does not wait for them.
  BOOST_TEST((check.matches("ann", hash_of_secret, "secret") == verdict::right));
  for (auto& t : threads) t.join();
  BOOST_TEST(wrong > 0);
  BOOST_TEST(busy > 0);
  BOOST_TEST(wrong + busy == guesses);
  BOOST_TEST((check.matches("ann", slow_hash_of_secret, "secret") == verdict::right));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(over_tls)

BOOST_FIXTURE_TEST_CASE(tls_is_spoken_with_the_certificate_of_the_file, fronts) {
  const auto own = make_certificate();
  const auto front = start(tls(own));
  BOOST_TEST(status_over_tls(*front, folder + "/cert.pem") == 200);
  const auto stranger = write("stranger.pem", make_certificate().chain);
  BOOST_TEST(status_over_tls(*front, stranger) == 0);
  // Many requests, large bodies and an export on one connection.
  httplib::SSLClient kept("127.0.0.1", front->port());
  kept.enable_server_certificate_verification(false);
  kept.set_keep_alive(true);
  const auto body = "[" + alert_json({{"alertname", "A"}}) + std::string(3'000'000, ' ') + "]";
  for (int i = 0; i < 5; ++i) {
    const auto answered = kept.Post("/api/v2/alerts", body, "application/json");
    BOOST_REQUIRE(answered);
    BOOST_TEST(answered->status == 200);
  }
  BOOST_TEST(kept.Get("/api/alerts/export/csv")->body.find(",A,") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_renewed_certificate_counts_from_the_next_connection_on, fronts) {
  const auto first = make_certificate();
  const auto old = write("old.pem", first.chain);
  const auto front = start(tls(first));
  BOOST_TEST(status_over_tls(*front, old) == 200);
  const auto next = make_certificate();
  tls(next);
  BOOST_TEST(status_over_tls(*front, folder + "/cert.pem") == 200);
  BOOST_TEST(status_over_tls(*front, old) == 0);
}

BOOST_FIXTURE_TEST_CASE(clients_show_a_certificate_where_that_is_asked, fronts) {
  const auto own = make_certificate();
  const auto friendly = make_certificate();
  const auto friend_cert = write("friend.pem", friendly.chain);
  const auto friend_key = write("friend.key", friendly.key);
  const auto stranger = make_certificate();
  const auto stranger_cert = write("stranger.pem", stranger.chain);
  const auto stranger_key = write("stranger.key", stranger.key);
  struct row {
    std::string settings;
    int nobody;
    int friendly;
    int stranger;
  };
  const std::string ca = "  client_ca_file: friend.pem\n";
  for (const auto& [settings, nobody, as_friend, as_stranger] : std::vector<row>{
           {"  client_auth_type: NoClientCert\n", 200, 200, 200},
           {"  client_auth_type: RequestClientCert\n", 200, 200, 200},
           {"  client_auth_type: RequireAnyClientCert\n", 0, 200, 200},
           {"  client_auth_type: VerifyClientCertIfGiven\n" + ca, 200, 200, 0},
           {"  client_auth_type: RequireAndVerifyClientCert\n" + ca, 0, 200, 0},
           {"  client_auth_type: RequireAndVerifyClientCert\n  client_allowed_sans: [127.0.0.1]\n" + ca, 0, 200, 0},
           {"  client_auth_type: RequireAndVerifyClientCert\n  client_allowed_sans: [10.0.0.1]\n" + ca, 0, 0, 0}}) {
    BOOST_TEST_CONTEXT(settings) {
      const auto front = start(tls(own, settings));
      const auto server_ca = folder + "/cert.pem";
      BOOST_TEST(status_over_tls(*front, server_ca) == nobody);
      BOOST_TEST(status_over_tls(*front, server_ca, friend_cert, friend_key) == as_friend);
      BOOST_TEST(status_over_tls(*front, server_ca, stranger_cert, stranger_key) == as_stranger);
    }
  }
}

BOOST_FIXTURE_TEST_CASE(clients_that_say_nothing_do_not_stop_the_others, fronts) {
  const auto front = start(tls(make_certificate()));
  // As many as threads but one.
  std::vector<std::unique_ptr<raw_connection>> silent;
  for (int i = 0; i < 2; ++i) silent.push_back(std::make_unique<raw_connection>(front->port()));
  // One that begins to shake hands and stops.
  silent.push_back(std::make_unique<raw_connection>(front->port()));
  BOOST_TEST(silent.back()->write(std::string_view("\x16\x03\x01\x02", 4)));
  for (int i = 0; i < 3; ++i) BOOST_TEST(status_over_tls(*front, folder + "/cert.pem") == 200);
  // Plain HTTP is told so at once.
  raw_connection plain(front->port());
  BOOST_TEST(plain.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  const auto a = plain.read_head();
  BOOST_TEST(a.status == 400);
  BOOST_TEST(status_over_tls(*front, folder + "/cert.pem") == 200);
}

BOOST_FIXTURE_TEST_CASE(versions_and_ciphers_are_those_of_the_file, fronts) {
  const auto own = make_certificate();
  const auto accepts = [&](const std::string& settings, int version) {
    const auto front = start(tls(own, settings));
    httplib::SSLClient client("127.0.0.1", front->port());
    client.enable_server_certificate_verification(false);
    SSL_CTX_set_max_proto_version(client.ssl_context(), version);
    SSL_CTX_set_min_proto_version(client.ssl_context(), version);
    const auto answered = client.Get("/-/healthy");
    return answered && answered->status == 200;
  };
  BOOST_TEST(accepts("", TLS1_2_VERSION));
  BOOST_TEST(accepts("", TLS1_3_VERSION));
  BOOST_TEST(!accepts("  min_version: TLS13\n", TLS1_2_VERSION));
  BOOST_TEST(!accepts("  max_version: TLS12\n", TLS1_3_VERSION));
  BOOST_TEST(accepts("  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]\n", TLS1_2_VERSION));
  // The key is not an RSA key.
  BOOST_TEST(!accepts("  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]\n", TLS1_2_VERSION));
  BOOST_TEST(accepts("  curve_preferences: [CurveP256]\n", TLS1_3_VERSION));
}

BOOST_FIXTURE_TEST_CASE(certificates_that_are_none_are_refused_with_their_place, fronts) {
  const auto own = make_certificate();
  write("other.key", make_certificate().key);
  tls(own);
  BOOST_TEST(refused("tls_server_config:\n  cert_file: key.pem\n  key_file: key.pem\n")
             == "web.yml:2: tls_server_config.cert_file: expected a certificate in PEM, and behind it those of who "
                "signed it");
  BOOST_TEST(refused("tls_server_config:\n  cert_file: cert.pem\n  key_file: cert.pem\n")
                 .find("web.yml:3: tls_server_config.key_file: expected a key in PEM without a pass phrase")
             == 0U);
  BOOST_TEST(refused("tls_server_config:\n  cert_file: cert.pem\n  key_file: other.key\n")
                 .find("web.yml:3: tls_server_config.key_file: this is not the key of the certificate")
             == 0U);
  BOOST_TEST(refused("tls_server_config:\n  cert_file: cert.pem\n  key_file: key.pem\n  client_ca_file: key.pem\n"
                     "  client_auth_type: RequireAndVerifyClientCert\n")
             == "web.yml:4: tls_server_config.client_ca_file: expected certificates in PEM");
}

BOOST_AUTO_TEST_SUITE_END()
