#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/protocols/channel_samples.hpp"

using namespace tocsin;
using namespace tocsin::samples;

namespace {

channel email() {
  channel c;
  c.id = "ops/email/0";
  c.receiver = "ops";
  email_channel settings;
  settings.server.host = "mail.example";
  settings.server.username = "bob";
  settings.server.password = "s3cret-s3cret";
  settings.from = {"Tocsin", "tocsin@ops.example"};
  settings.to = {{"", "ana@ops.example"}, {"Weiß", "ben@ops.example"}};
  c.settings = settings;
  return c;
}

email_channel& settings_of(channel& c) {
  return std::get<email_channel>(c.settings);
}

smtp_message message_of(const channel& c, const notification& n) {
  return std::get<smtp_message>(*render(c, n, context()).message);
}

std::string body_of(const notification& n) {
  return message_of(email(), n).body;
}

/// A header as it stands, folded, without its line end.
std::string header_of(std::string_view body, std::string_view name) {
  const auto head = std::string("\r\n").append(body.substr(0, body.find("\r\n\r\n")));
  auto begin = head.find("\r\n" + std::string(name) + ": ");
  if (begin == std::string::npos) return "none";
  begin += name.size() + 4;
  auto end = begin;
  do end = std::min(head.find("\r\n", end + 1), head.size());
  while (end < head.size() && head[end + 2] == ' ');
  return head.substr(begin, end - begin);
}

/// A part without soft line breaks.
std::string part_of(std::string_view body, std::string_view type) {
  const auto begin = body.find("\r\n\r\n", body.find("Content-Type: " + std::string(type))) + 4;
  std::string text(body.substr(begin, body.find("\r\n--=_", begin) - begin));
  for (auto at = text.find("=\r\n"); at != std::string::npos; at = text.find("=\r\n")) text.erase(at, 3);
  for (auto at = text.find("=3D"); at != std::string::npos; at = text.find("=3D")) text.replace(at, 3, "=");
  return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(an_email)

BOOST_AUTO_TEST_CASE(has_the_headers_that_mail_programs_want) {
  const auto body = body_of(two_alerts());
  BOOST_TEST(header_of(body, "From") == "\"Tocsin\" <tocsin@ops.example>");
  BOOST_TEST(header_of(body, "To") == "ana@ops.example,\r\n =?utf-8?q?Wei=C3=9F?= <ben@ops.example>");
  BOOST_TEST(header_of(body, "Subject") == "[FIRING:1] PoolExhausted (critical)");
  BOOST_TEST(header_of(body, "Date") == "Tue, 24 Nov 2026 12:02:00 +0000");
  BOOST_TEST(header_of(body, "Auto-Submitted") == "auto-generated");
  BOOST_TEST(header_of(body, "MIME-Version") == "1.0");
  BOOST_TEST(header_of(body, "Content-Type").starts_with("multipart/alternative; boundary=\"=_tocsin_"));
  BOOST_TEST(header_of(body, "Message-ID").starts_with("<tocsin."));
  BOOST_TEST(header_of(body, "Message-ID").ends_with("@ops.example>"));
  BOOST_TEST(header_of(body, "References") == header_of(body, "In-Reply-To"));
}

BOOST_AUTO_TEST_CASE(goes_to_every_recipient_in_one_envelope) {
  const auto message = message_of(email(), two_alerts());
  BOOST_TEST(message.from == "tocsin@ops.example");
  const std::vector<std::string> to{"ana@ops.example", "ben@ops.example"};
  BOOST_TEST(message.to == to, boost::test_tools::per_element());
  BOOST_TEST(message.server.host == "mail.example");
  BOOST_TEST((message.timeout == duration{30s}));
  BOOST_TEST(email().recipients() == "ana@ops.example, ben@ops.example");
  BOOST_TEST(email().kind() == "email");
}

BOOST_AUTO_TEST_CASE(has_one_id_for_all_attempts_and_one_thread_for_its_group) {
  auto n = two_alerts();
  const auto first = body_of(n);
  BOOST_TEST(body_of(n) == first);
  n.id = {8};
  n.created_at += 1h;
  for (auto& a : n.alerts) a.ended_at = noon;
  const auto second = body_of(n);
  BOOST_TEST(header_of(second, "Message-ID") != header_of(first, "Message-ID"));
  BOOST_TEST(header_of(second, "References") == header_of(first, "References"));
  BOOST_TEST(header_of(second, "Message-ID") != header_of(second, "References"));
  n.group_key += "x";
  BOOST_TEST(header_of(body_of(n), "References") != header_of(first, "References"));
}

BOOST_AUTO_TEST_CASE(tells_the_same_in_text_and_in_html) {
  auto n = two_alerts();
  n.hints = {{"PoolExhausted", {{"a leak"}, {"look"}, {"restart"}, "https://grafana/d/pool"}}};
  const auto body = body_of(n);
  const auto text = part_of(body, "text/plain");
  BOOST_TEST(text
             == "[FIRING:1] PoolExhausted\r\ncritical, level 2, first notification, receiver web.hook\r\n\r\n"
                "PoolExhausted: All <100> connections & more are in use\r\n  since 2026-11-24T12:00:00.12Z\r\n"
                "  instance=db1 severity=critical\r\n  reported 3 times, acknowledged by ana\r\n"
                "  http://prom:9090/graph?g0.expr=a&g0.tab=1\r\n\r\n"
                "resolved: PoolExhausted: All <100> connections & more are in use\r\n"
                "  since 2026-11-24T12:00:00.12Z until 2026-11-24T12:01:30Z\r\n  instance=db2 severity=critical\r\n"
                "  http://prom:9090/graph?g0.expr=a&g0.tab=1\r\n\r\n"
                "Probable causes: a leak\r\nInvestigate: look\r\nQuick fixes: restart\r\n"
                "Dashboard: https://grafana/d/pool\r\n\r\nhttp://tocsin.example:9095\r\n");
  const auto html = part_of(body, "text/html");
  BOOST_TEST(contains(html, "border-left:8px solid #d00000"));
  BOOST_TEST(contains(html, "<a href=\"http://prom:9090/graph?g0.expr=a&amp;g0.tab=1\">PoolExhausted</a>"));
  BOOST_TEST(contains(html, "All &lt;100&gt; connections &amp; more are in use"));
  BOOST_TEST(contains(html, "instance=db1 severity=critical"));
  BOOST_TEST(contains(html, "<b>Dashboard:</b> <a href=\"https://grafana/d/pool\">"));
  BOOST_TEST(count(html, "<tr>") == 2U);
  BOOST_TEST(body.find("text/plain") < body.find("text/html"));
}

BOOST_AUTO_TEST_CASE(has_a_bar_in_the_colour_of_its_severity) {
  auto n = two_alerts();
  for (const auto& [s, colour] : std::vector<std::pair<severity, std::string_view>>{
           {severity::critical, "#d00000"}, {severity::warning, "#f0a000"}, {severity::info, "#0066cc"}}) {
    for (auto& a : n.alerts) a.current_severity = s;
    BOOST_TEST(contains(part_of(body_of(n), "text/html"), "solid " + std::string(colour)));
  }
  for (auto& a : n.alerts) a.ended_at = noon;
  BOOST_TEST(contains(part_of(body_of(n), "text/html"), "solid #36a64f"));
  BOOST_TEST(header_of(body_of(n), "Subject") == "[RESOLVED] PoolExhausted (info)");
}

BOOST_AUTO_TEST_CASE(is_not_moved_by_what_labels_say) {
  auto n = two_alerts();
  const std::string evil = "x\r\nBcc: all@ops.example\r\n\r\n<script>alert(1)</script>\"'--=_tocsin_";
  for (auto& a : n.alerts) {
    a.labels = label_set::of({{"alertname", evil}, {"instance", evil}});
    a.annotations = label_set::of({{"summary", evil}, {"description", evil + "!"}});
    a.generator_url = "javascript:alert(1)";
  }
  n.group_key = evil;
  const auto body = body_of(n);
  BOOST_TEST(header_of(body, "Bcc") == "none");
  BOOST_TEST(!contains(part_of(body, "text/html"), "<script"));
  BOOST_TEST(!contains(body, "javascript"));
  BOOST_TEST(count(body, "\r\n--=_tocsin_") == 3U);
  for (std::size_t at = 0; at < body.size(); ++at) {
    const auto c = static_cast<unsigned char>(body[at]);
    BOOST_REQUIRE((c == '\r' || c == '\n' || (c >= 0x20 && c < 0x7F)));
    if (c == '\n') BOOST_REQUIRE((at > 0 && body[at - 1] == '\r'));
  }
}

BOOST_AUTO_TEST_CASE(stays_small_and_its_lines_short_for_a_thousand_long_alerts) {
  auto n = two_alerts();
  n.alerts.assign(1000, pool_exhausted("db1"));
  for (auto& a : n.alerts) a.annotations = label_set::of({{"summary", std::string(5000, 'w')}});
  const auto body = body_of(n);
  BOOST_TEST(body.size() < 200'000U);
  BOOST_TEST(contains(part_of(body, "text/plain"), "and 950 more"));
  BOOST_TEST(contains(part_of(body, "text/html"), "and 950 more"));
  for (std::size_t at = 0; at < body.size();) {
    const auto end = body.find("\r\n", at);
    BOOST_REQUIRE(end != std::string::npos);
    BOOST_REQUIRE(end - at <= 120U);
    at = end + 2;
  }
}

BOOST_AUTO_TEST_CASE(takes_headers_from_the_configuration) {
  auto c = email();
  settings_of(c).headers = {{"Subject", "Ünser Alarm"},
                            {"to", "Team <team@ops.example>"},
                            {"X-Team", "dba\r\nBcc: x@y"},
                            {"Reply-To", "ana@ops.example"}};
  const auto body = message_of(c, two_alerts()).body;
  BOOST_TEST(header_of(body, "Subject") == "=?utf-8?q?=C3=9Cnser_Alarm?=");
  BOOST_TEST(header_of(body, "To") == "\"Team\" <team@ops.example>");
  BOOST_TEST(header_of(body, "X-Team") == "dba Bcc: x@y");
  BOOST_TEST(header_of(body, "Reply-To") == "ana@ops.example");
  BOOST_TEST(count(body, "Subject:") == 1U);
  BOOST_TEST(message_of(c, two_alerts()).to.size() == 2U);
}

BOOST_AUTO_TEST_CASE(is_judged_by_the_servers_reply) {
  struct row {
    std::int32_t status;
    std::string body;
    verdict::kind expected;
    std::string message;
  };
  using enum verdict::kind;
  for (const auto& [status, body, expected, message] :
       std::vector<row>{{250, "2.0.0 Ok: queued", delivered, "SMTP 250: 2.0.0 Ok: queued"},
                        {421, "bye", retry, "SMTP 421: bye"},
                        {450, "greylisted", retry, "SMTP 450: greylisted"},
                        {454, "", retry, "SMTP 454"},
                        {530, "TLS first", give_up, "SMTP 530: TLS first"},
                        {535, "bad s3cret-s3cret", give_up, "SMTP 535: bad <hidden>"},
                        {550, "no such user", give_up, "SMTP 550: no such user"},
                        {554, "spam\x1b[1m", give_up, "SMTP 554: spam\\x1b[1m"},
                        {354, "", give_up, "SMTP 354"}}) {
    const auto v = judge(email(), answer(status, body));
    BOOST_TEST((v.what == expected), status << " " << body);
    BOOST_TEST(v.message == message);
  }
  wire_response none;
  none.error = "Could not resolve host: mail.example";
  BOOST_TEST((judge(email(), none).what == retry));
  BOOST_TEST(judge(email(), none).message == "Could not resolve host: mail.example");
}

BOOST_AUTO_TEST_CASE(tells_those_again_who_were_refused_for_now_and_nobody_else) {
  const recipient_reply ana{"ana@ops.example", 250, "ok"};
  const recipient_reply ben_later{"ben@ops.example", 450, "greylisted s3cret-s3cret"};
  const recipient_reply ben_never{"ben@ops.example", 550, "no such user"};
  const recipient_reply cid{"cid@ops.example", 250, "ok"};
  const recipient_reply cid_later{"cid@ops.example", 451, "full"};
  const recipient_reply cid_unheard{"cid@ops.example", 0, ""};
  struct row {
    std::int32_t status;
    std::vector<recipient_reply> recipients;
    verdict::kind expected;
    std::vector<std::string> again;
    std::string message;
  };
  using enum verdict::kind;
  const std::string taken = "SMTP 250: text; taken for ana@ops.example";
  for (const auto& [status, recipients, expected, again, message] :
       std::vector<row>{{250, {ana, cid}, delivered, {}, "SMTP 250: text"},
                        {250, {ana, ben_never}, delivered, {}, taken + "; refused ben@ops.example: 550 no such user"},
                        {250,
                         {ana, ben_later},
                         retry,
                         {"ben@ops.example"},
                         taken + "; refused ben@ops.example: 450 greylisted <hidden>"},
                        {250,
                         {ana, ben_never, cid_later},
                         retry,
                         {"cid@ops.example"},
                         taken + "; refused ben@ops.example: 550 no such user; refused cid@ops.example: 451 full"},
                        // Nobody has it.
                        {451,
                         {ben_later, cid_later},
                         retry,
                         {},
                         "SMTP: every recipient was refused; refused ben@ops.example: 450 "
                         "greylisted <hidden>; refused cid@ops.example: 451 full"},
                        {550,
                         {cid_later, ben_never},
                         retry,
                         {"cid@ops.example"},
                         "SMTP: every recipient was refused; refused cid@ops.example: 451 full; refused "
                         "ben@ops.example: 550 no such user"},
                        {450, {ben_later}, retry, {}, "SMTP 450: text"},
                        {550, {ben_never}, give_up, {}, "SMTP 550: text"},
                        {451,
                         {ana, ben_never},
                         retry,
                         {"ana@ops.example"},
                         "SMTP 451: text; refused ben@ops.example: 550 no such user"},
                        {554, {ana, cid_later}, give_up, {}, "SMTP 554: text; refused cid@ops.example: 451 full"},
                        {0,
                         {ben_never, cid_unheard},
                         retry,
                         {"cid@ops.example"},
                         "no answer; refused ben@ops.example: 550 no such user"},
                        {421,
                         {ben_later, cid_unheard},
                         retry,
                         {},
                         "SMTP 421: text; refused ben@ops.example: 450 greylisted <hidden>"},
                        {535, {cid_unheard, cid_unheard}, give_up, {}, "SMTP 535: text"}}) {
    auto response = answer(status, status == 0 ? "" : "text");
    response.recipients = recipients;
    const auto v = judge(email(), response);
    BOOST_TEST((v.what == expected), message);
    BOOST_TEST(v.message == message);
    BOOST_TEST(v.again == again, boost::test_tools::per_element());
    BOOST_TEST(v.told_some == (status == 250 && expected == retry));
  }
}

BOOST_AUTO_TEST_CASE(names_some_of_very_many_recipients) {
  auto response = answer(250, "queued");
  for (int i = 0; i < 100; ++i) {
    response.recipients.push_back(
        {"r" + std::to_string(i) + "@ops.example", i % 2 == 0 ? 250 : 450, std::string(400, 'x')});
  }
  const auto v = judge(email(), response);
  BOOST_TEST(v.again.size() == 50U);
  BOOST_TEST(v.message.size() < 4000U);
  BOOST_TEST(contains(v.message, " and 40 more"));
  BOOST_TEST(contains(v.message, "; refused 40 more"));
}

BOOST_AUTO_TEST_CASE(goes_to_those_who_are_still_to_be_told_with_the_same_words) {
  auto with = context();
  const auto whole = std::get<smtp_message>(*render(email(), two_alerts(), with).message);
  with.only_to = {"ben@ops.example"};
  const auto rest = std::get<smtp_message>(*render(email(), two_alerts(), with).message);
  const std::vector<std::string> ben{"ben@ops.example"};
  BOOST_TEST(rest.to == ben, boost::test_tools::per_element());
  BOOST_TEST(rest.body == whole.body);
  // The configuration has changed meanwhile and knows none of them.
  with.only_to = {"gone@ops.example"};
  BOOST_TEST(std::get<smtp_message>(*render(email(), two_alerts(), with).message).to.size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
