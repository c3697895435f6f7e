#include "config/route_tree.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/config/support.hpp"

using tocsin::label_set;
using tocsin::config::route;
using tocsin::config::test::loaded;
using namespace std::chrono_literals;

namespace {

/// The receivers that take an alert with these labels, in order.
std::string receivers_of(const tocsin::config::config& c, const label_set& labels) {
  std::vector<std::size_t> taken;
  c.routes.match(labels, taken);
  std::string names;
  for (const auto index : taken) names += (names.empty() ? "" : " ") + c.routes.at(index).receiver;
  return names;
}

/// What `match` means, written down as it is defined.
bool walk(const tocsin::config::route_tree& tree, std::size_t index, const label_set& labels,
          std::vector<std::size_t>& out) {
  if (!all_match(tree.at(index).matchers, labels)) return false;
  bool taken = false;
  for (const auto child : tree.at(index).children) {
    if (!walk(tree, child, labels, out)) continue;
    taken = true;
    if (!tree.at(child).continues) break;
  }
  if (!taken) out.push_back(index);
  return true;
}

/// Random trees: nodes of two to sixty children, matchers of every kind, many that continue.
class random_forest {
 public:
  explicit random_forest(unsigned seed) : engine_(seed) {}

  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(engine_); }

  tocsin::config::route_tree tree() {
    std::vector<route> routes(1);
    grow(routes, 0, 2);
    return tocsin::config::route_tree(std::move(routes));
  }

  label_set labels() {
    static const std::vector<std::string> values{"", "0", "1", "2", "3", "4", "5"};
    std::vector<tocsin::label_view> views;
    for (const auto* name : {"a", "b", "c"}) views.push_back({name, values[below(values.size())]});
    return label_set::from(views);
  }

 private:
  void grow(std::vector<route>& routes, std::size_t parent, int levels) {
    static const std::vector<std::size_t> widths{2, 8, 9, 60};
    for (auto n = widths[below(widths.size())]; n > 0; --n) {
      route r;
      for (auto m = 1 + below(2); m > 0; --m) r.matchers.push_back(condition());
      r.continues = below(3) > 0;
      const auto index = routes.size();
      routes.push_back(std::move(r));
      routes[parent].children.push_back(index);
      if (levels > 1 && below(6) == 0) grow(routes, index, levels - 1);
    }
  }

  tocsin::matcher condition() {
    static const std::vector<std::string> names{"a", "b", "c"};
    const auto op = static_cast<tocsin::match_op>(below(4));
    auto value = std::to_string(below(6));
    if (below(3) == 0) value += "|" + std::to_string(below(6));
    if (below(8) == 0) value = "[0-3]?";
    return tocsin::matcher::make(names[below(names.size())], op, value).value();
  }

  std::mt19937 engine_;
};

const route& route_to(const tocsin::config::config& c, const std::string& receiver) {
  const auto& all = c.routes.routes();
  const auto found = std::find_if(all.begin(), all.end(), [&](const route& r) { return r.receiver == receiver; });
  BOOST_REQUIRE_MESSAGE(found != all.end(), receiver);
  return *found;
}

/// The tree that Alertmanager's documentation explains routing with, and below it what it leaves out.
const std::string tree = R"(
route:
  receiver: default-receiver
  group_wait: 30s
  group_interval: 5m
  repeat_interval: 4h
  group_by: [cluster, alertname]
  routes:
    - receiver: database-pager
      group_wait: 10s
      matchers:
        - service=~"mysql|cassandra"
      routes:
        - receiver: database-night
          repeat_interval: 1h
          matchers: [time="night"]
    - receiver: frontend-pager
      group_by: [product, environment]
      matchers:
        - team="frontend"
    - receiver: audit
      group_by: ['...']
      matchers: ['audited="yes"']
      continue: true
      routes:
        - receiver: audit-eu
          matchers: [region=eu]
          continue: true
        - receiver: audit-all
          group_by: []
          matchers: ['region=~".+"']
    - receiver: dev-pager
      matchers: ['service="inhouse"', 'owner!=""']
      continue: true
    - receiver: on-call-pager
      matchers: ['service="inhouse"']
    - matchers: [quiet=yes]
receivers:
  - name: default-receiver
  - name: database-pager
  - name: database-night
  - name: frontend-pager
  - name: audit
  - name: audit-eu
  - name: audit-all
  - name: dev-pager
  - name: on-call-pager
)";

} // namespace

