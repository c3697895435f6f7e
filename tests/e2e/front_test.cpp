// The HTTP front as a whole program has it: TLS, users, a prefix and several addresses, for those who come to it.

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <httplib.h>
#include <unistd.h>

#include "tests/e2e/api.hpp"
#include "tests/e2e/certificate.hpp"
#include "tests/e2e/http_sink.hpp"
#include "tests/e2e/peers.hpp"
#include "tests/e2e/program.hpp"
#include "tests/e2e/socket.hpp"

using namespace tocsin::e2e;

namespace {

/// Of "secret".
constexpr const char* hash = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";

/// See `find_peer`; empty, with a word, when it is not there.
std::string peer(std::string_view name) {
  const auto found = find_peer(name);
  if (!found) BOOST_TEST_MESSAGE("skipped: no " << name << " under TOCSIN_PEERS nor in the PATH");
  return found.value_or("");
}

/// A folder with what a front with TLS and a user needs.
struct guarded_folder : temporary_folder {
  certificate own = make_certificate();
  std::string ca = write("cert.pem", own.chain);
  std::string key = write("key.pem", own.key);
  std::string web = write("web.yml",
                          "tls_server_config: {cert_file: cert.pem, key_file: key.pem}\n"
                          "basic_auth_users: {ann: "
                              + std::string(hash) + "}\n");
};

std::string url_of(const program& p, const std::string& path) {
  return "https://127.0.0.1:" + std::to_string(p.port()) + path;
}

httplib::Result get(const program& p, const std::string& ca, const std::string& path) {
  httplib::SSLClient client("127.0.0.1", p.port());
  client.set_ca_cert_path(ca);
  client.set_basic_auth("ann", "secret");
  return client.Get(path);
}

} // namespace

BOOST_AUTO_TEST_SUITE(front)

BOOST_AUTO_TEST_CASE(amtool_comes_over_https_with_a_password_and_a_prefix) {
  const auto amtool = peer("amtool");
  if (amtool.empty()) return;
  const guarded_folder folder;
  program tocsin(one_webhook("http://127.0.0.1:1/"),
                 {"--web.config.file=" + folder.web, "--web.external-url=https://tocsin.example/am/"});
  const auto http = folder.write(
      "http.yml", "basic_auth: {username: ann, password: secret}\ntls_config: {ca_file: " + folder.ca + "}\n");
  const auto stranger = folder.write("stranger.yml", "tls_config: {ca_file: " + folder.ca + "}\n");
  const auto run = [&](const std::string& settings, std::vector<std::string> words) {
    words.insert(words.begin(),
                 {amtool, "--alertmanager.url=" + url_of(tocsin, "/am"), "--http.config.file=" + settings});
    process p(words);
    const auto code = p.wait().value_or(-1);
    return std::pair(code, p.out());
  };
  const std::vector<std::string> add{"silence",      "add",          "alertname=Slow",
                                     "--author=ann", "--comment=ok", "--duration=1h"};
  const auto [code, id] = run(http, add);
  BOOST_TEST(code == 0, id);
  BOOST_TEST(id.size() == 37U, id);
  BOOST_TEST(run(stranger, add).first != 0);
  const auto silences = get(tocsin, folder.ca, "/am/api/v2/silences");
  BOOST_REQUIRE(silences);
  BOOST_TEST(json(silences->body).text("/0/comment").value_or("") == "ok");
}

BOOST_AUTO_TEST_CASE(prometheus_comes_over_https_with_a_password_and_a_prefix) {
  const auto prometheus = peer("prometheus");
  if (prometheus.empty()) return;
  const guarded_folder folder;
  program tocsin(one_webhook("http://127.0.0.1:1/"), {"--web.config.file=" + folder.web, "--web.route-prefix=/am"});
  folder.write("rules.yml",
               "groups: [{name: t, rules: [{alert: RealAlert, expr: 'vector(1) > 0', labels: {severity: info}}]}]\n");
  const auto file =
      folder.write("prometheus.yml",
                   "global: {evaluation_interval: 1s}\nrule_files: [rules.yml]\nalerting:\n  alertmanagers:\n"
                   "    - scheme: https\n      path_prefix: /am\n      tls_config: {ca_file: cert.pem}\n"
                   "      basic_auth: {username: ann, password: secret}\n"
                   "      static_configs: [{targets: ['127.0.0.1:"
                       + std::to_string(tocsin.port()) + "']}]\n");
  process sender({prometheus, "--config.file=" + file, "--storage.tsdb.path=" + (folder.path() / "tsdb").string(),
                  "--web.listen-address=127.0.0.1:0", "--rules.alert.resend-delay=2s"});
  const auto arrived = eventually(40s, [&] {
    const auto history = get(tocsin, folder.ca, "/am/api/alerts/history?alert_name=RealAlert");
    return history && history->status == 200 && json(history->body).number("/total").value_or(0) == 1;
  });
  BOOST_TEST(arrived, "no alert came; Prometheus says:\n" << sender.err());
}

