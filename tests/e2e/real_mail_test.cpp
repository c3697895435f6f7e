#include <charconv>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/e2e/api.hpp"
#include "tests/e2e/certificate.hpp"
#include "tests/e2e/program.hpp"

using namespace tocsin::e2e;

namespace {

/// Debian's own, since its packages are what is installed; another may come first in the PATH.
const std::string python = "/usr/bin/python3";
const std::string script = TOCSIN_SOURCE_DIR "/tests/e2e/mail_server.py";
constexpr std::string_view password = "s3cret, with = and ü";

bool can_run() {
  if (std::filesystem::exists(python)) {
    process probe({python, "-c", "import aiosmtpd"});
    if (probe.wait() == 0) return true;
  }
  BOOST_TEST_MESSAGE("skipped: " << python << " has no aiosmtpd (Debian's package python3-aiosmtpd)");
  return false;
}

/// aiosmtpd in a process of its own.
class mail_server {
 public:
  explicit mail_server(std::vector<std::string> more, const certificate_wish& wish = {}) {
    const auto identity = make_certificate(wish);
    chain_ = folder_.write("chain.pem", identity.chain);
    const auto key = folder_.write("key.pem", identity.key);
    std::vector<std::string> command{python,  script, "--certificate", chain_,
                                     "--key", key,    "--password",    std::string(password)};
    command.insert(command.end(), more.begin(), more.end());
    process_.emplace(command);
    constexpr std::string_view announced = "listening on ";
    BOOST_REQUIRE_MESSAGE(process_->wait_for_out("\n", 20s), process_->err());
    const auto out = process_->out();
    BOOST_REQUIRE(out.starts_with(announced));
    std::from_chars(&out[announced.size()], out.data() + out.size(), port_);
  }

  std::string smarthost() const { return "127.0.0.1:" + std::to_string(port_); }
  const std::string& chain() const { return chain_; }

  /// The mail of that number, from 0 on; nothing when it does not come.
  std::optional<std::string> mail(std::size_t number) const {
    if (!eventually(10s, [&] { return lines().size() > number + 1; })) return std::nullopt;
    return lines()[number + 1];
  }
  std::size_t mails() const { return lines().size() - 1; }

 private:
  std::vector<std::string> lines() const {
    std::vector<std::string> all;
    const auto out = process_->out();
    for (std::size_t at = 0, end; (end = out.find('\n', at)) != std::string::npos; at = end + 1) {
      all.push_back(out.substr(at, end - at));
    }
    return all;
  }

