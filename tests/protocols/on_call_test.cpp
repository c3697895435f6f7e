#include "protocols/on_call.hpp"

#include <algorithm>
#include <random>

#include <boost/test/unit_test.hpp>

#include "protocols/time_zone.hpp"

using namespace tocsin;
using namespace std::chrono_literals;
using namespace std::chrono;

namespace {

timestamp utc(std::string_view text) {
  return parse_rfc3339(text).value().value();
}

local_time<minutes> wall(int y, unsigned m, unsigned d, minutes clock) {
  return local_days{year{y} / month{m} / day{d}} + clock;
}

on_call_layer layer(std::vector<std::string> people, minutes shift, local_time<minutes> first) {
  return {"rota", std::move(people), first, shift, {}};
}

on_call_schedule berlin(on_call_layer l) {
  return {"primary", "Europe/Berlin", {std::move(l)}};
}

std::string person_at(const on_call_schedule& s, std::string_view moment,
                      const std::vector<on_call_override>& overrides = {}) {
  return on_call_at(s, overrides, utc(moment)).person;
}

on_call_override exception(std::string id, std::string person, std::string_view from, std::string_view to,
                           std::string_view made = "2026-01-01T00:00:00Z") {
  on_call_override o;
  o.id = std::move(id);
  o.schedule = "primary";
  o.person = std::move(person);
  o.starts_at = utc(from);
  o.ends_at = utc(to);
  o.created_at = utc(made);
  return o;
}

std::string told(const std::vector<on_call_shift>& shifts) {
  std::string text;
  for (const auto& s : shifts) {
    text += s.who.person + " " + to_rfc3339(s.begins_at).substr(0, 16) + " ";
  }
  return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(on_call)

BOOST_AUTO_TEST_CASE(people_take_turns_by_the_week_from_the_first_hand_over_on) {
  const auto s = berlin(layer({"ann", "bob", "eve"}, 7 * 24h, wall(2026, 1, 5, 9h)));
  BOOST_TEST(person_at(s, "2026-01-05T07:59:59Z") == "");
  BOOST_TEST(person_at(s, "2026-01-05T08:00:00Z") == "ann");
  BOOST_TEST(person_at(s, "2026-01-12T07:59:59Z") == "ann");
  BOOST_TEST(person_at(s, "2026-01-12T08:00:00Z") == "bob");
  BOOST_TEST(person_at(s, "2026-01-19T08:00:00Z") == "eve");
  BOOST_TEST(person_at(s, "2026-01-26T08:00:00Z") == "ann");
}

BOOST_AUTO_TEST_CASE(a_hand_over_at_nine_stays_at_nine_when_the_clock_changes) {
  const auto s = berlin(layer({"ann", "bob"}, 24h, wall(2026, 3, 28, 9h)));
  // Summer time begins on 29 March at 02:00: that day's shift is an hour shorter.
  BOOST_TEST(told(on_call_shifts(s, {}, utc("2026-03-28T08:00:00Z"), utc("2026-03-31T00:00:00Z")))
             == "ann 2026-03-28T08:00 bob 2026-03-29T07:00 ann 2026-03-30T07:00 ");
  const auto autumn = berlin(layer({"ann", "bob"}, 24h, wall(2026, 10, 24, 9h)));
  BOOST_TEST(told(on_call_shifts(autumn, {}, utc("2026-10-24T07:00:00Z"), utc("2026-10-26T12:00:00Z")))
             == "ann 2026-10-24T07:00 bob 2026-10-25T08:00 ann 2026-10-26T08:00 ");
  auto new_york = layer({"ann", "bob"}, 12h, wall(2026, 3, 7, 20h));
  const on_call_schedule ny{"primary", "America/New_York", {new_york}};
  // 8 March: the night shift from 20:00 to 08:00 lasts eleven hours.
  BOOST_TEST(told(on_call_shifts(ny, {}, utc("2026-03-08T01:00:00Z"), utc("2026-03-09T01:00:00Z")))
             == "ann 2026-03-08T01:00 bob 2026-03-08T12:00 ann 2026-03-09T00:00 ");
}

BOOST_AUTO_TEST_CASE(a_hand_over_that_the_clock_leaps_over_is_at_the_leap_and_one_that_comes_twice_at_the_first) {
  BOOST_TEST(to_rfc3339(moment_of("Europe/Berlin", wall(2026, 3, 29, 2h + 30min))) == "2026-03-29T01:00:00.000Z");
  BOOST_TEST(to_rfc3339(moment_of("Europe/Berlin", wall(2026, 10, 25, 2h + 30min))) == "2026-10-25T00:30:00.000Z");
  BOOST_TEST(to_rfc3339(moment_of("America/New_York", wall(2026, 3, 8, 2h))) == "2026-03-08T07:00:00.000Z");
  BOOST_TEST(to_rfc3339(moment_of("America/New_York", wall(2026, 11, 1, 1h))) == "2026-11-01T05:00:00.000Z");
  // Half an hour's summer time, and a zone that left a day out.
  BOOST_TEST(to_rfc3339(moment_of("Australia/Lord_Howe", wall(2026, 10, 4, 2h + 15min))) == "2026-10-03T15:30:00.000Z");
  BOOST_TEST(to_rfc3339(moment_of("Asia/Kathmandu", wall(2026, 6, 1, 9h))) == "2026-06-01T03:15:00.000Z");
  const auto spring = berlin(layer({"ann", "bob"}, 24h, wall(2026, 3, 28, 2h + 30min)));
  BOOST_TEST(person_at(spring, "2026-03-29T00:59:59Z") == "ann");
  BOOST_TEST(person_at(spring, "2026-03-29T01:00:00Z") == "bob");
  const auto autumn = berlin(layer({"ann", "bob"}, 24h, wall(2026, 10, 24, 2h + 30min)));
  BOOST_TEST(person_at(autumn, "2026-10-25T00:29:59Z") == "ann");
  BOOST_TEST(person_at(autumn, "2026-10-25T00:30:00Z") == "bob");
  BOOST_TEST(person_at(autumn, "2026-10-25T01:29:00Z") == "bob");
}

BOOST_AUTO_TEST_CASE(the_last_layer_with_somebody_on_call_counts_and_restrictions_leave_it_to_those_below) {
  auto s = berlin(layer({"ann"}, 7 * 24h, wall(2026, 1, 5, 0h)));
  auto days = layer({"bob"}, 7 * 24h, wall(2026, 1, 5, 0h));
  days.name = "office hours";
  time_interval office;
  office.times = {{9 * 60, 17 * 60}};
  office.weekdays = {{1, 5}};
  office.location = "Europe/Berlin";
  days.restriction = {office};
  s.layers.push_back(days);
  BOOST_TEST(person_at(s, "2026-01-05T07:59:00Z") == "ann");
  BOOST_TEST(person_at(s, "2026-01-05T08:00:00Z") == "bob");
  BOOST_TEST(person_at(s, "2026-01-05T16:00:00Z") == "ann");
  BOOST_TEST(person_at(s, "2026-01-10T10:00:00Z") == "ann"); // Saturday
  const auto who = on_call_at(s, {}, utc("2026-01-05T09:00:00Z"));
  BOOST_TEST(who.layer == "office hours");
}

BOOST_AUTO_TEST_CASE(an_override_counts_over_all_layers_and_the_newest_over_older_ones) {
  const auto s = berlin(layer({"ann"}, 7 * 24h, wall(2026, 1, 5, 0h)));
  const std::vector<on_call_override> both{
      exception("1", "bob", "2026-02-01T00:00:00Z", "2026-02-03T00:00:00Z"),
      exception("2", "eve", "2026-02-02T00:00:00Z", "2026-02-02T12:00:00Z", "2026-01-02T00:00:00Z")};
  BOOST_TEST(person_at(s, "2026-01-31T23:59:59Z", both) == "ann");
  BOOST_TEST(person_at(s, "2026-02-01T00:00:00Z", both) == "bob");
  BOOST_TEST(person_at(s, "2026-02-02T06:00:00Z", both) == "eve");
  BOOST_TEST(person_at(s, "2026-02-02T12:00:00Z", both) == "bob");
  BOOST_TEST(person_at(s, "2026-02-03T00:00:00Z", both) == "ann");
  auto elsewhere = both;
  for (auto& o : elsewhere) o.schedule = "secondary";
  BOOST_TEST(person_at(s, "2026-02-01T00:00:00Z", elsewhere) == "ann");
}

BOOST_AUTO_TEST_CASE(a_schedule_without_people_has_nobody_on_call_and_says_so) {
  const on_call_schedule s{"primary", "", {layer({}, 24h, wall(2026, 1, 5, 0h))}};
  const auto shifts = on_call_shifts(s, {}, utc("2026-02-01T00:00:00Z"), utc("2026-02-08T00:00:00Z"));
  BOOST_REQUIRE(shifts.size() == 1u);
  BOOST_TEST(shifts[0].who.person == "");
}

// Minute by minute, by the clock on the wall and nothing else.
BOOST_AUTO_TEST_CASE(random_schedules_agree_with_a_walk_over_every_minute) {
  std::mt19937 random(11);
  const std::vector<std::string> zones{"Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC",
                                       "Australia/Lord_Howe"};
  const std::vector<timestamp> starts{utc("2026-03-05T00:00:00Z"), utc("2026-03-27T00:00:00Z"),
                                      utc("2026-10-02T00:00:00Z"), utc("2026-10-23T00:00:00Z")};
  for (int round = 0; round < 60; ++round) {
    on_call_schedule s{"primary", zones[random() % zones.size()], {}};
    const auto from = starts[random() % starts.size()];
    for (unsigned i = 0; i < 1 + random() % 3; ++i) {
      const minutes lengths[] = {1h, 7h, 12h, 24h, 3 * 24h, 7 * 24h};
      auto l = layer({"a" + std::to_string(i), "b" + std::to_string(i)}, lengths[random() % 6],
                     local_time<minutes>{floor<minutes>(from.time_since_epoch())} + minutes{random() % 3000});
      if (random() % 2 == 0) {
        time_interval t;
        t.times = {{static_cast<std::int32_t>(random() % 1440), static_cast<std::int32_t>(1 + random() % 1440)}};
        t.location = zones[random() % zones.size()];
        l.restriction = {t};
        if (random() % 2 == 0) {
          time_interval weekend;
          weekend.weekdays = {{6, 6}, {0, 0}};
          weekend.location = s.time_zone;
          l.restriction.push_back(weekend);
        }
      }
      s.layers.push_back(std::move(l));
    }
    const auto to = from + 6 * 24h;
    const auto shifts = on_call_shifts(s, {}, from, to);
    BOOST_REQUIRE(!shifts.empty());
    BOOST_TEST((shifts.front().begins_at == from && shifts.back().ends_at == to));
    for (std::size_t i = 1; i < shifts.size(); ++i) {
      BOOST_TEST((shifts[i].begins_at == shifts[i - 1].ends_at));
      BOOST_TEST(!(shifts[i].who == shifts[i - 1].who));
    }
    // Whose turn it is changes only where the wall clock has passed another hand-over; it never goes back.
    auto shift = shifts.begin();
    for (auto t = from; t < to; t += 1min) {
      while (t >= shift->ends_at) ++shift;
      std::string expected;
      for (const auto& l : s.layers) {
        if (!l.restriction.empty() && !any_contains(l.restriction, t)) continue;
        std::int64_t turns = 0;
        while (moment_of(s.time_zone, l.first_hand_over + turns * l.shift) <= t) ++turns;
        if (turns > 0) expected = l.people[static_cast<std::size_t>(turns - 1) % 2];
      }
      BOOST_REQUIRE_MESSAGE(shift->who.person == expected, s.time_zone << " at " << to_rfc3339(t) << ": "
                                                                       << shift->who.person << ", expected "
                                                                       << expected);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
