#include <algorithm>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/e2e/api.hpp"
#include "tests/e2e/http_sink.hpp"
#include "tests/e2e/program.hpp"
#include "tests/e2e/smtp_sink.hpp"

using namespace tocsin::e2e;

namespace {

/// One receiver with a mail to two people; `more` are further keys of its entry, and `rest` what
/// stands behind it in the receiver.
std::string configuration(const smtp_sink& sink, const std::string& more, const std::string& rest = {}) {
  return "route:\n  receiver: ops\n  group_by: [alertname]\n  group_wait: 0s\n  group_interval: 1h\n"
         "  repeat_interval: 1h\nescalation: []\nglobal:\n  smtp_smarthost: "
         + sink.smarthost()
         + "\n  smtp_from: Tocsin <tocsin@ops.example>\n  smtp_hello: tocsin.ops.example\nreceivers:\n  - name: ops\n"
           "    email_configs:\n      - to: ana@ops.example, ben@ops.example\n"
         + more + rest;
}

const std::string in_the_clear = "        require_tls: false\n";

std::string alert(std::string_view name) {
  return alert_json({{"alertname", name}, {"severity", "critical"}, {"instance", "db1"}},
                    {{"summary", "voll: 95 %"}, {"description", ".\nmore ünder\n..two"}});
}

json attempts_of(api& client, std::size_t enough) {
  std::string body;
  eventually(10s, [&] {
    body = client.get("/api/alerts/notification-history?channel=email").body;
    return json(body).number("/total").value_or(0) >= static_cast<std::int64_t>(enough);
  });
  return json(body);
}

std::string header_of(const std::string& data, const std::string& name) {
  const auto begin = data.find("\r\n" + name + ": ");
  if (begin == std::string::npos) return {};
  const auto value = begin + name.size() + 4;
  return data.substr(value, data.find("\r\n", value) - value);
}

} // namespace

BOOST_AUTO_TEST_SUITE(email)

BOOST_AUTO_TEST_CASE(one_mail_reaches_all_recipients_in_one_session) {
  smtp_sink sink;
  program tocsin(configuration(sink, in_the_clear));
  api client(tocsin);
  BOOST_TEST(client.post_all({alert("DiskFull")}).status == 200);
  BOOST_REQUIRE(sink.wait_for_mails(5s, 1));
  const auto mail = sink.mails().front();
  BOOST_TEST(mail.hello == "tocsin.ops.example");
  BOOST_TEST(mail.from == "tocsin@ops.example");
  const std::vector<std::string> both{"ana@ops.example", "ben@ops.example"};
  BOOST_TEST(mail.to == both, boost::test_tools::per_element());
  BOOST_TEST(!mail.encrypted);
  BOOST_TEST(mail.data.starts_with("From: \"Tocsin\" <tocsin@ops.example>\r\n"));
  BOOST_TEST(header_of(mail.data, "Subject") == "[FIRING:1] DiskFull (critical)");
  BOOST_TEST(mail.data.find("DiskFull: voll: 95 %\r\n") != std::string::npos);
  BOOST_TEST(mail.data.find("\r\n=2E.two") != std::string::npos);
  BOOST_TEST(mail.data.find("\r\n..two") == std::string::npos);
  BOOST_TEST(mail.data.ends_with("--\r\n"));
  BOOST_TEST(sink.wait_for_command(5s, "QUIT"));
  const auto attempts = attempts_of(client, 1);
  BOOST_TEST(attempts.boolean("/data/0/success").value());
  BOOST_TEST(attempts.text("/data/0/message").value() == "SMTP 250: 2.0.0 queued");
  BOOST_TEST(attempts.text("/data/0/recipients").value() == "ana@ops.example, ben@ops.example");
}

BOOST_AUTO_TEST_CASE(one_refused_recipient_keeps_the_mail_from_nobody_else) {
  mail_behaviour how;
  how.replies["RCPT TO:<ana@ops.example>"] = {"550-5.1.1 no such\r\n550 user"};
  smtp_sink sink(how);
  program tocsin(configuration(sink, in_the_clear));
  api client(tocsin);
  BOOST_TEST(client.post_all({alert("DiskFull")}).status == 200);
  BOOST_REQUIRE(sink.wait_for_mails(5s, 1));
  BOOST_REQUIRE(sink.mails().front().to.size() == 1U);
  BOOST_TEST(sink.mails().front().to[0] == "ben@ops.example");
  const auto attempts = attempts_of(client, 1);
  BOOST_TEST(attempts.boolean("/data/0/success").value());
  BOOST_TEST(attempts.text("/data/0/message").value()
             == "SMTP 250: 2.0.0 queued; taken for ben@ops.example; refused ana@ops.example: 550 5.1.1 no such user");
}

