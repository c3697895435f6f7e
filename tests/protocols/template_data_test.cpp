#include <boost/test/unit_test.hpp>

#include "tests/protocols/template_samples.hpp"

using namespace tocsin;
using namespace std::chrono_literals;
using samples::as_text;
using samples::template_case;

namespace {

notification told_with_everything() {
  auto n = samples::two_alerts();
  n.reason = notification_reason::some_alerts_resolved;
  n.route_labels = label_set::of({{"team", "db"}});
  n.alerts[0].id = {41};
  n.alerts[1].id = {42};
  n.alerts[0].flapping = true;
  alert_advice hint;
  hint.alert_name = "PoolExhausted";
  hint.what = {
      {"A leak"}, {"Look at pg_stat_activity", "Look at the pool"}, {"Restart it"}, "https://grafana.example/d/db"};
  n.hints = {hint};
  return n;
}

} // namespace

BOOST_AUTO_TEST_SUITE(template_data_tests)

BOOST_AUTO_TEST_CASE(alertmanagers_data_are_there) {
  const auto data = templates::data_of(told_with_everything(), samples::context());
  constexpr template_case cases[] = {
      {"{{ .Receiver }} {{ .Status }} {{ .ExternalURL }}", "web\\.hook firing http://tocsin.example:9095"},
      {"{{ .NotificationReason }} {{ .RouteLabels.team }}", "some alerts resolved db"},
      {"{{ .GroupLabels }} | {{ .CommonLabels }}",
       "alertname=PoolExhausted | alertname=PoolExhausted, severity=critical"},
      {"{{ .CommonAnnotations.summary }}", "All <100> connections & more are in use"},
      {"{{ len .Alerts }} {{ len .Alerts.Firing }} {{ len .Alerts.Resolved }}", "2 1 1"},
      {"{{ range .Alerts }}{{ .Status }} {{ .Labels.instance }} {{ .Annotations.summary | len }} {{ .GeneratorURL | "
       "len }} {{ .Fingerprint | len }};{{ end }}",
       "firing db1 39 41 16;resolved db2 39 41 16;"},
      {"{{ range .Alerts }}{{ .StartsAt }} {{ .EndsAt }};{{ end }}",
       "2026-11-24 12:00:00.12 +0000 UTC 0001-01-01 00:00:00 +0000 UTC;"
       "2026-11-24 12:00:00.12 +0000 UTC 2026-11-24 12:01:30 +0000 UTC;"},
      {"{{ range .Alerts }}{{ .EndsAt.IsZero }} {{ .EndsAt.Sub .StartsAt }};{{ end }}",
       "true -2562047h47m16.854775808s;false 1m29.88s;"},
      {"{{ since (index .Alerts 0).StartsAt }}", "1m59.88s"},
      {"{{ .CommonLabels.none }}[{{ .CommonLabels.none }}]", "[]"},
  };
  for (const auto& c : cases) BOOST_TEST_CONTEXT(c.text) BOOST_TEST(as_text(c.text, data) == c.yields);
}

BOOST_AUTO_TEST_CASE(label_sets_have_alertmanagers_methods) {
  notification n = samples::two_alerts();
  n.group_labels = label_set::of({{"zone", "z"}, {"alertname", "X"}, {"Job", "j"}});
  const auto data = templates::data_of(n, samples::context());
  constexpr template_case cases[] = {
      {"{{ .GroupLabels.SortedPairs }}", "alertname=X, Job=j, zone=z"},
      {"{{ .GroupLabels.Names }} {{ .GroupLabels.Values }}", "[alertname Job zone] [X j z]"},
      {"{{ .GroupLabels.SortedPairs.Names | join \",\" }} {{ .GroupLabels.SortedPairs.Values | join \",\" }}",
       "alertname,Job,zone X,j,z"},
      {"{{ .GroupLabels.Remove (stringSlice \"alertname\" \"none\") }}", "Job=j, zone=z"},
      {"{{ .GroupLabels.Remove .GroupLabels.Names | len }}", "0"},
      {"{{ .GroupLabels.String }} {{ .GroupLabels.SortedPairs.String | len }}", "alertname=X, Job=j, zone=z 26"},
      {"{{ range .GroupLabels.SortedPairs }}{{ .Name }}:{{ .Value }} {{ end }}", "alertname:X Job:j zone:z "},
      {"{{ range $k, $v := .GroupLabels }}{{ $k }}:{{ $v }} {{ end }}", "Job:j alertname:X zone:z "},
      {"{{ (index .GroupLabels.SortedPairs 1).Value }}", "j"},
  };
  for (const auto& c : cases) BOOST_TEST_CONTEXT(c.text) BOOST_TEST(as_text(c.text, data) == c.yields);
}