  temporary_folder folder_;
  std::string chain_;
  std::optional<process> process_;
  std::uint16_t port_ = 0;
};

std::string configuration(const mail_server& server, std::string_view with_password, const std::string& more = {},
                          const std::string& trusted = {}) {
  return "route:\n  receiver: ops\n  group_by: [alertname]\n  group_wait: 0s\n  group_interval: 1s\n"
         "  repeat_interval: 1h\nescalation: []\nreceivers:\n  - name: ops\n    email_configs:\n"
         "      - to: Ana Müller <ana@ops.example>, ben@ops.example\n        from: Tocsin <tocsin@ops.example>\n"
         "        send_resolved: true\n        smarthost: "
         + server.smarthost() + "\n        auth_username: tocsin\n        auth_password: '" + std::string(with_password)
         + "'\n        tls_config: {ca_file: '" + (trusted.empty() ? server.chain() : trusted) + "'}\n" + more;
}

std::string alert(std::string_view more = {}) {
  return alert_json({{"alertname", "DiskFull"}, {"severity", "critical"}, {"instance", "db1"}},
                    {{"summary", "voll: 95 % – größer"}, {"description", ".\n<b>more</b> ünder\n..two"}}, more);
}

json attempts_of(api& client) {
  std::string body;
  eventually(10s, [&] {
    body = client.get("/api/alerts/notification-history?channel=email").body;
    return json(body).number("/total").value_or(0) > 0;
  });
  return json(body);
}

void expect_whole(const json& mail) {
  BOOST_TEST(mail.size("/defects").value() == 0U);
  BOOST_TEST(mail.boolean("/encrypted").value());
  BOOST_TEST(mail.text("/login").value() == "tocsin");
  BOOST_TEST(mail.text("/mail_from").value() == "tocsin@ops.example");
  BOOST_TEST(mail.text("/rcpt_tos/0").value() == "ana@ops.example");
  BOOST_TEST(mail.text("/rcpt_tos/1").value() == "ben@ops.example");
  BOOST_TEST(mail.text("/from/0/0").value() == "Tocsin");
  BOOST_TEST(mail.text("/from/0/1").value() == "tocsin@ops.example");
  BOOST_TEST(mail.text("/to/0/0").value() == "Ana Müller");
  BOOST_TEST(mail.text("/to/0/1").value() == "ana@ops.example");
  BOOST_TEST(mail.text("/to/1/1").value() == "ben@ops.example");
  BOOST_TEST(mail.text("/headers/Auto-Submitted").value() == "auto-generated");
  BOOST_TEST(!mail.text("/headers/Date").value_or("").empty());
  BOOST_TEST(mail.text("/content_type").value() == "multipart/alternative");
  BOOST_TEST(mail.text("/parts/0/type").value() == "text/plain");
  BOOST_TEST(mail.text("/parts/1/type").value() == "text/html");
  BOOST_TEST(mail.text("/parts/0/text").value().find("voll: 95 % – größer") != std::string::npos);
  BOOST_TEST(mail.text("/parts/0/text").value().find("..two") != std::string::npos);
  BOOST_TEST(mail.text("/parts/1/text").value().find("&lt;b&gt;more&lt;/b&gt; ünder") != std::string::npos);
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_real_mail_server)

BOOST_AUTO_TEST_CASE(takes_whole_mails_over_starttls_and_both_of_a_group_are_one_thread) {
  if (!can_run()) return;
  const mail_server server({});
  program tocsin(configuration(server, password));
  api client(tocsin);
  const auto began = "\"startsAt\":\"" + moment(-1min) + "\"";
  BOOST_TEST(client.post_all({alert(began)}).status == 200);
  const auto first = server.mail(0);
  BOOST_REQUIRE_MESSAGE(first, attempts_of(client).text("/data/0/message").value_or("no attempt"));
  const json firing(*first);
  expect_whole(firing);
  BOOST_TEST(firing.text("/headers/Subject").value() == "[FIRING:1] DiskFull (critical)");
  BOOST_TEST(attempts_of(client).text("/data/0/message").value() == "SMTP 250: 2.0.0 kept");

  BOOST_TEST(client.post_all({alert(began + ",\"endsAt\":\"" + moment() + "\"")}).status == 200);
  const auto second = server.mail(1);
  BOOST_REQUIRE(second);
  const json over(*second);
  expect_whole(over);
  BOOST_TEST(over.text("/headers/Subject").value() == "[RESOLVED] DiskFull (critical)");
  BOOST_TEST(over.text("/headers/References").value() == firing.text("/headers/References").value());
  BOOST_TEST(over.text("/headers/Message-ID").value() != firing.text("/headers/Message-ID").value());
}

BOOST_AUTO_TEST_CASE(takes_a_mail_over_tls_from_the_beginning_with_auth_login) {
  if (!can_run()) return;
  const mail_server server({"--implicit-tls", "--without", "PLAIN"});
  program tocsin(configuration(server, password, "        force_implicit_tls: true\n"));
  api client(tocsin);
  BOOST_TEST(client.post_all({alert()}).status == 200);
  const auto mail = server.mail(0);
  BOOST_REQUIRE_MESSAGE(mail, attempts_of(client).text("/data/0/message").value_or("no attempt"));
  expect_whole(json(*mail));
}

BOOST_AUTO_TEST_CASE(refuses_a_wrong_password_once) {
  if (!can_run()) return;
  const mail_server server({});
  program tocsin(configuration(server, "wrong"));
  api client(tocsin);
  BOOST_TEST(client.post_all({alert()}).status == 200);
  const auto attempts = attempts_of(client);
  BOOST_TEST(!attempts.boolean("/data/0/success").value());
  BOOST_TEST(attempts.text("/data/0/message").value().starts_with("SMTP 535: 5.7.8 "));
  BOOST_TEST(tocsin.output().err().find("next=never") != std::string::npos);
  BOOST_TEST(server.mails() == 0U);
}

BOOST_AUTO_TEST_CASE(is_told_nothing_when_its_certificate_is_wrong_and_is_tried_again) {
  if (!can_run()) return;
  const temporary_folder folder;
  struct row {
    certificate_wish wish;
    bool trusted;
    std::string_view complaint;
  };
  for (const auto& [wish, trusted, complaint] : std::vector<row>{
           {{}, false, "SSL certificate problem: self-signed certificate"},
           {{"127.0.0.1", -60s}, true, "SSL certificate problem: certificate has expired"},
           {{"127.0.0.2", 1h}, true, "no alternative certificate subject name matches target host name '127.0.0.1'"}}) {
    const mail_server server({}, wish);
    const auto others = folder.write("other.pem", make_certificate().chain);
    program tocsin(configuration(server, password, {}, trusted ? server.chain() : others));
    api client(tocsin);
    BOOST_TEST(client.post_all({alert()}).status == 200);
    const auto attempts = attempts_of(client);
    BOOST_TEST(!attempts.boolean("/data/0/success").value());
    const auto message = attempts.text("/data/0/message").value_or("");
    BOOST_TEST(message.find(complaint) != std::string::npos, message);
    // Certificates are renewed: another attempt may find a good one.
    BOOST_TEST(tocsin.output().err().find("next=never") == std::string::npos);
    BOOST_TEST(server.mails() == 0U);
  }
}

BOOST_AUTO_TEST_SUITE_END()
