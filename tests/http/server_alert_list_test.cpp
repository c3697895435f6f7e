#include <boost/test/unit_test.hpp>

#include "tests/http/support.hpp"

using namespace tocsin::testing;

namespace {

const std::string configuration = R"(route:
  receiver: ops
  group_by: [alertname]
  group_wait: 0s
  routes:
    - {matchers: ['team="a"'], receiver: team-a, group_by: [zone, alertname], labels: {owner: ann}, continue: true}
    - {matchers: ['team="a"'], receiver: ops, group_by: [team], mute_time_intervals: [always]}
inhibit_rules:
  - {source_matchers: ['alertname="Root"'], target_matchers: ['alertname="Leaf"'], equal: [team]}
time_intervals:
  - {name: always, time_intervals: [{times: [{start_time: "00:00", end_time: "24:00"}]}]}
receivers: [{name: ops}, {name: team-a}]
escalation: []
maintenance_windows:
  - {name: moving house, matchers: ['rack="7"'], intervals: [always]}
)";

/// Root inhibits two leaves of team a; one of team b is silenced; one alert has ended.
struct with_alerts {
  site here{"", configuration};
  client http{here.port()};
  std::string silence;

  with_alerts() {
    const auto posted = http.post_alerts(
        "["
        + alert_json({{"alertname", "Root"}, {"team", "a"}},
                     R"("annotations":{"b":"<2>","a":"1"},"generatorURL":"http://x/?a=1&b=2")")
        + "," + alert_json({{"alertname", "Leaf"}, {"team", "a"}, {"zone", "z"}, {"job", "j2"}}) + ","
        + alert_json({{"alertname", "Leaf"}, {"team", "a"}, {"zone", "z"}, {"job", "j1"}, {"instance", "i"}}) + ","
        + alert_json({{"team", "b"}}) + "," + alert_json({{"alertname", "Old"}}, R"("endsAt":"2020-01-01T00:00:00Z")")
        + "]");
    BOOST_REQUIRE_EQUAL(posted.status, 200);
    const auto set = http.post(
        "/api/v2/silences", R"({"matchers":[{"name":"team","value":"b","isRegex":false}],"startsAt":")" + moment(-1min)
                                + R"(","endsAt":")" + moment(1h) + R"(","createdBy":"ann","comment":"works"})");
    silence = set.read().text("/silenceID").value_or("");
  }

  std::string fingerprints(const std::string& query) {
    const auto a = http.get("/api/v2/alerts" + query);
    BOOST_TEST_CONTEXT(query << " answers " << a.body) {
      BOOST_REQUIRE_EQUAL(a.status, 200);
    }
    return a.read().column("fingerprint", "");
  }
  std::size_t groups(const std::string& query) {
    return http.get("/api/v2/alerts/groups" + query).read().size("").value_or(99);
  }
};

// As a real Alertmanager has them for these labels.
const std::string leaf_1 = "08839a2500c17798";
const std::string root = "415a87b41f97b7ee";
const std::string other = "5e0384db8d33bbaa";
const std::string leaf_2 = "ae4cc34fadb7344f";

} // namespace

BOOST_AUTO_TEST_SUITE(lists_of_alerts)