BOOST_AUTO_TEST_CASE(what_alertmanager_has_no_word_for_is_under_tocsin) {
  const auto data = templates::data_of(told_with_everything(), samples::context());
  constexpr template_case cases[] = {
      {"{{ .Tocsin.Severity }} {{ .Tocsin.Level }} {{ .Tocsin.AlertIDs }} {{ .Tocsin.NotificationID }}",
       "critical 2 [41 42] 7"},
      {"{{ .Tocsin.AlertName }} {{ .Tocsin.GroupKey }} {{ .Tocsin.Channel }}",
       "PoolExhausted {}:{alertname=\"PoolExhausted\"} web.hook/webhook/0"},
      {"{{ .Tocsin.CreatedAt.Format \"15:04\" }}", "12:02"},
      {"{{ range .Tocsin.Hints }}{{ .AlertName }}: {{ join \"; \" .Causes }} / {{ join \"; \" .Steps }} / {{ join \"; "
       "\" .Fixes }} {{ .Dashboard }}{{ end }}",
       "PoolExhausted: A leak / Look at pg_stat_activity; Look at the pool / Restart it https://grafana.example/d/db"},
      {"{{ range .Alerts }}{{ .Tocsin.ID }} {{ .Tocsin.Severity }} {{ .Tocsin.Level }} {{ .Tocsin.Occurrences }} "
       "{{ .Tocsin.AcknowledgedBy }} {{ .Tocsin.Flapping }};{{ end }}",
       "41 critical 2 3 ana true;42 critical 1 1  false;"},
      {"{{ toJson .Tocsin.Hints }}",
       R"([{"alert_name":"PoolExhausted","causes":["A leak"],"steps":["Look at pg_stat_activity","Look at the pool"],)"
       R"("fixes":["Restart it"],"dashboard":"https://grafana.example/d/db"}])"},
  };
  for (const auto& c : cases) BOOST_TEST_CONTEXT(c.text) BOOST_TEST(as_text(c.text, data) == c.yields);
}

BOOST_AUTO_TEST_CASE(json_of_everything_has_alertmanagers_keys_and_no_others) {
  const auto json = as_text("{{ toJson . }}", templates::data_of(told_with_everything(), samples::context()));
  BOOST_TEST(json.starts_with(R"({"receiver":"web\\.hook","status":"firing","alerts":[{"status":"firing","labels":{)"));
  BOOST_TEST(json.find(R"("notification_reason":"some alerts resolved","groupLabels":{)") != std::string::npos);
  BOOST_TEST(json.ends_with(R"("routeLabels":{"team":"db"},"externalURL":"http://tocsin.example:9095"})"));
  BOOST_TEST(json.find("ocsin\"") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_resolved_notification_says_so) {
  auto n = samples::two_alerts();
  n.alerts[0].ended_at = samples::noon + 1min;
  const auto data = templates::data_of(n, samples::context());
  BOOST_TEST(as_text("{{ .Status }} {{ len .Alerts.Firing }} {{ with .Alerts.Firing }}x{{ end }}", data)
             == "resolved 0 ");
}

BOOST_AUTO_TEST_CASE(a_notification_without_alerts_renders) {
  const auto data = templates::data_of(notification{}, render_context{});
  const auto set = templates::built_in_templates();
  BOOST_TEST(as_text("{{ .Status }}{{ .Alerts }}{{ .CommonLabels }}{{ range .Alerts }}x{{ end }}", data)
             == "resolved[]");
  BOOST_TEST(set.render_html("email.default.html", data).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
