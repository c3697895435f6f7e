// examples/mystocks.yml: which alerts keep which others from being told.

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/config/mystocks.hpp"

using tocsin::label_set;
using tocsin::config::inhibit_rule;
using namespace tocsin::config::test;

namespace {

bool acts(const inhibit_rule& rule, const label_set& source, const label_set& target) {
  if (!all_match(rule.source, source) || !all_match(rule.target, target)) return false;
  if (all_match(rule.source, target) && all_match(rule.target, source)) return false;
  return std::all_of(rule.equal.begin(), rule.equal.end(),
                     [&](const auto& name) { return source.get(name) == target.get(name); });
}

/// Whether `source` keeps `target` from being told.
bool hides(const label_set& source, const label_set& target) {
  const auto& rules = example().inhibit_rules;
  return std::any_of(rules.begin(), rules.end(), [&](const auto& rule) { return acts(rule, source, target); });
}

/// What `name` is called one level lower: `CriticalX` is above `HighX` or `LowX`.
std::vector<std::string> siblings_below(const std::string& name) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> lower{
      {{"VeryHigh", "High"}, {"Critically", ""}, {"Critical", "High"}, {"Critical", "Low"}}};
  std::vector<std::string> all;
  for (const auto& [word, instead] : lower) {
    const auto at = name.find(word);
    if (at != std::string::npos) all.push_back(std::string(name).replace(at, word.size(), instead));
  }
  return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(mystocks_inhibition)

BOOST_AUTO_TEST_CASE(the_described_inhibitions_hold) {
  const auto pool = label_set::of({{"alertname", "DatabaseConnectionPoolExhausted"},
                                   {"severity", "critical"},
                                   {"database", "postgresql"},
                                   {"instance", "a"}});
  for (const std::string name : {"SlowDatabaseQueries", "HighDatabaseConnections"}) {
    const auto on = [&](std::string_view database, std::string_view instance) {
      return label_set::of(
          {{"alertname", name}, {"severity", "warning"}, {"database", database}, {"instance", instance}});
    };
    BOOST_TEST(hides(pool, on("postgresql", "a")), name);
    BOOST_TEST(!hides(pool, on("tdengine", "a")), name);
    BOOST_TEST(!hides(pool, on("postgresql", "b")), name);
  }
  const auto alert = [](std::string_view level, std::string_view service) {
    return label_set::of({{"alertname", "Anything"}, {"severity", level}, {"service", service}});
  };
  BOOST_TEST(hides(alert("critical", "api"), alert("warning", "api")));
  BOOST_TEST(!hides(alert("critical", "api"), alert("warning", "web")));
  BOOST_TEST(!hides(alert("warning", "api"), alert("critical", "api")));
}

BOOST_AUTO_TEST_CASE(a_backend_that_is_down_hides_its_own_symptoms_and_not_those_of_the_others) {
  const auto on = [](std::string_view name, std::string_view level, std::string_view instance) {
    return label_set::of(
        {{"alertname", name}, {"severity", level}, {"job", "mystocks-backend"}, {"instance", instance}});
  };
  const auto down = on("BackendServiceDown", "critical", "a");
  for (const auto* name : {"CriticalAPILatency", "BackendHighMemoryUsage", "BackendDown", "APIHealthCheckFailed"}) {
    BOOST_TEST(hides(down, on(name, "critical", "a")), name);
    BOOST_TEST(!hides(down, on(name, "critical", "b")), name);
  }
  // A sum over all instances has no instance.
  BOOST_TEST(!hides(down, label_set::of({{"alertname", "VeryHighErrorRate"}, {"severity", "critical"}})));
}

// ---- Held to the rules

BOOST_AUTO_TEST_CASE(a_critical_rule_hides_its_lower_sibling_of_the_same_file) {
  const auto rules = alert_rules();
  if (rules.empty()) return;
  std::set<std::string> pairs;
  for (const auto& source : rules) {
    for (const auto& below : siblings_below(source.name)) {
      for (const auto& target : rules) {
        if (target.name != below || target.file != source.file) continue;
        pairs.insert(source.name + " over " + below);
        BOOST_TEST(hides(source.labels, target.labels), source.where << " over " << below);
      }
    }
  }
  BOOST_TEST(pairs.size() >= 15U);
}

BOOST_AUTO_TEST_CASE(a_cause_hides_the_symptoms_of_its_area) {
  const std::vector<std::pair<std::string, std::vector<std::string>>> causes{
      {"DatabaseDown",
       {"DatabaseConnectionPoolExhausted", "DatabaseQueryTimeout", "HighDBQueryLatency", "HighDatabaseConnections",
        "SlowDatabaseQueries", "SlowQueries"}},
      {"BackendDown", {"APIHealthCheckFailed", "BackendHighCPUUsage", "HighAPILatency", "ServiceHealthCheckFailed"}},
      {"BackendServiceDown", {"BackendCriticalMemoryUsage", "BackendMemoryLeakDetected", "BackendDown", "ServiceDown"}},
      {"ServiceDown", {"CriticalAPILatency", "HighCPUUsage", "LowCacheHitRate"}},
      {"DataSourceUnavailable", {"DataSourceHighFailureRate", "SlowMarketDataProcessing"}},
      {"DataSourceCircuitBreakerOpen", {"DataSourceDataQualityDrop", "DataSourceHighLatency"}},
      {"GpuFanFailure", {"HighGpuUtilization", "GpuPowerAbnormal"}},
      {"GpuMemoryError", {"HighGpuMemoryUsage", "GpuPcieBandwidthAbnormal"}},
      {"StrategyUnhealthy", {"StrategyDegraded", "SignalAccuracyLow", "NoSignalGeneration"}},
      {"ResourceSchedulerFailed", {"GpuResourceExhausted", "TaskQueueBacklog"}},
  };
  const auto rules = alert_rules();
  for (const auto& source : rules) {
    for (const auto& [cause, symptoms] : causes) {
      if (source.name != cause) continue;
      for (const auto& target : rules) {
        if (std::find(symptoms.begin(), symptoms.end(), target.name) == symptoms.end()) continue;
        BOOST_TEST(hides(source.labels, target.labels), source.where << " over " << target.where);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(every_inhibit_rule_acts_on_some_pair_and_compares_something) {
  const auto rules = alert_rules();
  for (const auto& rule : example().inhibit_rules) {
    BOOST_TEST(!rule.equal.empty(), rule.name);
    if (rules.empty()) continue;
    const auto acts_on = [&](const alert_rule& source) {
      return std::any_of(rules.begin(), rules.end(),
                         [&](const alert_rule& target) { return acts(rule, source.labels, target.labels); });
    };
    BOOST_TEST(std::any_of(rules.begin(), rules.end(), acts_on), rule.name << " never acts");
  }
}

BOOST_AUTO_TEST_CASE(a_critical_alert_is_hidden_by_critical_ones_only) {
  const auto rules = alert_rules();
  for (const auto& target : rules) {
    if (target.declared != "critical") continue;
    for (const auto& source : rules) {
      if (hides(source.labels, target.labels))
        BOOST_TEST(source.declared == "critical", source.where << " hides " << target.where);
    }
  }
}

BOOST_AUTO_TEST_CASE(no_alerts_hide_each_other_in_a_circle) {
  const auto rules = alert_rules();
  enum class visit : std::uint8_t { unseen, open, done };
  std::vector<visit> seen(rules.size(), visit::unseen);
  const std::function<void(std::size_t)> follow = [&](std::size_t source) {
    seen[source] = visit::open;
    for (std::size_t target = 0; target < rules.size(); ++target) {
      if (seen[target] == visit::done || !hides(rules[source].labels, rules[target].labels)) continue;
      BOOST_REQUIRE_MESSAGE(seen[target] != visit::open, rules[source].where << " and " << rules[target].where);
      follow(target);
    }
    seen[source] = visit::done;
  };
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (seen[i] == visit::unseen) follow(i);
  }
}

BOOST_AUTO_TEST_SUITE_END()
