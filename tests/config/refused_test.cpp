// What a file is refused for, word for word: these sentences are the manual that people read first.

#include <string>
#include <vector>

#include "tests/config/support.hpp"

using namespace tocsin::config::test;

namespace {

/// A receiver with one webhook that has `lines` beside its URL, from line 6 on.
std::string webhook(const std::string& lines) {
  return "route: {receiver: a}\nreceivers:\n  - name: a\n    webhook_configs:\n      - url: http://example.org\n"
         + lines;
}

std::string http(const std::string& block) {
  return webhook("        http_config: " + block + "\n");
}

/// A child route with `lines` from line 4 on.
std::string child(const std::string& lines) {
  return "receivers: [{name: a}, {name: b}]\ntime_intervals: [{name: night}]\nroute: {receiver: a, routes: [" + lines
         + "]}\n";
}

} // namespace

BOOST_AUTO_TEST_SUITE(refused_files)

BOOST_AUTO_TEST_CASE(a_file_needs_a_route_with_a_receiver) {
  check({
      {"", "1: route: no route; every alert needs one: add route with a receiver"},
      {"receivers: []\n", "1: route: no route; every alert needs one: add route with a receiver"},
      {"route:\nreceivers: []\n", "1: route: no route; every alert needs one: add route with a receiver"},
      {"- a\n- b\n", "1: expected a mapping, found a list"},
      {"just text\n", "1: expected a mapping, found \"just text\""},
      {"route: []\n", "1: route: expected a mapping, found a list"},
      {"receivers: [{name: a}]\nroute:\n  group_by: [x]\n", "2: route: the root route needs a receiver; add receiver"},
  });
}

BOOST_AUTO_TEST_CASE(the_root_route_takes_everything) {
  const std::string root = "receivers: [{name: a}]\ntime_intervals: [{name: night}]\nroute:\n  receiver: a\n";
  check({
      {root + "  matchers: [x=y]\n",
       "5: route.matchers: the root route takes every alert and cannot have matchers; move them to a route in routes"},
      {root + "  match: {x: y}\n",
       "5: route.match: the root route takes every alert and cannot have matchers; move them to a route in routes"},
      {root + "  match_re: {x: y}\n",
       "5: route.match_re: the root route takes every alert and cannot have matchers; move them to a route in routes"},
      {root + "  mute_time_intervals: [night]\n",
       "5: route.mute_time_intervals: the root route cannot have time intervals; move them to a route in routes"},
      {root + "  active_time_intervals: [night]\n",
       "5: route.active_time_intervals: the root route cannot have time intervals; move them to a route in routes"},
      {root + "  continue: true\n",
       "5: route.continue: the root route has no siblings to continue with; remove continue"},
  });
  for (const std::string harmless :
       {"  matchers: []\n", "  match:\n", "  continue: false\n", "  mute_time_intervals: []\n"}) {
    BOOST_TEST(loaded(root + harmless).routes.routes().size() == 1U);
  }
}