BOOST_AUTO_TEST_CASE(a_recipient_who_is_refused_for_now_gets_it_later_and_the_others_get_it_once) {
  mail_behaviour how;
  how.replies["RCPT TO:<ben@ops.example>"] = {"450 4.2.0 greylisted"};
  smtp_sink sink(how);
  program tocsin(configuration(sink, in_the_clear));
  api client(tocsin);
  BOOST_TEST(client.post_all({alert("DiskFull")}).status == 200);
  BOOST_REQUIRE(sink.wait_for_mails(15s, 2));
  const auto mails = sink.mails();
  const std::vector<std::string> ana{"ana@ops.example"};
  const std::vector<std::string> ben{"ben@ops.example"};
  BOOST_TEST(mails[0].to == ana, boost::test_tools::per_element());
  BOOST_TEST(mails[1].to == ben, boost::test_tools::per_element());
  BOOST_TEST(mails[0].data == mails[1].data);
  const auto attempts = attempts_of(client, 2);
  BOOST_TEST(attempts.number("/total").value() == 2);
  BOOST_TEST(attempts.boolean("/data/0/success").value());
  BOOST_TEST(attempts.text("/data/0/recipients").value() == "ben@ops.example");
  BOOST_TEST(attempts.text("/data/0/message").value() == "SMTP 250: 2.0.0 queued");
  BOOST_TEST(attempts.boolean("/data/1/success").value());
  BOOST_TEST(attempts.text("/data/1/message").value()
             == "SMTP 250: 2.0.0 queued; taken for ana@ops.example; refused ben@ops.example: 450 4.2.0 greylisted");
  const json history(client.get("/api/alerts/history?alert_name=DiskFull").body);
  BOOST_TEST(history.number("/data/0/notification_count").value() == 1);
}

// One test for both, because the wait of 5 s is real and can be waited for together.
BOOST_AUTO_TEST_CASE(a_temporary_failure_is_tried_again_with_the_same_id_and_a_lasting_one_is_not) {
  mail_behaviour busy;
  busy.replies["."] = {"451 4.3.2 try later"};
  smtp_sink later(busy);
  mail_behaviour strict;
  strict.replies["RCPT TO:<ana@ops.example>"] = {"550 no", "550 no", "550 no"};
  strict.replies["RCPT TO:<ben@ops.example>"] = {"553 no", "553 no", "553 no"};
  smtp_sink never(strict);
  program first(configuration(later, in_the_clear));
  program second(configuration(never, in_the_clear));
  api to_first(first);
  api to_second(second);
  BOOST_TEST(to_first.post_all({alert("DiskFull")}).status == 200);
  BOOST_TEST(to_second.post_all({alert("DiskFull")}).status == 200);

  BOOST_REQUIRE(later.wait_for_mails(15s, 1));
  const auto retried = attempts_of(to_first, 2);
  BOOST_TEST(retried.boolean("/data/0/success").value());
  BOOST_TEST(retried.text("/data/1/message").value() == "SMTP 451: 4.3.2 try later");
  const auto commands = later.commands();
  BOOST_TEST(std::count(commands.begin(), commands.end(), "DATA") == 2);

  const auto refused = attempts_of(to_second, 1);
  BOOST_TEST(refused.number("/total").value() == 1);
  BOOST_TEST(!refused.boolean("/data/0/success").value());
  BOOST_TEST(refused.text("/data/0/message").value()
             == "SMTP: every recipient was refused; refused ana@ops.example: 550 no; refused ben@ops.example: 553 no");
  BOOST_TEST(never.mails().empty());
}