BOOST_AUTO_TEST_CASE(links_lead_behind_the_prefix) {
  http_sink sink;
  program tocsin(one_webhook(sink.url()), {"--web.external-url=http://tocsin.example/am/"});
  httplib::Client client("127.0.0.1", tocsin.port());
  const auto posted = client.Post(
      "/am/api/v2/alerts", array_of({alert_json({{"alertname", "A"}, {"severity", "critical"}})}), "application/json");
  BOOST_REQUIRE(posted);
  BOOST_TEST(posted->status == 200);
  const auto told = sink.wait_for_body(10s, "\"A\"");
  BOOST_REQUIRE(told.has_value());
  const json payload(told->body);
  BOOST_TEST(payload.text("/externalURL").value_or("") == "http://tocsin.example/am");
  // Where the link leads, asked of the program itself: the form acts where it was got.
  const auto form = client.Get("/am/acknowledge?alerts=1");
  BOOST_REQUIRE(form);
  BOOST_TEST(form->status == 200);
  const auto done = client.Post("/am/acknowledge?alerts=1", "acknowledged_by=ana", "application/x-www-form-urlencoded");
  BOOST_REQUIRE(done);
  BOOST_TEST(done->body.find("Taken by ana") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(every_address_is_logged_and_one_that_is_taken_ends_the_start) {
  program tocsin(one_webhook("http://127.0.0.1:1/"), {"--web.listen-address=127.0.0.1:0"});
  const auto log = tocsin.output().err();
  const auto first = log.find("Listening on address=127.0.0.1:");
  BOOST_TEST(first != std::string::npos);
  BOOST_TEST(tocsin.output().wait_for_err("tls=false", 5s).has_value());
  const temporary_folder folder;
  process second({TOCSIN_PROGRAM, "--storage.path=" + (folder.path() / "data").string(),
                  "--web.listen-address=127.0.0.1:0",
                  "--web.listen-address=127.0.0.1:" + std::to_string(tocsin.port())});
  BOOST_TEST(second.wait().value_or(-1) == 1);
  BOOST_TEST(
      second.err().find("tocsin: cannot listen on 127.0.0.1:" + std::to_string(tocsin.port())) != std::string::npos,
      second.err());
}

BOOST_AUTO_TEST_CASE(all_interfaces_are_those_of_both_protocols) {
  program tocsin(one_webhook("http://127.0.0.1:1/"), {"--web.listen-address=:0"});
  const auto line = tocsin.output().wait_for_err("address=[::]:", 5s);
  if (!line) {
    BOOST_TEST_MESSAGE("skipped: this machine has no IPv6");
    return;
  }
  const auto port = std::atoi(line->c_str() + line->find("[::]:") + 5);
  for (const auto* host : {"127.0.0.1", "::1"}) {
    httplib::Client client(host, port);
    const auto answered = client.Get("/-/ready");
    BOOST_REQUIRE_MESSAGE(answered, host);
    BOOST_TEST(answered->status == 200);
  }
}

BOOST_AUTO_TEST_CASE(sockets_of_systemd_are_taken_over) {
  const temporary_folder folder;
  const auto socket = listen_on(0);
  const auto port = port_of(socket);
  // As systemd does: the socket is number 3, and the environment names the process.
  const auto script = "exec 3<&" + std::to_string(::dup(socket.get())) + "; LISTEN_PID=$$ LISTEN_FDS=1 exec "
                      + std::string(TOCSIN_PROGRAM)
                      + " --web.systemd-socket --storage.path=" + (folder.path() / "data").string();
  process tocsin({"/bin/bash", "-c", script});
  BOOST_REQUIRE(tocsin.wait_for_err("Listening on address=127.0.0.1:" + std::to_string(port), 20s).has_value());
  httplib::Client client("127.0.0.1", port);
  const auto answered = client.Get("/-/ready");
  BOOST_REQUIRE(answered);
  BOOST_TEST(answered->status == 200);
  process without({TOCSIN_PROGRAM, "--web.systemd-socket", "--storage.path=" + (folder.path() / "other").string()});
  BOOST_TEST(without.wait().value_or(-1) == 1);
  BOOST_TEST(without.err().find("systemd has handed no socket over") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_check_shows_what_was_left_out_and_reads_the_web_configuration) {
  const guarded_folder folder;
  const auto file = folder.write(
      "am.yml", one_webhook("http://127.0.0.1:1/") + "  - name: other\n    opsgenie_configs: [{api_key: k}]\n");
  process strict({TOCSIN_PROGRAM, "check-config", file});
  BOOST_TEST(strict.wait().value_or(-1) == 1);
  BOOST_TEST(strict.err().find("the receiver type opsgenie_configs is not available") != std::string::npos);
  process lenient(
      {TOCSIN_PROGRAM, "check-config", file, "--config.skip-unknown-receivers", "--web.config.file=" + folder.web});
  BOOST_TEST(lenient.wait().value_or(-1) == 0);
  BOOST_TEST(lenient.out().find("left out opsgenie_configs") != std::string::npos, lenient.out());
  BOOST_TEST(lenient.out().find("web.yml: TLS, users: 1") != std::string::npos, lenient.out());
  folder.write("key.pem", "no key");
  process broken(
      {TOCSIN_PROGRAM, "check-config", file, "--config.skip-unknown-receivers", "--web.config.file=" + folder.web});
  BOOST_TEST(broken.wait().value_or(-1) == 1);
  BOOST_TEST(broken.err().find("web.yml:1: tls_server_config.key_file: expected a key in PEM") != std::string::npos,
             broken.err());
}

BOOST_AUTO_TEST_CASE(one_program_tells_another_with_certificates_that_stand_in_the_file) {
  const guarded_folder folder;
  const auto sender = make_certificate();
  const auto ca = folder.write("sender.pem", sender.chain);
  const auto web = folder.write("mutual.yml",
                                "tls_server_config: {cert_file: cert.pem, key_file: key.pem, min_version: TLS13, "
                                "client_auth_type: RequireAndVerifyClientCert, client_ca_file: sender.pem}\n"
                                "basic_auth_users: {ann: "
                                    + std::string(hash) + "}\n");
  program told(one_webhook("http://127.0.0.1:1/"), {"--web.config.file=" + web});
  const auto block = [](const std::string& pem) {
    std::string out = "|\n              ";
    for (const char c : pem) out += c == '\n' ? std::string("\n              ") : std::string(1, c);
    return out + "\n";
  };
  const auto channel = [&](const std::string& versions) {
    return one_webhook(url_of(told, "/api/alerts/webhook"))
           + "        http_config:\n          basic_auth: {username: ann, password: secret}\n          tls_config:\n"
           + versions + "            ca: " + block(folder.own.chain) + "            cert: " + block(sender.chain)
           + "            key: " + block(sender.key);
  };
  const auto arrived = [&] {
    httplib::SSLClient client("127.0.0.1", told.port(), ca, folder.write("sender.key", sender.key));
    client.set_ca_cert_path(folder.ca);
    client.set_basic_auth("ann", "secret");
    const auto history = client.Get("/api/alerts/history?alert_name=Passed");
    return history && history->status == 200 && json(history->body).number("/total").value_or(0) == 1;
  };
  program teller(channel("            max_version: TLS12\n"));
  api client(teller);
  client.post_all({alert_json({{"alertname", "Passed"}, {"severity", "critical"}})});
  BOOST_REQUIRE(eventually(10s, [&] {
    const json tried(client.get("/api/alerts/notification-history?success=false").body);
    return tried.number("/total").value_or(0) > 0;
  }));
  BOOST_TEST(!arrived());
  teller.write_configuration(channel(""));
  teller.hang_up();
  BOOST_TEST(eventually(20s, arrived), teller.output().err());
}

BOOST_AUTO_TEST_CASE(proxies_of_the_environment_count_only_where_the_file_says_so) {
  const auto nowhere = "http://127.0.0.1:" + std::to_string(closed_port());
  ::setenv("http_proxy", nowhere.c_str(), 1);
  ::setenv("no_proxy", "", 1);
  ::setenv("NO_PROXY", "", 1);
  http_sink sink;
  const auto told = [&](const std::string& settings) {
    program tocsin(one_webhook(sink.url()) + "        http_config: {" + settings + "}\n");
    api client(tocsin);
    const auto before = sink.count();
    client.post_all({alert_json({{"alertname", "A"}, {"severity", "critical"}})});
    eventually(10s, [&] {
      return json(client.get("/api/alerts/notification-history").body).number("/total").value_or(0) > 0;
    });
    return sink.count() > before;
  };
  BOOST_TEST(told(""));
  BOOST_TEST(!told("proxy_from_environment: true"));
  BOOST_TEST(!told("proxy_url: '" + nowhere + "'"));
  BOOST_TEST(told("proxy_url: '" + nowhere + "', no_proxy: '127.0.0.1,example.org'"));
  for (const auto* name : {"http_proxy", "no_proxy", "NO_PROXY"}) ::unsetenv(name);
}

BOOST_AUTO_TEST_SUITE_END()