BOOST_AUTO_TEST_CASE(routes_name_what_is_defined_and_make_sense) {
  check({
      {"route: {receiver: a}\n", "1: route.receiver: the receiver \"a\" is not defined; define it in receivers"},
      {child("{receiver: c, matchers: [x=y]}"),
       "3: route.routes[0].receiver: the receiver \"c\" is not defined; define it in receivers"},
      {child("{mute_time_intervals: [night, noon]}"),
       "3: route.routes[0].mute_time_intervals[1]: the time interval \"noon\" is not defined; define it in "
       "time_intervals"},
      {child("{active_time_intervals: [noon]}"),
       "3: route.routes[0].active_time_intervals[0]: the time interval \"noon\" is not defined; define it in "
       "time_intervals"},
      {child("{}, {routes: [{group_by: [a, b, a]}]}"),
       "3: route.routes[1].routes[0].group_by[2]: the label \"a\" is in group_by twice"},
      {child("{group_by: [a, '...']}"),
       "3: route.routes[0].group_by: expected either '...' alone, which groups by every label, or label names, found "
       "both"},
      {child("{group_by: ['...', '...']}"), "3: route.routes[0].group_by[1]: the label \"...\" is in group_by twice"},
      {child("{group_by: ['']}"), "3: route.routes[0].group_by[0]: expected a label name, found \"\""},
      {child("{group_by: alertname}"), "3: route.routes[0].group_by: expected a list, found \"alertname\""},
      {child("{group_interval: 0s}"),
       "3: route.routes[0].group_interval: expected a duration above zero, found \"0s\""},
      {child("{repeat_interval: 0s}"),
       "3: route.routes[0].repeat_interval: expected a duration above zero, found \"0s\""},
      {child("{group_wait: soon}"),
       "3: route.routes[0].group_wait: expected a duration such as 30s, 5m, 1h30m or 1d, found \"soon\""},
      {child("{group_wait: 30}"),
       "3: route.routes[0].group_wait: expected a duration such as 30s, 5m, 1h30m or 1d, found \"30\""},
      {child("{continue: maybe}"), "3: route.routes[0].continue: expected true or false, found \"maybe\""},
      {child("text"), "3: route.routes[0]: expected a mapping, found \"text\""},
      {child("{matchers: x=y}"), "3: route.routes[0].matchers: expected a list, found \"x=y\""},
      {child("{matchers: [x y]}"),
       "3: route.routes[0].matchers[0]: expected a matcher such as severity=\"critical\" or team=~\"a|b\"; "
       "bad matcher format: x y"},
      {child("{matchers: ['x=~\"(\"']}"),
       "3: route.routes[0].matchers[0]: expected a matcher such as severity=\"critical\" or team=~\"a|b\"; "
       "error parsing regexp: missing closing ): `^(?:()$`"},
      {child("{matchers: [{a: b}]}"), "3: route.routes[0].matchers[0]: expected text, found a mapping"},
      {child("{matchers: [~]}"),
       "3: route.routes[0].matchers[0]: expected a matcher such as severity=\"critical\", found nothing"},
      {child("{match: {a-b: c}}"),
       "3: route.routes[0].match.a-b: expected a label name of letters, digits and _; use matchers for other names"},
      {child("{match_re: {a: '['}}"),
       "3: route.routes[0].match_re.a: expected a matcher such as severity=\"critical\" or team=~\"a|b\"; "
       "error parsing regexp: missing closing ]: `[)$`"},
      {child("{match_re: {a: }}"), "3: route.routes[0].match_re.a: expected a regular expression, found nothing"},
      {child("{match: [a]}"), "3: route.routes[0].match: expected a mapping, found a list"},
  });
}

BOOST_AUTO_TEST_CASE(unknown_keys_are_refused_with_what_was_meant) {
  check({
      {with_route + "recievers: []\n", "6: recievers: unknown key; did you mean \"receivers\"?"},
      {with_route + "foo: bar\n",
       "6: foo: unknown key; expected one of global, route, receivers, inhibit_rules, templates, time_intervals, "
       "mute_time_intervals, tracing, escalation, severity, history, deduplication, flapping, silences, "
       "maintenance_windows, correlation, hints, drills, on_call, auth"},
      {with_route + "global:\n  resolve_time: 5m\n",
       "7: global.resolve_time: unknown key; did you mean \"resolve_timeout\"?"},
      {child("{\n  groupby: [x]}"), "4: route.routes[0].groupby: unknown key; did you mean \"group_by\"?"},
      {webhook("        max_alert: 3\n"),
       "6: receivers[0].webhook_configs[0].max_alert: unknown key; did you mean \"max_alerts\"?"},
      {http("{timeout: 3s}"),
       "6: receivers[0].webhook_configs[0].http_config.timeout: unknown key; expected one of proxy_url, no_proxy, "
       "proxy_from_environment, basic_auth, authorization, bearer_token, bearer_token_file, tls_config, "
       "follow_redirects, enable_http2, http_headers, oauth2, proxy_connect_header"},
      {with_route + "severity: {fatal: {window: 1s}}\n",
       "6: severity.fatal: unknown key; expected one of default, names, critical, warning, info"},
      {with_route + "history: {retain: 1d}\n", "6: history.retain: unknown key; expected one of retention"},
      {with_route + "time_intervals: [{name: a, times: []}]\n",
       "6: time_intervals[0].times: unknown key; expected one of name, time_intervals"},
      {with_route + "auth: {}\n", "6: auth: this block is not available in this version; remove it"},
  });
}

