#include <boost/test/unit_test.hpp>

#include "tests/protocols/template_samples.hpp"

using namespace tocsin;
using namespace std::chrono_literals;
using samples::as_html;
using samples::as_text;
using samples::contains;

namespace {

/// A disk that is full, on two machines.
notification disks() {
  notification n;
  n.id = {9};
  n.receiver = "team db";
  n.group_labels = label_set::of({{"alertname", "DiskFull"}, {"cluster", "eu-1"}});
  for (const auto* instance : {"a:9100", "b:9100"}) {
    notified_alert a;
    a.labels = label_set::of(
        {{"alertname", "DiskFull"}, {"cluster", "eu-1"}, {"instance", instance}, {"severity", "warning"}});
    a.annotations =
        label_set::of({{"summary", "The disk is almost full"}, {"runbook_url", "https://runbooks.example/disk"}});
    a.generator_url = "http://prometheus.example/graph?g0.expr=disk&g0.tab=1";
    a.starts_at = samples::noon - 75min;
    n.alerts.push_back(a);
  }
  n.created_at = samples::noon;
  return n;
}

std::string rendered(std::string_view name, const notification& n) {
  return samples::yielded(templates::built_in_templates().render_text(name, templates::data_of(n, samples::context())));
}

std::string disks_text(std::string_view text) {
  return as_text(text, templates::data_of(disks(), samples::context()));
}

} // namespace

BOOST_AUTO_TEST_SUITE(template_built_in)

BOOST_AUTO_TEST_CASE(all_templates_that_are_used_exist) {
  const auto set = templates::built_in_templates();
  const auto checked = set.check();
  BOOST_TEST(checked.has_value());
  for (const auto* name : {"__alertmanager",
                           "__alertmanagerURL",
                           "__subject",
                           "__description",
                           "__text_alert_list",
                           "__text_alert_list_markdown",
                           "slack.default.title",
                           "slack.default.username",
                           "slack.default.fallback",
                           "slack.default.pretext",
                           "slack.default.titlelink",
                           "slack.default.iconemoji",
                           "slack.default.iconurl",
                           "slack.default.text",
                           "slack.default.footer",
                           "slack.default.callbackid",
                           "email.default.subject",
                           "email.default.html",
                           "email.default.text",
                           "pagerduty.default.description",
                           "pagerduty.default.client",
                           "pagerduty.default.clientURL",
                           "pagerduty.default.instances",
                           "sms.default.text",
                           "opsgenie.default.message",
                           "telegram.default.message",
                           "discord.default.title",
                           "discord.default.message",
                           "msteams.default.title",
                           "msteamsv2.default.text",
                           "webex.default.message",
                           "sns.default.subject",
                           "pushover.default.title",
                           "victorops.default.state_message",
                           "wechat.default.message",
                           "jira.default.summary",
                           "rocketchat.default.title"}) {
    BOOST_TEST_CONTEXT(name) BOOST_TEST(set.contains(name));
  }
}

BOOST_AUTO_TEST_CASE(every_built_in_template_renders) {
  const auto set = templates::built_in_templates();
  const auto data = templates::data_of(disks(), samples::context());
  const auto all = templates::built_in_text();
  std::size_t found = 0;
  for (auto at = all.find("define \""); at != std::string_view::npos; at = all.find("define \"", at + 1)) {
    const auto name = all.substr(at + 8, all.find('"', at + 8) - at - 8);
    // These are for a part of the data.
    if (name == "__text_alert_list" || name == "__text_alert_list_markdown" || name == "__annotation"
        || name == "__email_alerts" || name == "pagerduty.default.instances") {
      continue;
    }
    ++found;
    const auto plain = set.render_text(name, data);
    BOOST_TEST_CONTEXT(name) BOOST_TEST(samples::yielded(plain).find("<no value>") == std::string::npos);
    BOOST_TEST_CONTEXT(name) BOOST_TEST(plain.has_value());
  }
  BOOST_TEST(found > 50U);
}

BOOST_AUTO_TEST_CASE(the_subject_tells_status_group_and_what_all_share) {
  BOOST_TEST(rendered("__subject", disks()) == "[FIRING:2] DiskFull eu-1 (warning)");
  auto n = disks();
  n.group_labels = {};
  BOOST_TEST(rendered("__subject", n) == "[FIRING:2] (DiskFull eu-1 warning)");
  for (auto& a : n.alerts) a.ended_at = samples::noon;
  BOOST_TEST(rendered("__subject", n) == "[RESOLVED] (DiskFull eu-1 warning)");
}

