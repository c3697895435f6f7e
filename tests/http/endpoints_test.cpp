#include "http/endpoints.hpp"

#include <regex>
#include <set>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

using tocsin::http::allowed_methods;
using tocsin::http::endpoints;
using tocsin::http::pattern_of;

namespace {

bool takes(std::string_view pattern, const std::string& path) {
  return std::regex_match(path, std::regex(pattern_of("", pattern)));
}

std::string group_of(std::string_view pattern, const std::string& path) {
  std::smatch found;
  const std::regex regex(pattern_of("", pattern));
  return std::regex_match(path, found, regex) ? found[1].str() : std::string("no match");
}

} // namespace

BOOST_AUTO_TEST_SUITE(endpoint_table)

BOOST_AUTO_TEST_CASE(the_methods_of_a_path_are_those_of_its_endpoints) {
  struct row {
    std::string path;
    std::string allowed;
  };
  for (const auto& [path, allowed] : std::vector<row>{{"/", "GET,HEAD"},
                                                      {"/metrics", "GET,HEAD"},
                                                      {"/-/ready", "GET,HEAD"},
                                                      {"/-/healthy", "GET,HEAD"},
                                                      {"/api/v2/alerts", "POST,GET"},
                                                      {"/api/alerts/webhook", "POST"},
                                                      {"/api/alerts/history", "GET,HEAD"},
                                                      {"/api/alerts/history/1", "GET,HEAD"},
                                                      {"/api/alerts/history/anything at all", "GET,HEAD"},
                                                      {"/api/alerts/history/1/acknowledge", "PUT"},
                                                      {"/api/alerts/history/1/resolve", "PUT"},
                                                      {"/api/alerts/history/x/escalate", "PUT"},
                                                      {"/api/alerts/notification-history", "GET,HEAD"},
                                                      {"/api/alerts/explain/1", "GET,HEAD"},
                                                      {"/api/alerts/related/1", "GET,HEAD"},
                                                      {"/api/alerts/correlations", "POST"},
                                                      {"/api/alerts/export/csv", "GET,HEAD"},
                                                      {"/api/alerts/history/cleanup", "GET,HEAD,DELETE"},
                                                      {"/api/alerts/silences", "GET,HEAD"},
                                                      {"/api/alerts/silences/x", "GET,HEAD"},
                                                      {"/api/v2/silences", "GET,POST"},
                                                      {"/api/v2/silence/x", "GET,DELETE"},
                                                      {"/-/reload", "POST"}}) {
    BOOST_TEST(allowed_methods(path) == allowed, path << " allows " << allowed_methods(path));
    if (path != "/") BOOST_TEST(allowed_methods(path + "/") == allowed, path << "/");
  }
}

BOOST_AUTO_TEST_CASE(an_unknown_path_allows_nothing) {
  for (const std::string path : {"",
                                 "///",
                                 "/x",
                                 "/api",
                                 "/api/",
                                 "/api/v2",
                                 "/api/v2/alert",
                                 "/api/v2/alerts/1",
                                 "/api/v2/alertsx",
                                 "/API/v2/alerts",
                                 "/api/alerts",
                                 "/api/alerts/history//",
                                 "/api/alerts/explain",
                                 "/api/v2/silence",
                                 "/api/v2/silences/x",
                                 "/api/alerts/history//acknowledge",
                                 "/api/alerts/history/1/undo",
                                 "/api/alerts/history/1/resolve/2",
                                 "/api/alerts/history/1/resolve//",
                                 "/metrics/x",
                                 "/-",
                                 "/-/",
                                 "api/v2/alerts",
                                 "metrics",
                                 "/api/v2/alerts?x=1",
                                 "/./metrics",
                                 "//metrics"}) {
    BOOST_TEST(allowed_methods(path) == "", path << " allows " << allowed_methods(path));
  }
}

