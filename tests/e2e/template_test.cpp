#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/e2e/api.hpp"
#include "tests/e2e/http_sink.hpp"
#include "tests/e2e/program.hpp"

using namespace tocsin::e2e;

// An alertmanager.yml with templates of its own, and `tocsin template render`.

namespace {

constexpr std::string_view own_templates = R"({{/* What our team reads. */}}
{{ define "team.title" }}[{{ .Status | toUpper }}{{ if eq .Status "firing" }}:{{ .Alerts.Firing | len }}{{ end }}] {{ .GroupLabels.alertname }}{{ end }}
{{ define "team.text" -}}
{{ range .Alerts }}*{{ .Annotations.summary }}*
{{ range .Labels.SortedPairs }} • {{ .Name }}: `{{ .Value }}`
{{ end }}{{ end }}{{ end }}
)";

std::string alertmanager_yml(const std::string& glob, const std::string& slack_url) {
  return "global:\n  slack_api_url: " + slack_url + "\ntemplates:\n  - '" + glob + R"('
route:
  receiver: team
  group_by: [alertname]
  group_wait: 0s
receivers:
  - name: team
    slack_configs:
      - channel: '#alerts-{{ .CommonLabels.team }}'
        send_resolved: true
        color: '{{ if eq .Status "firing" }}danger{{ else }}good{{ end }}'
        title: '{{ template "team.title" . }}'
        text: '{{ template "team.text" . }}'
)";
}

} // namespace

BOOST_AUTO_TEST_SUITE(templates)

BOOST_AUTO_TEST_CASE(slack_gets_what_the_templates_of_an_alertmanager_say_and_a_new_file_after_a_reload) {
  http_sink sink({}, behaviour::answering(200, "ok"));
  const temporary_folder folder;
  folder.write("team.tmpl", own_templates);
  program tocsin(alertmanager_yml((folder.path() / "*.tmpl").string(), sink.url("/slack")));
  api client(tocsin);
  client.post_all({alert_json({{"alertname", "DiskFull"}, {"team", "db"}, {"severity", "critical"}},
                              {{"summary", "it is <full>"}})});
  BOOST_REQUIRE(sink.wait_for_count(5s, 1));
  const json first(sink.all().front().body);
  BOOST_TEST(first.text("/channel").value() == "#alerts-db");
  BOOST_TEST(first.text("/attachments/0/color").value() == "danger");
  BOOST_TEST(first.text("/attachments/0/title").value() == "[FIRING:1] DiskFull");
  BOOST_TEST(first.text("/attachments/0/text").value()
             == "*it is <full>*\n • alertname: `DiskFull`\n • severity: `critical`\n • team: `db`\n");

  folder.write("team.tmpl",
               "{{ define \"team.title\" }}new {{ .Status }}{{ end }}{{ define \"team.text\" }}-{{ end }}");
  BOOST_TEST(client.post("/-/reload", "").status == 200);
  client.post_all({alert_json({{"alertname", "Another"}, {"severity", "critical"}})});
  BOOST_TEST(sink.wait_for_body(5s, R"("title":"new firing")").has_value());

  // A file that breaks keeps the old one.
  folder.write("team.tmpl", "{{ define \"team.title\" }}");
  const auto refused = client.post("/-/reload", "");
  BOOST_TEST(refused.status == 500);
  BOOST_TEST(refused.body.find("team.tmpl:1:") != std::string::npos, refused.body);
}

BOOST_AUTO_TEST_CASE(a_template_is_tried_on_the_command_line) {
  const temporary_folder folder;
  folder.write("team.tmpl", own_templates);
  // Relative to the file, wherever the program runs.
  const auto config = folder.write("alertmanager.yml", alertmanager_yml("*.tmpl", "http://127.0.0.1:1/verysecret"));
  const auto run = [](std::vector<std::string> more) {
    std::vector<std::string> command{TOCSIN_PROGRAM, "template", "render"};
    command.insert(command.end(), more.begin(), more.end());
    return process(command);
  };
  auto one = run({"--config.file=" + config, R"(--template.text={{ template "team.title" . }})"});
  BOOST_TEST(one.wait().value_or(-1) == 0);
  BOOST_TEST(one.out() == "[FIRING:2] DiskAlmostFull\n");

  auto whole = run({"--config.file=" + config, "--channel=team/slack/0"});
  BOOST_TEST(whole.wait().value_or(-1) == 0);
  const json message(whole.out());
  BOOST_TEST(message.text("/attachments/0/title").value_or("") == "[FIRING:2] DiskAlmostFull");
  BOOST_TEST(whole.out().find("verysecret") == std::string::npos);

  auto html = run({"--template.glob=" + (folder.path() / "*.tmpl").string(), "--template.type=html",
                   R"(--template.text=<i>{{ "<" }}</i>)"});
  BOOST_TEST(html.wait().value_or(-1) == 0);
  BOOST_TEST(html.out() == "<i>&lt;</i>\n");

  auto bad = run({"--template.text={{ .Status | nothing }}"});
  BOOST_TEST(bad.wait().value_or(-1) == 1);
  BOOST_TEST(bad.err().find("--template.text:1:") != std::string::npos, bad.err());
  BOOST_TEST(bad.out() == "");
}

BOOST_AUTO_TEST_SUITE_END()
