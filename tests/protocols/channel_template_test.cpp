#include <boost/test/unit_test.hpp>

#include "protocols/links.hpp"
#include "protocols/templates/built_in.hpp"
#include "protocols/templates/template_set.hpp"
#include "tests/protocols/channel_samples.hpp"

using namespace tocsin;
using namespace tocsin::samples;

namespace {

/// A set with what a file of a team's own might define.
std::shared_ptr<const templates::template_set> own_set() {
  auto set = std::make_shared<templates::template_set>(templates::built_in_templates());
  BOOST_REQUIRE(set->parse("own.tmpl",
                           "{{ define \"own.title\" }}{{ .Status | toUpper }} {{ .CommonLabels.alertname }}{{ end }}"
                           "{{ define \"own.html\" }}<b>{{ .CommonLabels.alertname }}</b> {{ .Receiver }}{{ end }}"
                           "{{ define \"own.loop\" }}{{ template \"own.loop\" . }}{{ end }}")
                    .has_value());
  return set;
}

templated_text text(std::string source) {
  auto made = templated_text::make(*own_set(), "key", std::move(source));
  if (!made) BOOST_FAIL(made.error().message);
  return *made;
}

render_context with_templates() {
  auto c = context();
  c.templates = own_set();
  return c;
}

template <class Settings>
channel over(Settings settings) {
  channel c;
  c.id = "ops/x/0";
  c.receiver = "ops";
  c.settings = std::move(settings);
  return c;
}

template <class Settings>
std::string body_of(Settings settings, const notification& n = two_alerts()) {
  const auto worded = render(over(std::move(settings)), n, with_templates());
  if (const auto* mail = std::get_if<smtp_message>(&*worded.message)) return mail->body;
  return std::get<http_request>(*worded.message).body;
}

bool has(const std::string& body, std::string_view part) {
  return body.find(part) != std::string::npos;
}

email_channel mail() {
  email_channel m;
  m.from = {"", "tocsin@ops.example"};
  m.to = {{"", "ana@ops.example"}};
  return m;
}

} // namespace

BOOST_AUTO_TEST_SUITE(templates_in_channels)

