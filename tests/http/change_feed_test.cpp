#include "http/change_feed.hpp"

#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "actors/engine.hpp"
#include "tests/http/support.hpp"

using namespace tocsin;
using namespace tocsin::testing;

namespace {

struct with_feed : with_site {
  http::change_feed feed{here.core().options().storage, time_source::system()};

  void change() {
    static int number = 0;
    BOOST_REQUIRE_EQUAL(
        http.post_alerts("[" + alert_json({{"alertname", "X"}, {"number", std::to_string(++number)}}) + "]").status,
        200);
  }
};

/// Reads what a stream of events brings.
struct event_reader {
  explicit event_reader(std::uint16_t port, const std::string& path = "/api/events") : connection(port) {
    connection.write("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
    head = connection.read_head();
  }

  raw_connection connection;
  answer head;
};

} // namespace

BOOST_AUTO_TEST_SUITE(a_feed_of_changes)

BOOST_FIXTURE_TEST_CASE(every_stream_hears_of_a_change_with_a_number_that_counts_up, with_feed) {
  http::change_feed::stream one(feed);
  http::change_feed::stream other(feed);
  BOOST_REQUIRE(one.granted());
  const auto first = one.next(5s);
  BOOST_REQUIRE(first.has_value());
  change();
  const auto second = one.next(5s);
  BOOST_REQUIRE(second.has_value());
  BOOST_TEST(second->sequence > first->sequence);
  BOOST_TEST((second->at >= first->at));
  const auto heard = other.next(5s);
  BOOST_REQUIRE(heard.has_value());
  // It need not hear of each, but always of the last.
  BOOST_TEST(heard->sequence == second->sequence);
}

BOOST_FIXTURE_TEST_CASE(many_changes_are_told_at_most_twice_a_second, with_feed) {
  http::change_feed::stream one(feed);
  BOOST_REQUIRE(one.next(5s).has_value());
  const auto began = std::chrono::steady_clock::now();
  std::atomic<bool> over = false;
  std::thread writer([&] {
    while (!over) change();
  });
  int heard = 0;
  while (heard < 4) heard += one.next(5s).has_value() ? 1 : 0;
  over = true;
  writer.join();
  const auto took = std::chrono::steady_clock::now() - began;
  BOOST_TEST((took >= 3 * http::change_feed::shortest_gap));
}

BOOST_FIXTURE_TEST_CASE(there_is_room_for_so_many_streams_and_for_another_when_one_has_gone, with_feed) {
  std::deque<std::unique_ptr<http::change_feed::stream>> all;
  for (int i = 0; i < http::change_feed::most_streams; ++i) {
    all.push_back(std::make_unique<http::change_feed::stream>(feed));
    BOOST_TEST(all.back()->granted());
  }
  BOOST_TEST(!http::change_feed::stream(feed).granted());
  BOOST_TEST(feed.streams() == http::change_feed::most_streams);
  all.pop_front();
  BOOST_TEST(http::change_feed::stream(feed).granted());
}

BOOST_FIXTURE_TEST_CASE(a_stop_wakes_all_that_wait_and_lets_nobody_in, with_feed) {
  http::change_feed::stream one(feed);
  BOOST_REQUIRE(one.next(5s).has_value());
  const auto began = std::chrono::steady_clock::now();
  std::thread waiting([&] { BOOST_TEST(!one.next(30s).has_value()); });
  feed.stop();
  waiting.join();
  BOOST_TEST((std::chrono::steady_clock::now() - began < 2s));
  BOOST_TEST(feed.stopped());
  BOOST_TEST(!http::change_feed::stream(feed).granted());
  BOOST_TEST(!one.next(30s).has_value());
}

BOOST_FIXTURE_TEST_CASE(streams_that_begin_later_hear_of_what_changes_then, with_feed) {
  { BOOST_TEST(http::change_feed::stream(feed).next(5s).has_value()); }
  http::change_feed::stream later(feed);
  // Whether one comes at once depends on whether the watcher had noticed that nobody listened.
  const auto first = later.next(1s);
  change();
  const auto next = later.next(5s);
  BOOST_REQUIRE(next.has_value());
  if (first) BOOST_TEST(next->sequence > first->sequence);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(events_over_http)

BOOST_FIXTURE_TEST_CASE(a_stream_begins_with_the_time_to_retry_and_is_not_to_be_kept, with_site) {
  event_reader events(here.port());
  BOOST_TEST(events.head.status == 200);
  BOOST_TEST(events.head.header("Content-Type") == "text/event-stream");
  BOOST_TEST(events.head.header("Cache-Control") == "no-store");
  BOOST_TEST(events.head.header("X-Accel-Buffering") == "no");
  BOOST_TEST(events.connection.read_text("retry: 3000\n\n", 3s));
  BOOST_TEST(events.connection.read_text("event: change\ndata: {\"sequence\":", 3s));
}

BOOST_FIXTURE_TEST_CASE(there_is_no_head_of_something_without_an_end, with_site) {
  const auto a = http.head("/api/events");
  BOOST_TEST(a.status == 405);
  BOOST_TEST(a.header("Allow") == "GET");
  BOOST_TEST(http.post("/api/events", "{}").header("Allow") == "GET");
}

BOOST_FIXTURE_TEST_CASE(the_status_counts_the_streams_that_are_open, with_site) {
  BOOST_TEST((http.get("/api/status").read().number("/data/queues/event_streams") == 0));
  event_reader events(here.port());
  BOOST_TEST((http.get("/api/status").read().number("/data/queues/event_streams") == 1));
}

BOOST_AUTO_TEST_SUITE_END()