BOOST_AUTO_TEST_CASE(receivers_have_names_of_their_own_and_channels_that_can_be_reached) {
  const std::string route = "route: {receiver: a}\nreceivers:\n  - name: a\n";
  check({
      {route + "  - stdout_configs: []\n", "4: receivers[1]: a receiver without a name; add name"},
      {route + "  - name: b\n  - name: a\n",
       "5: receivers[2].name: the receiver name \"a\" is used twice; give each receiver its own"},
      {route + "    webhook_configs: http://x\n",
       "4: receivers[0].webhook_configs: expected a list, found \"http://x\""},
      {route + "    webhook_configs:\n      - http://x\n",
       "5: receivers[0].webhook_configs[0]: expected a mapping, found \"http://x\""},
      {route + "    webhook_configs:\n      - send_resolved: true\n",
       "5: receivers[0].webhook_configs[0]: expected one of url and url_file, found none"},
      {route + "    webhook_configs:\n      - url: http://x\n        url_file: y\n",
       "6: receivers[0].webhook_configs[0].url_file: expected one of url and url_file, found both"},
      {route + "    webhook_configs:\n      - url: ftp://x\n",
       "5: receivers[0].webhook_configs[0].url: expected an http or https URL, found \"ftp://x\""},
      {route + "    webhook_configs:\n      - url: http://\n",
       "5: receivers[0].webhook_configs[0].url: expected an http or https URL, found \"http://\""},
      {route + "    webhook_configs:\n      - url: http://host:99999/\n",
       "5: receivers[0].webhook_configs[0].url: expected an http or https URL, found \"http://host:99999/…\""},
      {route + "    webhook_configs:\n      - url: ftp://me:hidden@x/hidden\n",
       "5: receivers[0].webhook_configs[0].url: expected an http or https URL, found \"ftp://x/…\""},
      {route + "    webhook_configs:\n      - url: 'http://exa mple'\n",
       "5: receivers[0].webhook_configs[0].url: expected an http or https URL, found \"http://exa mple\""},
      {route + "    webhook_configs:\n      - url_file: /nowhere/at-all\n",
       "5: receivers[0].webhook_configs[0].url_file: cannot read the file \"/nowhere/at-all\": No such file or "
       "directory"},
      {route + "    webhook_configs:\n      - url_file: /\n",
       "5: receivers[0].webhook_configs[0].url_file: cannot read the file \"/\": Is a directory"},
      {route + "    webhook_configs:\n      - url_file: /dev/null\n",
       "5: receivers[0].webhook_configs[0].url_file: that file is empty; expected an http or https URL in it"},
      {webhook("        max_alerts: -1\n"),
       "6: receivers[0].webhook_configs[0].max_alerts: expected a whole number, 0 or more, found \"-1\""},
      {webhook("        max_alerts: 1.5\n"),
       "6: receivers[0].webhook_configs[0].max_alerts: expected a whole number, 0 or more, found \"1.5\""},
      {webhook("        send_resolved: [true]\n"),
       "6: receivers[0].webhook_configs[0].send_resolved: expected text, found a list"},
      {route + "    slack_configs:\n      - channel: '#a'\n",
       "5: receivers[0].slack_configs[0]: no Slack URL; set api_url or api_url_file here, or slack_api_url or "
       "slack_api_url_file in global (app tokens are not available in this version)"},
      {route + "    slack_configs:\n      - app_token: x\n",
       "5: receivers[0].slack_configs[0].app_token: Slack app tokens are not available in this version; "
       "use api_url with an incoming webhook"},
      {route + "    stdout_configs:\n      - format: xml\n",
       "5: receivers[0].stdout_configs[0].format: expected auto, text or json, found \"xml\""},
  });
}

BOOST_AUTO_TEST_CASE(receiver_types_that_would_stay_silent_are_refused_by_name) {
  for (const std::string type : {"opsgenie", "victorops", "wechat", "telegram", "sns", "pushover", "webex", "discord",
                                 "msteams", "msteamsv2", "jira", "rocketchat", "mattermost", "incidentio"}) {
    const auto key = type + "_configs";
    check({{"route: {receiver: a}\nreceivers:\n  - name: a\n    " + key + ":\n      - whatever: {it: says}\n",
            "4: receivers[0]." + key + ": the receiver type " + key
                + " is not available in this version; remove it or use webhook_configs "
                  "(--config.skip-unknown-receivers leaves it out)"}});
  }
}

