#include <boost/test/unit_test.hpp>

#include "tests/config/support.hpp"

using namespace tocsin;
using namespace tocsin::config;
using namespace tocsin::config::test;
using namespace std::chrono_literals;

namespace {

const std::string head = R"(route: {receiver: ops}
receivers: [{name: ops}]
global: {smtp_smarthost: "mail.example:25", smtp_from: tocsin@ops.example, slack_api_url: "https://hooks.slack.com/x"}
time_intervals:
  - {name: nights, time_intervals: [{times: [{start_time: "20:00", end_time: "06:00"}]}]}
escalation: [{name: e, steps: [{after: 0s, oncall: primary}]}]
on_call:
)";

const std::string people = R"(  people:
    - {name: ann, email: ann@ops.example, phone: "+491701234567", slack: "@ann"}
    - {name: bob, email: bob@ops.example}
  sms: {account_sid: AC1, auth_token: t, from: "+15005550006"}
)";

const std::string schedules = R"(  schedules:
    - name: primary
      time_zone: Europe/Berlin
      layers:
)";

std::string with_layer(const std::string& layer) {
  return head + people + schedules + "        - " + layer + "\n";
}

} // namespace

BOOST_AUTO_TEST_SUITE(on_call_blocks)

BOOST_AUTO_TEST_CASE(people_become_receivers_with_a_channel_for_each_way_to_reach_them) {
  const auto c = loaded(with_layer("{people: [ann, bob]}"));
  const auto* ann = c.find_receiver("on-call/ann");
  BOOST_REQUIRE(ann != nullptr);
  std::vector<std::string> ids;
  for (const auto& channel : ann->channels) ids.push_back(channel.id + " " + channel.recipients());
  BOOST_TEST(ids
                 == (std::vector<std::string>{"on-call/ann/slack/0 @ann", "on-call/ann/sms/0-0 +491701234567",
                                              "on-call/ann/email/0 ann@ops.example"}),
             boost::test_tools::per_element());
  BOOST_TEST(c.find_channel("on-call/ann/email/0")->send_resolved);
  BOOST_TEST(c.find_channel("on-call/ann/sms/0-0")->takes(severity::info));
  BOOST_TEST(c.find_receiver("on-call/bob")->channels.size() == 1U);
  BOOST_TEST(c.escalation[0].steps[0].on_call == "primary");
  BOOST_TEST((c.escalation[0].steps[0].after == 0s));
}

BOOST_AUTO_TEST_CASE(a_layer_says_how_long_shifts_are_and_when_they_begin) {
  const auto layer_of = [](const std::string& text) {
    return loaded(with_layer(text)).on_call.find_schedule("primary")->layers.at(0);
  };
  const auto monday = std::chrono::local_days{std::chrono::year{2026} / 3 / 9};
  const auto weekly = layer_of("{people: [ann, bob], shift: weekly, start: 2026-03-04, hand_over: 'mon 09:30'}");
  BOOST_TEST((weekly.shift == 7 * 24h && weekly.first_hand_over == monday + 9h + 30min));
  BOOST_TEST((weekly.people == std::vector<std::string>{"ann", "bob"}));
  const auto daily = layer_of("{people: [ann], shift: daily, start: 2026-03-09, hand_over: '07:00'}");
  BOOST_TEST((daily.shift == 24h && daily.first_hand_over == monday + 7h));
  const auto half = layer_of("{people: [ann], shift: 12h, start: 2026-03-09, hand_over: '08:00', restrict: [nights]}");
  BOOST_TEST((half.shift == 12h));
  BOOST_TEST(half.restriction.at(0).location == "Europe/Berlin");
  BOOST_TEST((layer_of("{people: [ann]}").shift == 7 * 24h));
}

BOOST_AUTO_TEST_CASE(a_restriction_may_stand_where_it_is_used) {
  const auto c = loaded(with_layer("{people: [ann], restrict: [nights, {weekdays: [saturday], location: UTC}]}"));
  const auto& restriction = c.on_call.schedules.at(0).layers.at(0).restriction;
  BOOST_REQUIRE(restriction.size() == 2U);
  BOOST_TEST((restriction[1].weekdays == std::vector<number_range>{{6, 6}}));
  BOOST_TEST(restriction[1].location == "UTC");
  BOOST_TEST(refused(with_layer("{people: [ann], restrict: [{hours: []}]}"))
                 .starts_with("tocsin.yml:16: on_call.schedules[0].layers[0].restrict[0]"));
}

BOOST_AUTO_TEST_CASE(times_without_anybody_on_call_are_warned_of) {
  const auto c = loaded(with_layer("{people: [ann], start: 2026-01-05, restrict: [nights]}"));
  BOOST_REQUIRE(c.warnings.size() == 1U);
  BOOST_TEST(c.warnings[0]
             == "nobody is on call for primary at times, first from 2026-01-05T05:00:00.000Z to "
                "2026-01-05T19:00:00.000Z; add a layer below that has no restrict");
  BOOST_TEST(loaded(with_layer("{people: [bob]}\n        - {people: [ann], restrict: [nights]}")).warnings.empty());
}

