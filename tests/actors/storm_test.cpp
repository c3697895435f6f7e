#include <algorithm>
#include <fstream>
#include <sstream>
#include <unordered_map>

#include <boost/test/unit_test.hpp>

#include "tests/actors/told.hpp"
#include "tests/actors/world.hpp"

using namespace tocsin;
using namespace tocsin::testing;

// Hundreds of alerts at once, with the real actors, the real storage and the
// configurations that people start from: few notifications, and none that matters missing.

namespace {

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
  return text;
}

/// The built-in configuration, each receiver with one webhook of its own name in place of standard output.
std::string built_in_with_webhooks() {
  std::istringstream lines{std::string(config::built_in_text())};
  std::string text;
  std::string receiver;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("  - name: ")) receiver = line.substr(10);
    if (line == "    stdout_configs:") {
      text += "    webhook_configs:\n      - url: \"http://" + receiver + ".test/\"\n";
      std::getline(lines, line);
      text += "        send_resolved: true\n";
      continue;
    }
    text += line + "\n";
  }
  return text;
}

/// The example for the stock analysis platform, its webhook set and nothing said on standard output.
std::string mystocks_with_webhooks() {
  std::ifstream file(TOCSIN_SOURCE_DIR "/examples/mystocks.yml");
  std::ostringstream text;
  text << file.rdbuf();
  auto yaml = replaced(text.str(), "    stdout_configs: &stdout\n      - format: auto\n", "");
  yaml = replaced(std::move(yaml), "    stdout_configs: *stdout\n", "");
  yaml = replaced(std::move(yaml), "when: ${ALERT_WEBHOOK_URL:-}", "when: 'yes'");
  return replaced(std::move(yaml), "url: ${ALERT_WEBHOOK_URL}", "url: 'http://hook.test/'");
}

/// One alert of a storm and when it was reported.
struct burning {
  alert what;
  timestamp reported_at;

  bool critical() const { return what.labels.get("severity") == "critical"; }
};

alert burn(const world& w, std::initializer_list<label_view> labels) {
  auto a = firing(labels, w.now());
  a.ends_at = w.now() + 24h;
  return a;
}

class storm {
 public:
  explicit storm(world& w) : w_(w) {}

  void report(std::vector<alert> alerts) {
    for (const auto& a : alerts) alerts_.push_back({a, w_.now()});
    w_.ingest(std::move(alerts));
  }

  /// Reports the end of all alerts that `which` picks.
  template <class Predicate>
  void resolve(Predicate which) {
    std::vector<alert> over;
    for (const auto& b : alerts_) {
      if (!which(b.what.labels)) continue;
      over.push_back(b.what);
      over.back().ends_at = w_.now();
    }
    w_.ingest(std::move(over));
  }

  const std::vector<burning>& alerts() const { return alerts_; }

  /// Few notifications, resolved ones included.
  void check_quiet(std::string_view name, double at_most) const {
    const auto sent = w_.requests.size();
    const auto share = 100.0 * static_cast<double>(sent) / static_cast<double>(alerts_.size());
    BOOST_TEST_MESSAGE(name << ": " << alerts_.size() << " alerts, " << sent
                            << " notifications with the resolved ones (" << share << " %)");
    BOOST_TEST(share <= at_most);
  }

  /// What was told, in order of time.
  ledger book() const {
    ledger l;
    for (const auto& r : w_.requests) l.note(read_told(r));
    return l;
  }

 private:
  world& w_;
  std::vector<burning> alerts_;
};

