// Mails: what their keys mean, what they take from `global`, and what is refused.

#include <string>
#include <vector>

#include "tests/config/support.hpp"

using namespace tocsin::config::test;
using namespace std::chrono_literals;
using tocsin::email_channel;

namespace {

const std::string global =
    "global:\n  smtp_smarthost: mail.example:587\n  smtp_from: tocsin@ops.example\n  smtp_auth_username: bob\n"
    "  smtp_auth_password: s3cret\n  smtp_hello: tocsin.example\n";

/// One mail to ana; `keys` stand from line 6 on, without a `global`.
std::string mail(const std::string& keys) {
  return "route: {receiver: a}\nreceivers:\n  - name: a\n    email_configs:\n      - to: ana@ops.example\n" + keys;
}

const std::string server = "        smarthost: mail.example:25\n        from: tocsin@ops.example\n";

email_channel read(const std::string& text) {
  const auto c = loaded(text);
  return std::get<email_channel>(c.find_receiver("a")->channels.at(0).settings);
}

void check(const std::string& text, const std::string& message) {
  BOOST_TEST(refused(text) == "tocsin.yml:" + message, text << "\nwas refused with\n" << refused(text));
}

} // namespace

BOOST_AUTO_TEST_SUITE(email)

BOOST_AUTO_TEST_CASE(a_channel_takes_from_global_what_it_does_not_say) {
  const auto c = loaded(mail("") + global);
  const auto& channel = c.find_receiver("a")->channels.at(0);
  BOOST_TEST(channel.id == "a/email/0");
  BOOST_TEST(!channel.send_resolved);
  const auto m = read(mail("") + global);
  BOOST_TEST(m.server.host == "mail.example");
  BOOST_TEST(m.server.port == 587);
  BOOST_TEST(m.server.hello == "tocsin.example");
  BOOST_TEST(m.server.username == "bob");
  BOOST_TEST(m.server.password == "s3cret");
  BOOST_TEST(m.server.require_tls);
  BOOST_TEST(!m.server.implicit_tls);
  BOOST_TEST(m.from.address == "tocsin@ops.example");
  BOOST_TEST((m.timeout == 30s));

  const auto own = read(mail("        smarthost: '[::1]:2525'\n        from: Ops <ops@ops.example>\n        hello: x\n"
                             "        auth_username: eve\n        auth_password: other\n        auth_identity: root\n"
                             "        require_tls: false\n        timeout: 5s\n        send_resolved: true\n")
                        + global);
  BOOST_TEST(own.server.host == "[::1]");
  BOOST_TEST(own.server.port == 2525);
  BOOST_TEST(own.server.hello == "x");
  BOOST_TEST(own.server.username == "eve");
  BOOST_TEST(own.server.password == "other");
  BOOST_TEST(own.server.identity == "root");
  BOOST_TEST(!own.server.require_tls);
  BOOST_TEST(own.from.name == "Ops");
  BOOST_TEST((own.timeout == 5s));
}

BOOST_AUTO_TEST_CASE(a_channel_needs_no_global) {
  const auto m = read(mail(server));
  BOOST_TEST(read(mail(server + "        hello: ''\n")).server.hello == "localhost");
  BOOST_TEST(m.server.port == 25);
  BOOST_TEST(m.server.hello == "localhost");
  BOOST_TEST(m.server.username.empty());
  BOOST_TEST(m.server.require_tls);
}

BOOST_AUTO_TEST_CASE(port_465_is_encrypted_from_the_beginning_unless_it_says_otherwise) {
  const std::string from = "        from: a@b\n";
  BOOST_TEST(read(mail(from + "        smarthost: m:465\n")).server.implicit_tls);
  BOOST_TEST(!read(mail(from + "        smarthost: m:465\n        force_implicit_tls: false\n")).server.implicit_tls);
  BOOST_TEST(read(mail(from + "        smarthost: m:25\n        force_implicit_tls: true\n")).server.implicit_tls);
  BOOST_TEST(read(mail("") + global + "  smtp_force_implicit_tls: true\n").server.implicit_tls);
}

BOOST_AUTO_TEST_CASE(a_password_may_lie_in_a_file_and_an_own_one_wins_over_global) {
  const scratch_folder folder;
  const auto file = folder.write("password", "from a file\n");
  BOOST_TEST(read(mail("        auth_password_file: " + file + "\n") + global).server.password == "from a file");
  const auto m = read(mail(server + "        auth_username: u\n        auth_password_file: " + file
                           + "\n        tls_config: {ca_file: ca.pem, insecure_skip_verify: true}\n"));
  BOOST_TEST(m.server.password == "from a file");
  BOOST_TEST(m.server.tls.ca_file == "ca.pem");
  BOOST_TEST(m.server.tls.insecure_skip_verify);
  BOOST_TEST(read(mail("") + global + "  smtp_tls_config: {ca_file: x.pem}\n").server.tls.ca_file == "x.pem");
}

