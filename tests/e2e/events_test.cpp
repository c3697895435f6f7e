#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <boost/test/unit_test.hpp>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "tests/e2e/api.hpp"
#include "tests/e2e/http_sink.hpp"
#include "tests/e2e/program.hpp"
#include "tests/e2e/socket.hpp"

using namespace tocsin::e2e;

namespace {

/// A connection on which events come.
class event_stream {
 public:
  explicit event_stream(std::uint16_t port, const std::string& path = "/api/events")
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    BOOST_REQUIRE_EQUAL(::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    const auto request = "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n";
    BOOST_REQUIRE_EQUAL(::send(socket_.get(), request.data(), request.size(), MSG_NOSIGNAL),
                        static_cast<ssize_t>(request.size()));
  }

  /// Reads until `text` has come, and drops it with what was before.
  bool wait_for(std::string_view text, std::chrono::milliseconds most) {
    const auto until = clock::now() + most;
    auto found = std::string::npos;
    while ((found = received_.find(text)) == std::string::npos) {
      if (!receive(until)) return false;
    }
    received_.erase(0, found + text.size());
    return true;
  }

  /// The other side ends it.
  bool wait_for_end(std::chrono::milliseconds most) {
    const auto until = clock::now() + most;
    while (receive(until)) {
    }
    return ended_;
  }

  void close() { socket_.close(); }

 private:
  bool receive(clock::time_point until) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - clock::now());
    pollfd ready{socket_.get(), POLLIN, 0};
    if (left <= 0ms || ::poll(&ready, 1, static_cast<int>(left.count())) <= 0) return false;
    char bytes[4096];
    const auto got = ::recv(socket_.get(), bytes, sizeof bytes, 0);
    ended_ = got <= 0;
    if (ended_) return false;
    received_.append(bytes, static_cast<std::size_t>(got));
    return true;
  }

  descriptor socket_;
  std::string received_;
  bool ended_ = false;
};

constexpr std::string_view event = "event: change\ndata: {\"sequence\":";

struct with_program {
  program here{one_webhook("http://127.0.0.1:1/"), {"--web.route-prefix=/am"}};
  with_program() { here.start(); }
};

} // namespace

BOOST_AUTO_TEST_SUITE(events)

BOOST_FIXTURE_TEST_CASE(an_event_comes_soon_after_an_alert_was_taken_in, with_program) {
  event_stream events(here.port(), "/am/api/events");
  BOOST_REQUIRE(events.wait_for("HTTP/1.1 200 OK", 3s));
  BOOST_REQUIRE(events.wait_for("retry: 3000\n\n", 3s));
  // The first one of a stream says nothing yet.
  BOOST_REQUIRE(events.wait_for(event, 3s));
  api client(here);
  for (int i = 0; i < 3; ++i) {
    const auto posted = clock::now();
    BOOST_REQUIRE_EQUAL(
        client.post("/am/api/v2/alerts", "[" + alert_json({{"alertname", "X"}, {"number", std::to_string(i)}}) + "]")
            .status,
        200);
    BOOST_TEST(events.wait_for(event, 1500ms));
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - posted);
    BOOST_TEST_MESSAGE("an event came after " << took.count() << " ms");
  }
}

BOOST_FIXTURE_TEST_CASE(the_program_ends_at_once_while_streams_are_open, with_program) {
  std::vector<std::unique_ptr<event_stream>> open;
  for (int i = 0; i < 5; ++i) {
    open.push_back(std::make_unique<event_stream>(here.port(), "/am/api/events"));
    BOOST_REQUIRE(open.back()->wait_for("retry: 3000\n\n", 3s));
  }
  // Nothing comes any more: all of them wait.
  while (open.back()->wait_for(event, 1s)) {
  }
  const auto began = clock::now();
  BOOST_TEST((here.terminate() == 0));
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - began);
  BOOST_TEST_MESSAGE("it ended after " << took.count() << " ms");
  BOOST_TEST((took < 2s));
  for (const auto& each : open) BOOST_TEST(each->wait_for_end(1s));
}

BOOST_FIXTURE_TEST_CASE(the_thirty_third_stream_is_refused_until_one_has_gone, with_program) {
  std::vector<std::unique_ptr<event_stream>> open;
  for (int i = 0; i < 32; ++i) {
    open.push_back(std::make_unique<event_stream>(here.port(), "/am/api/events"));
    BOOST_REQUIRE(open.back()->wait_for("retry: 3000\n\n", 5s));
  }
  api client(here);
  const auto refused = client.get("/am/api/events");
  BOOST_TEST(refused.status == 503);
  BOOST_TEST(refused.headers.contains("retry-after"));
  BOOST_TEST((json(refused.body).text("/error/code") == "unavailable"));
  // All others are answered all the same.
  BOOST_TEST(client.get("/am/api/alerts/now").status == 200);

  open.front()->close();
  // It is missed when the next events cannot be written.
  int number = 0;
  BOOST_TEST(eventually(10s, [&] {
    client.post("/am/api/v2/alerts", "[" + alert_json({{"alertname", "X"}, {"n", std::to_string(++number)}}) + "]");
    event_stream another(here.port(), "/am/api/events");
    return another.wait_for("retry: 3000\n\n", 500ms);
  }));
}

BOOST_AUTO_TEST_SUITE_END()
