#include <cstdlib>
#include <filesystem>
#include <optional>
#include <sstream>
#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/e2e/api.hpp"
#include "tests/e2e/http_sink.hpp"
#include "tests/e2e/program.hpp"

using namespace tocsin::e2e;

namespace {

/// A program of Prometheus below the folder that TOCSIN_PEERS names, or in the PATH.
std::optional<std::string> find_program(const std::string& name) {
  std::string places;
  if (const char* peers = std::getenv("TOCSIN_PEERS")) places = std::string(peers) + "/usr/bin:";
  if (const char* path = std::getenv("PATH")) places += path;
  std::istringstream list(places);
  for (std::string place; std::getline(list, place, ':');) {
    const auto file = std::filesystem::path(place) / name;
    if (std::error_code ignored; std::filesystem::is_regular_file(file, ignored)) return file.string();
  }
  return std::nullopt;
}

constexpr std::string_view rules = R"(
groups:
  - name: test
    rules:
      - alert: RealAlert
        expr: vector(1) > 0
        labels: {severity: critical, service: shop}
        annotations: {summary: "value {{ $value }} <is> firing"}
)";

std::string prometheus_configuration(std::uint16_t tocsin_port) {
  return "global: {evaluation_interval: 1s, external_labels: {cluster: test}}\nrule_files: [rules.yml]\n"
         "alerting: {alertmanagers: [{static_configs: [{targets: ['127.0.0.1:"
         + std::to_string(tocsin_port) + "']}]}]}\n";
}

} // namespace

BOOST_AUTO_TEST_SUITE(prometheus)

BOOST_AUTO_TEST_CASE(a_rule_that_fires_reaches_the_webhook) {
  const auto binary = find_program("prometheus");
  if (!binary) {
    BOOST_TEST_MESSAGE("skipped: no prometheus under TOCSIN_PEERS nor in the PATH");
    return;
  }
  http_sink sink;
  program tocsin(one_webhook(sink.url()));
  temporary_folder folder;
  folder.write("rules.yml", rules);
  const auto file = folder.write("prometheus.yml", prometheus_configuration(tocsin.port()));
  // The first sending happens before it knows where to send, so it must send again soon.
  process sender({*binary, "--config.file=" + file, "--storage.tsdb.path=" + (folder.path() / "tsdb").string(),
                  "--web.listen-address=127.0.0.1:0", "--rules.alert.resend-delay=2s"});
  const auto told = sink.wait_for_body(40s, "RealAlert");
  BOOST_REQUIRE_MESSAGE(told.has_value(), "no webhook came; Prometheus says:\n" << sender.err());
  const json payload(told->body);
  BOOST_TEST(payload.text("/status").value() == "firing");
  BOOST_TEST(payload.text("/alerts/0/labels/cluster").value() == "test");
  BOOST_TEST(payload.text("/alerts/0/annotations/summary").value() == "value 1 <is> firing");
  BOOST_TEST(payload.text("/alerts/0/generatorURL").value().find("/graph?g0.expr=") != std::string::npos);

  // It repeats itself every 2 s; that is one episode which is seen again.
  api client(tocsin);
  BOOST_TEST(eventually(15s, [&] {
    const json history(client.get("/api/alerts/history?alert_name=RealAlert").body);
    return history.number("/total") == 1 && history.number("/data/0/occurrence_count").value_or(0) >= 2;
  }));
  BOOST_TEST(sink.count() == 1U);
}

BOOST_AUTO_TEST_CASE(the_rules_that_watch_tocsin_pass_their_own_tests) {
  const auto promtool = find_program("promtool");
  if (!promtool) {
    BOOST_TEST_MESSAGE("skipped: no promtool under TOCSIN_PEERS nor in the PATH");
    return;
  }
  const std::string examples = TOCSIN_SOURCE_DIR "/examples/";
  process check({*promtool, "check", "rules", examples + "prometheus-rules.yml"});
  BOOST_TEST(check.wait().value_or(-1) == 0, check.out() << check.err());
  process test({*promtool, "test", "rules", examples + "prometheus-rules-test.yml"});
  BOOST_TEST(test.wait(30s).value_or(-1) == 0, test.out() << test.err());
}

BOOST_AUTO_TEST_SUITE_END()
