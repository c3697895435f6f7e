// The rules and the dashboard by which Tocsin itself is watched name what it really shows.

#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include <boost/test/unit_test.hpp>

#include "actors/engine.hpp"
#include "tests/http/support.hpp"

using namespace tocsin::testing;

namespace {

std::string file(const std::string& name) {
  std::ifstream in(TOCSIN_SOURCE_DIR "/" + name);
  BOOST_REQUIRE_MESSAGE(in, name);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::set<std::string> found(const std::string& text, const std::string& pattern) {
  const std::regex wanted(pattern);
  std::set<std::string> all;
  for (std::sregex_iterator i(text.begin(), text.end(), wanted); i != std::sregex_iterator(); ++i) all.insert((*i)[1]);
  return all;
}

/// With a schedule, whose gaps are shown, too.
struct watched {
  site here{"http://127.0.0.1:1/", R"(
on_call:
  people: [{name: ann, phone: "+4917000000001"}]
  sms: {api_url: "http://127.0.0.1:1", account_sid: AC1, auth_token: t0ken, from: "+15005550006"}
  schedules: [{name: primary, layers: [{people: [ann], start: 2020-01-06}]}]
)"};
  client http{here.port()};
};

/// What /metrics shows once everything has happened that it counts.
std::string metrics_of(watched& s) {
  auto& counts = s.here.core().counts();
  const tocsin::timestamp now{1s};
  counts.attempted("slack", tocsin::telemetry::attempt::failed, 1ms);
  counts.channel_dead("ops/slack/0", false);
  counts.cost("ops/sms/0", 1);
  counts.budget_left("ops/sms/0", 1);
  counts.templates_failed("ops/slack/0", 1);
  counts.drilled("ops", true, 1ms, now);
  counts.ingest_answered("v2", 503, 1ms);
  return s.http.get("/metrics").body;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(watching_tocsin_itself, watched)

BOOST_AUTO_TEST_CASE(every_metric_that_the_examples_and_the_documentation_name_is_there) {
  const auto shown = found(metrics_of(*this), "# TYPE (tocsin_[a-z_]+)");
  BOOST_TEST(shown.size() > 20U);
  for (const std::string name :
       {"examples/prometheus-rules.yml", "examples/prometheus-rules-test.yml", "examples/grafana-dashboard.json"}) {
    const auto named = found(file(name), "(tocsin_[a-z_]+?)(?:_bucket)?\\b");
    BOOST_TEST(named.size() > 10U);
    for (const auto& metric : named) BOOST_TEST(shown.contains(metric), name << ": " << metric);
  }
  // Each is explained in a row of its own.
  const auto explained = found(file("docs/operations.md"), "\\| `(tocsin_[a-z_]+)[`{]");
  for (const auto& metric : shown) BOOST_TEST(explained.contains(metric), "docs/operations.md lacks " << metric);
  for (const auto& metric : explained) BOOST_TEST(shown.contains(metric), metric << " is not on /metrics");
}

BOOST_AUTO_TEST_CASE(the_dashboard_is_json_with_a_query_in_every_panel) {
  const json board(file("examples/grafana-dashboard.json"));
  BOOST_REQUIRE(board.valid());
  const auto panels = board.size("/panels").value_or(0);
  BOOST_TEST(panels > 10U);
  for (std::size_t i = 0; i < panels; ++i) {
    BOOST_TEST(!board.text("/panels/" + std::to_string(i) + "/targets/0/expr").value_or("").empty());
  }
}

BOOST_AUTO_TEST_SUITE_END()