BOOST_AUTO_TEST_SUITE(route_trees)

BOOST_AUTO_TEST_CASE(an_alert_goes_depth_first_to_the_first_match_and_on_where_it_continues) {
  const auto c = loaded(tree);
  struct routing_case {
    label_set labels;
    std::string receivers;
  };
  const std::vector<routing_case> cases{
      {label_set{}, "default-receiver"},
      {label_set::of({{"service", "redis"}}), "default-receiver"},
      {label_set::of({{"service", "mysql"}}), "database-pager"},
      {label_set::of({{"service", "mysql"}, {"time", "night"}}), "database-night"},
      {label_set::of({{"service", "mysql2"}, {"time", "night"}}), "default-receiver"},
      // The first match ends the search among its siblings.
      {label_set::of({{"service", "mysql"}, {"team", "frontend"}}), "database-pager"},
      {label_set::of({{"team", "frontend"}, {"audited", "yes"}}), "frontend-pager"},
      // A node is taken itself only if none of its children is.
      {label_set::of({{"audited", "yes"}}), "audit"},
      {label_set::of({{"audited", "yes"}, {"region", "us"}}), "audit-all"},
      {label_set::of({{"audited", "yes"}, {"region", "eu"}}), "audit-eu audit-all"},
      {label_set::of({{"audited", "yes"}, {"region", "eu"}, {"service", "inhouse"}, {"owner", "me"}}),
       "audit-eu audit-all dev-pager on-call-pager"},
      {label_set::of({{"service", "inhouse"}}), "on-call-pager"},
      {label_set::of({{"service", "inhouse"}, {"owner", "me"}}), "dev-pager on-call-pager"},
      {label_set::of({{"quiet", "yes"}}), "default-receiver"},
  };
  for (const auto& c_ : cases) BOOST_TEST(receivers_of(c, c_.labels) == c_.receivers);
}

BOOST_AUTO_TEST_CASE(a_route_inherits_what_it_does_not_say) {
  const auto c = loaded(tree);
  const auto& root = c.routes.at(0);
  BOOST_TEST(root.receiver == "default-receiver");
  BOOST_TEST((root.group_by == std::vector<std::string>{"alertname", "cluster"}));
  BOOST_TEST(
      (root.group_wait.value() == 30s && root.group_interval.value() == 5min && root.repeat_interval.value() == 4h));

  const auto& night = route_to(c, "database-night");
  BOOST_TEST((night.group_wait.value() == 10s));
  BOOST_TEST((night.group_interval.value() == 5min));
  BOOST_TEST((night.repeat_interval.value() == 1h));
  BOOST_TEST((night.group_by == root.group_by));
  BOOST_TEST(!night.continues);

  BOOST_TEST(route_to(c, "audit").group_by_all);
  BOOST_TEST(route_to(c, "audit-eu").group_by_all);
  // As in Alertmanager: an empty list leaves what is inherited.
  BOOST_TEST(route_to(c, "audit-all").group_by_all);
  BOOST_TEST(route_to(c, "audit-all").group_by.empty());
  BOOST_TEST(!route_to(c, "audit-all").continues);
  BOOST_TEST(c.routes.routes().back().receiver == "default-receiver");
  BOOST_TEST((c.routes.routes().back().matchers.size() == 1U));
}

BOOST_AUTO_TEST_CASE(waits_that_no_route_sets_are_left_to_the_severity) {
  const auto c =
      loaded("route:\n  receiver: a\n  routes: [{matchers: [x=y], group_wait: 0s}]\nreceivers: [{name: a}]\n");
  const auto& root = c.routes.at(0);
  BOOST_TEST((!root.group_wait && !root.group_interval && !root.repeat_interval));
  BOOST_TEST((c.routes.at(1).group_wait.value() == 0s));
}

