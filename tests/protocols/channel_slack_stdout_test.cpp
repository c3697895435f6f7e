#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/protocols/channel_samples.hpp"

using namespace tocsin;
using namespace tocsin::samples;

BOOST_AUTO_TEST_SUITE(a_slack_message)

BOOST_AUTO_TEST_CASE(is_one_attachment_with_colour_title_text_and_fields) {
  const auto request = request_of(slack_to("#ops"), two_alerts());
  const std::string expected =
      R"({"channel":"#ops","attachments":[{"color":"#FF0000","title":"[FIRING:1] PoolExhausted",)"
      R"x("text":"• All &lt;100&gt; connections &amp; more are in use (db1) (×3)\n)x"
      R"x(• resolved: All &lt;100&gt; connections &amp; more are in use (db2)",)x"
      R"("fallback":"[FIRING:1] PoolExhausted | http://tocsin.example:9095",)"
      R"("title_link":"http://tocsin.example:9095","fields":[)"
      R"({"title":"Severity","value":"critical","short":true},{"title":"Level","value":"2","short":true},)"
      R"({"title":"Instances","value":"2","short":true},)"
      R"({"title":"Started","value":"2026-11-24T12:00:00.12Z","short":true},)"
      R"({"title":"Reason","value":"first notification","short":true}],"mrkdwn_in":[]}]})";
  BOOST_TEST(request.body == expected);
  BOOST_TEST(request.url == "https://hooks.slack.com/services/T000/B000/verysecrettoken");
}

BOOST_AUTO_TEST_CASE(has_the_colour_of_its_severity) {
  struct row {
    severity s;
    bool resolved;
    std::string_view colour;
  };
  for (const auto& [s, resolved, colour] : std::vector<row>{{severity::critical, false, "#FF0000"},
                                                            {severity::warning, false, "#FFA500"},
                                                            {severity::info, false, "#0066CC"},
                                                            {severity::critical, true, "#36A64F"}}) {
    auto n = two_alerts();
    for (auto& a : n.alerts) {
      a.current_severity = s;
      a.ended_at = resolved ? std::optional<timestamp>(noon) : std::nullopt;
    }
    const auto body = request_of(slack_to(""), n).body;
    BOOST_TEST(contains(body, "\"color\":\"" + std::string(colour) + "\""));
    BOOST_TEST(contains(body, resolved ? "[RESOLVED] PoolExhausted" : "[FIRING:2] PoolExhausted"));
    BOOST_TEST(!contains(body, "\"channel\""));
  }
}

BOOST_AUTO_TEST_CASE(rings_nobody_whom_a_label_names) {
  auto n = two_alerts();
  for (auto& a : n.alerts) {
    a.labels = label_set::of({{"alertname", "<!channel>"}, {"service", "<@U1>"}, {"instance", "<!here>"}});
    a.annotations = label_set::of({{"description", "<!everyone>"}});
  }
  const auto body = request_of(slack_to(""), n).body;
  BOOST_TEST(count(body, "<") == 0U);
  BOOST_TEST(contains(body, "&lt;!channel&gt;"));
  BOOST_TEST(contains(body, R"({"title":"Service","value":"&lt;@U1&gt;","short":true})"));
}

BOOST_AUTO_TEST_CASE(stays_small_for_a_thousand_long_alerts) {
  auto n = two_alerts();
  const std::string wordy(5000, 'w');
  n.alerts.assign(1000, pool_exhausted("db1"));
  for (auto& a : n.alerts) a.annotations = label_set::of({{"summary", wordy}, {"description", wordy}});
  const auto body = request_of(slack_to("#ops"), n).body;
  BOOST_TEST(body.size() < 6000U);
  BOOST_TEST(contains(body, "www…"));
  BOOST_TEST(contains(body, "and 996 more\""));
}

BOOST_AUTO_TEST_CASE(cuts_between_characters) {
  auto n = two_alerts();
  std::string umlauts;
  for (int i = 0; i < 301; ++i) umlauts += "ü";
  n.alerts.resize(1);
  n.alerts[0].annotations = label_set::of({{"summary", umlauts}});
  const auto body = request_of(slack_to(""), n).body;
  BOOST_TEST(count(body, "ü") == 299U);
  BOOST_TEST(contains(body, "ü… (db1)"));
}

