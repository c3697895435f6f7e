#include "http/active_groups.hpp"

#include <algorithm>
#include <random>
#include <set>

#include <boost/test/unit_test.hpp>

#include "config/load.hpp"

using namespace tocsin;
using namespace tocsin::http;
using namespace std::chrono_literals;

namespace {

config::config_ptr rules() {
  static const auto loaded =
      config::load_text(R"(
route:
  receiver: ops
  group_by: [alertname]
  routes:
    - {receiver: audit, matchers: ['audited="yes"'], group_by: [service], continue: true}
    - {receiver: team, matchers: ['team="a"']}
receivers:
  - {name: ops}
  - {name: team}
  - {name: audit}
escalation:
  - name: fast
    matchers: ['severity="warning"']
    steps:
      - {after: 10m, raise_to: critical, receiver: team}
      - {after: 20m, raise_to: warning}
)",
                        "test.yml", [](std::string_view) { return std::optional<std::string>{}; });
  BOOST_REQUIRE_MESSAGE(loaded.has_value(), loaded.error().message);
  return *loaded;
}

constexpr timestamp start{1'800'000'000'000ms};

/// An alert whose members a test changes.
struct sample {
  std::int64_t id = 1;
  label_set labels = label_set::of({{"alertname", "Disk"}});
  severity how_bad = severity::warning;
  int level = 1;
  timestamp since = start;
  std::string by = {};
  bool suppressed = false;
  std::string policy = {};
  int step = 0;
  std::int64_t group = 1;

  storage::active_standing standing() const {
    storage::active_standing s{episode_id{id}, group_id{group}, labels};
    s.current_severity = how_bad;
    s.level = escalation_level{level};
    s.starts_at = since;
    s.acknowledged = !by.empty();
    s.acknowledged_by = by;
    s.suppressed = suppressed;
    s.policy = policy;
    s.step = step;
    s.step_since = since;
    return s;
  }
};

label_set named(std::string_view name, std::string_view team = {}, std::string_view audited = {}) {
  return label_set::of({{"alertname", name}, {"team", team}, {"audited", audited}, {"service", "shop"}});
}

active_groups groups_of(const std::vector<sample>& alerts) {
  active_groups all(rules());
  for (const auto& a : alerts) all.add(a.standing());
  return all;
}

/// The names of the groups, in their order.
std::string order_of(const active_groups& all) {
  std::string names;
  for (const auto* g : all.page_behind(std::nullopt, 500).groups) {
    if (!names.empty()) names += ' ';
    names += g->labels.get("alertname");
  }
  return names;
}

} // namespace

BOOST_AUTO_TEST_SUITE(groups_of_what_fires)

BOOST_AUTO_TEST_CASE(alerts_of_one_route_and_group_labels_are_one_group_with_all_its_counts) {
  const auto all = groups_of({{.id = 1, .labels = named("Disk"), .since = start + 5s, .by = "ann"},
                              {.id = 2, .labels = named("Disk"), .how_bad = severity::critical, .suppressed = true},
                              {.id = 3, .labels = named("Disk"), .level = 3, .since = start + 9s},
                              {.id = 4, .labels = named("Disk", "a")},
                              {.id = 5, .labels = named("Net"), .how_bad = severity::info}});
  BOOST_TEST(all.size() == 3U);
  const auto page = all.page_behind(std::nullopt, 50);
  BOOST_TEST(!page.more);
  const auto& disk = *page.groups[0];
  BOOST_TEST(disk.route == 0U);
  BOOST_TEST(disk.count == 3);
  BOOST_TEST(disk.suppressed == 1);
  BOOST_TEST(disk.acknowledged == 1);
  BOOST_TEST(disk.open == 1);
  BOOST_TEST((disk.how_bad() == severity::warning), "that of a suppressed alert does not count");
  BOOST_TEST(disk.level.value() == 3);
  BOOST_TEST((disk.oldest == start));
  BOOST_TEST((disk.newest == start + 9s));
  BOOST_TEST((disk.acknowledged_by == std::vector<std::string>{"ann"}));
  BOOST_REQUIRE_EQUAL(disk.shown.size(), 3U);
  BOOST_TEST(disk.shown[0].id.value == 3);
  BOOST_TEST(disk.shown[1].id.value == 1);
  BOOST_TEST(disk.shown[2].id.value == 2);

  const auto& s = all.summary();
  BOOST_TEST(s.alerts == 5);
  BOOST_TEST(s.critical == 1);
  BOOST_TEST(s.warning == 3);
  BOOST_TEST(s.info == 1);
  BOOST_TEST(s.acknowledged == 1);
  BOOST_TEST(s.suppressed == 1);
}

