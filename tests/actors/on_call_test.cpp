#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "tests/actors/told.hpp"
#include "tests/actors/world.hpp"

using namespace tocsin;
using namespace tocsin::testing;

namespace {

// The moved time begins on 2026-11-24 at 08:00 UTC.
constexpr std::string_view rota = R"(
route: {receiver: ops, group_by: [alertname], group_wait: 0s}
receivers:
  - name: ops
    webhook_configs: [{url: "http://ops.test/"}]
escalation:
  - name: all
    steps: [{after: 5m, oncall: primary}, {after: 10m, oncall: primary}]
on_call:
  people:
    - {name: ann, phone: "+4917000000001"}
    - {name: bob, phone: "+4917000000002"}
  sms: {api_url: "http://sms.test", account_sid: AC1, auth_token: t, from: "+15005550006"}
  schedules:
    - name: primary
      layers: [{people: [ann, bob], shift: 1h, start: 2026-11-24, hand_over: "08:10"}]
)";

alert lasting(std::string_view name) {
  auto a = firing({{"alertname", name}});
  a.ends_at = start + 96h;
  return a;
}

/// Whom text messages went to, in order.
std::string called(const world& w) {
  std::string all;
  for (const auto& r : w.requests) {
    if (!r.url.starts_with("http://sms.test")) continue;
    all += r.body.find("To=%2B4917000000001") != std::string::npos ? "ann " : "bob ";
  }
  return all;
}

struct with_rota {
  with_rota() {
    w.answer = [](const http_request& request) {
      wire_response r;
      r.status = request.url.starts_with("http://sms.test") ? 201 : 200;
      return r;
    };
  }
  world w{rota};

  override_answer take_over(std::string person, duration from, duration to) {
    on_call_override o;
    o.schedule = "primary";
    o.person = std::move(person);
    o.starts_at = w.now() + from;
    o.ends_at = w.now() + to;
    o.created_by = "ann";
    return w.override_for(o);
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(on_call_escalation)

BOOST_FIXTURE_TEST_CASE(a_step_tells_whoever_is_on_call_when_it_is_taken_and_says_who, with_rota) {
  w.advance(10min, 1min);
  w.ingest({lasting("X")});
  w.advance(6min, 10s);
  BOOST_TEST(called(w) == "ann ");
  const auto detail = w.detail({1});
  BOOST_TEST(detail->escalations.at(0).reason == "not acknowledged for 5m, told ann, on call for primary");
}

BOOST_FIXTURE_TEST_CASE(after_a_hand_over_the_next_step_tells_the_next_person, with_rota) {
  w.advance(60min, 1min); // 09:00; ann until 09:10
  w.ingest({lasting("X")});
  w.advance(16min, 10s);
  BOOST_TEST(called(w) == "ann bob ");
}

BOOST_FIXTURE_TEST_CASE(before_the_first_shift_nobody_is_on_call_and_the_groups_own_receiver_is_told, with_rota) {
  w.ingest({lasting("X")});
  const auto before = w.requests.size();
  w.advance(6min, 10s);
  BOOST_TEST(called(w) == "");
  BOOST_TEST(w.requests.size() == before + 1);
  BOOST_TEST(w.detail({1})->escalations.at(0).reason == "not acknowledged for 5m, nobody is on call for primary");
}

BOOST_FIXTURE_TEST_CASE(an_override_is_on_disk_before_it_is_answered_and_survives_a_crash, with_rota) {
  w.advance(10min, 1min);
  const auto made = take_over("bob", 0s, 1h);
  BOOST_REQUIRE((made.what == override_answer::outcome::done));
  w.crash();
  w.start();
  w.ingest({lasting("X")});
  w.advance(6min, 10s);
  BOOST_TEST(called(w) == "bob ");
  BOOST_TEST((w.end_override(made.made.id).what == override_answer::outcome::done));
  w.advance(10min, 10s);
  BOOST_TEST(called(w) == "bob ann ");
  BOOST_TEST((w.end_override(made.made.id).what == override_answer::outcome::not_found));
  BOOST_TEST((w.end_override("nothing").what == override_answer::outcome::not_found));
}

BOOST_FIXTURE_TEST_CASE(whoever_was_called_is_told_when_it_is_over_whoever_is_on_call_then, with_rota) {
  std::string resolving(rota);
  resolving.replace(resolving.find("sms: {"), 6, "sms: {send_resolved: true, ");
  w.reload(resolving);
  w.advance(60min, 1min);
  w.ingest({lasting("X")});
  w.advance(6min, 10s);
  w.advance(10min, 10s); // bob has taken over and was called too
  w.ingest({ended({{"alertname", "X"}}, w.now())});
  w.advance(6min, 10s);
  const auto calls = called(w);
  BOOST_TEST(std::count(calls.begin(), calls.end(), 'a') == 2);
  BOOST_TEST(std::count(calls.begin(), calls.end(), 'o') == 2);
}

BOOST_FIXTURE_TEST_CASE(when_whoever_took_over_has_left_the_configuration_the_layers_count_again, with_rota) {
  w.advance(10min, 1min);
  BOOST_REQUIRE((take_over("bob", 0s, 4h).what == override_answer::outcome::done));
  std::string without_bob(rota);
  without_bob.erase(without_bob.find("    - {name: bob"),
                    std::string_view("    - {name: bob, phone: \"+4917000000002\"}\n").size());
  without_bob.replace(without_bob.find("[ann, bob]"), 10, "[ann]");
  w.reload(without_bob);
  w.ingest({lasting("X")});
  w.advance(6min, 10s);
  BOOST_TEST(called(w) == "ann ");
  BOOST_TEST(w.detail({1})->escalations.at(0).reason == "not acknowledged for 5m, told ann, on call for primary");
}

BOOST_FIXTURE_TEST_CASE(repeats_go_to_the_groups_own_receiver_and_wake_nobody_whose_shift_is_over, with_rota) {
  std::string repeating(rota);
  repeating.replace(repeating.find("group_wait: 0s"), 14, "group_wait: 0s, group_interval: 5m, repeat_interval: 30m");
  w.reload(repeating);
  w.advance(60min, 1min); // ann until 09:10, then bob
  w.ingest({lasting("X")});
  w.advance(16min, 10s);
  BOOST_REQUIRE(called(w) == "ann bob ");
  const auto before = w.requests.size();
  w.advance(3h, 1min);
  BOOST_TEST(called(w) == "ann bob ");
  BOOST_TEST(w.requests.size() >= before + 5);
}

BOOST_FIXTURE_TEST_CASE(what_cannot_be_taken_over_is_refused_by_name, with_rota) {
  const auto refused = [this](const override_answer& a) {
    BOOST_TEST((a.what == override_answer::outcome::invalid));
    return a.parameter;
  };
  BOOST_TEST(refused(take_over("joe", 0s, 1h)) == "person");
  BOOST_TEST(refused(take_over("bob", 1h, 1h)) == "ends_at");
  BOOST_TEST(refused(take_over("bob", -2h, -1h)) == "ends_at");
  BOOST_TEST(refused(take_over("bob", 0s, 24h * 91)) == "ends_at");
  on_call_override elsewhere;
  elsewhere.schedule = "secondary";
  BOOST_TEST(refused(w.override_for(elsewhere)) == "schedule");
}

BOOST_AUTO_TEST_SUITE_END()