BOOST_AUTO_TEST_CASE(a_pattern_takes_its_path_with_or_without_a_slash_at_the_end) {
  for (const auto& e : endpoints()) {
    auto path = std::string(e.path);
    if (const auto id = path.find("{id}"); id != std::string::npos) path.replace(id, 4, "17");
    const auto rest = path.find("...}") == std::string::npos ? std::string::npos : path.find('{');
    if (rest != std::string::npos) path.replace(rest, std::string::npos, "ops/slack/0");
    BOOST_TEST(takes(e.path, path), e.path);
    if (path != "/") BOOST_TEST(takes(e.path, path + "/"), e.path);
    BOOST_TEST(takes(e.path, path + "/more") == (rest != std::string::npos), e.path);
    BOOST_TEST(!takes(e.path, "/more" + path), e.path);
    if (rest == std::string::npos) BOOST_TEST(!takes(e.path, path + "//"), e.path);
  }
}

BOOST_AUTO_TEST_CASE(a_placeholder_with_dots_takes_all_that_is_left) {
  const auto* const pattern = "/api/alerts/test/{channel...}";
  BOOST_TEST(group_of(pattern, "/api/alerts/test/ops/slack/0") == "ops/slack/0");
  BOOST_TEST(group_of(pattern, "/api/alerts/test/ops/slack/0/") == "ops/slack/0");
  BOOST_TEST(group_of(pattern, "/api/alerts/test/slack") == "slack");
  BOOST_TEST(group_of(pattern, "/api/alerts/test/") == "no match");
  BOOST_TEST(allowed_methods("/api/alerts/test/ops/slack/0") == "POST");
  BOOST_TEST(allowed_methods("/api/alerts/test/") == "");
}

BOOST_AUTO_TEST_CASE(a_placeholder_takes_exactly_one_segment) {
  const auto* const pattern = "/api/alerts/history/{id}/resolve";
  BOOST_TEST(group_of(pattern, "/api/alerts/history/17/resolve") == "17");
  BOOST_TEST(group_of(pattern, "/api/alerts/history/-1/resolve/") == "-1");
  BOOST_TEST(group_of(pattern, "/api/alerts/history/a b%c/resolve") == "a b%c");
  BOOST_TEST(group_of(pattern, "/api/alerts/history//resolve") == "no match");
  BOOST_TEST(group_of(pattern, "/api/alerts/history/1/2/resolve") == "no match");
  BOOST_TEST(group_of(pattern, "/api/alerts/history/resolve") == "no match");
  BOOST_TEST(group_of("/api/alerts/history/{id}", "/api/alerts/history/17/") == "17");
  BOOST_TEST(group_of("/a/{x}/b/{y}", "/a/1/b/2") == "1");
}

BOOST_AUTO_TEST_CASE(the_pattern_and_the_table_of_methods_agree) {
  const std::vector<std::string> paths{"/",
                                       "/metrics",
                                       "/metrics/",
                                       "/api/alerts/history",
                                       "/api/alerts/history/",
                                       "/api/alerts/history/1",
                                       "/api/alerts/history/1/resolve",
                                       "/api/alerts/history/1/undo",
                                       "/api/alerts/history//resolve",
                                       "/api/v2/alerts",
                                       "/api/v2/alerts//",
                                       "/nope",
                                       "//",
                                       "///"};
  for (const auto& path : paths) {
    bool taken = false;
    for (const auto& e : endpoints()) taken = taken || takes(e.path, path);
    BOOST_TEST(taken == !allowed_methods(path).empty(), path);
  }
}

BOOST_AUTO_TEST_CASE(no_endpoint_is_listed_twice_and_each_has_a_handler) {
  std::set<std::string> seen;
  for (const auto& e : endpoints()) {
    BOOST_TEST(seen.insert(std::string(e.method) + " " + std::string(e.path)).second, e.method << " " << e.path);
    BOOST_TEST((e.handle != nullptr), e.path);
    BOOST_TEST((e.method == "GET" || e.method == "POST" || e.method == "PUT" || e.method == "DELETE"), e.method);
    BOOST_TEST(e.path.front() == '/');
  }
  BOOST_TEST(seen.size() >= 12U);
}

BOOST_AUTO_TEST_SUITE_END()