BOOST_AUTO_TEST_CASE(slack_texts_are_short_lines) {
  BOOST_TEST(rendered("slack.default.text", disks())
             == "• The disk is almost full (a:9100)\n• The disk is almost full (b:9100)\n");
  BOOST_TEST(rendered("slack.default.fallback", disks())
             == "[FIRING:2] DiskFull eu-1 (warning) | http://tocsin.example:9095/#/alerts?receiver=team+db");
}

BOOST_AUTO_TEST_CASE(the_list_of_alerts_is_readable) {
  const auto text = rendered("email.default.text", disks());
  BOOST_TEST(contains(text,
                      "Firing:\n\n- alertname=DiskFull, cluster=eu-1, instance=a:9100, severity=warning\n"
                      "  runbook_url: https://runbooks.example/disk\n"
                      "  summary: The disk is almost full\n"
                      "  since 2026-11-24 10:45:00 UTC\n"
                      "  http://prometheus.example/graph?g0.expr=disk&g0.tab=1\n"),
             text);
  BOOST_TEST(!contains(text, "Resolved"));
}

BOOST_AUTO_TEST_CASE(the_mail_is_html_in_which_nothing_runs) {
  auto n = disks();
  n.alerts[0].annotations = label_set::of({{"summary", "<img src=x onerror=alert(1)>"}});
  n.alerts[1].generator_url = "javascript:alert(1)";
  n.alerts[1].ended_at = samples::noon;
  const auto data = templates::data_of(n, samples::context());
  const auto html = samples::yielded(templates::built_in_templates().render_html("email.default.html", data));
  BOOST_TEST(html.starts_with("<!DOCTYPE html>"));
  BOOST_TEST(contains(html, "<title>[FIRING:1] DiskFull eu-1 (warning)</title>"));
  BOOST_TEST(contains(html, "background-color: #EF6C00;"));
  BOOST_TEST(contains(html, "&lt;img src=x onerror=alert(1)&gt;"));
  BOOST_TEST(contains(html, "href=\"#ZgotmplZ\""));
  BOOST_TEST(contains(html, "href=\"http://prometheus.example/graph?g0.expr=disk&amp;g0.tab=1\""));
  BOOST_TEST(contains(html, "href=\"http://tocsin.example:9095/#/alerts?receiver=team&#43;db\""));
  BOOST_TEST(contains(html, "Resolved (1)"));
  BOOST_TEST(!contains(html, "<img"));
  BOOST_TEST(!contains(html, "javascript"));
}

BOOST_AUTO_TEST_CASE(hints_are_told) {
  auto n = disks();
  n.hints = {{"DiskFull", {{"Logs"}, {"du -sh /*"}, {"Rotate the logs"}, "https://grafana.example/d/disk"}}};
  const auto text = rendered("slack.default.text", n);
  BOOST_TEST(contains(text,
                      "Probable cause: Logs\nTo investigate: du -sh /*\nQuick fix: Rotate the logs\n"
                      "Dashboard: https://grafana.example/d/disk"),
             text);
  const auto html = as_html("{{ template \"email.default.html\" . }}", templates::data_of(n, samples::context()));
  BOOST_TEST(contains(html, "<li>Quick fix: Rotate the logs</li>"));
}

// What follows is in the manner of what people have in their files.

BOOST_AUTO_TEST_CASE(a_slack_title_with_a_count_and_a_colour) {
  constexpr std::string_view title =
      R"([{{ .Status | toUpper }}{{ if eq .Status "firing" }}:{{ .Alerts.Firing | len }}{{ end }}] {{ .CommonLabels.alertname }} for {{ .CommonLabels.cluster }})";
  BOOST_TEST(disks_text(title) == "[FIRING:2] DiskFull for eu-1");
  constexpr std::string_view colour =
      R"({{ if eq .Status "firing" }}{{ if eq .CommonLabels.severity "critical" }}danger{{ else if eq .CommonLabels.severity "warning" }}warning{{ else }}#439FE0{{ end }}{{ else }}good{{ end }})";
  BOOST_TEST(disks_text(colour) == "warning");
}

BOOST_AUTO_TEST_CASE(a_slack_text_that_lists_the_labels_of_each_alert) {
  constexpr std::string_view text = R"(
{{- range .Alerts -}}
*Alert:* {{ .Annotations.title }}{{ if .Labels.severity }} - `{{ .Labels.severity }}`{{ end }}
*Summary:* {{ .Annotations.summary }}
{{- if .Annotations.runbook_url }}
*Runbook:* <{{ .Annotations.runbook_url }}|open>{{ end }}
*Details:*
  {{- range .Labels.SortedPairs }}
  {{- if and (ne .Name "severity") (ne .Name "alertname") }}
  • *{{ .Name }}:* `{{ .Value }}`
  {{- end }}
  {{- end }}
{{ end -}})";
  const std::string one =
      "*Alert:*  - `warning`\n*Summary:* The disk is almost full\n"
      "*Runbook:* <https://runbooks.example/disk|open>\n*Details:*\n"
      "  • *cluster:* `eu-1`\n  • *instance:* `?:9100`\n";
  auto a = one, b = one;
  a[a.find('?')] = 'a';
  b[b.find('?')] = 'b';
  BOOST_TEST(disks_text(text) == a + b);
}

