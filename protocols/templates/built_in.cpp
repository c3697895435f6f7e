#include "protocols/templates/built_in.hpp"

#include <stdexcept>

namespace tocsin::templates {

namespace {

// What several channels share comes first, then each channel.
constexpr std::string_view all_built_in = R"TEMPLATE(
{{- define "__alertmanager" }}Tocsin{{ end }}
{{- define "__alertmanagerURL" }}{{ .ExternalURL }}/#/alerts?receiver={{ .Receiver | urlquery }}{{ end }}

{{- /* [FIRING:2] DiskFull db (eu-1) */ -}}
{{- define "__subject" -}}
  [{{ .Status | toUpper }}{{ if eq .Status "firing" }}:{{ len .Alerts.Firing }}{{ end }}]
  {{- range .GroupLabels.SortedPairs.Values }} {{ . }}{{ end }}
  {{- with (.CommonLabels.Remove .GroupLabels.Names).Values }} ({{ join " " . }}){{ end }}
{{- end }}

{{- define "__description" }}{{ template "__annotation" .CommonAnnotations }}{{ end }}

{{- /* What an alert says of itself; its dot is a set of annotations. */ -}}
{{- define "__annotation" -}}
  {{ or .summary .message .title }}{{ with .description }} {{ . }}{{ end }}
{{- end }}

{{- define "__text_alert_list" }}
{{- range . }}
- {{ .Labels }}
{{- range .Annotations.SortedPairs }}
  {{ .Name }}: {{ .Value }}
{{- end }}
  since {{ .StartsAt.UTC.Format "2006-01-02 15:04:05 MST" }}
{{- with .GeneratorURL }}
  {{ . }}
{{- end }}
{{ end }}
{{- end }}

{{- define "__text_alert_list_markdown" }}
{{- range . }}
- **{{ .Labels.alertname }}** {{ (.Labels.Remove (stringSlice "alertname")) }}
{{- range .Annotations.SortedPairs }}
  - {{ .Name }}: {{ .Value }}
{{- end }}
{{- with .GeneratorURL }}
  - [Source]({{ . }})
{{- end }}
{{ end }}
{{- end }}

{{- define "__alerts" }}
{{- with .Alerts.Firing }}Firing:
{{ template "__text_alert_list" . }}{{ end }}
{{- with .Alerts.Resolved }}Resolved:
{{ template "__text_alert_list" . }}{{ end }}
{{- end }}

{{- define "__alerts_markdown" }}
{{- with .Alerts.Firing }}## Firing
{{ template "__text_alert_list_markdown" . }}{{ end }}
{{- with .Alerts.Resolved }}## Resolved
{{ template "__text_alert_list_markdown" . }}{{ end }}
{{- end }}

{{- define "__hints" }}
{{- range .Tocsin.Hints }}
{{- $hint := . }}
{{- range .Causes }}
Probable cause: {{ . }}{{ end }}
{{- range .Steps }}
To investigate: {{ . }}{{ end }}
{{- range .Fixes }}
Quick fix: {{ . }}{{ end }}
{{- with $hint.Dashboard }}
Dashboard: {{ . }}{{ end }}
{{- end }}
{{- end }}

{{- define "slack.default.title" }}{{ template "__subject" . }}{{ end }}
{{- define "slack.default.username" }}{{ template "__alertmanager" . }}{{ end }}
{{- define "slack.default.fallback" }}{{ template "slack.default.title" . }} | {{ template "slack.default.titlelink" . }}{{ end }}
{{- define "slack.default.callbackid" }}{{ end }}
{{- define "slack.default.pretext" }}{{ end }}
{{- define "slack.default.titlelink" }}{{ template "__alertmanagerURL" . }}{{ end }}
{{- define "slack.default.iconemoji" }}{{ end }}
{{- define "slack.default.iconurl" }}{{ end }}
{{- define "slack.default.footer" }}{{ end }}
{{- define "slack.default.text" }}
{{- range .Alerts }}• {{ if eq .Status "resolved" }}resolved: {{ end }}{{ template "__annotation" .Annotations }}
{{- with .Labels.instance }} ({{ . }}){{ end }}
{{ end }}
{{- template "__hints" . }}
{{- end }}

{{- define "email.default.subject" }}{{ template "__subject" . }}{{ end }}
{{- define "email.default.text" }}{{ template "__subject" . }}

{{ template "__alerts" . }}{{ template "__hints" . }}
{{ template "__alertmanagerURL" . }}
{{ end }}

{{- define "__email_colour" -}}
  {{- if eq .Status "resolved" }}#36A64F
  {{- else if eq .Tocsin.Severity "critical" }}#C62828
  {{- else if eq .Tocsin.Severity "warning" }}#EF6C00
  {{- else }}#1565C0{{ end }}
{{- end }}

{{- define "__email_alerts" }}
<table width="100%" cellpadding="6" cellspacing="0" style="border-collapse: collapse; font-size: 14px">
{{- range . }}
  <tr>
    <td valign="top" style="border-bottom: 1px solid #DDDDDD">
      <strong>{{ .Labels.alertname }}</strong>
      {{- with .Tocsin.AcknowledgedBy }} (acknowledged by {{ . }}){{ end }}<br>
      {{- range (.Labels.Remove (stringSlice "alertname")).SortedPairs }}
      <span style="color: #555555">{{ .Name }}</span> {{ .Value }}<br>
      {{- end }}
    </td>
    <td valign="top" style="border-bottom: 1px solid #DDDDDD">
      {{- range .Annotations.SortedPairs }}
      <span style="color: #555555">{{ .Name }}</span> {{ .Value }}<br>
      {{- end }}
      {{ .StartsAt.UTC.Format "2006-01-02 15:04:05 MST" }}
      {{- with .GeneratorURL }} <a href="{{ . }}">Source</a>{{ end }}
    </td>
  </tr>
{{- end }}
</table>
{{- end }}

{{- define "email.default.html" -}}
<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{{ template "__subject" . }}</title>
</head>
<body style="margin: 0; padding: 16px; background-color: #F4F4F4; font-family: sans-serif">
<table width="100%" cellpadding="12" cellspacing="0" style="max-width: 720px; margin: 0 auto; background-color: #FFFFFF">
<tr><td style="background-color: {{ template "__email_colour" . }}; color: #FFFFFF; font-size: 18px">{{ template "__subject" . }}</td></tr>
<tr><td>
{{- with .Alerts.Firing }}
<p><strong>Firing ({{ len . }})</strong></p>
{{- template "__email_alerts" . }}
{{- end }}
{{- with .Alerts.Resolved }}
<p><strong>Resolved ({{ len . }})</strong></p>
{{- template "__email_alerts" . }}
{{- end }}
{{- range .Tocsin.Hints }}
<p><strong>{{ .AlertName }}</strong></p>
<ul>
{{- range .Causes }}<li>Probable cause: {{ . }}</li>{{ end }}
{{- range .Steps }}<li>To investigate: {{ . }}</li>{{ end }}
{{- range .Fixes }}<li>Quick fix: {{ . }}</li>{{ end }}
{{- with .Dashboard }}<li><a href="{{ . }}">Dashboard</a></li>{{ end }}
</ul>
{{- end }}
</td></tr>
<tr><td style="font-size: 12px; color: #777777"><a href="{{ template "__alertmanagerURL" . }}">Sent by {{ template "__alertmanager" . }}</a></td></tr>
</table>
</body>
</html>
{{ end }}

{{- define "pagerduty.default.description" }}{{ template "__subject" . }}{{ end }}
{{- define "pagerduty.default.client" }}{{ template "__alertmanager" . }}{{ end }}
{{- define "pagerduty.default.clientURL" }}{{ template "__alertmanagerURL" . }}{{ end }}
{{- define "pagerduty.default.instances" }}{{ template "__text_alert_list" . }}{{ end }}

{{- define "sms.default.text" }}{{ template "__subject" . }} {{ template "__annotation" .CommonAnnotations }}{{ end }}

{{- define "opsgenie.default.message" }}{{ template "__subject" . }}{{ end }}
{{- define "opsgenie.default.description" }}{{ template "__description" . }}
{{ template "__alerts" . }}{{ end }}
{{- define "opsgenie.default.source" }}{{ template "__alertmanagerURL" . }}{{ end }}

{{- define "victorops.default.state_message" }}{{ template "__description" . }}
{{ template "__alerts" . }}{{ end }}
{{- define "victorops.default.entity_display_name" }}{{ template "__subject" . }}{{ end }}
{{- define "victorops.default.monitoring_tool" }}{{ template "__alertmanager" . }}{{ end }}

{{- define "pushover.default.title" }}{{ template "__subject" . }}{{ end }}
{{- define "pushover.default.message" }}{{ template "__description" . }}
{{ template "__alerts" . }}{{ end }}
{{- define "pushover.default.url" }}{{ template "__alertmanagerURL" . }}{{ end }}

{{- define "sns.default.subject" }}{{ template "__subject" . }}{{ end }}
{{- define "sns.default.message" }}{{ template "__description" . }}
{{ template "__alerts" . }}{{ end }}

{{- define "telegram.default.message" }}{{ template "__subject" . }}
{{ template "__alerts" . }}{{ end }}

{{- define "discord.default.content" }}{{ end }}
{{- define "discord.default.title" }}{{ template "__subject" . }}{{ end }}
{{- define "discord.default.message" }}{{ template "__alerts_markdown" . }}{{ end }}

{{- define "webex.default.message" }}{{ template "__subject" . }}
{{ template "__alerts_markdown" . }}{{ end }}

{{- define "wechat.default.message" }}{{ template "__subject" . }}
{{ template "__alerts" . }}{{ template "__alertmanagerURL" . }}{{ end }}
{{- define "wechat.default.to_user" }}{{ end }}
{{- define "wechat.default.to_party" }}{{ end }}
{{- define "wechat.default.to_tag" }}{{ end }}
{{- define "wechat.default.agent_id" }}{{ end }}

{{- define "msteams.default.summary" }}{{ template "__subject" . }}{{ end }}
{{- define "msteams.default.title" }}{{ template "__subject" . }}{{ end }}
{{- define "msteams.default.text" }}{{ template "__alerts_markdown" . }}{{ end }}
{{- define "msteamsv2.default.title" }}{{ template "__subject" . }}{{ end }}
{{- define "msteamsv2.default.text" }}{{ template "__alerts_markdown" . }}{{ end }}

{{- define "jira.default.summary" }}{{ template "__subject" . }}{{ end }}
{{- define "jira.default.description" }}{{ template "__alerts" . }}{{ end }}
{{- define "jira.default.priority" -}}
  {{- if eq .Tocsin.Severity "critical" }}High{{ else if eq .Tocsin.Severity "warning" }}Medium{{ else }}Low{{ end }}
{{- end }}

{{- define "rocketchat.default.title" }}{{ template "__subject" . }}{{ end }}
{{- define "rocketchat.default.alias" }}{{ template "__alertmanager" . }}{{ end }}
{{- define "rocketchat.default.titlelink" }}{{ template "__alertmanagerURL" . }}{{ end }}
{{- define "rocketchat.default.emoji" }}{{ end }}
{{- define "rocketchat.default.iconurl" }}{{ end }}
{{- define "rocketchat.default.text" }}{{ end }}
)TEMPLATE";

} // namespace

std::string_view built_in_text() noexcept {
  return all_built_in;
}

template_set built_in_templates() {
  template_set made;
  if (const auto done = made.parse(built_in_name, all_built_in); !done) throw std::logic_error(done.error().message);
  return made;
}

} // namespace tocsin::templates
