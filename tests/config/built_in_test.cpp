#include <stdexcept>
#include <string>
#include <vector>

#include "tests/config/support.hpp"

using tocsin::label_set;
using tocsin::severity;
using tocsin::slack_channel;
using namespace tocsin::config::test;
using namespace std::chrono_literals;

namespace {

const std::string hook = "https://hooks.slack.com/services/T0/B0/X";

std::vector<std::string> ids_of(const tocsin::config::config& c) {
  std::vector<std::string> ids;
  for (const auto& [name, receiver] : c.receivers) {
    for (const auto& channel : receiver.channels) ids.push_back(channel.id);
  }
  return ids;
}

} // namespace

BOOST_AUTO_TEST_SUITE(built_in)

BOOST_AUTO_TEST_CASE(alerts_go_to_the_receiver_of_their_severity) {
  const auto c = tocsin::config::built_in(environment_of());
  BOOST_TEST(c->source.empty());
  for (const std::string word : {"critical", "warning", "info"}) {
    std::vector<std::size_t> taken;
    c->routes.match(label_set::of({{"severity", word}}), taken);
    BOOST_REQUIRE(taken.size() == 1U);
    BOOST_TEST(c->routes.at(taken[0]).receiver == word);
    const std::vector<std::string> by{"alertname", "service"};
    BOOST_TEST(c->routes.at(taken[0]).group_by == by, boost::test_tools::per_element());
    BOOST_TEST(!c->routes.at(taken[0]).group_wait.has_value());
  }
  std::vector<std::size_t> taken;
  c->routes.match({}, taken);
  BOOST_TEST(c->routes.at(taken.at(0)).receiver == "default");
}

BOOST_AUTO_TEST_CASE(windows_and_repeats_follow_the_severity) {
  const auto c = tocsin::config::built_in(environment_of());
  BOOST_TEST((c->defaults_for(severity::critical).window == 0s));
  BOOST_TEST((c->defaults_for(severity::warning).window == 30s));
  BOOST_TEST((c->defaults_for(severity::info).window == 60s));
  BOOST_TEST((c->defaults_for(severity::critical).repeat_interval == 5min));
  BOOST_TEST((c->defaults_for(severity::warning).repeat_interval == 4h));
  BOOST_TEST((c->defaults_for(severity::info).repeat_interval == 4h));
  BOOST_TEST(c->defaults_for(severity::critical).repeat_until_acknowledged);
  BOOST_TEST(!c->defaults_for(severity::warning).repeat_until_acknowledged);
  BOOST_TEST((c->retention == 90 * 24h));
  BOOST_TEST((c->resolve_timeout == 5min));
}

BOOST_AUTO_TEST_CASE(repeated_and_flapping_alerts_are_held_back) {
  const auto c = tocsin::config::built_in(environment_of());
  BOOST_TEST((c->defaults_for(severity::critical).deduplication_window == 0s));
  BOOST_TEST((c->defaults_for(severity::warning).deduplication_window == 10s));
  BOOST_TEST((c->defaults_for(severity::info).deduplication_window == 30s));
  BOOST_TEST((c->flapping.changes == 6 && c->flapping.window == 15min && c->flapping.calm == 10min));
}

BOOST_AUTO_TEST_CASE(escalation_climbs_to_the_person_on_call) {
  const auto c = tocsin::config::built_in(environment_of());
  BOOST_REQUIRE(c->escalation.size() == 3U);
  const auto& info = c->escalation[0].steps;
  BOOST_TEST(
      (info.at(0).after == 5min && info.at(0).raise_to == severity::warning && info.at(0).receiver == "warning"));
  const auto& warning = c->escalation[1].steps;
  BOOST_TEST((warning.at(0).after == 15min && warning.at(0).raise_to == severity::critical
              && warning.at(0).receiver == "critical"));
  const auto& critical = c->escalation[2].steps;
  BOOST_REQUIRE(critical.size() == 2U);
  BOOST_TEST((critical[0].after == 5min && !critical[0].raise_to && critical[0].receiver == "on-call"));
  BOOST_TEST((critical[1].after == 10min && critical[1].receiver == "on-call"));
  for (const auto& step : critical) BOOST_TEST(step.on_call == "default");
  const auto labels = label_set::of({{"severity", "warning"}});
  BOOST_TEST(!all_match(c->escalation[0].matchers, labels));
  BOOST_TEST(all_match(c->escalation[1].matchers, labels));
}

BOOST_AUTO_TEST_CASE(standard_output_is_always_there_and_slack_once_its_url_is_set) {
  const std::vector<std::string> plain{"critical/stdout/0", "default/stdout/0", "info/stdout/0", "on-call/stdout/0",
                                       "warning/stdout/0"};
  BOOST_TEST(ids_of(*tocsin::config::built_in(environment_of())) == plain, boost::test_tools::per_element());
  BOOST_TEST(ids_of(*tocsin::config::built_in(environment_of({{"SLACK_WEBHOOK_URL", ""}}))) == plain,
             boost::test_tools::per_element());

  const auto c = tocsin::config::built_in(environment_of({{"SLACK_WEBHOOK_URL", hook}}));
  BOOST_TEST(ids_of(*c).size() == 10U);
  const auto channel_of = [&](const char* receiver) {
    return std::get<slack_channel>(c->find_receiver(receiver)->channels.at(0).settings);
  };
  BOOST_TEST(channel_of("critical").api_url == hook);
  BOOST_TEST(channel_of("critical").channel.source() == "#critical");
  BOOST_TEST(channel_of("info").channel.source() == "#info");
  BOOST_TEST(!channel_of("warning").channel.is_set());
  BOOST_TEST(c->find_receiver("critical")->channels.at(0).send_resolved);
}