BOOST_FIXTURE_TEST_CASE(what_fires_is_listed_by_fingerprint_as_alertmanager_shows_it, with_alerts) {
  const auto a = http.get("/api/v2/alerts");
  BOOST_TEST(a.header("Content-Type") == "application/json");
  BOOST_TEST(a.header("Cache-Control") == "no-store");
  const auto all = a.read();
  BOOST_TEST(all.column("fingerprint", "") == leaf_1 + " " + root + " " + other + " " + leaf_2);
  BOOST_TEST(all.keys("/0") == "annotations endsAt fingerprint receivers startsAt status updatedAt labels");
  BOOST_TEST(all.keys("/1")
             == "annotations endsAt fingerprint receivers startsAt status updatedAt generatorURL labels");
  BOOST_TEST(all.keys("/0/status") == "inhibitedBy mutedBy silencedBy state");
  BOOST_TEST(all.text("/0/status/state").value_or("") == "suppressed");
  BOOST_TEST(all.text("/0/status/inhibitedBy/0").value_or("") == root);
  BOOST_TEST(all.column("name", "/0/receivers") == "team-a ops");
  BOOST_TEST(all.text("/1/status/state").value_or("") == "active");
  BOOST_TEST(all.keys("/1/annotations") == "a b");
  BOOST_TEST(all.text("/1/annotations/b").value_or("") == "<2>");
  BOOST_TEST(all.text("/1/generatorURL").value_or("") == "http://x/?a=1&b=2");
  BOOST_TEST(all.text("/2/status/silencedBy/0").value_or("") == silence);
  BOOST_TEST(all.text("/2/labels/team").value_or("") == "b");
  BOOST_TEST(all.text("/0/startsAt").value_or("").size() == std::string("2026-11-24T13:13:37.157Z").size());
}

BOOST_FIXTURE_TEST_CASE(parameters_leave_out_what_is_not_wanted, with_alerts) {
  BOOST_TEST(fingerprints("?active=false") == leaf_1 + " " + other + " " + leaf_2);
  BOOST_TEST(fingerprints("?active=junk") == leaf_1 + " " + other + " " + leaf_2);
  raw_connection raw(here.port());
  raw.write("GET /api/v2/alerts?filter=team=b&filter=x=&&active HTTP/1.1\r\nHost: x\r\n\r\n");
  BOOST_TEST(raw.read().read().column("fingerprint", "") == other);
  BOOST_TEST(fingerprints("?active=") == fingerprints(""));
  BOOST_TEST(fingerprints("?active=true&active=false") == fingerprints("?active=false"));
  BOOST_TEST(fingerprints("?receiver=") == fingerprints(""));
  BOOST_TEST(fingerprints("?receiver=ops&receiver=nobody") == "");
  BOOST_TEST(fingerprints("?silenced=false") == leaf_1 + " " + root + " " + leaf_2);
  BOOST_TEST(fingerprints("?inhibited=false&silenced=false") == root);
  BOOST_TEST(fingerprints("?unprocessed=false") == fingerprints(""));
  BOOST_TEST(fingerprints("?receiver=team-.") == leaf_1 + " " + root + " " + leaf_2);
  BOOST_TEST(fingerprints("?receiver=team") == "");
  BOOST_TEST(fingerprints("?filter=team%3D%22b%22") == other);
  BOOST_TEST(fingerprints("?filter=zone!%3D%22%22&filter=job%3D~%22j.%22") == leaf_1 + " " + leaf_2);
  BOOST_TEST(fingerprints("?filter=x%3D%22%22") == fingerprints(""));
  BOOST_TEST(http.get("/api/v2/alerts?filter=team%3D%22c%22").body == "[]\n");
}

BOOST_FIXTURE_TEST_CASE(what_cannot_be_read_is_refused_in_alertmanagers_words, with_alerts) {
  for (const std::string call : {"/api/v2/alerts", "/api/v2/alerts/groups"}) {
    BOOST_TEST(http.get(call + "?receiver=(").body
               == "\"failed to parse receiver param: error parsing regexp: missing closing ): `^(?:()$`\"\n");
    BOOST_TEST(http.get(call + "?filter=a").body == "\"bad matcher format: a\"\n");
    BOOST_TEST(http.get(call + "?filter=a").status == 400);
    for (const auto* limit : {"0", "10001", "-1", "x", ""}) {
      const auto a = http.get(call + "?limit=" + limit);
      BOOST_TEST(a.status == 400);
      BOOST_TEST(a.body.starts_with("\"limit: expected a whole number from 1 to 10000"));
    }
    for (const auto* cursor : {"x", "12-zz", "0-7b", "99999999999999999999999-7b7d"}) {
      BOOST_TEST(http.get(call + "?limit=1&cursor=" + cursor).status == 400, call << " takes the cursor " << cursor);
    }
  }
}