BOOST_AUTO_TEST_CASE(parents_come_before_their_children_and_keys_tell_routes_apart) {
  const auto c = loaded(R"(
route:
  receiver: a
  routes:
    - matchers: [team=x, 'env=~"p.*"']
      routes:
        - matchers: [zone=1]
          receiver: b
    - matchers: [team=x, 'env=~"p.*"']
    - matchers: ['env=~"p.*"', team=x]
    - match: {team: x}
      match_re: {env: p.*}
      receiver: b
receivers: [{name: a}, {name: b}]
)");
  std::vector<std::string> keys;
  for (const auto& r : c.routes.routes()) keys.push_back(r.key);
  const std::vector<std::string> expected{"a@{}",
                                          R"(a@{}/{env=~"p.*",team="x"})",
                                          R"(b@{}/{env=~"p.*",team="x"}/{zone="1"})",
                                          R"(a@{}/{env=~"p.*",team="x"}#2)",
                                          R"(a@{}/{env=~"p.*",team="x"}#3)",
                                          R"(b@{}/{env=~"p.*",team="x"})"};
  BOOST_TEST(keys == expected, boost::test_tools::per_element());
  for (std::size_t i = 0; i < keys.size(); ++i) BOOST_TEST(c.routes.find(keys[i]).value() == i);
  BOOST_TEST(!c.routes.find("a@{}#2").has_value());
  BOOST_TEST(c.routes.at(2).path == R"({}/{env=~"p.*",team="x"}/{zone="1"})");
  const std::vector<std::size_t> children{1, 3, 4, 5};
  BOOST_TEST(c.routes.at(0).children == children, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(group_labels_are_the_ones_that_the_alert_has) {
  const auto labels = label_set::of({{"alertname", "X"}, {"cluster", "c1"}, {"instance", "i"}, {"team", "db"}});
  route r;
  const auto grouped = [&](std::vector<std::string> by) {
    r.group_by = std::move(by);
    return r.group_labels(labels);
  };
  BOOST_TEST((grouped({}) == label_set{}));
  BOOST_TEST((grouped({"zone"}) == label_set{}));
  BOOST_TEST((grouped({"alertname", "aaa", "zone"}).size() == 1U));
  BOOST_TEST((grouped({"alertname", "cluster", "dc", "team", "zone"})
              == label_set::of({{"alertname", "X"}, {"cluster", "c1"}, {"team", "db"}})));
  r.group_by_all = true;
  BOOST_TEST((grouped({}) == labels));
}

BOOST_AUTO_TEST_CASE(group_keys_have_alertmanagers_form) {
  route r;
  r.path = R"({}/{team="a"})";
  BOOST_TEST(r.group_key(label_set::of({{"zone", "z"}, {"alertname", "t1"}}))
             == R"({}/{team="a"}:{alertname="t1", zone="z"})");
  r.path = "{}";
  BOOST_TEST(r.group_key({}) == "{}:{}");
  BOOST_TEST(r.group_key(label_set::of({{"a", "x\x01\"\n上海\u2028"}})) == R"({}:{a="x\x01\"\n上海\u2028"})");
}

BOOST_AUTO_TEST_CASE(many_siblings_are_looked_up_with_the_same_outcome_as_a_walk) {
  random_forest random(20261124);
  std::size_t taken_in_total = 0;
  for (int t = 0; t < 60; ++t) {
    const auto some = random.tree();
    for (int i = 0; i < 50; ++i) {
      const auto labels = random.labels();
      std::vector<std::size_t> expected;
      walk(some, 0, labels, expected);
      std::vector<std::size_t> got;
      some.match(labels, got);
      BOOST_TEST_REQUIRE((got == expected), "tree " << t << ", alert " << i);
      taken_in_total += got.size();
    }
  }
  BOOST_TEST(taken_in_total > 6000U);
}

BOOST_AUTO_TEST_CASE(more_siblings_may_match_than_are_looked_up_at_once) {
  std::vector<route> routes(1);
  for (std::size_t i = 1; i <= 100; ++i) {
    route r;
    r.matchers.push_back(tocsin::matcher::make("a", tocsin::match_op::equal, "x").value());
    r.continues = i < 70;
    routes.push_back(std::move(r));
    routes[0].children.push_back(i);
  }
  const tocsin::config::route_tree many(std::move(routes));
  std::vector<std::size_t> got;
  many.match(label_set::of({{"a", "x"}}), got);
  BOOST_TEST(got.size() == 70U);
  BOOST_TEST(std::is_sorted(got.begin(), got.end()));
  // A copy finds the same.
  const auto copy = many;
  std::vector<std::size_t> again;
  copy.match(label_set::of({{"a", "x"}}), again);
  BOOST_TEST((again == got));
  got.clear();
  many.match(label_set::of({{"a", "y"}}), got);
  BOOST_TEST((got == std::vector<std::size_t>{0}));
}

BOOST_AUTO_TEST_SUITE_END()
