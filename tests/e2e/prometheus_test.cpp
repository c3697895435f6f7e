#include <set>
#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/e2e/api.hpp"
#include "tests/e2e/http_sink.hpp"
#include "tests/e2e/peers.hpp"
#include "tests/e2e/program.hpp"

using namespace tocsin::e2e;

namespace {

constexpr std::string_view rules = R"(
groups:
  - name: test
    rules:
      - alert: RealAlert
        expr: vector(1) > 0
        labels: {severity: critical, service: shop}
        annotations: {summary: "value {{ $value }} <is> firing"}
)";

/// @param more lines of YAML in `alerting`
std::string prometheus_configuration(std::uint16_t tocsin_port, const std::string& external_labels,
                                     const std::string& more = {}) {
  return "global: {evaluation_interval: 1s, external_labels: " + external_labels + "}\nrule_files: [rules.yml]\n"
         + "alerting:\n  alertmanagers: [{static_configs: [{targets: ['127.0.0.1:" + std::to_string(tocsin_port)
         + "']}]}]\n" + more;
}

/// A running Prometheus with these rules.
struct rule_evaluator {
  temporary_folder folder;
  process sender;

  rule_evaluator(const std::string& binary, const std::string& configuration, const std::string& url)
      : sender(command(binary, configuration, url)) {}

 private:
  std::vector<std::string> command(const std::string& binary, const std::string& configuration,
                                   const std::string& url) {
    folder.write("rules.yml", rules);
    const auto file = folder.write("prometheus.yml", configuration);
    // The first sending happens before it knows where to send, so it must send again soon.
    return {binary,
            "--config.file=" + file,
            "--storage.tsdb.path=" + (folder.path() / "tsdb").string(),
            "--web.listen-address=127.0.0.1:0",
            "--web.external-url=" + url,
            "--rules.alert.resend-delay=2s"};
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(prometheus)

BOOST_AUTO_TEST_CASE(a_rule_that_fires_reaches_the_webhook) {
  const auto binary = find_peer("prometheus");
  if (!binary) {
    BOOST_TEST_MESSAGE("skipped: no prometheus under TOCSIN_PEERS nor in the PATH");
    return;
  }
  http_sink sink;
  program tocsin(one_webhook(sink.url()));
  rule_evaluator prometheus(*binary, prometheus_configuration(tocsin.port(), "{cluster: test}"),
                            "http://prometheus.test");
  const auto told = sink.wait_for_body(40s, "RealAlert");
  BOOST_REQUIRE_MESSAGE(told.has_value(), "no webhook came; Prometheus says:\n" << prometheus.sender.err());
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

BOOST_AUTO_TEST_CASE(two_replicas_with_the_same_rules_are_one_alert_and_one_notification) {
  const auto binary = find_peer("prometheus");
  if (!binary) {
    BOOST_TEST_MESSAGE("skipped: no prometheus under TOCSIN_PEERS nor in the PATH");
    return;
  }
  http_sink sink;
  program tocsin(one_webhook(sink.url()));
  const std::string drop = "  alert_relabel_configs: [{regex: replica, action: labeldrop}]\n";
  rule_evaluator first(*binary, prometheus_configuration(tocsin.port(), "{replica: a}", drop), "http://a.test");
  rule_evaluator second(*binary, prometheus_configuration(tocsin.port(), "{replica: b}", drop), "http://b.test");
  api client(tocsin);
  // Where a report comes from is in its generatorURL; both must have been heard, and each again.
  std::set<std::string> senders;
  const auto heard = eventually(40s, [&] {
    const json alerts(client.get("/api/v2/alerts").body);
    senders.insert(alerts.text("/0/generatorURL").value_or(""));
    const json history(client.get("/api/alerts/history?alert_name=RealAlert").body);
    senders.erase("");
    return senders.size() == 2 && history.number("/data/0/occurrence_count").value_or(0) >= 4;
  });
  BOOST_TEST(heard, senders.size() << " senders; Prometheus says:\n" << second.sender.err());
  BOOST_TEST(history_total(client) == 1);
  BOOST_REQUIRE(sink.wait_for_count(5s, 1));
  BOOST_TEST(sink.count() == 1U);
  BOOST_TEST(sink.all().front().body.find("replica") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_rules_that_watch_tocsin_pass_their_own_tests) {
  const auto promtool = find_peer("promtool");
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