BOOST_FIXTURE_TEST_CASE(pages_follow_each_other_by_their_cursor_and_the_last_one_has_none, with_alerts) {
  std::string seen;
  std::string cursor;
  for (int pages = 0; pages < 9; ++pages) {
    const auto page = http.get("/api/v2/alerts?limit=3" + (cursor.empty() ? "" : "&cursor=" + cursor));
    seen += page.read().column("fingerprint", "") + "|";
    cursor = page.header("X-Next-Cursor");
    if (cursor.empty()) break;
  }
  BOOST_TEST(seen == leaf_1 + " " + root + " " + other + "|" + leaf_2 + "|");
  BOOST_TEST(http.get("/api/v2/alerts?limit=4").header("X-Next-Cursor") == "");

  std::string groups;
  for (int pages = 0; pages < 9; ++pages) {
    const auto page = http.get("/api/v2/alerts/groups?limit=1" + (cursor.empty() ? "" : "&cursor=" + cursor));
    groups += page.read().text("/0/receiver/name").value_or("none") + " ";
    cursor = page.header("X-Next-Cursor");
    if (cursor.empty()) break;
  }
  BOOST_TEST(groups == "ops ops team-a team-a ");
}

BOOST_FIXTURE_TEST_CASE(groups_come_in_alertmanagers_order_and_say_what_mutes_their_route, with_alerts) {
  const auto all = http.get("/api/v2/alerts/groups").read();
  // No labels; then the one that lacks `alertname`, which the others have.
  BOOST_TEST(all.size("").value_or(0) == 4u);
  BOOST_TEST(all.keys("/0") == "alerts labels receiver");
  BOOST_TEST(all.keys("/0/labels") == "");
  BOOST_TEST(all.text("/1/labels/team").value_or("") == "a");
  BOOST_TEST(all.text("/2/labels/alertname").value_or("") == "Root");
  BOOST_TEST(all.text("/3/labels/zone").value_or("") == "z");
  BOOST_TEST(all.text("/3/routeLabels/owner").value_or("") == "ann");
  BOOST_TEST(all.column("fingerprint", "/1/alerts") == leaf_1 + " " + leaf_2 + " " + root);
  BOOST_TEST(all.text("/1/alerts/2/status/mutedBy/0").value_or("") == "always");
  BOOST_TEST(all.text("/1/alerts/2/status/state").value_or("") == "suppressed");
  BOOST_TEST(all.text("/2/alerts/0/status/state").value_or("") == "active");
  BOOST_TEST(all.column("name", "/2/alerts/0/receivers") == "ops team-a");

  BOOST_TEST(groups("?muted=false") == 3u);
  BOOST_TEST(groups("?receiver=team-a") == 2u);
  BOOST_TEST(groups("?active=false") == 3u);
  BOOST_TEST(groups("?filter=team%3D%22b%22&silenced=false") == 0u);
  BOOST_TEST(http.get("/api/v2/alerts/groups?receiver=ops&active=false").read().column("name", "/1/alerts/0/receivers")
             == "ops");
}

BOOST_FIXTURE_TEST_CASE(a_maintenance_window_shows_as_muting_its_alerts, with_alerts) {
  http.post_alerts("[" + alert_json({{"alertname", "Rack"}, {"rack", "7"}}) + "]");
  const auto rack = http.get("/api/v2/alerts?filter=rack%3D%227%22").read();
  BOOST_TEST(rack.text("/0/status/mutedBy/0").value_or("") == "moving house");
  BOOST_TEST(rack.text("/0/status/state").value_or("") == "suppressed");
}

