// examples/mystocks.yml, held to the alert rules of the system it is for.

#include "tests/config/mystocks.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

using tocsin::label_set;
using tocsin::matcher;
using tocsin::parse_rfc3339;
using tocsin::severity;
using tocsin::timestamp;
using tocsin::config::route;
using namespace tocsin::config::test;
using namespace std::chrono_literals;

namespace {

std::set<std::string> names_of(const std::vector<alert_rule>& rules) {
  std::set<std::string> names;
  for (const auto& rule : rules) names.insert(rule.name);
  return names;
}

const route& route_of(const label_set& labels) {
  std::vector<std::size_t> taken;
  example().routes.match(labels, taken);
  BOOST_REQUIRE(taken.size() == 1U);
  return example().routes.at(taken[0]);
}

/// The names that a list of matchers asks for: `alertname=~"A|B"`.
std::vector<std::string> names_in(const std::vector<matcher>& matchers) {
  std::vector<std::string> names;
  for (const auto& m : matchers) {
    if (m.name() != "alertname") continue;
    for (std::size_t begin = 0; begin <= m.value().size();) {
      const auto end = std::min(m.value().find('|', begin), m.value().size());
      names.push_back(m.value().substr(begin, end - begin));
      begin = end + 1;
    }
  }
  return names;
}

timestamp at(std::string_view text) {
  return parse_rfc3339(text).value().value();
}

/// The maintenance window that mutes an alert then; empty for none.
std::string window_of(const label_set& labels, std::string_view when) {
  for (const auto& window : example().maintenance_windows) {
    if (all_match(window.matchers, labels) && any_contains(window.intervals, at(when))) return window.name;
  }
  return {};
}

} // namespace

BOOST_AUTO_TEST_SUITE(mystocks)

BOOST_AUTO_TEST_CASE(without_any_variable_it_speaks_on_standard_output_alone) {
  BOOST_TEST(example().receivers.size() == 4U);
  for (const auto& [name, receiver] : example().receivers) {
    BOOST_REQUIRE_MESSAGE(receiver.channels.size() == 1U, name);
    BOOST_TEST(std::holds_alternative<tocsin::stdout_channel>(receiver.channels[0].settings), name);
  }
}

BOOST_AUTO_TEST_CASE(with_its_variables_it_speaks_on_slack_and_to_the_webhook) {
  const auto read =
      tocsin::config::load_file(TOCSIN_SOURCE_DIR "/examples/mystocks.yml",
                                environment_of({{"SLACK_WEBHOOK_URL", "https://hooks.slack.com/services/A"},
                                                {"ALERT_WEBHOOK_URL", "https://tickets.example.org/a"},
                                                {"GRAFANA_URL", "https://grafana.example.org"}}));
  BOOST_REQUIRE_MESSAGE(read.has_value(), (read ? "" : read.error().message));
  for (const auto& [name, receiver] : (*read)->receivers) BOOST_TEST(receiver.channels.size() == 3U, name);
  const auto* what = (*read)->advice_for(label_set::of({{"alertname", "DatabaseDown"}}));
  BOOST_REQUIRE(what);
  BOOST_TEST(what->dashboard == "https://grafana.example.org/d/mystocks-monitoring");
}

BOOST_AUTO_TEST_CASE(windows_and_repeats_are_those_of_the_levels) {
  const auto& c = example();
  const auto of = [&](severity s) { return c.defaults_for(s); };
  BOOST_TEST((of(severity::critical).window == 0s && of(severity::critical).deduplication_window == 0s));
  BOOST_TEST((of(severity::warning).window == 30s && of(severity::warning).deduplication_window == 10s));
  BOOST_TEST((of(severity::info).window == 60s && of(severity::info).deduplication_window == 30s));
  BOOST_TEST((of(severity::critical).repeat_interval == 5min && of(severity::critical).repeat_until_acknowledged));
  // A route that sets a wait of its own would override the level's.
  for (const auto& r : c.routes.routes()) {
    BOOST_TEST((!r.group_wait && !r.group_interval && !r.repeat_interval), r.key);
  }
  BOOST_TEST(c.flapping.changes > 0U);
  BOOST_TEST((c.correlation.temporal.window > 0s));
}

BOOST_AUTO_TEST_CASE(escalation_climbs_from_info_to_the_person_on_call) {
  const auto& c = example();
  BOOST_REQUIRE(c.escalation.size() == 3U);
  const auto& info = c.escalation[0].steps.at(0);
  BOOST_TEST((info.after == 5min && info.raise_to == severity::warning));
  const auto& warning = c.escalation[1].steps.at(0);
  BOOST_TEST((warning.after == 15min && warning.raise_to == severity::critical));
  for (const auto& step : c.escalation[2].steps) BOOST_TEST(step.receiver == "on-call");
  BOOST_TEST(c.escalation[2].steps.size() == 2U);
}

BOOST_AUTO_TEST_CASE(alerts_that_no_area_knows_go_by_their_severity) {
  for (const std::string word : {"critical", "warning", "info"}) {
    const auto& taken = route_of(label_set::of({{"alertname", "SomethingNew"}, {"severity", word}}));
    BOOST_TEST(taken.receiver == word);
    BOOST_TEST(taken.labels.empty());
  }
}

