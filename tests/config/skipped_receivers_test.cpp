// Receivers of types that are not available, in files that name them all the same.

#include <string>
#include <vector>

#include "tests/config/support.hpp"

using namespace tocsin::config;
using namespace tocsin::config::test;

namespace {

config loaded_with_skips(const std::string& text) {
  auto read = load_text(text, "am.yml", environment_of(), {true});
  if (!read) BOOST_FAIL(read.error().message);
  return **read;
}

/// Every block and key of Alertmanager's schema that other tests do not read.
const std::string whole_schema = R"(global:
  resolve_timeout: 5m
  smtp_from: a@example.org
  smtp_smarthost: mail.example.org:587
  smtp_hello: here
  smtp_auth_username: u
  smtp_auth_password: p
  smtp_require_tls: true
  opsgenie_api_url: https://o.example/
  opsgenie_api_key: k
  victorops_api_url: https://v.example/
  victorops_api_key_file: /nowhere
  wechat_api_url: https://w.example/
  wechat_api_secret: s
  wechat_api_corp_id: c
  telegram_api_url: https://t.example
  telegram_bot_token: t
  webex_api_url: https://x.example
  rocketchat_api_url: https://r.example
  rocketchat_token: t
  rocketchat_token_id: i
  mattermost_webhook_url: https://m.example
  jira_api_url: https://j.example
  slack_api_url: https://s.example
  http_config:
    follow_redirects: true
    enable_http2: true
    proxy_url: http://proxy.example:3128
templates: []
tracing:
  endpoint: localhost:4317
time_intervals:
  - name: night
    time_intervals: [{times: [{start_time: '22:00', end_time: '24:00'}]}]
mute_time_intervals:
  - name: noon
    time_intervals: [{times: [{start_time: '12:00', end_time: '13:00'}]}]
route:
  receiver: both
  group_by: ['...']
  routes:
    - {receiver: genie, matchers: ['team="a"'], mute_time_intervals: [night, noon]}
    - {receiver: both, match: {team: b}, active_time_intervals: [night]}
inhibit_rules:
  - {source_match: {a: b}, target_match_re: {c: d}, equal: [e]}
  - name: one source
    sources: [{matchers: ['a="b"'], equal: [f]}]
    target_matchers: ['c="d"']
receivers:
  - name: genie
    opsgenie_configs: [{api_key: k, responders: [{name: r, type: team}]}]
  - name: both
    webhook_configs: [{url: 'http://127.0.0.1:1/'}]
    telegram_configs: [{chat_id: 1}]
    discord_configs: [{webhook_url: 'https://d.example'}, {webhook_url: 'https://e.example'}]
  - name: unused
    sns_configs: [{topic_arn: x}]
)";

} // namespace

BOOST_AUTO_TEST_SUITE(skipped_receivers)

BOOST_AUTO_TEST_CASE(a_whole_file_of_alertmanager_is_read_and_what_is_left_out_is_named) {
  BOOST_TEST(refused(whole_schema)
                 .find("tocsin.yml:51: receivers[0].opsgenie_configs: the receiver type "
                       "opsgenie_configs is not available in this version; remove it")
             == 0U);
  const auto c = loaded_with_skips(whole_schema);
  const auto left_out = [](int line, const std::string& place, const std::string& type) {
    return "am.yml:" + std::to_string(line) + ": " + place + "." + type + ": the receiver type " + type
           + " is not available in this version; left out, nobody is told by it";
  };
  const std::vector<std::string> expected{
      left_out(51, "receivers[0]", "opsgenie_configs"),
      left_out(54, "receivers[1]", "telegram_configs"),
      left_out(55, "receivers[1]", "discord_configs"),
      left_out(57, "receivers[2]", "sns_configs"),
      "am.yml:30: tracing: traces are not sent; the block has no effect",
      "nobody is told what goes to the receiver \"genie\": all its channels were left out",
  };
  BOOST_TEST(c.warnings == expected, boost::test_tools::per_element());
  BOOST_TEST(c.receivers.at("both").channels.size() == 1U);
  BOOST_TEST(c.receivers.at("genie").channels.empty());
  const auto text = summary(c);
  BOOST_TEST(
      text.find("  genie: no channel, its alerts are recorded only; left out opsgenie_configs\n") != std::string::npos,
      text);
  BOOST_TEST(text.find("warning: nobody is told what goes to the receiver \"genie\"") != std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(a_receiver_that_only_an_escalation_names_counts_too) {
  const auto c = loaded_with_skips(with_route + "  - name: late\n    jira_configs: [{project: x}]\nescalation:\n"
                                                "  - steps: [{after: 5m, receiver: late}]\n");
  BOOST_REQUIRE(c.warnings.size() == 2U);
  BOOST_TEST(c.warnings[1] == "nobody is told what goes to the receiver \"late\": all its channels were left out");
}

BOOST_AUTO_TEST_CASE(types_that_nobody_knows_are_refused_all_the_same) {
  const auto read =
      load_text(with_route + "  - name: b\n    pager_configs: [{}]\n", "am.yml", environment_of(), {true});
  BOOST_REQUIRE(!read);
  BOOST_TEST(read.error().message.find("am.yml:7: receivers[1].pager_configs: unknown key") == 0U,
             read.error().message);
}

BOOST_AUTO_TEST_CASE(sources_of_an_inhibition_are_one_and_stand_alone) {
  const auto c = loaded(with_route + "inhibit_rules:\n  - sources: [{matchers: ['a=\"b\"'], equal: [x]}]\n");
  BOOST_REQUIRE(c.inhibit_rules.size() == 1U);
  BOOST_TEST(c.inhibit_rules[0].source.size() == 1U);
  BOOST_TEST(c.inhibit_rules[0].equal == std::vector<std::string>{"x"}, boost::test_tools::per_element());
  check({
      {with_route + "inhibit_rules:\n  - sources: [{matchers: [a=b]}, {matchers: [c=d]}]\n",
       "7: inhibit_rules[0].sources: several sources that must all fire are not available in this version; write one"},
      {with_route + "inhibit_rules:\n  - sources: [{matchers: [a=b]}]\n    equal: [x]\n",
       "8: inhibit_rules[0].equal: expected sources alone, without source_matchers and equal beside them"},
      {with_route + "inhibit_rules:\n  - sources: [{equal: [a]}]\n",
       "7: inhibit_rules[0].sources[0]: a source needs matchers"},
  });
}

BOOST_AUTO_TEST_SUITE_END()
