#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/http/support.hpp"

using namespace tocsin::testing;

namespace {

/// Alerts of all kinds. Those of team a are audited on a further route.
struct with_groups {
  site here{"http://127.0.0.1:1/", R"(route:
  receiver: ops
  group_by: [alertname]
  group_wait: 0s
  routes:
    - {receiver: audit, matchers: ['team="a"'], group_by: [team], continue: true}
    - {receiver: team, matchers: ['team="a"']}
receivers:
  - name: ops
  - {name: team, stdout_configs: [{}]}
  - {name: audit, stdout_configs: [{}]}
silences: {max_breadth: 2}
escalation:
  - {name: all, matchers: [], steps: [{after: 1h, raise_to: critical, receiver: team}]}
)"};
  client http{here.port()};

  void post(pairs labels, std::string_view more = {}) {
    BOOST_REQUIRE_EQUAL(http.post_alerts("[" + alert_json(labels, more) + "]").status, 200);
  }
  json now(const std::string& query = {}) {
    const auto a = http.get("/api/alerts/now" + query);
    BOOST_TEST_CONTEXT(a.body) {
      BOOST_REQUIRE_EQUAL(a.status, 200);
    }
    return a.read();
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(what_fires_now)

BOOST_FIXTURE_TEST_CASE(when_nothing_fires_the_list_is_empty, with_groups) {
  BOOST_TEST(http.get("/api/alerts/now").body
             == "{\"success\":true,\"count\":0,\"total\":0,\"next_cursor\":null,\"summary\":{\"groups\":0,\"alerts\":0,"
                "\"critical\":0,\"warning\":0,\"info\":0,\"acknowledged\":0,\"suppressed\":0},\"data\":[]}\n");
}

BOOST_FIXTURE_TEST_CASE(a_group_is_shown_with_all_that_people_need_to_know, with_groups) {
  post({{"alertname", "Disk"}, {"severity", "warning"}, {"service", "shop"}, {"instance", "db1"}},
       R"("annotations":{"summary":"/var is full"},"startsAt":"2026-11-24T10:00:00Z")");
  const auto now = this->now();
  BOOST_TEST((now.number("/count") == 1));
  BOOST_TEST((now.number("/total") == 1));
  BOOST_TEST(now.is_null("/next_cursor"));
  BOOST_TEST((now.number("/summary/warning") == 1));
  BOOST_TEST(now.keys("/data/0")
             == "receiver route group_labels group_key severity escalation_level count suppressed_count "
                "acknowledged_count acknowledged_by oldest_start_time newest_start_time next_escalation_at "
                "next_escalation muted_by channels alerts");
  BOOST_TEST((now.text("/data/0/receiver") == "ops"));
  BOOST_TEST((now.text("/data/0/route") == "ops@{}"));
  BOOST_TEST((now.text("/data/0/group_labels/alertname") == "Disk"));
  BOOST_TEST((now.text("/data/0/group_key") == "{}:{alertname=\"Disk\"}"));
  BOOST_TEST((now.text("/data/0/severity") == "warning"));
  BOOST_TEST((now.number("/data/0/escalation_level") == 1));
  BOOST_TEST((now.text("/data/0/oldest_start_time") == "2026-11-24T10:00:00.000Z"));
  BOOST_TEST((now.text("/data/0/next_escalation") == "critical, tell team"));
  BOOST_TEST((now.size("/data/0/channels") == 0U));
  BOOST_TEST(now.keys("/data/0/alerts/0")
             == "id alert_name severity summary labels escalation_level status start_time service instance "
                "acknowledged_by suppressed_by next_escalation_at");
  BOOST_TEST((now.text("/data/0/alerts/0/summary") == "/var is full"));
  BOOST_TEST((now.text("/data/0/alerts/0/instance") == "db1"));
  BOOST_TEST((now.text("/data/0/alerts/0/status") == "firing"));
  BOOST_TEST((now.text("/data/0/alerts/0/next_escalation_at") == now.text("/data/0/next_escalation_at")));
}

BOOST_FIXTURE_TEST_CASE(the_channels_that_were_told_are_named_also_where_a_route_only_notifies, with_groups) {
  post({{"alertname", "Net"}, {"team", "a"}});
  const auto told = eventually(5s, [this] {
    const auto now = this->now();
    return now.size("/data/0/channels") == 1U && now.size("/data/1/channels") == 1U;
  });
  const auto now = this->now();
  BOOST_TEST(told, http.get("/api/alerts/now").body);
  BOOST_REQUIRE_EQUAL(now.number("/total").value_or(0), 2);
  for (const std::string at : {"/data/0", "/data/1"}) {
    BOOST_TEST((now.text(at + "/channels/0") == *now.text(at + "/receiver") + "/stdout/0"));
  }
  BOOST_TEST((now.number("/summary/alerts") == 1));
}

BOOST_FIXTURE_TEST_CASE(an_acknowledgement_shows_at_once_and_ends_the_countdown, with_groups) {
  post({{"alertname", "Disk"}});
  const auto id = std::to_string(now().number("/data/0/alerts/0/id").value_or(0));
  BOOST_REQUIRE_EQUAL(http.put("/api/alerts/history/" + id + "/acknowledge?acknowledged_by=ann").status, 200);
  const auto now = this->now();
  BOOST_TEST((now.number("/data/0/acknowledged_count") == 1));
  BOOST_TEST((now.text("/data/0/acknowledged_by/0") == "ann"));
  BOOST_TEST(now.is_null("/data/0/next_escalation_at"));
  BOOST_TEST(now.is_null("/data/0/next_escalation"));
  BOOST_TEST((now.text("/data/0/alerts/0/acknowledged_by") == "ann"));
  BOOST_TEST((now.number("/summary/acknowledged") == 1));
}

BOOST_FIXTURE_TEST_CASE(a_filter_takes_matchers_with_commas_between_them, with_groups) {
  post({{"alertname", "A"}, {"severity", "critical"}, {"zone", "x"}});
  post({{"alertname", "B"}, {"severity", "warning"}, {"zone", "y"}});
  post({{"alertname", "C"}, {"severity", "critical"}, {"zone", "z"}});
  const auto names = [this](const std::string& filter) {
    const auto now = this->now("?filter=" + filter);
    std::string all;
    for (int i = 0; now.text("/data/" + std::to_string(i) + "/receiver"); ++i) {
      all += *now.text("/data/" + std::to_string(i) + "/group_labels/alertname");
    }
    BOOST_TEST((now.number("/summary/alerts") == static_cast<std::int64_t>(all.size())));
    return all;
  };
  BOOST_TEST(names("") == "ACB");
  BOOST_TEST(names("%20") == "ACB");
  BOOST_TEST(names("severity%3D%22critical%22") == "AC");
  BOOST_TEST(names("severity%3D%22critical%22%2C%20zone%3D~%22y%7Cz%22") == "C");
  BOOST_TEST(names("%7Bzone%3D%22y%22%7D") == "B");
  BOOST_TEST(names("nosuchlabel%3D%22x%22") == "");
  BOOST_TEST(names("nosuchlabel%3D%22%22") == "ACB");
}

BOOST_FIXTURE_TEST_CASE(what_is_wrong_with_a_question_is_said_with_what_came, with_groups) {
  struct row {
    std::string query;
    std::string parameter;
    std::string part;
  };
  for (const auto& [query, parameter, part] :
       std::vector<row>{{"filter=severity", "filter", "found \\\"severity\\\""},
                        {"filter=a%3D~%22(%22", "filter", "a=~\\\"(\\\""},
                        {"limit=0", "limit", "from 1 to 500, found \\\"0\\\""},
                        {"limit=501", "limit", "501"},
                        {"cursor=x", "cursor", "expected the next_cursor of the page before, found \\\"x\\\""}}) {
    const auto a = http.get("/api/alerts/now?" + query);
    BOOST_TEST(a.status == 400, query);
    BOOST_TEST((a.read().text("/error/parameter") == parameter), a.body);
    BOOST_TEST(a.body.find(part) != std::string::npos, a.body);
  }
}

BOOST_FIXTURE_TEST_CASE(pages_follow_each_other_by_their_cursors, with_groups) {
  for (const std::string name : {"A", "B", "C", "D", "E"}) post({{"alertname", name}});
  std::string seen;
  std::string query = "?limit=2";
  for (int pages = 0; pages < 3; ++pages) {
    const auto page = now(query);
    BOOST_TEST((page.number("/total") == 5));
    BOOST_TEST((page.number("/summary/groups") == 5));
    for (int i = 0; i < page.number("/count"); ++i) {
      seen += *page.text("/data/" + std::to_string(i) + "/group_labels/alertname");
    }
    BOOST_TEST(page.is_null("/next_cursor") == (pages == 2));
    query = "?limit=2&cursor=" + page.text("/next_cursor").value_or("");
  }
  std::sort(seen.begin(), seen.end());
  BOOST_TEST(seen == "ABCDE");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(the_preview_of_a_silence)

BOOST_FIXTURE_TEST_CASE(it_counts_what_would_be_silenced_and_shows_ten_of_it, with_groups) {
  for (int i = 0; i < 12; ++i) {
    post({{"alertname", "Disk"}, {"severity", i == 7 ? "critical" : "info"}, {"instance", std::to_string(i)}});
  }
  const auto found = http.get("/api/alerts/silences/preview?filter=alertname%3D%22Disk%22").read();
  BOOST_TEST((found.number("/total") == 12));
  BOOST_TEST((found.number("/count") == 10));
  BOOST_TEST((found.size("/data") == 10U));
  BOOST_TEST((found.boolean("/too_broad") == true));
  BOOST_TEST((found.number("/max_breadth") == 2));
  BOOST_TEST(found.keys("/data/0") == "id alert_name severity summary labels");
  BOOST_TEST((found.text("/data/0/severity") == "critical"));
  const auto two = http.get("/api/alerts/silences/preview?filter=instance%3D~%221%7C2%22").read();
  BOOST_TEST((two.number("/total") == 2));
  BOOST_TEST((two.boolean("/too_broad") == false));
}

BOOST_FIXTURE_TEST_CASE(without_matchers_there_is_nothing_to_preview, with_groups) {
  for (const std::string query : {"", "?filter=", "?filter=%20", "?filter=%7B%7D", "?filter=x"}) {
    const auto a = http.get("/api/alerts/silences/preview" + query);
    BOOST_TEST(a.status == 400, query << ": " << a.body);
    BOOST_TEST((a.read().text("/error/parameter") == "filter"), query);
  }
}

BOOST_AUTO_TEST_SUITE_END()