BOOST_AUTO_TEST_CASE(counts_as_delivered_only_when_slack_says_ok) {
  struct row {
    std::int32_t status;
    std::string body;
    verdict::kind expected;
    std::string message;
  };
  using enum verdict::kind;
  for (const auto& [status, body, expected, message] : std::vector<row>{
           {200, "ok", delivered, "HTTP 200"},
           {200, "ok\n", delivered, "HTTP 200"},
           {200, R"({"ok":true})", delivered, "HTTP 200"},
           {200, R"({"ok":false,"error":"x"})", give_up, R"(HTTP 200: {"ok":false,"error":"x"} (expected ok))"},
           {200, "<html>", give_up, "HTTP 200: <html> (expected ok)"},
           {200, "", give_up, "HTTP 200: the answer is empty, expected ok"},
           {400, "invalid_payload", give_up, "HTTP 400: invalid_payload"},
           {403, "action_prohibited", give_up, "HTTP 403: action_prohibited"},
           {404, "channel_not_found", give_up, "HTTP 404: channel_not_found"},
           {410, "channel_is_archived", give_up, "HTTP 410: channel_is_archived"},
           {429, "", retry, "HTTP 429"},
           {500, "rollup_error", retry, "HTTP 500: rollup_error"},
           {404, "no services/T000/B000/verysecrettoken", give_up, "HTTP 404: no services/T000/B000/<hidden>"}}) {
    const auto v = judge(slack_to(""), answer(status, body));
    BOOST_TEST((v.what == expected), status << " " << body);
    BOOST_TEST(v.message == message);
  }
  auto limited = answer(429);
  limited.retry_after = 3s;
  BOOST_TEST((judge(slack_to(""), limited).wait == duration{3s}));
}

BOOST_AUTO_TEST_CASE(names_its_channel_as_recipient_or_else_the_host) {
  BOOST_TEST(slack_to("#ops").recipients() == "#ops");
  BOOST_TEST(slack_to("").recipients() == "hooks.slack.com");
  BOOST_TEST(slack_to("").kind() == "slack");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(standard_output)

BOOST_AUTO_TEST_CASE(is_lines_for_people) {
  const std::string expected =
      "2026-11-24T12:02:00Z [CRITICAL] [FIRING:1] PoolExhausted level 2 -> web.hook (first notification)\n"
      "  group {}:{alertname=\"PoolExhausted\"}\n"
      "  - instance=\"db1\" severity=\"critical\" (×3) (acknowledged by ana): All <100> connections & more are in use\n"
      "  - instance=\"db2\" severity=\"critical\" resolved: All <100> connections & more are in use\n";
  BOOST_TEST(text_of(two_alerts(), false) == expected);
}

BOOST_AUTO_TEST_CASE(has_colour_on_a_terminal_only) {
  BOOST_TEST(contains(text_of(two_alerts(), true), "\x1b[1;31m[CRITICAL] [FIRING:1]\x1b[0m"));
  BOOST_TEST(!contains(text_of(two_alerts(), false), "\x1b"));
}

BOOST_AUTO_TEST_CASE(is_one_line_of_json_when_asked_or_when_nobody_looks) {
  using format = stdout_channel::format;
  const auto json = text_of(two_alerts(), false, format::json);
  BOOST_TEST(json == request_of(webhook_to("http://sink/"), two_alerts()).body);
  BOOST_TEST(count(json, "\n") == 1U);
  BOOST_TEST(text_of(two_alerts(), false, format::automatic) == json);
  BOOST_TEST(text_of(two_alerts(), true, format::automatic) == text_of(two_alerts(), true, format::text));
}

BOOST_AUTO_TEST_CASE(lets_no_label_command_the_terminal) {
  auto n = two_alerts();
  const std::string nasty =
      "a\x1b[2Jb\nc\td\x7f"
      "e\xc2\x9b"
      "f\xe2\x80\xaeg";
  n.group_key = nasty;
  n.receiver = nasty;
  for (auto& a : n.alerts) {
    a.labels = label_set::of({{"alertname", nasty}, {nasty, nasty}});
    a.annotations = label_set::of({{"summary", nasty}});
    a.acknowledged_by = nasty;
  }
  const auto text = text_of(n, false);
  BOOST_TEST(contains(text, R"(a\x1b[2Jb\nc\td\x7fe\x9bf\u202eg)"));
  BOOST_TEST(count(text, "\n") == 4U);
  for (const auto& out : {text, text_of(n, true, stdout_channel::format::json)}) {
    for (std::string_view raw : {"\x1b", "\t", "\x7f", "\xc2\x9b", "\xe2\x80\xae"}) BOOST_TEST(!contains(out, raw));
    BOOST_TEST(out.back() == '\n');
  }
}

BOOST_AUTO_TEST_CASE(stays_short_for_a_thousand_alerts) {
  auto n = two_alerts();
  n.alerts.assign(1000, pool_exhausted(std::string(5000, 'i')));
  const auto text = text_of(n, false);
  BOOST_TEST(text.ends_with("  and 980 more\n"));
  BOOST_TEST(text.size() < 20U * 600U);
}

BOOST_AUTO_TEST_CASE(is_delivered_when_it_is_written) {
  const auto c = stdout_as(stdout_channel::format::text);
  BOOST_TEST((judge(c, {}).what == verdict::kind::delivered));
  wire_response broken;
  broken.error = "broken pipe";
  BOOST_TEST((judge(c, broken).what == verdict::kind::retry));
  BOOST_TEST(judge(c, broken).message == "broken pipe");
  BOOST_TEST(c.recipients() == "stdout");
  BOOST_TEST(c.kind() == "stdout");
}

BOOST_AUTO_TEST_SUITE_END()