BOOST_AUTO_TEST_CASE(each_severity_has_its_channels_once_their_variables_are_set) {
  const variables all{{"PAGERDUTY_ROUTING_KEY", "R0"},    {"TWILIO_ACCOUNT_SID", "AC1"},
                      {"TWILIO_AUTH_TOKEN", "t"},         {"TWILIO_PHONE_NUMBER", "+15005550006"},
                      {"ON_CALL_PHONE", "+491701234567"}, {"ON_CALL_EMAIL", "ana@ops.example"},
                      {"SMTP_HOST", "mail.example"},      {"SMTP_USER", "bob"},
                      {"SMTP_PASSWORD", "s3cret"},        {"SMTP_FROM", "tocsin@ops.example"}};
  const std::vector<std::string> expected{"critical/stdout/0",   "critical/pagerduty/0",    "critical/sms/0-0",
                                          "default/stdout/0",    "info/stdout/0",           "on-call/stdout/0",
                                          "on-call/pagerduty/0", "on-call/on-call/sms/0-0", "on-call/on-call/email/0",
                                          "warning/stdout/0",    "warning/email/0"};
  const auto c = tocsin::config::built_in(environment_of(all));
  BOOST_TEST(ids_of(*c) == expected, boost::test_tools::per_element());
  BOOST_TEST(c->find_channel("on-call/on-call/sms/0-0")->recipients() == "+491701234567");
  const auto& mail = std::get<tocsin::email_channel>(c->find_channel("warning/email/0")->settings);
  BOOST_TEST(mail.server.host == "mail.example");
  BOOST_TEST(mail.server.port == 587);
  BOOST_TEST(mail.server.username == "bob");
  BOOST_TEST(mail.server.password == "s3cret");
  BOOST_TEST(mail.server.require_tls);

  // Half of what a channel needs leaves it out.
  for (const auto& [name, value] : all) {
    if (name == "SMTP_USER" || name == "SMTP_PASSWORD") continue;
    auto without = all;
    without.erase(name);
    BOOST_TEST(ids_of(*tocsin::config::built_in(environment_of(without))).size() < expected.size(), name);
  }
}

BOOST_AUTO_TEST_CASE(a_variable_with_something_else_in_it_is_refused_without_telling_it) {
  const auto load = [] { tocsin::config::built_in(environment_of({{"SLACK_WEBHOOK_URL", "hooks.slack.com/SECRET"}})); };
  const auto names_it = [](const std::invalid_argument& e) {
    const std::string text = e.what();
    BOOST_TEST_MESSAGE(text);
    return text.find("${SLACK_WEBHOOK_URL}") != std::string::npos && text.find("SECRET") == std::string::npos;
  };
  BOOST_CHECK_EXCEPTION(load(), std::invalid_argument, names_it);
}

BOOST_AUTO_TEST_CASE(causes_suppress_their_symptoms) {
  const auto c = tocsin::config::built_in(environment_of());
  BOOST_REQUIRE(c->inhibit_rules.size() == 2U);
  BOOST_TEST(to_string(c->inhibit_rules[0].target) == R"({severity="warning"})");
  BOOST_TEST(to_string(c->inhibit_rules[1].target) == R"({alertname=~"SlowDatabaseQueries|HighDatabaseConnections"})");
  const std::vector<std::string> equal{"database", "instance"};
  BOOST_TEST(c->inhibit_rules[1].equal == equal, boost::test_tools::per_element());
  BOOST_TEST(c->is_inhibition_source(label_set::of({{"severity", "critical"}})));
  BOOST_TEST(c->is_inhibition_target(label_set::of({{"alertname", "SlowDatabaseQueries"}})));
}

BOOST_AUTO_TEST_CASE(usual_words_for_severities_are_understood) {
  const auto c = tocsin::config::built_in(environment_of());
  const std::vector<std::pair<std::string, severity>> cases{
      {"critical", severity::critical},
      {"Critical", severity::critical},
      {"PAGE", severity::critical},
      {"error", severity::critical},
      {"fatal", severity::critical},
      {"P1", severity::critical},
      {"Disaster", severity::critical},
      {"warning", severity::warning},
      {"WARN", severity::warning},
      {"P2", severity::warning},
      {"major", severity::warning},
      {"info", severity::info},
      {"Information", severity::info},
      {"notice", severity::info},
      {"none", severity::info},
      {"P4", severity::info},
      {"", severity::warning},
      {"whatever", severity::warning},
      {std::string(1000, 'p'), severity::warning},
  };
  for (const auto& [word, expected] : cases) {
    BOOST_TEST((c->severity_of(label_set::of({{"severity", word}})) == expected), word);
  }
  BOOST_TEST((c->severity_of(label_set::of({{"alertname", "X"}})) == severity::warning));
}

BOOST_AUTO_TEST_CASE(its_text_is_a_file_that_loads) {
  const auto c = loaded(std::string(tocsin::config::built_in_text()));
  BOOST_TEST(c.routes.routes().size() == 4U);
}

BOOST_AUTO_TEST_SUITE_END()
