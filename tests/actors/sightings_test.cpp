#include "actors/sightings.hpp"

#include <atomic>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "tests/actors/support.hpp"

using namespace tocsin;
using namespace tocsin::testing;

namespace {

struct board {
  int nudges = 0;
  std::shared_ptr<sighting_list> list = std::make_shared<sighting_list>([this] { ++nudges; });
  sighting_board all;
  alert known = firing({{"alertname", "X"}});

  board() { all.open(std::make_shared<sighting>(known, list)); }
};

} // namespace

BOOST_AUTO_TEST_SUITE(sightings)

BOOST_AUTO_TEST_CASE(the_board_says_what_the_last_report_said_until_the_alert_is_closed) {
  board b;
  BOOST_REQUIRE(b.all.last(b.known.labels));
  BOOST_TEST(!b.all.last(b.known.labels)->seen_at);
  auto again = b.known;
  again.ends_at += 1h;
  BOOST_REQUIRE(b.all.report(again, start + 7s));
  BOOST_TEST((b.all.last(b.known.labels)->ends_at == again.ends_at));
  BOOST_TEST((b.all.last(b.known.labels)->seen_at == start + 7s));
  for (const auto& seen : b.list->take()) seen->collect();
  BOOST_TEST((b.all.last(b.known.labels)->seen_at == start + 7s));
  b.all.close(b.known.labels);
  BOOST_TEST(!b.all.last(b.known.labels));
}

BOOST_AUTO_TEST_CASE(an_earlier_beginning_is_news) {
  board b;
  auto earlier = b.known;
  earlier.starts_at -= 1s;
  BOOST_TEST(!b.all.report(earlier, start + 1s));
  auto later = b.known;
  later.starts_at += 1s;
  BOOST_TEST(b.all.report(later, start + 1s));
}

BOOST_AUTO_TEST_CASE(a_report_that_says_nothing_new_is_taken_counted_and_nudges_once) {
  board b;
  BOOST_TEST(b.all.report(b.known, start + 1s));
  BOOST_TEST(b.all.report(b.known, start + 2s));
  BOOST_TEST(b.nudges == 1);
  const auto noted = b.list->take();
  BOOST_REQUIRE_EQUAL(noted.size(), 1u);
  const auto report = noted[0]->collect();
  BOOST_TEST(report.count == 2);
  BOOST_CHECK(report.last_seen == start + 2s);
  BOOST_TEST(b.all.report(b.known, start + 3s));
  BOOST_TEST(b.nudges == 2);
}

BOOST_AUTO_TEST_CASE(what_nobody_collects_is_gone_with_its_group) {
  const auto known = firing({{"alertname", "X"}});
  std::weak_ptr<sighting> seen;
  {
    sighting_board all;
    const auto list = std::make_shared<sighting_list>([] {});
    const auto entry = std::make_shared<sighting>(known, list);
    all.open(entry);
    seen = entry;
    BOOST_TEST(all.report(known, start + 1s));
    all.close(known.labels);
  }
  BOOST_TEST(seen.expired());
}

BOOST_AUTO_TEST_CASE(what_says_something_new_is_left_to_the_group) {
  board b;
  auto other = b.known;
  other.annotations = label_set::of({{"summary", "worse"}});
  BOOST_TEST(!b.all.report(other, start));
  other = b.known;
  other.generator_url = "http://x/";
  BOOST_TEST(!b.all.report(other, start));
  BOOST_TEST(!b.all.report(firing({{"alertname", "Y"}}), start));
  BOOST_TEST(b.nudges == 0);
}

BOOST_AUTO_TEST_CASE(a_report_extends_the_lease_and_none_shortens_an_explicit_one) {
  board b;
  auto longer = b.known;
  longer.ends_at = start + 2h;
  BOOST_TEST(b.all.report(longer, start));
  auto derived = b.known;
  derived.timed_out_end = true;
  derived.ends_at = start + 5min;
  BOOST_TEST(b.all.report(derived, start));
  auto shorter = b.known;
  shorter.ends_at = start + 30min;
  BOOST_TEST(b.all.report(shorter, start));
  const auto last = b.all.close(b.known.labels);
  BOOST_REQUIRE(last.has_value());
  BOOST_CHECK(last->ends_at == start + 2h);
  BOOST_TEST(last->count == 3);
}

BOOST_AUTO_TEST_CASE(after_it_is_closed_no_report_is_taken) {
  board b;
  BOOST_TEST(b.all.close(b.known.labels).has_value());
  BOOST_TEST(!b.all.report(b.known, start));
  BOOST_TEST(!b.all.close(b.known.labels).has_value());
}

BOOST_AUTO_TEST_CASE(a_thread_that_still_holds_a_closed_sighting_is_refused_too) {
  board b;
  const auto held = std::make_shared<sighting>(b.known, b.list);
  BOOST_TEST(held->report(b.known, start));
  BOOST_TEST(held->close().count == 1);
  BOOST_TEST(!held->report(b.known, start));
  BOOST_TEST(held->collect().count == 0);
}

BOOST_AUTO_TEST_CASE(no_report_is_lost_between_threads_that_report_and_one_that_collects) {
  board b;
  constexpr int threads = 3;
  constexpr int each = 20'000;
  std::atomic<int> running{threads};
  std::vector<std::thread> reporting;
  for (int i = 0; i < threads; ++i) {
    reporting.emplace_back([&] {
      for (int n = 0; n < each; ++n) b.all.report(b.known, start);
      --running;
    });
  }
  std::int64_t counted = 0;
  const auto collect = [&] {
    for (const auto& s : b.list->take()) counted += s->collect().count;
  };
  while (running > 0) collect();
  for (auto& t : reporting) t.join();
  collect();
  counted += b.all.close(b.known.labels)->count;
  BOOST_TEST(counted == threads * each);
}

BOOST_AUTO_TEST_CASE(the_group_hears_of_it_and_a_seen_alert_does_not_end) {
  group g(load(plain));
  auto a = firing({{"alertname", "X"}});
  a.ends_at = start + 4min;
  g.ingest(start, {a});
  sighting_report seen{a.labels, 5, start + 3min, start + 7min, false};
  g.state().seen({&seen, 1});
  g.advance(start + 5min);
  const auto& e = g.find({{"alertname", "X"}});
  BOOST_TEST(e.state.active());
  BOOST_TEST(e.state.occurrence_count == 6);
  BOOST_CHECK(e.state.last_seen == start + 3min);
  g.advance(start + 8min);
  BOOST_REQUIRE_EQUAL(g.notified.size(), 2u);
  BOOST_TEST(!g.notified[1].firing());
}

BOOST_AUTO_TEST_SUITE_END()