BOOST_AUTO_TEST_CASE(bodies_and_headers_of_the_configuration_are_taken_as_texts_or_templates) {
  const auto m = read(mail(server
                           + "        html: '{{ template \"email.default.html\" . }}'\n        text: x\n"
                             "        threading: {enabled: true, thread_by_date: none}\n"
                             "        headers:\n          Subject: '{{ .Status }}'\n          X-Team: dba\n"
                             "          Reply-To: Ana <ana@ops.example>\n"));
  BOOST_REQUIRE(m.headers.size() == 3U);
  BOOST_TEST(!m.headers[0].second.is_plain());
  BOOST_TEST(m.headers[1].first == "X-Team");
  BOOST_TEST(m.headers[2].second.source() == "Ana <ana@ops.example>");
  BOOST_TEST(!m.html.is_plain());
  BOOST_TEST(m.text.source() == "x");
}

BOOST_AUTO_TEST_CASE(the_recipients_are_a_list) {
  const auto c = loaded(
      "route: {receiver: a}\nreceivers:\n  - name: a\n    email_configs:\n"
      "      - to: 'Ana <ana@ops.example>, ben@ops.example'\n"
      + server);
  BOOST_TEST(c.find_receiver("a")->channels.at(0).recipients() == "ana@ops.example, ben@ops.example");
}

BOOST_AUTO_TEST_CASE(mails_are_refused_where_they_could_not_be_sent) {
  const std::string at = "receivers[0].email_configs[0]";
  const std::string addresses = "expected an address such as ana@example.org or Ana <ana@example.org>";
  const auto to = [](const std::string& text) {
    return "route: {receiver: a}\nreceivers:\n  - name: a\n    email_configs:\n      - to: " + text + "\n" + server;
  };
  check(mail("        from: a@b\n"), "5: " + at + ": no mail server; set smarthost here, or smtp_smarthost in global");
  check(mail("        smarthost: m:25\n"), "5: " + at + ": nobody to send as; set from here, or smtp_from in global");
  check(
      "route: {receiver: a}\nreceivers:\n  - name: a\n    email_configs:\n      - from: a@b\n        smarthost: m:25\n",
      "5: " + at + ": nobody to send to; add to with one or more addresses, with commas between");
  check(to("ana"), "5: " + at + ".to: " + addresses + ", found \"ana\"");
  check(to("büro@ops.example"),
        "5: " + at + ".to: addresses with letters beyond ASCII are not available; write the domain in its xn-- form, found "
                     "\"büro@ops.example\"");
  check(mail("        from: '{{ .X }}@ops.example'\n        smarthost: m:25\n"),
        "6: " + at + ".from: no template can stand here; write the address");
  check(mail("        from: a@b, c@d\n        smarthost: m:25\n"),
        "6: " + at + ".from: expected one address, found \"a@b, c@d\"");
  for (const std::string host : {"mail.example", "'mail.example:'", "mail.example:smtp", "mail.example:0", ":25",
                                 "mail.example:70000", "'mail example:25'"}) {
    auto shown = host;
    std::erase(shown, '\'');
    check(mail("        from: a@b\n        smarthost: " + host + "\n"),
          "7: " + at + ".smarthost: expected a host and a port such as mail.example.org:587, found \"" + shown + "\"");
  }
  check(mail(server + "        hello: 'a b'\n"), "8: " + at + ".hello: expected a host name, found \"a b\"");
  check(mail(server + "        auth_username: u\n"),
        "8: " + at + ".auth_username: a user without a password; set auth_password or auth_password_file");
  check(mail(server + "        auth_secret: x\n"),
        "8: " + at + ".auth_secret: authentication by CRAM-MD5 is not available in this version; use auth_username and "
                     "auth_password");
  check(mail(server + "        auth_password: x\n        auth_password_file: y\n"),
        "9: " + at + ".auth_password_file: expected one of auth_password and auth_password_file, found both");
  check(mail(server + "        headers: {Date: x}\n"),
        "8: " + at + ".headers.Date: this header is made for every mail; remove it");
  check(mail(server + "        headers: {'X Y': x}\n"),
        "8: " + at + ".headers.X Y: expected the name of a header, of ASCII without spaces and colons");
  check(mail(server + "        headers: {Cc: ana}\n"), "8: " + at + ".headers.Cc: " + addresses + ", found \"ana\"");
  check(mail(server + "        subject: x\n"),
        "8: " + at + ".subject: unknown key; expected one of to, from, smarthost, hello, auth_username, auth_password, "
                     "auth_password_file, auth_identity, require_tls, force_implicit_tls, tls_config, headers, timeout, "
                     "send_resolved, when, rate_limit, daily_budget, cost_per_message, html, text, threading, auth_secret, auth_secret_file");
  check(mail("        from: a@b\n") + "global: {smtp_smarthost: nowhere}\n",
        "7: global.smtp_smarthost: expected a host and a port such as mail.example.org:587, found \"nowhere\"");
}

BOOST_AUTO_TEST_SUITE_END()
