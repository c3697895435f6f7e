#include "config/load.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "tests/config/support.hpp"

using tocsin::channel;
using tocsin::label_set;
using tocsin::severity;
using tocsin::slack_channel;
using tocsin::stdout_channel;
using tocsin::webhook_channel;
using namespace tocsin::config::test;
using namespace std::chrono_literals;

namespace {

const channel& channel_of(const tocsin::config::config& c, const std::string& receiver, std::size_t index) {
  const auto* found = c.find_receiver(receiver);
  BOOST_REQUIRE_MESSAGE(found, receiver);
  return found->channels.at(index);
}

template <class Settings>
const Settings& settings_of(const tocsin::config::config& c, const std::string& receiver, std::size_t index) {
  return std::get<Settings>(channel_of(c, receiver, index).settings);
}

/// What a team that runs Alertmanager has: every block, old and new notation.
const std::string real_life = R"(
global:
  resolve_timeout: 10m
  smtp_smarthost: 'localhost:25'
  smtp_from: 'alertmanager@example.org'
  smtp_auth_password: "multiline\nmysecret"
  slack_api_url: "https://hooks.slack.com/services/T0/B0/SECRET"
  opsgenie_api_url: https://api.opsgenie.com/
  http_config:
    proxy_url: 'http://127.0.0.1:1025'
    follow_redirects: false
    enable_http2: true

templates:
  - '/etc/alertmanager/template/*.tmpl'

time_intervals:
  - name: offhours
    time_intervals:
      - times: [{start_time: '17:00', end_time: '24:00'}]
        weekdays: ['monday:friday']
        location: Europe/Berlin
mute_time_intervals:
  - name: holidays
    time_intervals: [{months: ['december'], days_of_month: ['24:26']}]

route:
  receiver: team-X
  group_by: ['alertname', 'cluster', 'service']
  group_wait: 30s
  group_interval: 5m
  repeat_interval: 3h
  routes:
    - match_re:
        service: ^(foo1|foo2|baz)$
      receiver: team-X
      routes:
        - match:
            severity: critical
          receiver: pager
    - matchers:
        - alertname = Watchdog
        - '{severity="none", env!~"dev|test"}'
      receiver: nobody
      mute_time_intervals: [offhours, holidays]
      active_time_intervals: [offhours]
      continue: yes

inhibit_rules:
  - name: by severity
    source_match:
      severity: 'critical'
    target_match:
      severity: 'warning'
    equal: ['alertname', 'cluster']
  - source_matchers: [severity="critical"]
    target_match_re: {severity: warning|info}
    source_match_re: {zone: "eu.*"}
    target_matchers: ['team!=""']

receivers:
  - name: team-X
    slack_configs:
      - channel: '#alerts'
        username: 'Alertmanager'
        title: '{{ range $i, $a := .Alerts }}{{ .Annotations.summary }}{{ end }}'
        color: '{{ if eq .Status "firing" }}danger{{ else }}good{{ end }}'
        fields: [{title: Team, value: X, short: true}]
        actions: [{type: button, text: Runbook, url: 'https://example.org'}]
      - api_url: https://hooks.slack.com/services/T1/B1/OTHER
        send_resolved: true
        http_config: {}
    webhook_configs: &hooks
      - url: 'https://example.org/hook?team=x'
        max_alerts: 10
        timeout: 3s
        http_config:
          basic_auth: {username: bob, password: s3cret}
          tls_config: {insecure_skip_verify: true}
      - url: http://user:p%40ss@[::1]:9901/a
        send_resolved: false
  - name: pager
    webhook_configs: *hooks
    stdout_configs:
      - format: json
      - {}
  - name: nobody
    email_configs: []
)";

} // namespace

BOOST_AUTO_TEST_SUITE(loading)

BOOST_AUTO_TEST_CASE(a_working_alertmanager_file_loads_unchanged) {
  const auto c = loaded(real_life);
  BOOST_TEST(c.source == "tocsin.yml");
  BOOST_TEST((c.resolve_timeout == 10min));
  BOOST_TEST((c.webhook_resolve_timeout == 24h));
  BOOST_TEST(c.receivers.size() == 3U);
  BOOST_TEST((c.find_receiver("none") == nullptr));
  BOOST_TEST(c.routes.routes().size() == 4U);
  BOOST_TEST(c.routes.at(2).path == R"({}/{service=~"^(foo1|foo2|baz)$"}/{severity="critical"})");
  BOOST_TEST(c.routes.at(3).path == R"({}/{alertname="Watchdog",env!~"dev|test",severity="none"})");
  BOOST_TEST(c.routes.at(3).continues);
}