BOOST_AUTO_TEST_CASE(slack_says_what_its_templates_say_and_the_rest_is_ours) {
  slack_channel s;
  s.channel = text("#{{ .CommonLabels.severity }}");
  s.layout.title = text("{{ template \"own.title\" . }}");
  s.layout.text = text("<{{ .ExternalURL }}|look>");
  s.layout.footer = text("from {{ .Receiver }}");
  const auto body = body_of(s);
  BOOST_TEST(has(body, R"("channel":"#critical")"));
  BOOST_TEST(has(body, R"("title":"FIRING PoolExhausted")"));
  BOOST_TEST(has(body, R"("text":"<http://tocsin.example:9095|look>")"));
  BOOST_TEST(has(body, R"("footer":"from web\\.hook")"));
  BOOST_TEST(has(body, R"("title":"Severity")"));
}

BOOST_AUTO_TEST_CASE(slack_fields_and_actions_of_the_configuration_take_the_place_of_ours) {
  slack_channel s;
  s.layout.fields = std::vector<slack_field>{{text("Team"), text("{{ .CommonLabels.alertname }}"), true}};
  slack_action button;
  button.type = "button";
  button.text = "Runbook";
  button.url = text("{{ .ExternalURL }}/runbook");
  s.layout.actions = {button};
  const auto body = body_of(s);
  BOOST_TEST(has(body, R"("fields":[{"title":"Team","value":"PoolExhausted","short":true}])"));
  BOOST_TEST(has(body, R"("actions":[{"type":"button","text":"Runbook","url":"http://tocsin.example:9095/runbook"}])"));
}

BOOST_AUTO_TEST_CASE(alertmanagers_own_names_work) {
  slack_channel s;
  s.layout.title = text("{{ template \"slack.default.title\" . }}");
  s.layout.fallback = text("{{ template \"slack.default.fallback\" . }}");
  const auto worded = render(over(s), two_alerts(), with_templates());
  BOOST_TEST(worded.failures.empty());
  BOOST_TEST(has(std::get<http_request>(*worded.message).body, "[FIRING:1] PoolExhausted"));
}

BOOST_AUTO_TEST_CASE(what_fails_is_worded_by_us_and_said_in_the_message) {
  slack_channel s;
  s.layout.title = text("{{ template \"own.loop\" . }}");
  s.layout.text = text("{{ .Alerts.Nothing }}");
  const auto worded = render(over(s), two_alerts(), with_templates());
  BOOST_REQUIRE(worded.failures.size() == 2u);
  BOOST_TEST(worded.failures[0].starts_with("title: own.tmpl:1:"), worded.failures[0]);
  const auto& body = std::get<http_request>(*worded.message).body;
  BOOST_TEST(has(body, R"("title":"[FIRING:1] PoolExhausted")"));
  BOOST_TEST(has(body, R"("title":"Template failed","value":"title: own.tmpl:1:)"));
  BOOST_TEST(has(body, "text: key:1:"));
}

BOOST_AUTO_TEST_CASE(templates_that_explode_are_cut_and_cost_little_time) {
  slack_channel s;
  const auto big =
      "{{ range $i := .Alerts }}{{ range .Labels.SortedPairs }}{{ printf \"%200000d\" 1 }}{{ printf \"%200000d\" 1 "
      "}}{{ end }}{{ end }}";
  for (auto* key : {&s.layout.title, &s.layout.text, &s.layout.pretext, &s.layout.footer, &s.layout.fallback})
    *key = text(big);
  const auto began = std::chrono::steady_clock::now();
  const auto worded = render(over(s), two_alerts(), with_templates());
  BOOST_TEST((std::chrono::steady_clock::now() - began < std::chrono::seconds{2}));
  BOOST_TEST(worded.failures.size() == 5u);
  BOOST_TEST(worded.failures.back().ends_with("left out, since others have failed"));
  BOOST_TEST(has(std::get<http_request>(*worded.message).body, "[FIRING:1] PoolExhausted"));
}

BOOST_AUTO_TEST_CASE(a_mail_has_the_bodies_and_headers_of_its_templates) {
  auto m = mail();
  m.headers = {{"Subject", text("{{ template \"own.title\" . }}")}, {"X-Team", text("{{ .CommonLabels.severity }}")}};
  m.html = text("{{ template \"own.html\" . }}");
  const auto body = body_of(m);
  BOOST_TEST(has(body, "Subject: FIRING PoolExhausted\r\n"));
  BOOST_TEST(has(body, "X-Team: critical\r\n"));
  BOOST_TEST(has(body, "<b>PoolExhausted</b> web\\.hook"));
  BOOST_TEST(has(body, "text/plain"));
  m.text = templated_text(std::string());
  BOOST_TEST(!has(body_of(m), "text/plain"));
}

BOOST_AUTO_TEST_CASE(html_escapes_what_comes_from_outside_and_headers_take_no_line_breaks) {
  auto n = two_alerts();
  for (auto& a : n.alerts) a.labels = label_set::of({{"alertname", "<script>x</script>\r\nBcc: eve@x.example"}});
  auto m = mail();
  m.headers = {{"Subject", text("{{ .CommonLabels.alertname }}")}};
  m.html = text("{{ template \"own.html\" . }}");
  const auto body = body_of(m, n);
  BOOST_TEST(!has(body.substr(body.find("text/html")), "<script>"));
  BOOST_TEST(has(body.substr(body.find("text/html")), "script"));
  BOOST_TEST(!has(body.substr(0, body.find("\r\n\r\n")), "\nBcc:"));
}

BOOST_AUTO_TEST_CASE(recipients_may_come_from_a_template_but_nobody_else_is_let_in) {
  auto m = mail();
  m.to.clear();
  m.to_template = text("{{ .CommonLabels.alertname }}@ops.example");
  const auto worded = render(over(m), two_alerts(), with_templates());
  BOOST_REQUIRE(worded.message.has_value());
  const auto& sent = std::get<smtp_message>(*worded.message);
  BOOST_TEST(sent.to == std::vector<std::string>{"PoolExhausted@ops.example"}, boost::test_tools::per_element());
  BOOST_TEST(has(sent.body, "To: PoolExhausted@ops.example\r\n"));

  auto n = two_alerts();
  for (auto& a : n.alerts) a.labels = label_set::of({{"alertname", "x@y.example>\r\nRCPT TO:<eve"}});
  const auto bad = render(over(m), n, with_templates());
  BOOST_TEST(!bad.message.has_value());
  BOOST_REQUIRE(bad.failures.size() == 1u);
  BOOST_TEST(bad.failures[0].starts_with("to: "));
}

BOOST_AUTO_TEST_CASE(a_mail_whose_template_failed_says_so_in_both_bodies) {
  auto m = mail();
  m.headers = {{"Subject", text("{{ .Nothing }}")}};
  const auto body = body_of(m);
  BOOST_TEST(has(body, "Template failed: headers.Subject:"));
  BOOST_TEST(has(body, "[FIRING:1] PoolExhausted"));
}

BOOST_AUTO_TEST_CASE(pagerduty_is_worded_by_its_templates_within_its_words_for_severities) {
  pagerduty_channel p;
  p.description = text("{{ template \"own.title\" . }}");
  p.severity = text("{{ if eq .CommonLabels.severity \"critical\" }}error{{ end }}");
  p.details = {{"team", text("{{ .Receiver }}")}};
  p.client_url = text("{{ .ExternalURL }}/x");
  const auto body = body_of(p);
  BOOST_TEST(has(body, R"("summary":"FIRING PoolExhausted")"));
  BOOST_TEST(has(body, R"("severity":"error")"));
  BOOST_TEST(has(body, R"("team":"web\\.hook")"));
  BOOST_TEST(has(body, R"("client_url":"http://tocsin.example:9095/x")"));
  p.severity = text("{{ .Receiver }}");
  const auto wrong = body_of(p);
  BOOST_TEST(has(wrong, R"("severity":"critical")"));
  BOOST_TEST(has(wrong, R"("template_failures":["severity: expected critical, error, warning or info)"));
}

BOOST_AUTO_TEST_CASE(a_webhook_may_go_to_a_url_that_a_template_makes_or_nowhere) {
  webhook_channel w;
  w.url_template = text("https://hooks.example/{{ .CommonLabels.severity }}");
  auto worded = render(over(w), two_alerts(), with_templates());
  BOOST_TEST(std::get<http_request>(*worded.message).url == "https://hooks.example/critical");
  w.url_template = text("file:///etc/{{ .CommonLabels.severity }}");
  worded = render(over(w), two_alerts(), with_templates());
  BOOST_TEST(!worded.message.has_value());
  BOOST_TEST(worded.failures.at(0).starts_with("url: expected an http or https URL"));
}

BOOST_AUTO_TEST_CASE(an_sms_is_one_message_whatever_its_template_says) {
  sms_channel s;
  s.to = "+4912345678";
  s.text = text("{{ template \"own.title\" . }} {{ printf \"%500d\" 1 }}");
  const auto body = body_of(s);
  BOOST_TEST(has(body, "Body=FIRING%20PoolExhausted"));
  BOOST_TEST(body.size() < 1000u);
}

BOOST_AUTO_TEST_CASE(what_fires_and_nobody_took_is_linked_for_taking) {
  auto n = two_alerts();
  n.alerts[0].id = {7};
  n.alerts[0].acknowledged_by.clear();
  n.alerts[0].ended_at.reset();
  BOOST_TEST(acknowledge_url(n, context()) == "http://tocsin.example:9095/acknowledge?alerts=7");
  n.alerts[0].acknowledged_by = "ann";
  BOOST_TEST(acknowledge_url(n, context()) == "");
  n.alerts[0].acknowledged_by.clear();
  BOOST_TEST(acknowledge_url(n, render_context{}) == "");
  for (int i = 0; i < 100; ++i) n.alerts.push_back(n.alerts[0]);
  const auto many = acknowledge_url(n, context());
  BOOST_TEST(std::count(many.begin(), many.end(), ',') == 49);
}

BOOST_AUTO_TEST_SUITE_END()