/// Rack `number` loses its power: its nodes are down, what ran on them is slow, and the rest grumbles.
std::vector<alert> failing_rack(const world& w, int number, std::size_t count) {
  constexpr const char* services[] = {"checkout", "search", "payments", "catalog"};
  constexpr const char* warnings[] = {"HighLatency", "HighErrorRate", "TargetDown", "PodNotReady", "ReplicaLag"};
  constexpr const char* infos[] = {"CacheCold", "BackupDelayed"};
  const auto rack = "rack-" + std::to_string(number);
  std::vector<alert> alerts;
  for (std::size_t i = 0; i < count; ++i) {
    const auto instance = rack + "-node-" + std::to_string(i);
    if (i < 3) {
      alerts.push_back(burn(w, {{"alertname", "NodeDown"},
                                {"service", "nodes"},
                                {"severity", "critical"},
                                {"rack", rack},
                                {"instance", instance}}));
    } else if (i % 5 == 0) {
      alerts.push_back(burn(w, {{"alertname", infos[i / 5 % 2]},
                                {"service", services[i % 4]},
                                {"severity", "info"},
                                {"rack", rack},
                                {"instance", instance}}));
    } else {
      alerts.push_back(burn(w, {{"alertname", warnings[i % 5]},
                                {"service", services[i % 4]},
                                {"severity", "warning"},
                                {"rack", rack},
                                {"instance", instance}}));
    }
  }
  return alerts;
}

/// What one instance shows of a database that does not answer: five alerts of its group.
std::vector<alert> sick_database(const world& w, std::string_view database, const std::string& instance) {
  std::vector<alert> alerts;
  alerts.push_back(burn(w, {{"alertname", "HighDatabaseConnections"},
                            {"severity", "warning"},
                            {"category", "database"},
                            {"database", database},
                            {"instance", instance}}));
  for (const auto* table : {"daily_kline", "minute_kline"}) {
    for (const auto* name : {"SlowDatabaseQueries", "DatabaseQueryTimeout"}) {
      alerts.push_back(burn(w, {{"alertname", name},
                                {"severity", "warning"},
                                {"category", "performance"},
                                {"database", database},
                                {"table", table},
                                {"instance", instance}}));
    }
  }
  return alerts;
}

} // namespace

BOOST_AUTO_TEST_SUITE(storms)

BOOST_AUTO_TEST_CASE(a_power_failure_of_forty_racks_becomes_a_few_notifications) {
  world w(built_in_with_webhooks());
  storm s(w);
  for (int rack = 0; rack < 40; ++rack) {
    s.report(failing_rack(w, rack, rack % 2 == 0 ? 38 : 37));
    w.advance(25ms, 25ms);
  }
  BOOST_REQUIRE_EQUAL(s.alerts().size(), 1500u);
  w.advance(59s);
  for (int rack = 0; rack < 40; ++rack) {
    const auto name = "rack-" + std::to_string(rack);
    s.resolve([&](const label_set& labels) { return labels.get("rack") == name; });
    w.advance(25ms, 25ms);
  }
  w.advance(20min);

  s.check_quiet("forty racks, built-in configuration", 20);
  const auto book = s.book();
  for (const auto& b : s.alerts()) {
    const auto told = book.first_told(b.what.labels);
    BOOST_REQUIRE_MESSAGE(told, to_text(b.what.labels) << " was never told");
    const auto waited = *told - b.reported_at;
    const auto window = b.critical() ? 0s : b.what.labels.get("severity") == "warning" ? 30s : 60s;
    BOOST_TEST((waited <= window), to_text(b.what.labels) << " waited for " << waited.count() << " ms");
  }
  BOOST_TEST(book.still_firing() == std::vector<std::string>{}, boost::test_tools::per_element());
  BOOST_TEST(w.history().total == 1500);
  BOOST_TEST(w.groups_alive() == 0u);
}