BOOST_AUTO_TEST_CASE(channels_take_their_settings_and_what_global_says) {
  const auto c = loaded(real_life);
  const auto& first = channel_of(c, "team-X", 0);
  BOOST_TEST(first.id == "team-X/webhook/0");
  BOOST_TEST(first.receiver == "team-X");
  BOOST_TEST(first.send_resolved);
  const auto& hook = settings_of<webhook_channel>(c, "team-X", 0);
  BOOST_TEST(hook.url == "https://example.org/hook?team=x");
  BOOST_TEST(hook.max_alerts == 10U);
  BOOST_TEST((hook.timeout == 3s));
  BOOST_TEST(hook.http.basic_username == "bob");
  BOOST_TEST(hook.http.basic_password == "s3cret");
  BOOST_TEST(hook.http.tls.insecure_skip_verify);
  BOOST_TEST(hook.http.proxy_url.empty());
  BOOST_TEST(hook.http.follow_redirects);

  BOOST_TEST(!channel_of(c, "team-X", 1).send_resolved);
  BOOST_TEST((settings_of<webhook_channel>(c, "team-X", 1).timeout == 10s));
  BOOST_TEST(settings_of<webhook_channel>(c, "team-X", 1).http.proxy_url == "http://127.0.0.1:1025");
  BOOST_TEST(!settings_of<webhook_channel>(c, "team-X", 1).http.follow_redirects);

  BOOST_TEST(channel_of(c, "team-X", 2).id == "team-X/slack/0");
  BOOST_TEST(!channel_of(c, "team-X", 2).send_resolved);
  const auto& slack = settings_of<slack_channel>(c, "team-X", 2);
  BOOST_TEST(slack.api_url == "https://hooks.slack.com/services/T0/B0/SECRET");
  BOOST_TEST(slack.channel.source() == "#alerts");
  BOOST_TEST(slack.username.source() == "Alertmanager");
  BOOST_TEST(slack.http.proxy_url == "http://127.0.0.1:1025");
  BOOST_TEST(channel_of(c, "team-X", 3).send_resolved);
  BOOST_TEST(settings_of<slack_channel>(c, "team-X", 3).api_url == "https://hooks.slack.com/services/T1/B1/OTHER");
  BOOST_TEST(settings_of<slack_channel>(c, "team-X", 3).http.proxy_url.empty());

  BOOST_TEST(channel_of(c, "pager", 1).id == "pager/webhook/1");
  BOOST_TEST(channel_of(c, "pager", 2).id == "pager/stdout/0");
  BOOST_TEST((settings_of<stdout_channel>(c, "pager", 2).as == stdout_channel::format::json));
  BOOST_TEST((settings_of<stdout_channel>(c, "pager", 3).as == stdout_channel::format::automatic));
  BOOST_TEST(c.find_receiver("nobody")->channels.empty());
}

BOOST_AUTO_TEST_CASE(inhibit_rules_are_read_in_both_notations) {
  const auto c = loaded(real_life);
  BOOST_REQUIRE(c.inhibit_rules.size() == 2U);
  const auto& old = c.inhibit_rules[0];
  BOOST_TEST(old.name == "by severity");
  BOOST_TEST(to_string(old.source) == R"({severity="critical"})");
  BOOST_TEST(to_string(old.target) == R"({severity="warning"})");
  const std::vector<std::string> equal{"alertname", "cluster"};
  BOOST_TEST(old.equal == equal, boost::test_tools::per_element());
  BOOST_TEST(to_string(c.inhibit_rules[1].source) == R"({severity="critical",zone=~"eu.*"})");
  BOOST_TEST(to_string(c.inhibit_rules[1].target) == R"({severity=~"warning|info",team!=""})");
}

BOOST_AUTO_TEST_CASE(http_credentials_come_in_several_forms) {
  const auto http = [](const std::string& block) {
    const auto c = loaded(
        "route: {receiver: a}\nreceivers:\n  - name: a\n    webhook_configs:\n      - url: http://x\n"
        "        http_config: "
        + block + "\n");
    return settings_of<webhook_channel>(c, "a", 0).http;
  };
  BOOST_TEST(http("{authorization: {credentials: tok}}").authorization_type == "Bearer");
  BOOST_TEST(http("{authorization: {credentials: tok}}").authorization_credentials == "tok");
  BOOST_TEST(http("{authorization: {type: Token, credentials: tok}}").authorization_type == "Token");
  BOOST_TEST(http("{bearer_token: tok}").authorization_credentials == "tok");
  BOOST_TEST(http("{bearer_token: tok}").authorization_type == "Bearer");
  BOOST_TEST(http("{proxy_from_environment: false}").proxy_url.empty());
  BOOST_TEST(http("{proxy_from_environment: true}").proxy_from_environment);
  BOOST_TEST(http("{proxy_url: 'socks5://p:1080', no_proxy: 'a,b'}").proxy_url == "socks5h://p:1080");
  BOOST_TEST(http("{proxy_url: 'socks5h://p:1080', no_proxy: 'a,b'}").no_proxy == "a,b");
  BOOST_TEST(http("{tls_config: {ca: '-----BEGIN x', min_version: TLS12, max_version: TLS13}}").tls.min_version
             == "TLS12");
  BOOST_TEST(http("{tls_config: {ca_file: /ca.pem, cert_file: /c.pem, key_file: /k.pem}}").tls.ca_file == "/ca.pem");
  BOOST_TEST(http("{tls_config: {cert_file: /c.pem, key_file: /k.pem}}").tls.key_file == "/k.pem");
}

