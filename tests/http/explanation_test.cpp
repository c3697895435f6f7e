#include "http/explanation.hpp"

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "config/load.hpp"
#include "tests/json.hpp"

using namespace tocsin;

namespace {

using namespace std::chrono_literals;

/// 2026-11-24T08:00:00Z and so many seconds.
timestamp at(std::int64_t seconds) {
  return timestamp{std::chrono::sys_days{std::chrono::year{2026} / 11 / 24} + 8h + std::chrono::seconds{seconds}};
}

constexpr auto with_routes = R"(
route:
  receiver: all
  group_by: [alertname]
  routes:
    - receiver: copy
      matchers: ['severity="critical"']
      continue: true
    - receiver: db
      matchers: ['team="db"', 'env=~"prod|stage"']
      routes:
        - {receiver: night, matchers: ['shift="night"']}
        - {receiver: disks, matchers: ['alertname="DiskFull"']}
        - {receiver: db, matchers: ['alertname=~"Disk.*"']}
    - receiver: web
      matchers: ['team=~"web|db"']
receivers:
  - {name: all, webhook_configs: [{url: "http://a.example/"}]}
  - {name: copy}
  - {name: db, webhook_configs: [{url: "http://a.example/"}]}
  - {name: night}
  - {name: disks, webhook_configs: [{url: "http://a.example/"}]}
  - {name: web}
escalation: []
)";

constexpr auto silent = R"(
route: {receiver: nobody}
receivers: [{name: nobody}]
escalation: []
)";

constexpr auto critical_only = R"(
route: {receiver: pager}
receivers:
  - name: pager
    sms_configs: [{account_sid: AC1, auth_token: t, from: Ops, to: ['+491701234567']}]
escalation: []
)";

config::config_ptr loaded(const char* yaml) {
  auto made = config::load_text(yaml, "test.yml", [](std::string_view) { return std::optional<std::string>{}; });
  if (!made) throw std::runtime_error(made.error().message);
  return *made;
}

const label_set disk =
    label_set::of({{"alertname", "DiskFull"}, {"env", "prod"}, {"severity", "warning"}, {"team", "db"}});
constexpr auto disk_route = R"(disks@{}/{env=~"prod|stage",team="db"}/{alertname="DiskFull"})";

storage::history_detail alert_with(const label_set& labels) {
  storage::history_detail detail;
  auto& e = detail.row.alert;
  e.id = episode_id{17};
  e.labels = labels;
  e.starts_at = at(-5);
  e.received_at = at(0);
  e.state.last_seen = at(0);
  detail.route = disk_route;
  detail.window_until = at(30);
  return detail;
}

storage::notification_row attempt(std::int64_t second, bool success, std::int32_t retry = 0) {
  storage::notification_row row;
  row.attempt = {notification_id{6},
                 "DiskFull",
                 "disks/webhook/0",
                 "a.example",
                 success,
                 at(second),
                 37ms,
                 success ? "200 OK" : "connection refused",
                 retry,
                 std::nullopt,
                 notification_reason::first_notification};
  return row;
}

void end(storage::history_detail& detail, std::int64_t second) {
  detail.row.alert.state.status = episode_status::resolved;
  detail.row.alert.state.ended_at = at(second);
  detail.row.resolution_time_seconds = second + 5;
}

std::string summary_of(const storage::history_detail& detail, std::int64_t now, const char* yaml = with_routes) {
  return http::explain(detail, *loaded(yaml), at(now)).summary;
}

/// `receiver: why` of each route, `*` before those that take it.
std::vector<std::string> verdicts_of(const label_set& labels) {
  std::vector<std::string> lines;
  for (const auto& v : http::explain(alert_with(labels), *loaded(with_routes), at(1)).routes) {
    lines.push_back((v.taken ? "*" : "") + v.receiver + ": " + v.why);
  }
  return lines;
}

} // namespace

BOOST_AUTO_TEST_SUITE(explanations)