BOOST_AUTO_TEST_CASE(people_whose_channels_are_all_left_out_are_left_out) {
  const auto c = loaded(head + "  people: [{name: ann, email: ann@ops.example}, {name: bob, slack: '@bob'}]\n"
                        + "  email: {when: '${NOT_SET:-}'}\n" + schedules + "        - {people: [ann, bob]}\n");
  BOOST_TEST((c.on_call.schedules.at(0).layers.at(0).people == std::vector<std::string>{"bob"}));
  BOOST_TEST(!c.on_call.find_person("ann")->reachable);
}

BOOST_AUTO_TEST_CASE(people_who_cannot_be_reached_are_left_out) {
  const auto c =
      loaded(head + "  people:\n    - {name: ann, email: '${NOT_SET:-}'}\n    - {name: bob, email: bob@ops.example}\n"
             + schedules + "        - {people: [ann, bob]}\n");
  BOOST_TEST((c.on_call.schedules.at(0).layers.at(0).people == std::vector<std::string>{"bob"}));
  BOOST_TEST(c.find_receiver("on-call/ann")->channels.empty());
}

BOOST_AUTO_TEST_CASE(what_could_not_work_is_refused_where_it_stands) {
  const auto layer = [](const std::string& text) { return refused(with_layer(text)); };
  const std::string at = "tocsin.yml:16: on_call.schedules[0].layers[0]";
  BOOST_TEST(layer("{people: [ann, joe]}") == at + ".people[1]: there is no \"joe\" among on_call.people");
  BOOST_TEST(layer("{people: []}") == at + ": a layer needs people; list their names in the order of their turns");
  BOOST_TEST(layer("{people: [ann], shift: 30m}")
             == at + ".shift: expected daily, weekly or whole minutes from 1h to 366d, found \"30m\"");
  BOOST_TEST(layer("{people: [ann], shift: monthly}")
             == at + ".shift: expected daily, weekly or whole minutes from 1h to 366d, found \"monthly\"");
  BOOST_TEST(layer("{people: [ann], start: 2026-02-30}")
             == at + ".start: expected a date such as 2026-01-05, found \"2026-02-30\"");
  BOOST_TEST(layer("{people: [ann], hand_over: '09:00'}")
             == at + ".hand_over: expected a weekday and a time such as monday 09:00, found \"09:00\"");
  BOOST_TEST(layer("{people: [ann], shift: daily, hand_over: 'monday 09:00'}")
             == at + ".hand_over: expected a time such as 09:00, found \"monday 09:00\"");
  BOOST_TEST(layer("{people: [ann], hand_over: 'monday 24:00'}")
             == at + ".hand_over: expected a weekday and a time such as monday 09:00, found \"monday 24:00\"");
  BOOST_TEST(layer("{people: [ann], restrict: [days]}")
             == at + ".restrict[0]: the time interval \"days\" is not defined; define it in time_intervals");
  BOOST_TEST(layer("{people: [ann]}\n        - {name: layer-1, people: [bob]}")
             == "tocsin.yml:17: on_call.schedules[0].layers[1].name: the layer name \"layer-1\" is used twice; give each its own");

  const auto person = [](const std::string& text) { return refused(head + "  people:\n    - " + text + "\n"); };
  BOOST_TEST(person("{name: ann}").find("8: on_call.people[0]") == std::string::npos); // line 9
  BOOST_TEST(person("{name: ann}")
             == "tocsin.yml:9: on_call.people[0]: a person who cannot be reached; add email, phone or slack");
  BOOST_TEST(
      person("{name: 'a b', email: a@b.example}")
      == "tocsin.yml:9: on_call.people[0].name: expected a name of letters, digits, dots and dashes, found \"a b\"");
  BOOST_TEST(
      person("{name: ann, phone: '+491701234567'}")
      == "tocsin.yml:9: on_call.people[0].phone: nothing to reach it by; add on_call.sms with the account to send "
         "from");
  BOOST_TEST(person("{name: ann, email: 'not an address'}").starts_with("tocsin.yml:9: on_call.people[0]"));
  BOOST_TEST(person("{name: ann, email: a@b.example}\n    - {name: ann, email: a@b.example}")
             == "tocsin.yml:10: on_call.people[1].name: there is a receiver on-call/ann already; give each person (and "
                "receiver) a name of its own");
  BOOST_TEST(refused(head + people + "  schedules: [{name: overrides, layers: [{people: [ann]}]}]\n")
             == "tocsin.yml:12: on_call.schedules[0].name: this name is taken by the API; choose another");
  BOOST_TEST(refused(head + people + "  schedules: [{name: a, time_zone: Mars/Base, layers: [{people: [ann]}]}]\n")
                 .starts_with("tocsin.yml:12: on_call.schedules[0].time_zone: "));
  BOOST_TEST(refused(head + people + "  email: {to: a@b.example}\n")
             == "tocsin.yml:12: on_call.email.to: whom it reaches comes from the people; remove this key");
}

BOOST_AUTO_TEST_SUITE_END()