BOOST_AUTO_TEST_CASE(files_that_a_file_names_lie_beside_it) {
  const scratch_folder folder;
  folder.write("hook", "  http://example.org/secret\n\n");
  folder.write("token", "tok\n");
  folder.write("slack", "https://hooks.slack.com/services/A\r\n");
  const auto path = folder.write("tocsin.yml", R"(
global: {slack_api_url_file: slack}
route: {receiver: a}
receivers:
  - name: a
    webhook_configs:
      - url_file: hook
        http_config:
          authorization: {credentials_file: token}
          tls_config: {ca_file: ca.pem}
    slack_configs: [{channel: '#a'}]
)");
  const auto read = tocsin::config::load_file(path, environment_of());
  BOOST_REQUIRE_MESSAGE(read.has_value(), (read ? "" : read.error().message));
  const auto& c = **read;
  BOOST_TEST(c.source == path);
  const auto& hook = settings_of<webhook_channel>(c, "a", 0);
  BOOST_TEST(hook.url == "http://example.org/secret");
  BOOST_TEST(hook.http.authorization_credentials == "tok");
  BOOST_TEST(hook.http.tls.ca_file == folder.path() + "/ca.pem");
  BOOST_TEST(settings_of<slack_channel>(c, "a", 1).api_url == "https://hooks.slack.com/services/A");
}

BOOST_AUTO_TEST_CASE(variables_are_expanded_in_any_value) {
  const auto c = loaded(R"(
route: {receiver: "${TEAM}", group_wait: "${WAIT:-45s}", matchers: []}
receivers:
  - name: ${TEAM}
    webhook_configs: [{url: "http://${HOST}/$${x}", max_alerts: "${MAX}", send_resolved: "${RESOLVED}"}]
)",
                        {{"TEAM", "db"}, {"HOST", "h:1"}, {"MAX", "7"}, {"RESOLVED", "false"}});
  BOOST_TEST(c.routes.at(0).receiver == "db");
  BOOST_TEST((c.routes.at(0).group_wait.value() == 45s));
  BOOST_TEST(settings_of<webhook_channel>(c, "db", 0).url == "http://h:1/${x}");
  BOOST_TEST(settings_of<webhook_channel>(c, "db", 0).max_alerts == 7U);
  BOOST_TEST(!channel_of(c, "db", 0).send_resolved);
}

BOOST_AUTO_TEST_CASE(a_channel_is_left_out_while_its_condition_is_empty) {
  const std::string text =
      "route: {receiver: a}\nreceivers:\n  - name: a\n    webhook_configs:\n"
      "      - {when: '${HOOK:-}', url: '${HOOK}'}\n      - {url: 'http://always'}\n";
  const auto without = loaded(text);
  BOOST_REQUIRE(without.find_receiver("a")->channels.size() == 1U);
  BOOST_TEST(channel_of(without, "a", 0).id == "a/webhook/1");
  const auto with = loaded(text, {{"HOOK", "http://now"}});
  BOOST_REQUIRE(with.find_receiver("a")->channels.size() == 2U);
  BOOST_TEST(settings_of<webhook_channel>(with, "a", 0).url == "http://now");
}

BOOST_AUTO_TEST_CASE(severities_are_changed_where_the_file_says_so) {
  const auto c = loaded(with_route + R"(
severity:
  default: info
  names: {P1: warning, 严重: critical}
  critical: {window: 1s}
  warning: {repeat_interval: 1h, repeat_until_acknowledged: true}
history: {retention: 0s}
)");
  const auto of = [&](const char* word) { return c.severity_of(label_set::of({{"severity", word}})); };
  BOOST_TEST((of("p1") == severity::warning));
  BOOST_TEST((of("P1") == severity::warning));
  BOOST_TEST((of("严重") == severity::critical));
  BOOST_TEST((of("page") == severity::critical));
  BOOST_TEST((of("unheard-of") == severity::info));
  BOOST_TEST((c.severity_of({}) == severity::info));
  BOOST_TEST((c.defaults_for(severity::critical).window == 1s));
  BOOST_TEST((c.defaults_for(severity::critical).repeat_interval == 5min));
  BOOST_TEST(c.defaults_for(severity::critical).repeat_until_acknowledged);
  BOOST_TEST((c.defaults_for(severity::warning).window == 30s));
  BOOST_TEST((c.defaults_for(severity::warning).repeat_interval == 1h));
  BOOST_TEST(c.defaults_for(severity::warning).repeat_until_acknowledged);
  BOOST_TEST((c.retention == 0s));
}