BOOST_AUTO_TEST_CASE(a_group_of_which_all_is_suppressed_is_as_bad_as_its_worst_alert) {
  const auto all = groups_of({{.id = 1, .how_bad = severity::critical, .suppressed = true},
                              {.id = 2, .how_bad = severity::info, .suppressed = true}});
  const auto page = all.page_behind(std::nullopt, 50);
  BOOST_TEST((page.groups[0]->how_bad() == severity::critical));
  BOOST_TEST(page.groups[0]->position().how.suppressed);
  BOOST_TEST(!page.groups[0]->position().how.acknowledged);
}

BOOST_AUTO_TEST_CASE(groups_come_in_the_order_in_which_they_need_people) {
  using enum severity;
  BOOST_TEST(order_of(groups_of({
                 {.id = 1, .labels = named("SuppressedCritical"), .how_bad = critical, .suppressed = true},
                 {.id = 2, .labels = named("Info"), .how_bad = info},
                 {.id = 3, .labels = named("WarningTaken"), .how_bad = warning, .level = 3, .by = "ann"},
                 {.id = 4, .labels = named("WarningOld"), .how_bad = warning, .since = start - 1h},
                 {.id = 5, .labels = named("WarningNew"), .how_bad = warning},
                 {.id = 6, .labels = named("WarningRaised"), .how_bad = warning, .level = 2, .since = start + 1h},
                 {.id = 7, .labels = named("CriticalTaken"), .how_bad = critical, .by = "ann"},
                 {.id = 8, .labels = named("Critical"), .how_bad = critical},
                 {.id = 9, .labels = named("SuppressedInfo"), .how_bad = info, .suppressed = true},
             }))
             == "Critical CriticalTaken WarningRaised WarningOld WarningNew WarningTaken Info SuppressedCritical "
                "SuppressedInfo");
}

BOOST_AUTO_TEST_CASE(a_group_counts_as_taken_once_nobody_is_needed_for_any_of_its_alerts) {
  BOOST_TEST(order_of(groups_of({{.id = 1, .labels = named("AllTaken"), .by = "ann"},
                                 {.id = 2, .labels = named("AllTaken"), .suppressed = true},
                                 {.id = 3, .labels = named("PartlyTaken"), .since = start + 1h, .by = "ann"},
                                 {.id = 4, .labels = named("PartlyTaken"), .since = start + 1h}}))
             == "PartlyTaken AllTaken");
}

BOOST_AUTO_TEST_CASE(an_alert_is_in_the_group_of_each_route_that_takes_it_and_owned_by_the_first) {
  const auto all = groups_of({{.id = 1, .labels = named("Disk", "a", "yes"), .group = 17}});
  BOOST_REQUIRE_EQUAL(all.size(), 2U);
  BOOST_TEST(all.summary().alerts == 1);
  const auto page = all.page_behind(std::nullopt, 50);
  for (const auto* g : page.groups) {
    const auto first = rules()->routes.at(g->route).receiver == "audit";
    BOOST_TEST(g->owner.has_value() == first);
    if (first) BOOST_TEST(g->owner->value == 17);
  }
}

BOOST_AUTO_TEST_CASE(only_the_five_most_urgent_alerts_and_ten_names_are_kept) {
  std::vector<sample> alerts;
  for (int i = 1; i <= 30; ++i) {
    alerts.push_back({.id = i, .since = start - std::chrono::seconds(i), .by = "person " + std::to_string(i % 15)});
  }
  alerts.push_back({.id = 31, .how_bad = severity::critical, .since = start + 1h});
  std::shuffle(alerts.begin(), alerts.end(), std::mt19937{7});
  const auto all = groups_of(alerts);
  const auto& g = *all.page_behind(std::nullopt, 50).groups.front();
  std::string ids;
  for (const auto& a : g.shown) ids += std::to_string(a.id.value) + ' ';
  BOOST_TEST(ids == "31 30 29 28 27 ");
  BOOST_TEST(g.acknowledged_by.size() == 10U);
}

