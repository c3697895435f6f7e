// Deduplication, flapping, limits of silences, clusters and hints, and the indices made from them.

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "tests/config/support.hpp"

using tocsin::label_set;
using tocsin::severity;
using namespace tocsin::config::test;
using namespace std::chrono_literals;

namespace {

/// A file whose line 6 is `line`.
std::string with(const std::string& line) {
  return with_route + line + "\n";
}

std::string cluster(const std::string& text) {
  return with("correlation: {clusters: [" + text + "]}");
}

std::string cascade(const std::string& text) {
  return cluster("{name: db, alerts: [A], cascade: " + text + "}");
}

label_set alert(std::string_view name) {
  return label_set::of({{"alertname", name}, {"team", "db"}});
}

/// Positions in the index, as `0 2`.
std::string found(const tocsin::matcher_index& index, const label_set& labels) {
  std::vector<bool> hit;
  index.for_each_match(labels, [&](std::size_t position) {
    hit.resize(std::max(hit.size(), position + 1));
    hit[position] = true;
    return true;
  });
  std::string all;
  for (std::size_t i = 0; i < hit.size(); ++i) {
    if (hit[i]) all.append(all.empty() ? "" : " ").append(std::to_string(i));
  }
  return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(noise_control)

BOOST_AUTO_TEST_CASE(a_file_without_the_blocks_has_what_is_built_in_and_no_flapping) {
  const auto c = loaded(with_route);
  BOOST_TEST((c.defaults_for(severity::critical).deduplication_window == 0s));
  BOOST_TEST((c.defaults_for(severity::warning).deduplication_window == 10s));
  BOOST_TEST((c.defaults_for(severity::info).deduplication_window == 30s));
  BOOST_TEST(c.deduplication.labels.empty());
  BOOST_TEST(c.flapping.changes == 0U);
  BOOST_TEST(c.silences.max_breadth == 500U);
  BOOST_TEST((c.silences.retention == 120h));
  BOOST_TEST(c.maintenance_windows.empty());
  BOOST_TEST(c.correlation.clusters.empty());
  BOOST_TEST((c.correlation.temporal.window == 5min));
  BOOST_TEST(c.hints.empty());
  BOOST_TEST((c.advice_for(alert("A")) == nullptr));
}

BOOST_AUTO_TEST_CASE(deduplication_flapping_and_silences_are_read) {
  const auto c = loaded(with_route + R"(
severity:
  critical: {deduplication_window: 1m}
  warning: {deduplication_window: 0s}
deduplication: {labels: [service, alertname]}
flapping: {changes: 3, window: 5m, calm: 1h}
silences: {max_breadth: 0, retention: 1d}
)");
  BOOST_TEST((c.defaults_for(severity::critical).deduplication_window == 1min));
  BOOST_TEST((c.defaults_for(severity::warning).deduplication_window == 0s));
  BOOST_TEST((c.defaults_for(severity::warning).window == 30s));
  BOOST_TEST((c.defaults_for(severity::info).deduplication_window == 30s));
  const std::vector<std::string> labels{"service", "alertname"};
  BOOST_TEST(c.deduplication.labels == labels, boost::test_tools::per_element());
  BOOST_TEST((c.flapping.changes == 3 && c.flapping.window == 5min && c.flapping.calm == 1h));
  BOOST_TEST((c.silences.max_breadth == 0 && c.silences.retention == 24h));
}

BOOST_AUTO_TEST_CASE(a_flapping_block_switches_it_on_unless_it_says_zero) {
  const auto usual = loaded(with("flapping: {}")).flapping;
  BOOST_TEST((usual.changes == 6 && usual.window == 15min && usual.calm == 10min));
  BOOST_TEST(loaded(with("flapping: {window: 1h}")).flapping.changes == 6U);
  BOOST_TEST(loaded(with("flapping: {changes: 0}")).flapping.changes == 0U);
  BOOST_TEST(loaded(with("flapping:")).flapping.changes == 0U);
}

BOOST_AUTO_TEST_CASE(bad_numbers_names_and_keys_are_refused) {
  check({
      {with("severity: {info: {deduplication_window: soon}}"),
       "6: severity.info.deduplication_window: expected a duration such as 30s, 5m, 1h30m or 1d, found \"soon\""},
      {with("deduplication: {labels: [a, '']}"), "6: deduplication.labels[1]: expected a label name, found \"\""},
      {with("deduplication: {labels: [a, b, a]}"),
       "6: deduplication.labels[2]: \"a\" is in the list twice; remove one of them"},
      {with("deduplication: {label: [a]}"), "6: deduplication.label: unknown key; did you mean \"labels\"?"},
      {with("deduplication: [a]"), "6: deduplication: expected a mapping, found a list"},
      {with("flapping: {changes: -1}"), "6: flapping.changes: expected a whole number, 0 or more, found \"-1\""},
      {with("flapping: {window: 0s}"), "6: flapping.window: expected a duration above zero, found \"0s\""},
      {with("flapping: {calm: 0s}"), "6: flapping.calm: expected a duration above zero, found \"0s\""},
      {with("flapping: {change: 1}"), "6: flapping.change: unknown key; did you mean \"changes\"?"},
      {with("silences: {max_breadth: many}"),
       "6: silences.max_breadth: expected a whole number, 0 or more, found \"many\""},
      {with("silences: {retention: 0s}"), "6: silences.retention: expected a duration above zero, found \"0s\""},
      {with("silences: {limit: 1}"), "6: silences.limit: unknown key; expected one of max_breadth, retention"},
  });
}

BOOST_AUTO_TEST_CASE(clusters_are_read_and_found_by_the_names_of_their_alerts) {
  const auto c = loaded(with_route + R"(
correlation:
  clusters:
    - name: database
      alerts: [DatabaseDown, SlowQueries]
      matchers: ['team="db"']
      equal: [instance]
      cascade: {more_than: 3, severity: info, raise_to: warning, receiver: ops}
    - name: disks
      alerts: [disk.full]
      cascade: {more_than: 1}
    - name: team
      matchers: ['team=~"db|web"']
  temporal: {window: 10m, min_occurrences: 5, min_score: 0.75}
)");
  BOOST_REQUIRE(c.correlation.clusters.size() == 3U);
  const auto& database = c.correlation.clusters[0];
  BOOST_TEST(database.name == "database");
  BOOST_TEST(to_string(database.matchers) == R"({alertname=~"DatabaseDown|SlowQueries",team="db"})");
  const std::vector<std::string> equal{"instance"};
  BOOST_TEST(database.equal == equal, boost::test_tools::per_element());
  BOOST_TEST((database.more_than == 3 && database.counted == severity::info && database.raise_to == severity::warning));
  BOOST_TEST(database.receiver == "ops");
  const auto& disks = c.correlation.clusters[1];
  BOOST_TEST((disks.more_than == 1 && disks.counted == severity::warning && disks.raise_to == severity::critical));
  BOOST_TEST(disks.receiver.empty());
  BOOST_TEST(c.correlation.clusters[2].more_than == 0U);
  BOOST_TEST((c.correlation.temporal.window == 10min));
  BOOST_TEST(c.correlation.temporal.min_occurrences == 5U);
  BOOST_TEST(c.correlation.temporal.min_score == 0.75);

  BOOST_TEST(found(c.cluster_index, alert("SlowQueries")) == "0 2");
  BOOST_TEST(found(c.cluster_index, alert("disk.full")) == "1 2");
  BOOST_TEST(found(c.cluster_index, alert("disk-full")) == "2");
  BOOST_TEST(found(c.cluster_index, label_set::of({{"alertname", "DatabaseDown"}})) == "");
}

BOOST_AUTO_TEST_CASE(looking_for_alerts_that_come_together_can_be_switched_off) {
  BOOST_TEST((loaded(with("correlation: {temporal: {window: 0s}}")).correlation.temporal.window == 0s));
  BOOST_TEST(loaded(with("correlation: {temporal: {min_score: 0}}")).correlation.temporal.min_score == 0.0);
  BOOST_TEST(loaded(with("correlation: {temporal: {min_score: 1}}")).correlation.temporal.min_score == 1.0);
}

BOOST_AUTO_TEST_CASE(bad_clusters_are_refused) {
  const std::string here = "6: correlation.clusters[0]";
  check({
      {cluster("{alerts: [A]}"), here + ": a cluster without a name; add name"},
      {cluster("{name: db}"), here + ": a cluster needs alerts, matchers or both"},
      {cluster("{name: db, alerts: [], matchers: []}"), here + ": a cluster needs alerts, matchers or both"},
      {cluster("{name: db, alerts: [A, '']}"), here + ".alerts[1]: expected an alert name, found \"\""},
      {cluster("{name: db, alerts: [A, B, A]}"), here + ".alerts[2]: \"A\" is in the list twice; remove one of them"},
      {cluster("{name: db, alerts: A}"), here + ".alerts: expected a list, found \"A\""},
      {cluster("{name: db, matchers: ['a=~\"[\"']}"),
       here
           + ".matchers[0]: expected a matcher such as severity=\"critical\" or team=~\"a|b\"; error parsing regexp: "
             "missing closing ]: `[)$`"},
      {cluster("{name: db, alerts: [A], equal: [x, x]}"),
       here + ".equal[1]: \"x\" is in the list twice; remove one of them"},
      {cluster("{name: db, alerts: [A]}, {name: db, alerts: [B]}"),
       "6: correlation.clusters[1].name: the cluster name \"db\" is used twice; give each its own"},
      {cluster("{name: db, alert: [A]}"), here + ".alert: unknown key; did you mean \"alerts\"?"},
      {cascade("{severity: warning}"),
       here + ".cascade: a cascade needs more_than: how many active alerts are none yet"},
      {cascade("{more_than: 0}"), here + ".cascade.more_than: expected a whole number, 1 or more, found \"0\""},
      {cascade("{more_than: 1.5}"), here + ".cascade.more_than: expected a whole number, 0 or more, found \"1.5\""},
      {cascade("{more_than: 3, severity: high}"),
       here + ".cascade.severity: expected critical, warning or info, found \"high\""},
      {cascade("{more_than: 3, raise_to: info}"),
       here + ".cascade.raise_to: a cascade raises alerts; expected warning or what is more urgent"},
      {cascade("{more_than: 3, receiver: dba}"),
       here + ".cascade.receiver: the receiver \"dba\" is not defined; define it in receivers"},
      {cascade("{more: 3}"),
       here + ".cascade.more: unknown key; expected one of more_than, severity, raise_to, receiver"},
      {with("correlation: {temporal: {min_score: 1.1}}"),
       "6: correlation.temporal.min_score: expected a number from 0 to 1, found \"1.1\""},
      {with("correlation: {temporal: {min_score: nan}}"),
       "6: correlation.temporal.min_score: expected a number from 0 to 1, found \"nan\""},
      {with("correlation: {temporal: {min_score: '0.5x'}}"),
       "6: correlation.temporal.min_score: expected a number from 0 to 1, found \"0.5x\""},
      {with("correlation: {temporal: {min_occurrences: 0}}"),
       "6: correlation.temporal.min_occurrences: expected a whole number, 1 or more, found \"0\""},
      {with("correlation: {temporal: {score: 1}}"),
       "6: correlation.temporal.score: unknown key; expected one of window, min_occurrences, min_score"},
      {with("correlation: {cluster: []}"), "6: correlation.cluster: unknown key; did you mean \"clusters\"?"},
  });
}

BOOST_AUTO_TEST_CASE(the_first_hint_in_the_file_that_matches_is_the_advice) {
  const std::string text = with_route + R"(
hints:
  - alerts: [DatabaseDown]
    causes: [disk full, out of memory]
    steps: [look at the log]
    fixes: [restart it]
    dashboard: ${GRAFANA_URL:-}
  - matchers: ['team="db"']
    causes: [the database team knows]
  - alerts: [DatabaseDown, Other]
    steps: [too late]
)";
  const auto c = loaded(text, {{"GRAFANA_URL", "https://grafana.example/d/db"}});
  const auto* first = c.advice_for(alert("DatabaseDown"));
  BOOST_REQUIRE(first != nullptr);
  const std::vector<std::string> causes{"disk full", "out of memory"};
  BOOST_TEST(first->causes == causes, boost::test_tools::per_element());
  BOOST_TEST(first->steps.at(0) == "look at the log");
  BOOST_TEST(first->fixes.at(0) == "restart it");
  BOOST_TEST(first->dashboard == "https://grafana.example/d/db");
  BOOST_TEST(c.advice_for(alert("Other"))->causes.at(0) == "the database team knows");
  BOOST_TEST(c.advice_for(label_set::of({{"alertname", "Other"}}))->steps.at(0) == "too late");
  BOOST_TEST((c.advice_for(label_set::of({{"alertname", "Unknown"}})) == nullptr));
  BOOST_TEST((c.advice_for({}) == nullptr));
  BOOST_TEST(loaded(text).hints[0].what.dashboard.empty());
  BOOST_TEST(refused(text, {{"GRAFANA_URL", "grafana/SECRET"}})
             == "tocsin.yml:12: hints[0].dashboard: expected an http or https URL, found \"${GRAFANA_URL:-}\"");
}

BOOST_AUTO_TEST_CASE(bad_hints_are_refused) {
  check({
      {with("hints: [{causes: [x]}]"), "6: hints[0]: a hint needs alerts, matchers or both"},
      {with("hints: [{alerts: [A]}]"), "6: hints[0]: a hint needs causes, steps, fixes or dashboard"},
      {with("hints: [{alerts: [A], causes: x}]"), "6: hints[0].causes: expected a list, found \"x\""},
      {with("hints: [{alerts: [A], steps: [~]}]"), "6: hints[0].steps[0]: expected text, found nothing"},
      {with("hints: [{alerts: [A], fixes: [{a: b}]}]"), "6: hints[0].fixes[0]: expected text, found a mapping"},
      {with("hints: [{alerts: [A], dashboard: grafana}]"),
       "6: hints[0].dashboard: expected an http or https URL, found \"grafana\""},
      {with("hints: [{alerts: [A], cause: [x]}]"), "6: hints[0].cause: unknown key; did you mean \"causes\"?"},
      {with("hints: {}"), "6: hints: expected a list, found a mapping"},
  });
}

BOOST_AUTO_TEST_CASE(sources_and_targets_of_inhibition_are_found_by_index) {
  const auto c = loaded(with_route + R"(
inhibit_rules:
  - source_matchers: [alertname="Root"]
    target_matchers: ['alertname=~"A|B"']
  - source_matchers: [severity="critical"]
    target_matchers: [severity!="critical", kind="symptom"]
)");
  const auto is = [&](const label_set& labels) {
    return std::string(c.is_inhibition_source(labels) ? "source " : "")
           + (c.is_inhibition_target(labels) ? "target" : "");
  };
  BOOST_TEST(is(alert("Root")) == "source ");
  BOOST_TEST(is(alert("B")) == "target");
  BOOST_TEST(is(alert("C")) == "");
  BOOST_TEST(is(label_set::of({{"severity", "critical"}, {"alertname", "A"}})) == "source target");
  BOOST_TEST(is(label_set::of({{"kind", "symptom"}})) == "target");
  BOOST_TEST(found(c.inhibition_sources, label_set::of({{"severity", "critical"}, {"alertname", "Root"}})) == "0 1");

  // A rule that leaves a side out means every alert, as in Alertmanager.
  const auto all = loaded(with("inhibit_rules: [{equal: [x]}]"));
  BOOST_TEST(all.is_inhibition_source({}));
  BOOST_TEST(all.is_inhibition_target({}));
  BOOST_TEST(!loaded(with_route).is_inhibition_source(alert("A")));
}

BOOST_AUTO_TEST_CASE(each_loading_has_a_number_of_its_own) {
  const auto first = loaded(with_route).generation;
  const auto second = loaded(with_route).generation;
  BOOST_TEST(first > 0U);
  BOOST_TEST(second > first);
  BOOST_TEST(tocsin::config::built_in(environment_of())->generation > second);
}

BOOST_AUTO_TEST_CASE(the_summary_tells_what_keeps_the_noise_down) {
  const auto c = loaded(R"(
receivers: [{name: ops}]
route:
  receiver: ops
  routes: [{matchers: [a=b], mute_time_intervals: [night], active_time_intervals: [office], labels: {team: db}}]
time_intervals: [{name: night}, {name: office}]
maintenance_windows: [{name: batch, matchers: [service="batch"], time_intervals: [{}]}]
deduplication: {labels: [alertname, service]}
flapping: {changes: 1}
correlation:
  clusters: [{name: db, alerts: [A, B], equal: [instance], cascade: {more_than: 3, receiver: ops}}]
hints: [{alerts: [A], causes: [x]}]
)");
  const auto text = tocsin::config::summary(c);
  for (const std::string part :
       {"; muted in night; active in office; label team=db\n", "2 time intervals: night, office\n",
        "1 maintenance window\n  batch mutes {service=\"batch\"}\n",
        "one alert for equal values of alertname, service\n",
        "flapping after more than 1 change in 15m, calm after 10m\n",
        "silences of more than 500 alerts need to be confirmed, kept 5d after their end\n",
        "1 cluster\n  db {alertname=~\"A|B\"} with the same instance: more than 3 of warning raise to critical and "
        "tell "
        "ops\n",
        "alerts that come together looked for within 5m\n", "1 hint\n"}) {
    BOOST_TEST(text.find(part) != std::string::npos, "\"" << part << "\" is missing in\n" << text);
  }
  const auto plain = tocsin::config::summary(
      loaded(with_route + "silences: {max_breadth: 0}\ncorrelation: {temporal: {window: 0s}}\n"));
  for (const std::string part :
       {"flapping not watched\n", "silences kept 5d after their end\n", "alerts that come together not looked for\n"}) {
    BOOST_TEST(plain.find(part) != std::string::npos, "\"" << part << "\" is missing in\n" << plain);
  }
}

BOOST_AUTO_TEST_SUITE_END()