BOOST_AUTO_TEST_CASE(escalation_is_read_with_its_steps) {
  const auto c = loaded(with_route + R"(
escalation:
  - matchers: [severity="warning", 'team=~"a|b"']
    steps:
      - {after: 15m, raise_to: critical}
      - {after: 1h30m, receiver: ops}
  - name: never
    matchers: ['quiet="yes"']
    steps: []
  - steps: [{after: 1m, raise_to: warning, receiver: ops}]
)");
  BOOST_REQUIRE(c.escalation.size() == 3U);
  BOOST_TEST(c.escalation[0].name == "policy-1");
  BOOST_TEST(to_string(c.escalation[0].matchers) == R"({severity="warning",team=~"a|b"})");
  BOOST_REQUIRE(c.escalation[0].steps.size() == 2U);
  BOOST_TEST((c.escalation[0].steps[0].after == 15min));
  BOOST_TEST((c.escalation[0].steps[0].raise_to.value() == severity::critical));
  BOOST_TEST(c.escalation[0].steps[0].receiver.empty());
  BOOST_TEST((c.escalation[0].steps[1].after == 90min));
  BOOST_TEST(!c.escalation[0].steps[1].raise_to.has_value());
  BOOST_TEST(c.escalation[0].steps[1].receiver == "ops");
  BOOST_TEST(c.escalation[1].name == "never");
  BOOST_TEST(c.escalation[1].steps.empty());
  BOOST_TEST(c.escalation[2].name == "policy-3");
}

BOOST_AUTO_TEST_CASE(without_an_escalation_block_the_built_in_one_applies_to_the_files_receivers) {
  const auto c = loaded("route: {receiver: a}\nreceivers: [{name: a}, {name: critical}]\n");
  BOOST_REQUIRE(c.escalation.size() == 3U);
  BOOST_TEST(c.escalation[0].name == "info");
  BOOST_TEST(c.escalation[0].steps.at(0).receiver.empty());
  BOOST_TEST((c.escalation[0].steps.at(0).raise_to.value() == severity::warning));
  BOOST_TEST(c.escalation[1].steps.at(0).receiver == "critical");
  BOOST_TEST(c.escalation[2].steps.size() == 2U);
  BOOST_TEST(c.escalation[2].steps.at(1).receiver.empty());

  BOOST_TEST(loaded(with_route + "escalation: []\n").escalation.empty());
  BOOST_TEST(loaded(with_route + "escalation:\n").escalation.size() == 3U);
}

BOOST_AUTO_TEST_CASE(the_summary_tells_what_a_file_holds_and_no_secret) {
  const auto c =
      loaded(real_life + "escalation: [{name: all, steps: [{after: 5m, raise_to: critical, receiver: pager}]}]\n");
  const auto text = tocsin::config::summary(c);
  for (const std::string part :
       {"tocsin.yml\n", "4 routes\n",
        R"(  {} -> team-X; grouped by alertname, cluster, service; wait 30s, interval 5m, repeat 3h)",
        R"(severity="none"} -> nobody;)", "; continues\n", "3 receivers\n",
        "  nobody: no channel, its alerts are recorded only\n", "  team-X: webhook (", "2 inhibit rules\n",
        R"(  by severity: {severity="critical"} suppresses {severity="warning"} with the same alertname, cluster)",
        "1 escalation policy\n", "  all {}: after 5m raise to critical and tell pager\n",
        "  critical: window 0s, repeat every 5m until acknowledged, the same alert again within 0s\n",
        "2 time intervals: holidays, offhours\n", "history kept 90d\n"}) {
    BOOST_TEST(text.find(part) != std::string::npos, "\"" << part << "\" is missing in\n" << text);
  }
  for (const auto* secret : {"SECRET", "OTHER", "s3cret", "p%40ss"}) {
    BOOST_TEST(text.find(secret) == std::string::npos, secret << " is in\n" << text);
  }
}

BOOST_AUTO_TEST_CASE(the_example_file_is_valid) {
  const auto read =
      tocsin::config::load_file(TOCSIN_SOURCE_DIR "/examples/tocsin.yml",
                                environment_of({{"SLACK_WEBHOOK_URL", "https://hooks.slack.com/services/A"}}));
  BOOST_REQUIRE_MESSAGE(read.has_value(), (read ? "" : read.error().message));
  BOOST_TEST((*read)->routes.routes().size() > 3U);
  BOOST_TEST(!(*read)->escalation.empty());
}

BOOST_AUTO_TEST_SUITE_END()