BOOST_AUTO_TEST_CASE(a_link_to_silence_built_from_the_labels) {
  constexpr std::string_view text =
      R"({{ define "silence" }}{{ .ExternalURL }}/#/silences/new?filter=%7B)"
      R"({{- range .CommonLabels.SortedPairs -}}{{- if ne .Name "alertname" -}})"
      R"({{- .Name }}%3D%22{{- .Value | urlquery -}}%22%2C%20{{- end -}}{{- end -}})"
      R"(alertname%3D%22{{ .CommonLabels.alertname }}%22%7D{{ end }}{{ template "silence" . }})";
  BOOST_TEST(disks_text(text)
             == "http://tocsin.example:9095/#/silences/new?filter=%7Bcluster%3D%22eu-1%22%2C%20severity%3D%22warning%22%2C%20"
                "alertname%3D%22DiskFull%22%7D");
}

BOOST_AUTO_TEST_CASE(a_list_of_instances_with_commas_between) {
  BOOST_TEST(
      disks_text(
          R"({{ range $i, $a := .Alerts }}{{ if $i }}, {{ end }}{{ $a.Labels.instance | reReplaceAll ":[0-9]+$" "" }}{{ end }})")
      == "a, b");
  BOOST_TEST(
      disks_text(
          R"({{ range $index, $alert := .Alerts.Firing }}{{ if gt $index 0 }} | {{ end }}{{ printf "%d) %s" $index $alert.Labels.instance }}{{ end }})")
      == "0) a:9100 | 1) b:9100");
}

BOOST_AUTO_TEST_CASE(how_long_it_has_been_in_local_time) {
  BOOST_TEST(
      disks_text(
          R"({{ with index .Alerts 0 }}since {{ .StartsAt | tz "Europe/Paris" | date "02.01.2006 15:04 MST" }} ({{ since .StartsAt | humanizeDuration }}){{ end }})")
      == "since 24.11.2026 11:45 CET (1h 15m 0s)");
  BOOST_TEST(disks_text(R"({{ (index .Alerts 0).StartsAt.Format "Mon, 02 Jan 2006 15:04:05 MST" }})")
             == "Tue, 24 Nov 2026 10:45:00 UTC");
}

BOOST_AUTO_TEST_CASE(a_subject_with_the_labels_that_are_not_grouped_by) {
  constexpr std::string_view text =
      R"({{ if gt (len .CommonLabels) (len .GroupLabels) }}({{ with .CommonLabels.Remove .GroupLabels.Names }}{{ .Values | join " " }}{{ end }}){{ end }})";
  BOOST_TEST(disks_text(text) == "(warning)");
}

BOOST_AUTO_TEST_CASE(a_json_body_for_a_webhook) {
  constexpr std::string_view text =
      R"({"title": {{ printf "%s: %s" .Status .CommonLabels.alertname | toJson }}, "tags": {{ .CommonLabels.Values | toJson }}, "meta": {{ dict "count" (len .Alerts) "url" .ExternalURL | toJson }}})";
  BOOST_TEST(
      disks_text(text)
      == R"({"title": "firing: DiskFull", "tags": ["DiskFull","eu-1","warning"], "meta": {"count":2,"url":"http://tocsin.example:9095"}})");
}

BOOST_AUTO_TEST_CASE(a_table_in_a_mail) {
  constexpr std::string_view text =
      R"(<table>{{ range .Alerts }}<tr style="background:{{ if eq .Status "firing" }}#fdd{{ else }}#dfd{{ end }}">)"
      R"(<td><a href="{{ .GeneratorURL }}">{{ .Labels.instance }}</a></td><td title={{ .Labels.severity }}>{{ .Annotations.summary }}</td></tr>{{ end }}</table>)";
  const auto html = as_html(text, templates::data_of(disks(), samples::context()));
  BOOST_TEST(
      contains(
          html,
          R"(<tr style="background:#fdd"><td><a href="http://prometheus.example/graph?g0.expr=disk&amp;g0.tab=1">a:9100</a></td><td title=warning>The disk is almost full</td></tr>)"),
      html);
}

BOOST_AUTO_TEST_SUITE_END()
