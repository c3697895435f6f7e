#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/e2e/api.hpp"
#include "tests/e2e/http_sink.hpp"
#include "tests/e2e/program.hpp"

using namespace tocsin::e2e;

namespace {

std::string two_receivers(const http_sink& sink, std::string_view routes) {
  return "route:\n  receiver: ops\n  group_by: [alertname]\n  group_wait: 0s\n  group_interval: 1s\n"
         + std::string(routes) + "receivers:\n  - name: ops\n    webhook_configs: [{url: '" + sink.url("/ops")
         + "'}]\n  - name: dba\n    webhook_configs: [{url: '" + sink.url("/dba")
         + "'}]\nescalation: []\n"
           "inhibit_rules:\n  - name: root\n    source_matchers: [alertname=Root]\n    target_matchers: "
           "[alertname=Symptom]\n";
}

constexpr std::string_view to_dba = "  routes: [{receiver: dba, matchers: ['team=\"db\"']}]\n";

/// The id of the newest alert of that name.
std::string id_of(api& client, const std::string& name) {
  const auto found = client.get("/api/alerts/history?alert_name=" + name);
  return std::to_string(json(found.body).number("/data/0/id").value_or(-1));
}

std::string silence_body(std::string_view name, std::string_view more = "") {
  return R"({"matchers":[{"name":"alertname","value":")" + std::string(name)
         + R"(","isRegex":false,"isEqual":true}],"startsAt":")" + moment() + R"(","endsAt":")" + moment(1h)
         + R"(","createdBy":"ann","comment":"new disks")" + std::string(more) + "}";
}

std::string explained(api& client, const std::string& name) {
  return client.get("/api/alerts/explain/" + id_of(client, name)).body;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::size_t arrived(const http_sink& sink, std::string_view path) {
  std::size_t count = 0;
  for (const auto& r : sink.all()) count += r.path == path ? 1 : 0;
  return count;
}

} // namespace

BOOST_AUTO_TEST_SUITE(noise_control)

BOOST_AUTO_TEST_CASE(a_hang_up_takes_alerts_to_their_new_route_and_tells_nothing_twice) {
  http_sink sink;
  program tocsin(two_receivers(sink, ""));
  api client(tocsin);
  BOOST_TEST(
      client.post_all({alert_json({{"alertname", "Slow"}, {"team", "db"}}), alert_json({{"alertname", "Other"}})})
          .status
      == 200);
  BOOST_REQUIRE(sink.wait_for_count(5s, 2));
  tocsin.write_configuration(two_receivers(sink, to_dba));
  tocsin.hang_up();
  BOOST_TEST(tocsin.output().wait_for_err("configuration taken over", 5s).has_value());
  BOOST_REQUIRE(sink.wait_for_count(5s, 3));
  BOOST_TEST(arrived(sink, "/dba") == 1U);
  BOOST_TEST(!sink.wait_for_count(2500ms, 4));
}

BOOST_AUTO_TEST_CASE(a_configuration_that_is_wrong_is_refused_and_the_one_before_stays) {
  http_sink sink;
  program tocsin(two_receivers(sink, ""));
  api client(tocsin);
  tocsin.write_configuration(two_receivers(sink, "  routes: [{receiver: nobody}]\n"));
  const auto refused = client.post("/-/reload", "");
  BOOST_TEST(refused.status == 500);
  BOOST_TEST(refused.body.starts_with("failed to reload config: "));
  BOOST_TEST(contains(refused.body, "tocsin.yml:6: route.routes[0].receiver: the receiver \"nobody\" is not defined"));
  BOOST_TEST(contains(client.get("/metrics").body, "\ntocsin_config_last_reload_successful 0"));
  client.post_all({alert_json({{"alertname", "Slow"}, {"team", "db"}})});
  BOOST_REQUIRE(sink.wait_for_count(5s, 1));
  BOOST_TEST(arrived(sink, "/ops") == 1U);

  tocsin.write_configuration(two_receivers(sink, to_dba));
  const auto taken = client.post("/-/reload", "");
  BOOST_TEST(taken.status == 200);
  BOOST_TEST(taken.body == "");
  BOOST_TEST(contains(client.get("/metrics").body, "\ntocsin_config_last_reload_successful 1"));
  BOOST_REQUIRE(sink.wait_for_count(5s, 2));
  BOOST_TEST(arrived(sink, "/dba") == 1U);
  BOOST_TEST(client.get("/-/reload").status == 405);
}