BOOST_AUTO_TEST_CASE(pages_hold_each_group_exactly_once) {
  std::vector<sample> alerts;
  std::mt19937 random{11};
  for (int i = 0; i < 200; ++i) {
    alerts.push_back({.id = i + 1,
                      .labels = named("Alert" + std::to_string(i), i % 3 == 0 ? "a" : ""),
                      .how_bad = static_cast<severity>(1 + random() % 3),
                      // Many are equally urgent.
                      .since = start + std::chrono::seconds(random() % 2),
                      .by = random() % 2 == 0 ? "ann" : "",
                      .suppressed = random() % 3 == 0});
  }
  const auto all = groups_of(alerts);
  std::set<std::pair<std::size_t, label_set>> seen;
  std::optional<group_position> behind;
  std::vector<urgency> order;
  for (bool more = true; more;) {
    const auto page = all.page_behind(behind, 7);
    for (const auto* g : page.groups) {
      BOOST_TEST(seen.emplace(g->route, g->labels).second);
      order.push_back(g->position().how);
    }
    more = page.more;
    // As it comes back in the next question.
    behind = parse_group_position(to_string(page.groups.back()->position()));
    BOOST_REQUIRE(behind.has_value());
  }
  BOOST_TEST(seen.size() == 200U);
  BOOST_TEST(std::is_sorted(order.begin(), order.end()));
  BOOST_TEST(!all.page_behind(behind, 7).more);
  BOOST_TEST(all.page_behind(behind, 7).groups.empty());
}

BOOST_AUTO_TEST_CASE(text_that_is_no_cursor_is_not_taken_for_one) {
  const auto good = to_string(group_position{{true, severity::info, false, -2, start}, {named("Disk"), 1}});
  BOOST_REQUIRE(parse_group_position(good).has_value());
  BOOST_TEST(to_string(*parse_group_position(good)) == good);
  for (const std::string bad : {"", "x", "1.1.0.-1.5", "2.1.0.-1.5.0-7b7d", "0.4.0.-1.5.0-7b7d", "0.0.0.-1.5.0-7b7d",
                                "0.1.2.-1.5.0-7b7d", "0.1.0.-4.5.0-7b7d", "0.1.0.1.5.0-7b7d", "0.1.0.-1.5.0-7",
                                "0.1.0.-1.5.0-zz", "0.1.0.-1.5.", "0.1.0.-1.99999999999999999999.0-7b7d"}) {
    BOOST_TEST(!parse_group_position(bad).has_value(), bad);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(the_next_escalation)

BOOST_AUTO_TEST_CASE(a_group_is_escalated_when_the_first_of_its_alerts_is) {
  const auto all = groups_of({{.id = 1, .since = start + 5min, .policy = "fast"}, {.id = 2, .policy = "fast"}});
  const auto& g = *all.page_behind(std::nullopt, 50).groups.front();
  BOOST_REQUIRE(g.next.has_value());
  BOOST_TEST((g.next->due == start + 10min));
  BOOST_TEST(text_of(*g.next) == "critical, tell team");
  BOOST_TEST((g.shown[0].next_escalation_at == start + 10min));
  BOOST_TEST((g.shown[1].next_escalation_at == start + 15min));
}

BOOST_AUTO_TEST_CASE(who_is_acknowledged_or_suppressed_or_has_no_step_left_does_not_escalate) {
  for (const auto& a : std::vector<sample>{{.by = "ann", .policy = "fast"},
                                           {.suppressed = true, .policy = "fast"},
                                           {.policy = "fast", .step = 2},
                                           {.policy = "fast", .step = -1},
                                           {.policy = ""},
                                           {.policy = "gone with a reload"}}) {
    const auto all = groups_of({a});
    BOOST_TEST(!all.page_behind(std::nullopt, 1).groups.front()->next.has_value(), a.policy << " " << a.step);
  }
}

BOOST_AUTO_TEST_CASE(a_step_says_what_it_changes_and_whom_it_tells) {
  const config::escalation_step own{10min, severity::warning, {}, {}};
  const config::escalation_step person{10min, severity::critical, {}, "primary"};
  const config::escalation_step both{10min, std::nullopt, "team", "primary"};
  using enum severity;
  BOOST_TEST(text_of({start, &own, info, "ops"}) == "warning, tell ops");
  // Nothing is made less urgent.
  BOOST_TEST(text_of({start, &own, critical, "ops"}) == "tell ops");
  BOOST_TEST(text_of({start, &person, warning, "ops"}) == "critical, tell whoever is on call for primary");
  BOOST_TEST(text_of({start, &both, info, "ops"}) == "tell whoever is on call for primary, tell team");
}

BOOST_AUTO_TEST_SUITE_END()