BOOST_AUTO_TEST_CASE(the_nightly_batch_mutes_its_load_on_nights_of_weekdays) {
  const auto busy = label_set::of({{"alertname", "HighCPUUsage"}, {"severity", "warning"}});
  const std::vector<std::pair<std::string, bool>> cases{
      {"2026-11-24T13:59:59Z", false}, // Tuesday 21:59:59 in Shanghai
      {"2026-11-24T14:00:00Z", true},  // 22:00
      {"2026-11-24T21:59:59Z", true},  // Wednesday 05:59:59
      {"2026-11-24T22:00:00Z", false}, // 06:00
      {"2026-11-25T06:00:00Z", false}, // in the afternoon
      {"2026-11-27T21:00:00Z", true},  // Saturday 05:00, the night of Friday
      {"2026-11-28T15:00:00Z", false}, // Saturday 23:00
      {"2026-11-29T21:00:00Z", false}, // Monday 05:00, the night of Sunday
  };
  for (const auto& [when, muted] : cases) BOOST_TEST((window_of(busy, when) == "nightly-batch") == muted, when);
  for (const auto* name : {"CriticalCPUUsage", "DatabaseDown", "LowDiskSpace", "DataSourceHighFailureRate"}) {
    BOOST_TEST(window_of(label_set::of({{"alertname", name}, {"severity", "warning"}}), "2026-11-24T15:00:00Z").empty(),
               name);
  }
}

BOOST_AUTO_TEST_CASE(planned_work_on_the_database_is_the_first_sunday_of_a_month) {
  const auto down = label_set::of({{"alertname", "DatabaseDown"}, {"severity", "critical"}});
  BOOST_TEST(window_of(down, "2026-12-05T19:30:00Z") == "database-maintenance"); // Sunday the 6th, 03:30
  BOOST_TEST(window_of(down, "2026-12-05T21:00:00Z").empty());                   // 05:00
  BOOST_TEST(window_of(down, "2026-12-12T19:30:00Z").empty());                   // Sunday the 13th
  const auto cpu = label_set::of({{"alertname", "CriticalCPUUsage"}, {"severity", "critical"}});
  BOOST_TEST(window_of(cpu, "2026-12-05T19:30:00Z").empty());
}

// ---- Held to the rules

BOOST_AUTO_TEST_CASE(every_rule_keeps_its_severity_and_goes_to_an_area) {
  for (const auto& rule : alert_rules()) {
    BOOST_TEST(to_string(example().severity_of(rule.labels)) == rule.declared, rule.where);
    const auto& taken = route_of(rule.labels);
    BOOST_TEST(taken.receiver == rule.declared, rule.where);
    BOOST_TEST(!taken.labels.get("area").empty(), rule.where << " goes to " << taken.key);
    BOOST_TEST(!taken.labels.get("team").empty(), rule.where << " goes to " << taken.key);
  }
}

BOOST_AUTO_TEST_CASE(every_route_takes_some_rule_or_catches_the_unknown) {
  const auto rules = alert_rules();
  if (rules.empty()) return;
  std::set<std::string> areas;
  std::set<std::string> timed;
  for (const auto& rule : rules) {
    const auto& taken = route_of(rule.labels);
    areas.emplace(taken.labels.get("area"));
    if (!taken.active_time_intervals.empty()) timed.insert(rule.name);
  }
  for (const auto& r : example().routes.routes()) {
    const std::string area(r.labels.get("area"));
    BOOST_TEST((area.empty() || areas.contains(area)), r.key << " takes no rule");
  }
  const std::set<std::string> expected{"MarketDataProcessingBlocked", "NoActiveUserSessions", "NoSignalGeneration",
                                       "SignalGenerationRateDrop", "StaleData"};
  BOOST_TEST(timed == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_rule_has_causes_steps_and_fixes) {
  for (const auto& rule : alert_rules()) {
    const auto* what = example().advice_for(rule.labels);
    BOOST_REQUIRE_MESSAGE(what, rule.where);
    BOOST_TEST(!what->causes.empty(), rule.where);
    BOOST_TEST(!what->steps.empty(), rule.where);
    BOOST_TEST(!what->fixes.empty(), rule.where);
    BOOST_TEST(what->dashboard == "http://localhost:3000/d/mystocks-monitoring", rule.where);
  }
}

BOOST_AUTO_TEST_CASE(hints_and_clusters_name_only_alerts_that_exist) {
  const auto names = names_of(alert_rules());
  if (names.empty()) return;
  for (const auto& hint : example().hints) {
    for (const auto& name : names_in(hint.matchers)) BOOST_TEST(names.contains(name), "hint for " << name);
  }
  for (const auto& cluster : example().correlation.clusters) {
    for (const auto& name : names_in(cluster.matchers)) BOOST_TEST(names.contains(name), cluster.name << ": " << name);
  }
}

BOOST_AUTO_TEST_CASE(every_cluster_holds_at_least_two_names_and_every_name_has_one) {
  const auto rules = alert_rules();
  if (rules.empty()) return;
  std::map<std::string, std::set<std::string>> members;
  for (const auto& rule : rules) {
    std::size_t found = 0;
    example().cluster_index.for_each_match(rule.labels, [&](std::size_t i) {
      members[example().correlation.clusters.at(i).name].insert(rule.name);
      ++found;
      return true;
    });
    BOOST_TEST(found == 1U, rule.where);
  }
  for (const auto& cluster : example().correlation.clusters) {
    BOOST_TEST(members[cluster.name].size() >= 2U, cluster.name);
  }
}

BOOST_AUTO_TEST_CASE(the_batch_mutes_no_critical_rule) {
  std::size_t muted = 0;
  for (const auto& rule : alert_rules()) {
    if (window_of(rule.labels, "2026-11-24T15:00:00Z").empty()) continue;
    BOOST_TEST(rule.declared != "critical", rule.where);
    ++muted;
  }
  BOOST_TEST_MESSAGE(muted << " rules are muted during the batch");
}

BOOST_AUTO_TEST_SUITE_END()
