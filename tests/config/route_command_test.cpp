#include "config/route_command.hpp"

#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/config/support.hpp"

using namespace tocsin;

namespace {

const config::config& tree() {
  static const auto c = config::test::loaded(R"(
route:
  receiver: default
  group_by: [alertname]
  routes:
    - {matchers: ['severity="critical"'], receiver: ops, continue: true}
    - matchers: ['team=~"a|b"']
      receiver: team
      routes: [{matchers: ['service="db"'], receiver: dba, group_wait: 5s}]
    - {matchers: ['team="b"'], receiver: late}
receivers: [{name: default}, {name: ops}, {name: team}, {name: dba}, {name: late}]
)");
  return c;
}

config::route_answer tested(std::vector<std::string> labels, std::optional<std::vector<std::string>> expected = {}) {
  auto answer = config::test_routes(tree(), {std::move(labels), std::move(expected)});
  if (!answer) BOOST_FAIL(answer.error().message);
  return *answer;
}

std::string refused(std::vector<std::string> labels) {
  const auto answer = config::test_routes(tree(), {std::move(labels), {}});
  return answer ? "it was accepted" : answer.error().message;
}

} // namespace

BOOST_AUTO_TEST_SUITE(route_command)

BOOST_AUTO_TEST_CASE(the_tree_is_shown_with_what_each_route_says) {
  BOOST_TEST(config::show_routes(tree())
             == "default  group_by: alertname\n"
                "|- ops  {severity=\"critical\"}  group_by: alertname  continue\n"
                "|- team  {team=~\"a|b\"}  group_by: alertname\n"
                "|  `- dba  {service=\"db\"}  group_by: alertname  group_wait: 5s\n"
                "`- late  {team=\"b\"}  group_by: alertname\n");
}

BOOST_AUTO_TEST_CASE(each_route_on_the_way_says_why) {
  BOOST_TEST(tested({"severity=critical", "team=b"}).text
             == "  default@{}: it matches, but a child took it: ops@{}/{severity=\"critical\"}\n"
                "*   ops@{}/{severity=\"critical\"}: every matcher matches\n"
                "*   team@{}/{team=~\"a|b\"}: every matcher matches, and no child took it\n"
                "      dba@{}/{team=~\"a|b\"}/{service=\"db\"}: service=\"db\" does not match: the alert has no label service\n"
                "    late@{}/{team=\"b\"}: an earlier sibling took it and does not continue: team@{}/{team=~\"a|b\"}\n"
                "receivers: ops, team\n");
  // Below a route that does not match nothing is tried.
  BOOST_TEST(tested({"service=db"}).text.find("dba@") == std::string::npos);
  BOOST_TEST(tested({"service=db"}).text.ends_with("receivers: default\n"));
}

BOOST_AUTO_TEST_CASE(what_is_expected_may_come_in_any_order) {
  BOOST_TEST(tested({"severity=critical", "team=a"}, {{"team", "ops"}}).complaint == "");
  BOOST_TEST(tested({"team=a"}, {{"team", "ops"}}).complaint == "expected team, ops to be told, found team");
  BOOST_TEST(tested({"team=a"}, {{"ops"}}).complaint == "expected ops to be told, found team");
}

BOOST_AUTO_TEST_CASE(labels_that_are_none_are_refused) {
  BOOST_TEST(refused({"critical"}) == "expected labels such as severity=critical, found \"critical\"");
  BOOST_TEST(refused({"=x"}) == "expected labels such as severity=critical, found \"=x\"");
  BOOST_TEST(refused({"a=1", "a=2"}) == "the label a is given twice; give each label once");
  BOOST_TEST(tested({"team=", "x=a=b"}).text.ends_with("receivers: default\n"));
}

BOOST_AUTO_TEST_SUITE_END()