BOOST_AUTO_TEST_CASE(a_database_that_is_down_is_told_and_its_symptoms_are_not) {
  world w(mystocks_with_webhooks());
  storm s(w);
  const auto down = burn(
      w, {{"alertname", "DatabaseDown"}, {"severity", "critical"}, {"component", "database"}, {"service", "database"}});
  std::vector<alert> first{down};
  for (const auto* name : {"postgresql", "tdengine"}) {
    first.push_back(burn(w, {{"alertname", "DatabaseConnectionPoolExhausted"},
                             {"severity", "critical"},
                             {"category", "database"},
                             {"database", name},
                             {"instance", "api-1:8000"}}));
  }
  s.report(first);
  for (int i = 1; i <= 12; ++i) {
    for (const auto* database : {"postgresql", "tdengine"}) {
      s.report(sick_database(w, database, "api-" + std::to_string(i) + ":8000"));
      w.advance(1s);
    }
  }
  w.advance(2min);

  const auto cause = fingerprint_fnv(down.labels);
  for (const auto& row : w.history().rows) {
    if (row.alert.labels == down.labels) continue;
    BOOST_TEST_CONTEXT(to_text(row.alert.labels)) {
      BOOST_CHECK(row.alert.state.status == episode_status::suppressed);
      BOOST_TEST(row.alert.state.suppressed_by.starts_with("inhibited by "));
      const auto detail = w.detail(row.alert.id);
      BOOST_REQUIRE(detail);
      BOOST_REQUIRE(!detail->events.empty());
      BOOST_CHECK(detail->events.front().what == event_kind::inhibited);
      // The others have a closer cause as well: an exhausted pool, or queries that time out.
      if (row.alert.labels.get("alertname") == "DatabaseQueryTimeout") BOOST_TEST(detail->events.front().by == cause);
      BOOST_TEST(!row.root_cause.empty());
      BOOST_TEST(detail->notifications.empty());
    }
  }

  // Queries recover while the check of the database's health still looks back.
  s.resolve([&](const label_set& labels) { return labels != down.labels; });
  w.advance(30s);
  s.resolve([&](const label_set& labels) { return labels == down.labels; });
  w.advance(20min);
  s.check_quiet("a database down, mystocks.yml", 20);
  const auto book = s.book();
  BOOST_CHECK(book.first_told(down.labels) == start);
  for (const auto& b : s.alerts()) {
    if (b.what.labels != down.labels) BOOST_TEST(!book.first_told(b.what.labels), to_text(b.what.labels));
  }
  BOOST_TEST(book.still_firing() == std::vector<std::string>{}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_exhausted_pool_is_told_for_each_instance_and_hides_its_slow_queries) {
  world w(mystocks_with_webhooks());
  storm s(w);
  for (int i = 1; i <= 6; ++i) {
    const auto instance = "api-" + std::to_string(i) + ":8000";
    std::vector<alert> alerts;
    alerts.push_back(burn(w, {{"alertname", "DatabaseConnectionPoolExhausted"},
                              {"severity", "critical"},
                              {"category", "database"},
                              {"database", "postgresql"},
                              {"instance", instance}}));
    alerts.push_back(burn(w, {{"alertname", "HighDatabaseConnections"},
                              {"severity", "warning"},
                              {"category", "database"},
                              {"database", "postgresql"},
                              {"instance", instance}}));
    for (int table = 0; table < 20; ++table) {
      alerts.push_back(burn(w, {{"alertname", "SlowDatabaseQueries"},
                                {"severity", "warning"},
                                {"category", "performance"},
                                {"database", "postgresql"},
                                {"table", "table_" + std::to_string(table)},
                                {"instance", instance}}));
    }
    s.report(std::move(alerts));
    w.advance(1s);
  }
  w.advance(2min);
  std::size_t inhibited = 0;
  for (const auto& row : w.history().rows) {
    const auto cause = row.alert.labels.get("alertname") == "DatabaseConnectionPoolExhausted";
    BOOST_TEST((row.alert.state.status == episode_status::suppressed) == !cause, to_text(row.alert.labels));
    if (row.alert.state.suppressed_by.starts_with("inhibited by DatabaseConnectionPoolExhausted")) ++inhibited;
  }
  BOOST_TEST(inhibited == 6u * 21);
  // The queries are slow for a little longer than the pool is empty: that is told, and its end too.
  s.resolve([](const label_set& labels) { return labels.get("alertname") == "DatabaseConnectionPoolExhausted"; });
  w.advance(2min);
  s.resolve([](const label_set& labels) { return labels.get("alertname") != "DatabaseConnectionPoolExhausted"; });
  w.advance(20min);

  s.check_quiet("an exhausted pool on six instances, mystocks.yml", 20);
  const auto book = s.book();
  for (const auto& b : s.alerts()) {
    if (b.critical()) BOOST_CHECK(book.first_told(b.what.labels) == b.reported_at);
  }
  BOOST_TEST(book.still_firing() == std::vector<std::string>{}, boost::test_tools::per_element());
  BOOST_TEST(w.groups_alive() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