BOOST_AUTO_TEST_CASE(http_settings_that_would_be_ignored_are_refused) {
  const std::string at = "6: receivers[0].webhook_configs[0].http_config";
  check({
      {http("{basic_auth: {username: a}, bearer_token: b}"),
       at + ": expected at most one of basic_auth, authorization and bearer_token"},
      {http("{bearer_token: a, bearer_token_file: b}"),
       at + ".bearer_token_file: expected one of bearer_token and bearer_token_file, found both"},
      {http("{basic_auth: {password: a, password_file: b}}"),
       at + ".basic_auth.password_file: expected one of password and password_file, found both"},
      {http("{authorization: {type: Basic, credentials: x}}"),
       at + ".authorization.type: expected another type than Basic; use basic_auth for it"},
      {http("{oauth2: {client_id: x}}"),
       at + ".oauth2: oauth2 is not available in this version; remove it or use authorization or basic_auth"},
      {http("{proxy_from_environment: true, proxy_url: 'http://p:1'}"),
       at + ".proxy_from_environment: expected it alone, without proxy_url and no_proxy"},
      {http("{no_proxy: example.org}"), at + ".no_proxy: expected proxy_url with it"},
      {http("{tls_config: {ca: x.pem}}"), at + ".tls_config.ca: expected a text in PEM; a file is named by ca_file"},
      {http("{tls_config: {ca: '-----BEGIN X', ca_file: x}}"),
       at + ".tls_config.ca_file: expected one of ca and ca_file, found both"},
      {http("{tls_config: {min_version: SSL3}}"),
       at + ".tls_config.min_version: expected TLS10, TLS11, TLS12 or TLS13, found \"SSL3\""},
      {http("{tls_config: {min_version: TLS13, max_version: TLS12}}"),
       at + ".tls_config.min_version: expected a version that is not above max_version"},
      {http("{tls_config: {cert: '-----BEGIN X'}}"),
       at + ".tls_config: expected cert_file and key_file together, found one"},
      {http("{proxy_url: ftp://x}"), at + ".proxy_url: expected an http or https URL, found \"ftp://x\""},
      {http("{proxy_url: 'socks5://'}"), at + ".proxy_url: expected socks5://HOST:PORT"},
      {http("{tls_config: {server_name: x}}"),
       at
           + ".tls_config.server_name: server_name is not available in this version; remove it and use the name of the "
             "certificate in the URL"},
      {http("{tls_config: {cert_file: x}}"), at + ".tls_config: expected cert_file and key_file together, found one"},
      {http("yes"), at + ": expected a mapping, found \"yes\""},
      {with_route + "global:\n  slack_api_url: slack.com/x\n",
       "7: global.slack_api_url: expected an http or https URL, found \"slack.com/…\""},
      {with_route + "global:\n  slack_api_url: http://x\n  slack_api_url_file: y\n",
       "8: global.slack_api_url_file: expected one of slack_api_url and slack_api_url_file, found both"},
      {with_route + "global:\n  resolve_timeout: 0s\n",
       "7: global.resolve_timeout: expected a duration above zero, found \"0s\""},
  });
}

BOOST_AUTO_TEST_CASE(intervals_and_rules_are_checked) {
  check({
      {with_route + "time_intervals: [{time_intervals: []}]\n",
       "6: time_intervals[0]: a time interval without a name; add name"},
      {with_route + "time_intervals:\n  - name: a\nmute_time_intervals:\n  - name: a\n",
       "7: time_intervals[0].name: the time interval name \"a\" is used twice; give each its own"},
      {with_route + "inhibit_rules:\n  - source_matchers: ['=x']\n",
       "7: inhibit_rules[0].source_matchers[0]: expected a matcher such as severity=\"critical\" or team=~\"a|b\"; "
       "bad matcher format: =x"},
      {with_route + "inhibit_rules:\n  - equal: ['']\n",
       "7: inhibit_rules[0].equal[0]: expected a label name, found \"\""},
      {with_route + "inhibit_rules: {}\n", "6: inhibit_rules: expected a list, found a mapping"},
      {with_route + "templates: /etc/*.tmpl\n", "6: templates: expected a list, found \"/etc/*.tmpl\""},
  });
}