BOOST_AUTO_TEST_CASE(each_route_says_why_it_took_the_alert_or_did_not) {
  struct row {
    label_set labels;
    std::vector<std::string> expected;
  };
  const auto sibling = [](const std::string& key) {
    return "an earlier sibling took it and does not continue: " + key;
  };
  const std::string db = R"(db@{}/{env=~"prod|stage",team="db"})";
  const std::vector<row> table{
      {disk,
       {"all: it matches, but a child took it: " + db,
        R"(copy: severity="critical" does not match: the alert has severity="warning")",
        std::string("db: it matches, but a child took it: ") + disk_route,
        R"(night: shift="night" does not match: the alert has no label shift)", "*disks: every matcher matches",
        "db: " + sibling(disk_route), "web: " + sibling(db)}},
      {label_set::of({{"alertname", "Slow"}, {"env", "test"}, {"severity", "critical"}, {"team", "db"}}),
       {R"(all: it matches, but a child took it: copy@{}/{severity="critical"})", "*copy: every matcher matches",
        R"(db: env=~"prod|stage" does not match: the alert has env="test")", "night: its parent route does not match",
        "disks: its parent route does not match", "db: its parent route does not match",
        "*web: every matcher matches"}},
      {label_set::of({{"alertname", "Odd\"one"}, {"team", "x"}}),
       {"*all: it is the root, and no child took the alert",
        R"(copy: severity="critical" does not match: the alert has no label severity)",
        R"(db: env=~"prod|stage" does not match: the alert has no label env)", "night: its parent route does not match",
        "disks: its parent route does not match", "db: its parent route does not match",
        R"(web: team=~"web|db" does not match: the alert has team="x")"}},
      {label_set::of({{"alertname", "Slow"}, {"env", "prod"}, {"team", "db"}}),
       {"all: it matches, but a child took it: " + db,
        R"(copy: severity="critical" does not match: the alert has no label severity)",
        "*db: every matcher matches, and no child took it",
        R"(night: shift="night" does not match: the alert has no label shift)",
        R"(disks: alertname="DiskFull" does not match: the alert has alertname="Slow")",
        R"(db: alertname=~"Disk.*" does not match: the alert has alertname="Slow")", "web: " + sibling(db)}},
  };
  for (const auto& [labels, expected] : table) {
    BOOST_TEST(verdicts_of(labels) == expected, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(the_routes_that_are_taken_are_those_that_routing_takes) {
  const auto c = loaded(with_routes);
  for (const auto* name : {"DiskFull", "DiskSlow", "Other"}) {
    for (const auto* severity : {"critical", "info"}) {
      for (const auto* team : {"db", "web", ""}) {
        for (const auto* shift : {"night", "day"}) {
          const auto labels = label_set::of(
              {{"alertname", name}, {"env", "prod"}, {"severity", severity}, {"shift", shift}, {"team", team}});
          std::vector<std::size_t> routed;
          c->routes.match(labels, routed);
          std::vector<std::string> expected;
          for (const auto i : routed) expected.push_back(c->routes.at(i).key);
          std::vector<std::string> taken;
          const auto story = http::explain(alert_with(labels), *c, at(1));
          for (const auto& v : story.routes) {
            if (v.taken) taken.push_back(v.route);
          }
          BOOST_TEST(taken == expected, boost::test_tools::per_element());
          BOOST_TEST(story.routes.size() == c->routes.routes().size());
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_route_that_is_not_the_one_of_now_is_pointed_out) {
  auto detail = alert_with(disk);
  const auto c = loaded(with_routes);
  BOOST_TEST(http::explain(detail, *c, at(1)).route_change == "");
  detail.route = "old@{}";
  BOOST_TEST(http::explain(detail, *c, at(1)).route_change
             == std::string("the route that took it was old@{}; the current configuration gives it to ") + disk_route);
  // A reload has taken it there since.
  detail.events = {{episode_id{17}, event_kind::rerouted, disk_route, "a new configuration", at(9)}};
  BOOST_TEST(http::explain(detail, *c, at(10)).route == disk_route);
  BOOST_TEST(http::explain(detail, *c, at(10)).route_change == "");
  detail.events.clear();
  detail.route.clear();
  BOOST_TEST(http::explain(detail, *c, at(1)).route_change == "");
}

BOOST_AUTO_TEST_CASE(the_summary_says_whether_anybody_was_told_and_if_not_why) {
  using change = void (*)(storage::history_detail&);
  struct row {
    const char* what;
    change set;
    std::int64_t now;
    std::string expected;
  };
  const std::vector<row> table{
      {"it waits", [](auto&) {}, 10,
       "Nobody was told yet: it waits in its window for others of its group until 2026-11-24T08:00:30Z."},
      {"the window is over", [](auto&) {}, 31, "Nobody was told yet: its notification is on its way."},
      {"told", [](auto& d) { d.notifications = {attempt(30, true)}; }, 40,
       "People were told on disks/webhook/0 (a.example) at 2026-11-24T08:00:30Z."},
      {"told at the second attempt",
       [](auto& d) {
         d.notifications = {attempt(30, false), attempt(35, true, 1)};
       },
       40, "People were told on disks/webhook/0 (a.example) at 2026-11-24T08:00:35Z."},
      {"failed",
       [](auto& d) {
         d.notifications = {attempt(30, false), attempt(35, false, 1)};
       },
       40,
       "Nobody could be told yet: disks/webhook/0 (a.example) failed at 2026-11-24T08:00:35Z, attempt 2: connection "
       "refused."},
      {"one channel of two failed",
       [](auto& d) {
         d.notifications = {attempt(30, true), attempt(31, false)};
         d.notifications[1].attempt.channel = "disks/slack/0";
         d.notifications[1].attempt.recipients = "";
       },
       40,
       "People were told on disks/webhook/0 (a.example) at 2026-11-24T08:00:30Z, but disks/slack/0 failed at "
       "2026-11-24T08:00:31Z, attempt 1: connection refused."},
      {"suppressed",
       [](auto& d) { d.row.alert.state.suppressed_by = "silenced by ann until 2026-11-24T10:00:00Z: disks"; }, 40,
       "It is not notified now: silenced by ann until 2026-11-24T10:00:00Z: disks, and nobody was told."},
      {"suppressed after it was told",
       [](auto& d) {
         d.row.alert.state.suppressed_by = "muted by the time interval night";
         d.notifications = {attempt(30, true)};
       },
       40,
       "It is not notified now: muted by the time interval night; before that people were told on disks/webhook/0 "
       "(a.example) at "
       "2026-11-24T08:00:30Z."},
      {"acknowledged",
       [](auto& d) {
         d.row.alert.state.acknowledged_at = at(33);
         d.row.alert.state.acknowledged_by = "zoe";
         d.notifications = {attempt(30, true)};
       },
       40,
       "It is acknowledged by zoe since 2026-11-24T08:00:33Z, so it is neither escalated nor repeated; people were "
       "told on "
       "disks/webhook/0 (a.example) at 2026-11-24T08:00:30Z."},
      {"over before its window closed", [](auto& d) { end(d, 20); }, 40,
       "It ended at 2026-11-24T08:00:20Z and nobody was told: it was over before its window closed at "
       "2026-11-24T08:00:30Z."},
      {"over, and told",
       [](auto& d) {
         end(d, 60);
         d.notifications = {attempt(30, true)};
       },
       70,
       "It ended at 2026-11-24T08:01:00Z; people were told on disks/webhook/0 (a.example) at 2026-11-24T08:00:30Z."},
      {"over while it was silenced",
       [](auto& d) {
         end(d, 60);
         d.events = {{episode_id{17}, event_kind::silenced, "5d3f", "silenced by ann", at(30)}};
       },
       70, "It ended at 2026-11-24T08:01:00Z and nobody was told: silenced by ann."},
      {"over, and nobody could be told",
       [](auto& d) {
         end(d, 60);
         d.notifications = {attempt(30, false)};
       },
       70,
       "It ended at 2026-11-24T08:01:00Z and nobody could be told: disks/webhook/0 (a.example) failed at "
       "2026-11-24T08:00:30Z, attempt 1: connection refused."},
  };
  for (const auto& r : table) {
    auto detail = alert_with(disk);
    r.set(detail);
    const auto found = summary_of(detail, r.now);
    BOOST_TEST(found == r.expected, r.what << ": " << found);
  }
}

BOOST_AUTO_TEST_CASE(a_receiver_without_a_channel_is_named) {
  auto detail = alert_with(disk);
  detail.route = "nobody@{}";
  BOOST_TEST(summary_of(detail, 40, silent) == "Nobody was told yet: the receiver nobody has no channel.");
  end(detail, 60);
  BOOST_TEST(summary_of(detail, 70, silent)
             == "It ended at 2026-11-24T08:01:00Z and nobody was told: the receiver nobody has no channel.");
}

BOOST_AUTO_TEST_CASE(of_an_imported_alert_nobody_knows_who_was_told) {
  auto detail = alert_with(disk);
  detail.route.clear();
  detail.row.alert.group = {};
  end(detail, 60);
  BOOST_TEST(summary_of(detail, 70)
             == "It ended at 2026-11-24T08:01:00Z; it was imported, and who was told of it is not on record here.");
}

BOOST_AUTO_TEST_CASE(a_receiver_that_is_not_told_of_the_severity_is_named) {
  auto detail = alert_with(disk);
  detail.route = "pager@{}";
  BOOST_TEST(summary_of(detail, 40, critical_only)
             == "Nobody was told yet: the receiver pager has no channel that is told of severity warning.");
}

BOOST_AUTO_TEST_CASE(the_timeline_tells_everything_in_order) {
  auto detail = alert_with(disk);
  const episode_id id{17};
  detail.row.alert.state.occurrence_count = 4;
  detail.row.alert.state.last_seen = at(50);
  end(detail, 90);
  detail.events = {{id, event_kind::inhibited, "c0ffee", "inhibited by NodeDown", at(1)},
                   {id, event_kind::released, "", "no longer inhibited by NodeDown", at(20)},
                   {id, event_kind::flapping, "", "7 changes in 15m", at(60)},
                   {id, event_kind::cascade, "database", "4 of database fire", at(61)}};
  detail.notifications = {attempt(30, false), attempt(35, true, 1)};
  detail.escalations = {{id, escalation_level{1}, escalation_level{2}, "not acknowledged", "system", at(40)}};
  detail.acknowledgements = {{id, "zoe", "on it", at(45)}};

  const auto story = http::explain(detail, *loaded(with_routes), at(100));
  struct row {
    std::int64_t second;
    std::string what;
    std::string text;
  };
  const std::vector<row> expected{
      {0, "received", "Received; the sender says that it began at 2026-11-24T07:59:55Z."},
      {0, "grouped",
       std::string("Taken by the route ") + disk_route
           + R"( into the group {}/{env=~"prod|stage",team="db"}/{alertname="DiskFull"}:{alertname="DiskFull"})"
             "; its window closes at 2026-11-24T08:00:30Z, after 30s."},
      {1, "inhibited", "Not notified from here on: inhibited by NodeDown."},
      {20, "released", "Not suppressed any more: no longer inhibited by NodeDown."},
      {30, "notification", "Could not tell disks/webhook/0 (a.example), attempt 1: connection refused."},
      {35, "notification", "Told disks/webhook/0 (a.example): first notification."},
      {40, "escalated", "Escalated from level 1 to 2 by system: not acknowledged."},
      {45, "acknowledged", "Acknowledged by zoe: on it."},
      {50, "duplicates",
       "Reported 4 times by now, the last time at 2026-11-24T08:00:50Z; each repeat was counted and told nobody "
       "anything new."},
      {60, "flapping", "It comes and goes, and is held from here on: 7 changes in 15m."},
      {61, "cascade", "Raised, since many of its cluster fire: 4 of database fire."},
      {90, "resolved", "Resolved after 1m35s."},
  };
  BOOST_REQUIRE(story.timeline.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    BOOST_CHECK(story.timeline[i].at == at(expected[i].second));
    BOOST_TEST(story.timeline[i].what == expected[i].what);
    BOOST_TEST(story.timeline[i].text == expected[i].text);
  }
}

BOOST_AUTO_TEST_CASE(every_kind_of_event_has_a_sentence_of_its_own) {
  auto detail = alert_with(disk);
  using enum event_kind;
  for (auto kind :
       {inhibited, silenced, muted, deduplicated, released, reopened, flapping, calmed, cascade, rerouted}) {
    detail.events = {{episode_id{17}, kind, "somebody", "", at(5)}};
    const auto story = http::explain(detail, *loaded(with_routes), at(6));
    const auto& event = story.timeline.back();
    BOOST_TEST(event.what == to_string(kind));
    BOOST_TEST(event.text.size() > 10U);
    BOOST_TEST(event.text.back() == '.');
    BOOST_REQUIRE(event.facts.size() == 1U);
    BOOST_TEST(std::get<std::string>(event.facts[0].value) == "somebody");
  }
}

BOOST_AUTO_TEST_CASE(an_alert_of_which_little_is_known_is_told_without_the_rest) {
  auto detail = alert_with(disk);
  detail.route.clear();
  detail.window_until.reset();
  const auto story = http::explain(detail, *loaded(with_routes), at(1));
  BOOST_REQUIRE(story.timeline.size() == 1U);
  BOOST_TEST(story.timeline[0].what == "received");
  // A route of a former configuration has a name, but no labels any more.
  detail.route = "old@{}";
  detail.window_until = at(0);
  const auto former = http::explain(detail, *loaded(with_routes), at(1));
  BOOST_TEST(former.timeline[1].text == "Taken by the route old@{}; it is to be notified at once.");
}

BOOST_AUTO_TEST_CASE(as_json_it_has_every_part) {
  auto detail = alert_with(disk);
  detail.notifications = {attempt(30, true)};
  detail.notifications[0].attempt.message = "said \"ok\"\n";
  std::string text;
  json_writer w(text);
  http::write_explanation(w, http::explain(detail, *loaded(with_routes), at(40)));
  const tocsin::testing::json story(text);
  BOOST_REQUIRE_MESSAGE(story.valid(), text);
  BOOST_TEST(story.keys("") == "id alert_name status summary route route_change routes timeline hint");
  BOOST_TEST(story.is_null("/hint"));
  BOOST_TEST(story.number("/id").value() == 17);
  BOOST_TEST(story.text("/alert_name").value() == "DiskFull");
  BOOST_TEST(story.text("/status").value() == "firing");
  BOOST_TEST(story.is_null("/route_change"));
  BOOST_TEST(story.keys("/routes/0") == "route receiver taken why");
  BOOST_TEST(story.boolean("/routes/4/taken").value());
  BOOST_TEST(story.keys("/timeline/0") == "at what text starts_at");
  BOOST_TEST(story.keys("/timeline/1") == "at what text route group_labels window_until window");
  BOOST_TEST(story.text("/timeline/1/group_labels/alertname").value() == "DiskFull");
  BOOST_TEST(story.text("/timeline/1/window").value() == "30s");
  BOOST_TEST(story.keys("/timeline/2")
             == "at what text notification_id channel recipients reason attempt success message duration_ms");
  BOOST_TEST(story.text("/timeline/2/at").value() == "2026-11-24T08:00:30.000Z");
  BOOST_TEST(story.number("/timeline/2/attempt").value() == 1);
  BOOST_TEST(story.boolean("/timeline/2/success").value());
  BOOST_TEST(story.text("/timeline/2/message").value() == "said \"ok\"\n");
}

BOOST_AUTO_TEST_CASE(what_helps_is_told_with_it) {
  const std::string with_hint = std::string(with_routes) + R"(
hints:
  - {alerts: [DiskFull], causes: [old logs], steps: [look, ask], fixes: [delete them], dashboard: https://a.example/}
)";
  std::string text;
  json_writer w(text);
  http::write_explanation(w, http::explain(alert_with(disk), *loaded(with_hint.c_str()), at(40)));
  const tocsin::testing::json story(text);
  BOOST_REQUIRE_MESSAGE(story.valid(), text);
  BOOST_TEST(story.text("/hint/causes/0").value() == "old logs");
  BOOST_TEST(story.text("/hint/steps/1").value() == "ask");
  BOOST_TEST(story.text("/hint/fixes/0").value() == "delete them");
  BOOST_TEST(story.text("/hint/dashboard").value() == "https://a.example/");
}

BOOST_AUTO_TEST_SUITE_END()