BOOST_AUTO_TEST_CASE(a_session_is_encrypted_before_it_authenticates) {
  mail_behaviour how;
  how.starttls = true;
  how.auth = "PLAIN LOGIN";
  smtp_sink sink(how);
  const temporary_folder folder;
  program tocsin(
      configuration(sink, "        auth_username: user\n        auth_password: pass\n        tls_config: {ca_file: '"
                              + folder.write("ca.pem", sink.chain()) + "'}\n"));
  api client(tocsin);
  BOOST_TEST(client.post_all({alert("DiskFull")}).status == 200);
  BOOST_REQUIRE(sink.wait_for_mails(5s, 1));
  const auto mail = sink.mails().front();
  BOOST_TEST(mail.encrypted);
  // NUL user NUL pass
  BOOST_TEST(mail.login == "AHVzZXIAcGFzcw==");
  const auto commands = sink.commands();
  BOOST_REQUIRE(commands.size() >= 4U);
  BOOST_TEST(commands[1] == "STARTTLS");
  BOOST_TEST(commands[2] == "EHLO tocsin.ops.example");
}

BOOST_AUTO_TEST_CASE(a_session_may_be_encrypted_from_its_beginning) {
  mail_behaviour how;
  how.implicit_tls = true;
  how.auth = "LOGIN";
  smtp_sink sink(how);
  const temporary_folder folder;
  program tocsin(
      configuration(sink,
                    "        auth_username: user\n        auth_password: pass\n        force_implicit_tls: true\n"
                    "        tls_config: {ca_file: '"
                        + folder.write("ca.pem", sink.chain()) + "'}\n"));
  api client(tocsin);
  BOOST_TEST(client.post_all({alert("DiskFull")}).status == 200);
  BOOST_REQUIRE(sink.wait_for_mails(5s, 1));
  BOOST_TEST(sink.mails().front().encrypted);
  BOOST_TEST(sink.mails().front().login == "dXNlcg== cGFzcw==");
}

BOOST_AUTO_TEST_CASE(nothing_is_sent_in_the_clear_or_to_a_stranger_unless_allowed) {
  smtp_sink without_tls;
  mail_behaviour how;
  how.starttls = true;
  smtp_sink stranger(how);
  for (const auto* sink : {&without_tls, &stranger}) {
    program tocsin(configuration(*sink, "        auth_username: user\n        auth_password: pass\n"));
    api client(tocsin);
    BOOST_TEST(client.post_all({alert("DiskFull")}).status == 200);
    const auto attempts = attempts_of(client, 1);
    BOOST_TEST(!attempts.boolean("/data/0/success").value_or(true));
    BOOST_TEST_MESSAGE(attempts.text("/data/0/message").value_or(""));
    BOOST_TEST(sink->mails().empty());
    for (const auto& command : sink->commands()) BOOST_TEST(!command.starts_with("AUTH"));
  }
}

BOOST_AUTO_TEST_CASE(wrong_credentials_are_told_and_not_tried_again) {
  mail_behaviour how;
  how.auth = "PLAIN";
  how.replies["AUTH"] = {"535 5.7.8 wrong", "535 5.7.8 wrong"};
  smtp_sink sink(how);
  program tocsin(configuration(sink, in_the_clear + "        auth_username: user\n        auth_password: pass\n"));
  api client(tocsin);
  BOOST_TEST(client.post_all({alert("DiskFull")}).status == 200);
  const auto attempts = attempts_of(client, 1);
  BOOST_TEST(attempts.text("/data/0/message").value() == "SMTP 535: 5.7.8 wrong");
  BOOST_TEST(sink.mails().empty());
}

BOOST_AUTO_TEST_CASE(a_server_that_never_says_good_bye_holds_up_no_webhook_and_mails_for_seconds_only) {
  mail_behaviour how;
  how.hangs_at_quit = true;
  smtp_sink sink(how);
  http_sink hook;
  program tocsin(configuration(sink, in_the_clear, "    webhook_configs: [{url: '" + hook.url() + "'}]\n"));
  api client(tocsin);
  BOOST_TEST(client.post_all({alert("First")}).status == 200);
  BOOST_REQUIRE(sink.wait_for_command(5s, "QUIT"));
  BOOST_REQUIRE(hook.wait_for_count(5s, 1));
  const auto before = clock::now();
  BOOST_TEST(client.post_all({alert("Second")}).status == 200);
  BOOST_REQUIRE(hook.wait_for_count(5s, 2));
  BOOST_TEST(std::chrono::duration<double>(hook.all()[1].at - before).count() < 0.5);
  BOOST_TEST(sink.wait_for_mails(8s, 2));
  BOOST_TEST(attempts_of(client, 1).boolean("/data/0/success").value());
}

BOOST_AUTO_TEST_SUITE_END()