BOOST_AUTO_TEST_CASE(escalation_and_severities_are_checked) {
  const std::string policy = with_route + "escalation:\n  - name: p\n    steps:\n";
  check({
      {with_route + "escalation:\n  - name: p\n",
       "7: escalation[0]: a policy needs steps; write steps: [] for alerts that are not escalated"},
      {policy + "      - receiver: ops\n",
       "9: escalation[0].steps[0]: a step needs after: how long nobody has acknowledged"},
      {policy + "      - after: 5m\n",
       "9: escalation[0].steps[0]: a step needs raise_to, receiver or oncall, or several of them"},
      {policy + "      - after: 5m\n        oncall: nobody\n",
       "10: escalation[0].steps[0].oncall: the schedule \"nobody\" is not defined; define it in on_call.schedules"},
      {policy + "      - after: 5m\n        raise_to: fatal\n",
       "10: escalation[0].steps[0].raise_to: expected critical, warning or info, found \"fatal\""},
      {policy + "      - after: 5m\n        receiver: nobody\n",
       "10: escalation[0].steps[0].receiver: the receiver \"nobody\" is not defined; define it in receivers"},
      {policy + "      []\n  - name: p\n    steps: []\n",
       "10: escalation[1].name: the policy name \"p\" is used twice; give each policy its own"},
      {with_route + "severity:\n  default: high\n",
       "7: severity.default: expected critical, warning or info, found \"high\""},
      {with_route + "severity:\n  names: {p1: high}\n",
       "7: severity.names.p1: expected critical, warning or info, found \"high\""},
      {with_route + "severity:\n  names: {p1: }\n",
       "7: severity.names.p1: expected critical, warning or info, found nothing"},
      {with_route + "severity:\n  names: {Info: warning}\n",
       "7: severity.names.Info: expected another word than critical, warning and info"},
      {with_route + "severity:\n  info: {repeat_interval: 0s}\n",
       "7: severity.info.repeat_interval: expected a duration above zero, found \"0s\""},
      {with_route + "history: {retention: 23h}\n",
       "6: history.retention: expected 0 (keep for ever) or a duration of at least 1d such as 90d, found \"23h\""},
      {with_route + "history: {retention: long}\n",
       "6: history.retention: expected a duration such as 30s, 5m, 1h30m or 1d, found \"long\""},
  });
}

BOOST_AUTO_TEST_CASE(text_that_is_not_yaml_is_refused_with_line_and_column) {
  BOOST_TEST(refused("route: {receiver: a\n") == "tocsin.yml:2:1: not valid YAML: end of map flow not found");
  BOOST_TEST(refused("route: {}\nroute: {}\n")
             == "tocsin.yml:2: the key \"route\" appears twice, first on line 1; remove one of them");
  BOOST_TEST(refused(with_route + "---\n" + with_route)
             == "tocsin.yml:6: a second YAML document begins here; expected one document in the file");
}

BOOST_AUTO_TEST_CASE(what_a_variable_holds_is_never_told) {
  BOOST_TEST(refused(webhook("        max_alerts: ${UNSET}\n"))
             == "tocsin.yml:6: receivers[0].webhook_configs[0].max_alerts: the environment variable UNSET is not set; "
                "set it or write ${UNSET:-text}");
  const variables secret{{"X", "hidden=hidden=("}};
  const std::vector<bad_file> files{
      {webhook("        max_alerts: ${X}\n"),
       "6: receivers[0].webhook_configs[0].max_alerts: expected a whole number, 0 or more, found \"${X}\""},
      {webhook("      - url: ftp://${X}/a\n"),
       "6: receivers[0].webhook_configs[1].url: expected an http or https URL, found \"ftp://${X}/a\""},
      {webhook("      - url_file: /nowhere/${X}\n"),
       "6: receivers[0].webhook_configs[1].url_file: cannot read the file \"/nowhere/${X}\": No such file or "
       "directory"},
      {child("{matchers: ['=${X}']}"),
       "3: route.routes[0].matchers[0]: expected a matcher such as severity=\"critical\" or team=~\"a|b\", found "
       "\"=${X}\""},
      {child("{match_re: {a: '${X}'}}"),
       "3: route.routes[0].match_re.a: expected a matcher such as severity=\"critical\" or team=~\"a|b\", found "
       "\"${X}\""},
      {child("{receiver: '${X}'}"),
       "3: route.routes[0].receiver: the receiver \"${X}\" is not defined; define it in receivers"},
  };
  for (const auto& f : files) {
    BOOST_TEST(refused(f.text, secret) == "tocsin.yml:" + f.message, f.text << "\nwas refused with\n"
                                                                            << refused(f.text, secret));
  }
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_is_named) {
  const scratch_folder folder;
  const auto message = [](const std::string& path) {
    const auto read = tocsin::config::load_file(path, environment_of());
    return read ? "it was accepted" : read.error().message;
  };
  const auto missing = folder.path() + "/missing.yml";
  BOOST_TEST(message(missing) == missing + ": cannot read it: No such file or directory");
  BOOST_TEST(message(folder.path()) == folder.path() + ": cannot read it: it is a folder");
  const auto large = folder.write("large.yml", std::string(5 * 1024 * 1024, '#'));
  BOOST_TEST(message(large) == large + ": the file is too large; expected at most 4194304 bytes");
  const auto odd = folder.write("odd.yml", "route: {receiver: a}\n");
  BOOST_TEST(message(odd) == odd + ":1: route.receiver: the receiver \"a\" is not defined; define it in receivers");
}

BOOST_AUTO_TEST_SUITE_END()