BOOST_AUTO_TEST_CASE(nothing_is_lost_or_refused_while_configurations_change_under_load) {
  http_sink sink;
  program tocsin(two_receivers(sink, ""));
  api client(tocsin);
  api other(tocsin);
  int accepted = 0;
  for (int round = 0; round < 20; ++round) {
    tocsin.write_configuration(two_receivers(sink, round % 2 == 0 ? to_dba : std::string_view{}));
    tocsin.hang_up();
    for (int i = 0; i < 20; ++i) {
      const auto name = "A" + std::to_string(round) + "x" + std::to_string(i);
      accepted += client.post_all({alert_json({{"alertname", name}, {"team", "db"}})}).status == 200 ? 1 : 0;
    }
  }
  BOOST_TEST(accepted == 400);
  BOOST_TEST(history_total(other) == 400);
  // Every one of them is told; those that moved, to both.
  BOOST_TEST(eventually(20s, [&] {
    std::size_t told = 0;
    const auto all = sink.all();
    for (int round = 0; round < 20; ++round) {
      for (int i = 0; i < 20; ++i) {
        const auto key = "alertname=\\\"A" + std::to_string(round) + "x" + std::to_string(i) + "\\\"";
        for (const auto& r : all) {
          if (!contains(r.body, key)) continue;
          ++told;
          break;
        }
      }
    }
    return told == 400;
  }));
}

BOOST_AUTO_TEST_CASE(a_silence_is_on_disk_before_its_answer_and_the_explanation_names_it) {
  http_sink sink;
  program tocsin(two_receivers(sink, ""));
  {
    api client(tocsin);
    const auto made = client.post("/api/v2/silences", silence_body("Slow"));
    BOOST_TEST(made.status == 200);
    BOOST_TEST(json(made.body).text("/silenceID").value_or("").size() == 36U);
  }
  tocsin.kill();
  tocsin.start();
  api client(tocsin);
  client.post_all({alert_json({{"alertname", "Slow"}}), alert_json({{"alertname", "Other"}})});
  BOOST_REQUIRE(sink.wait_for_count(5s, 1));
  std::string story;
  BOOST_TEST(eventually(5s, [&] {
    story = explained(client, "Slow");
    return contains(story, "silenced by ann until");
  }));
  BOOST_TEST(contains(story, "new disks"));
  BOOST_TEST(json(story).valid());
  const auto listed = client.get("/api/v2/silences");
  BOOST_TEST(json(listed.body).text("/0/status/state").value() == "active");
  const auto id = json(listed.body).text("/0/id").value();
  BOOST_TEST(client.remove("/api/v2/silence/" + id).status == 200);
  BOOST_REQUIRE(sink.wait_for_count(10s, 2));
}

BOOST_AUTO_TEST_CASE(an_explanation_tells_why_a_symptom_was_quiet_and_its_cause_was_not) {
  http_sink sink;
  program tocsin(two_receivers(sink, to_dba));
  api client(tocsin);
  client.post_all({alert_json({{"alertname", "Root"}})});
  client.post_all({alert_json({{"alertname", "Symptom"}})});
  BOOST_REQUIRE(sink.wait_for_count(5s, 1));
  std::string symptom;
  BOOST_TEST(eventually(5s, [&] {
    symptom = explained(client, "Symptom");
    return contains(symptom, "inhibited by Root");
  }));
  BOOST_TEST(contains(symptom, "rule root"));
  std::string cause;
  BOOST_TEST(eventually(5s, [&] {
    cause = explained(client, "Root");
    return contains(cause, "HTTP 200");
  }));
  // Why not the other route.
  BOOST_TEST(contains(cause, "team"));
  BOOST_TEST(client.get("/api/alerts/explain/999").status == 404);
  BOOST_TEST(client.get("/api/alerts/explain/x").status == 400);
}

BOOST_AUTO_TEST_CASE(amtool_adds_lists_and_expires_silences) {
  const char* peers = std::getenv("TOCSIN_PEERS");
  const auto amtool = peers ? std::string(peers) + "/usr/bin/amtool" : std::string();
  if (amtool.empty() || !std::filesystem::exists(amtool)) {
    BOOST_TEST_MESSAGE("skipped: no amtool under TOCSIN_PEERS");
    return;
  }
  http_sink sink;
  program tocsin(two_receivers(sink, ""));
  api client(tocsin);
  const auto run = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {amtool, "--alertmanager.url=" + tocsin.url("")});
    process p(words);
    BOOST_TEST(p.wait().value_or(-1) == 0);
    // Another version than its own it mentions on standard error.
    return p.out();
  };
  const auto id = run({"silence", "add", "alertname=Slow", "--author=ann", "--comment=new disks", "--duration=1h"});
  BOOST_TEST(id.size() == 37U);
  BOOST_TEST(contains(run({"silence", "query"}), "new disks"));
  client.post_all({alert_json({{"alertname", "Slow"}})});
  BOOST_TEST(contains(run({"alert", "query", "--silenced", "alertname=Slow"}), "suppressed"));
  BOOST_TEST(contains(run({"config", "show"}), "receiver: "));
  BOOST_TEST(!sink.wait_for_count(1500ms, 1));
  run({"silence", "expire", id.substr(0, 36)});
  BOOST_REQUIRE(sink.wait_for_count(10s, 1));
  BOOST_TEST(contains(run({"silence", "query", "--expired"}), id.substr(0, 36)));
}

BOOST_AUTO_TEST_SUITE_END()