BOOST_FIXTURE_TEST_CASE(a_report_that_says_nothing_new_shows_at_once, with_alerts) {
  const auto body = [](std::chrono::milliseconds end) {
    return "[" + alert_json({{"alertname", "Again"}}, "\"endsAt\":\"" + moment(end) + "\"") + "]";
  };
  const auto shown = [this] { return http.get("/api/v2/alerts?filter=alertname%3D%22Again%22").read(); };
  http.post_alerts(body(1min));
  http.post_alerts(body(2min));
  const auto before = shown().text("/0/updatedAt").value_or("");
  http.post_alerts(body(1h));
  const auto end = shown().text("/0/endsAt").value_or("");
  BOOST_TEST(end > moment(50min));
  BOOST_TEST(shown().text("/0/updatedAt").value_or("") >= before);
  BOOST_TEST(shown().size("").value_or(0) == 1u);
}

BOOST_FIXTURE_TEST_CASE(of_two_senders_the_one_counts_that_saw_it_begin_first, with_alerts) {
  const auto post = [this](std::chrono::milliseconds from) {
    http.post_alerts("[" + alert_json({{"alertname", "Twice"}}, "\"startsAt\":\"" + moment(from) + "\"") + "]");
  };
  const auto begun = [this] {
    return http.get("/api/v2/alerts?filter=alertname%3D%22Twice%22").read().text("/0/startsAt").value_or("");
  };
  post(-1min);
  post(-3h);
  post(-2min);
  post(-3h);
  BOOST_TEST(begun() < moment(-179min));
}

BOOST_FIXTURE_TEST_CASE(a_list_follows_what_begins_and_ends, with_alerts) {
  const auto before = fingerprints("");
  http.post_alerts("[" + alert_json({{"alertname", "New"}}) + "]");
  BOOST_TEST(http.get("/api/v2/alerts").read().size("").value_or(0) == 5u);
  http.post_alerts("[" + alert_json({{"alertname", "New"}}, "\"endsAt\":\"" + moment() + "\"") + "]");
  BOOST_TEST(eventually(3s, [&] { return fingerprints("") == before; }));
}

BOOST_FIXTURE_TEST_CASE(a_long_list_comes_in_pieces_and_is_whole, with_alerts) {
  std::string body = "[";
  for (int i = 0; i < 3000; ++i) {
    body += (i == 0 ? "" : ",") + alert_json({{"alertname", "Many"}, {"n", std::to_string(i)}});
  }
  BOOST_REQUIRE_EQUAL(http.post_alerts(body + "]").status, 200);
  const auto many = http.get("/api/v2/alerts?filter=alertname%3DMany");
  BOOST_TEST(many.header("Transfer-Encoding") == "chunked");
  BOOST_TEST(many.read().size("").value_or(0) == 3000u);
  BOOST_TEST(http.get("/api/v2/alerts?filter=alertname%3DMany&silenced=false&limit=2100").read().size("").value_or(0)
             == 2100u);
  const auto group = http.get("/api/v2/alerts/groups?filter=alertname%3DMany").read();
  BOOST_TEST(group.size("").value_or(0) == 1u);
  BOOST_TEST(group.size("/0/alerts").value_or(0) == 3000u);
  BOOST_TEST(group.text("/0/alerts/1/labels/n").value_or("") == "1");
  BOOST_TEST(group.text("/0/alerts/2/labels/n").value_or("") == "10");
  BOOST_TEST(http.get("/api/v2/alerts/groups?filter=alertname%3DMany&active=false").body == "[]\n");
}

BOOST_FIXTURE_TEST_CASE(the_status_has_the_configuration_as_alertmanager_would_have_it, with_alerts) {
  const auto status = http.get("/api/v2/status").read();
  BOOST_TEST(status.keys("") == "cluster config uptime versionInfo");
  BOOST_TEST(status.text("/cluster/status").value_or("") == "disabled");
  BOOST_TEST(status.keys("/versionInfo") == "branch buildDate buildUser goVersion revision version");
  const auto yaml = status.text("/config/original").value_or("");
  BOOST_TEST(yaml.find("receiver: team-a") != std::string::npos);
  BOOST_TEST(yaml.find("maintenance_windows") == std::string::npos);
  BOOST_TEST(http.get("/api/v2/receivers").body == "[{\"name\":\"ops\"},{\"name\":\"team-a\"}]\n");
}

BOOST_AUTO_TEST_SUITE_END()
