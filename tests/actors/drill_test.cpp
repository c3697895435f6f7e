#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "actors/drill_state.hpp"
#include "tests/actors/told.hpp"
#include "tests/actors/world.hpp"

using namespace tocsin;
using namespace tocsin::testing;

namespace {

constexpr std::string_view drilled = R"(
route: {receiver: nobody, group_by: [alertname], group_wait: 1h}
receivers:
  - name: nobody
  - name: ops
    webhook_configs: [{url: "http://ops.test/"}, {url: "http://also.test/"}]
  - name: phones
    sms_configs:
      - {api_url: "http://sms.test", account_sid: AC1, auth_token: t, from: "+4912345678", to: ["+4912345679"]}
drills:
  - {receiver: ops, every: 24h, offset: 9h, within: 20s}
escalation: []
)";

std::vector<told> told_to(const world& w, std::string_view url) {
  std::vector<told> all;
  for (const auto& r : w.requests) {
    if (r.url == url) all.push_back(read_told(r));
  }
  return all;
}

void fail_for(world& w, std::string url) {
  w.answer = [url = std::move(url)](const http_request& request) {
    wire_response r;
    r.status = request.url == url ? 503 : 200;
    return r;
  };
}

} // namespace

BOOST_AUTO_TEST_SUITE(fire_drills)

BOOST_AUTO_TEST_CASE(one_goes_past_all_routes_to_every_channel_of_its_receiver_and_is_over_then) {
  world w(drilled);
  const auto done = w.drill({"ops"});
  BOOST_REQUIRE(done.has_value());
  BOOST_TEST(done->arrived);
  BOOST_TEST(done->why == "");
  BOOST_REQUIRE(done->channels.size() == 2u);
  for (const auto& c : done->channels) BOOST_TEST(c.delivered);
  BOOST_TEST(done->stored_after.has_value());
  BOOST_TEST(w.metric_of(R"(tocsin_drill_arrived{receiver="ops"})").value_or(-1) == 1.0);

  w.advance(5s);
  const auto told = told_to(w, "http://ops.test/");
  BOOST_REQUIRE(told.size() == 2u);
  BOOST_TEST(told[0].alerts.at(0).firing);
  BOOST_TEST(!told[1].alerts.at(0).firing);
  const auto rows = w.history().rows;
  BOOST_REQUIRE(rows.size() == 1u);
  BOOST_TEST(rows[0].alert.labels.get("alertname") == "TocsinDrill");
  BOOST_TEST(!rows[0].alert.state.active());
}

BOOST_AUTO_TEST_CASE(a_channel_that_does_not_take_it_in_time_makes_it_fail_loudly) {
  world w(drilled);
  fail_for(w, "http://also.test/");
  const auto done = w.drill({"ops", 30s}, 31s);
  BOOST_REQUIRE(done.has_value());
  BOOST_TEST(!done->arrived);
  BOOST_TEST(done->why == "it did not arrive in time on 1 of 2 channels");
  BOOST_TEST(done->channels[0].delivered);
  BOOST_TEST(!done->channels[1].delivered);
  BOOST_TEST(done->channels[1].message == "HTTP 503");
  BOOST_TEST((done->took == 30s));
  BOOST_TEST(w.metric_of(R"(tocsin_drill_arrived{receiver="ops"})").value_or(-1) == 0.0);
  BOOST_TEST(w.metric_of(R"(tocsin_drills_total{outcome="missed",receiver="ops"})").value_or(-1) == 1.0);
}

BOOST_AUTO_TEST_CASE(one_that_is_silenced_does_not_arrive) {
  world w(drilled);
  silence s;
  s.matchers = parse_matchers("alertname=TocsinDrill").value();
  s.starts_at = w.now();
  s.ends_at = w.now() + 1h;
  w.silence_for(s);
  const auto done = w.drill({"ops", 10s}, 11s);
  BOOST_REQUIRE(done.has_value());
  BOOST_TEST(!done->arrived);
  BOOST_TEST(done->channels.at(0).message == "nothing was heard of it");
  BOOST_TEST(w.requests.empty());
}

BOOST_AUTO_TEST_CASE(only_channels_that_take_its_severity_count) {
  world w(drilled);
  const auto info = w.drill({"phones"});
  BOOST_REQUIRE(!info.has_value());
  BOOST_TEST(info.error().message.find("no channel that takes alerts of severity info") != std::string::npos);
  w.answer = [](const http_request&) {
    wire_response r;
    r.status = 201;
    return r;
  };
  BOOST_TEST(w.drill({"phones", 30s, severity::critical}).value().arrived);
  BOOST_TEST(!w.drill({"who"}).has_value());
}

BOOST_AUTO_TEST_CASE(one_is_held_at_the_moments_that_the_configuration_says) {
  // 2026-11-24T08:00Z: the first is due at nine.
  world w(drilled);
  w.advance(59min, 1min);
  BOOST_TEST(w.requests.empty());
  w.advance(2min, 1s);
  BOOST_TEST(told_to(w, "http://ops.test/").size() == 2u);
  BOOST_TEST(w.metric_of(R"(tocsin_drills_total{outcome="arrived",receiver="ops"})").value_or(-1) == 1.0);
  w.advance(24h, 1min);
  BOOST_TEST(w.metric_of(R"(tocsin_drills_total{outcome="arrived",receiver="ops"})").value_or(-1) == 2.0);
}

BOOST_AUTO_TEST_CASE(a_reload_takes_its_moments_from_the_new_configuration) {
  world w(drilled);
  std::string sooner(drilled);
  sooner.replace(sooner.find("every: 24h, offset: 9h"), 22, "every: 10m, offset: 5m");
  w.reload(sooner);
  w.advance(6min, 1s);
  BOOST_TEST(told_to(w, "http://ops.test/").size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_crash_in_the_midst_of_one_leaves_nothing_that_fires_for_ever) {
  world w(drilled);
  fail_for(w, "http://also.test/");
  w.ingest({firing({{"alertname", "TocsinDrill"}, {"tocsin_drill", "1"}, {"tocsin_receiver", "ops"}})});
  w.crash();
  w.start();
  w.advance(3h, 1min);
  BOOST_TEST(!w.history().rows.at(0).alert.state.active());
}

BOOST_AUTO_TEST_SUITE_END()
