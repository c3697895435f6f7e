#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <boost/test/unit_test.hpp>
#include <poll.h>
#include <sys/socket.h>

#include "tests/e2e/api.hpp"
#include "tests/e2e/http_sink.hpp"
#include "tests/e2e/program.hpp"
#include "tests/e2e/socket.hpp"

using namespace tocsin::e2e;

namespace {

struct quiet_program {
  http_sink sink;
  program tocsin{one_webhook(sink.url())};
  api client{tocsin};
};

descriptor connect_to(std::uint16_t port) {
  descriptor socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto connected = ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  BOOST_REQUIRE(connected);
  return socket;
}

/// Posts `size` bytes until all are sent or an answer comes; the first line of the answer.
std::string flood(std::uint16_t port, std::string_view path, std::size_t size) {
  const auto socket = connect_to(port);
  const auto head = "POST " + std::string(path)
                    + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
                    + std::to_string(size) + "\r\n\r\n[";
  ::send(socket.get(), head.data(), head.size(), MSG_NOSIGNAL);
  const std::string blanks(65536, ' ');
  for (std::size_t sent = 1; sent < size;) {
    std::array<pollfd, 1> fds{pollfd{socket.get(), POLLIN | POLLOUT, 0}};
    if (::poll(fds.data(), fds.size(), 10000) <= 0 || (fds[0].revents & POLLIN) != 0) break;
    const auto n = ::send(socket.get(), blanks.data(), std::min(blanks.size(), size - sent), MSG_NOSIGNAL);
    if (n <= 0) break;
    sent += static_cast<std::size_t>(n);
  }
  std::array<pollfd, 1> fds{pollfd{socket.get(), POLLIN, 0}};
  ::poll(fds.data(), fds.size(), 10000);
  std::array<char, 4096> bytes;
  const auto got = ::recv(socket.get(), bytes.data(), bytes.size(), 0);
  const std::string_view text(bytes.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
  return std::string(text.substr(0, text.find("\r\n")));
}

} // namespace

BOOST_AUTO_TEST_SUITE(bad_input)

BOOST_FIXTURE_TEST_CASE(is_refused_with_a_reason_and_nothing_is_stored, quiet_program) {
  const std::string too_deep = std::string(20000, '[') + std::string(20000, ']');
  struct row {
    std::string path;
    std::string body;
    std::string type = "application/json";
  };
  const std::string v2 = "/api/v2/alerts";
  const std::string webhook = "/api/alerts/webhook";
  for (const auto& [path, body, type] : std::vector<row>{
           {v2, ""},
           {v2, "{"},
           {v2, "[{"},
           {v2, "not json"},
           {v2, "{}"},
           {v2, "42"},
           {v2, "\"alerts\""},
           {v2, "\xEF\xBB\xBF[]"},
           {v2, "[{}]"},
           {v2, "[42]"},
           {v2, R"([{"labels":{}}])"},
           {v2, R"([{"labels":{"":"x"}}])"},
           {v2, R"([{"labels":{"alertname":""}}])"},
           {v2, R"([{"labels":{"alertname":7}}])"},
           {v2, R"([{"labels":["alertname"]}])"},
           {v2, R"([{"labels":"alertname"}])"},
           {v2, R"([{"labels":{"alertname":"x"},"annotations":{"a":true}}])"},
           {v2, R"([{"labels":{"alertname":"x"},"startsAt":"garbage"}])"},
           {v2, R"([{"labels":{"alertname":"x"},"startsAt":12}])"},
           {v2, R"([{"labels":{"alertname":"x"},"startsAt":"2026-01-02T00:00:00Z","endsAt":"2026-01-01T00:00:00Z"}])"},
           {v2, R"([{"labels":{"alertname":"x"},"generatorURL":"not a url ::"}])"},
           {v2, R"([{"labels":{"alertname":"x"},"generatorURL":5}])"},
           {v2, too_deep},
           {v2, R"([{"labels":{"alertname":"x"}}])", "text/plain"},
           {webhook, ""},
           {webhook, "{"},
           {webhook, "not json"},
           {webhook, "[]"},
           {webhook, "{}"},
           {webhook, R"({"alerts":{}})"},
           {webhook, R"({"alerts":[7]})"},
           {webhook, R"({"alerts":[{"status":"firing"}]})"},
           {webhook, R"({"alerts":[{"status":"firing","labels":{}}]})"},
           {webhook, R"({"alerts":[{"status":"firing","labels":{"alertname":7}}]})"},
           {webhook, R"({"alerts":[{"status":"firing","labels":{"alertname":"x"},"startsAt":"yesterday"}]})"},
           {webhook, too_deep}}) {
    BOOST_TEST_CONTEXT(path << " " << type << " " << body.substr(0, 120)) {
      const auto a = client.post(path, body, type);
      BOOST_TEST((a.status >= 400 && a.status < 500), a.status << " " << a.body);
      BOOST_TEST(a.body.size() > 2U);
    }
  }
  BOOST_TEST(history_total(client) == 0);
  BOOST_TEST(sink.count() == 0U);
}

BOOST_FIXTURE_TEST_CASE(beside_valid_alerts_does_not_lose_them, quiet_program) {
  const auto good = alert_json({{"alertname", "Good"}, {"severity", "critical"}});
  const auto a = client.post_all({good, R"({"labels":{"":"bad name"}})", R"({"labels":{"alertname":""}})"});
  BOOST_TEST(a.status == 400);
  BOOST_TEST(a.body.size() > 2U);
  BOOST_TEST(history_total(client) == 1);
  BOOST_TEST(history_total(client, "&alert_name=Good") == 1);
  BOOST_TEST(sink.wait_for_body(5s, "Good").has_value());
}

BOOST_FIXTURE_TEST_CASE(that_is_not_utf8_is_read_with_replacement_characters, quiet_program) {
  const auto a = client.post_alerts("[{\"labels\":{\"alertname\":\"Odd\xff\",\"severity\":\"critical\"}}]");
  BOOST_TEST(a.status == 200, a.body);
  const auto told = sink.wait_for_body(5s, "Odd");
  BOOST_REQUIRE(told.has_value());
  BOOST_TEST(json(told->body).text("/alerts/0/labels/alertname").value() == "Odd\xEF\xBF\xBD");
}

BOOST_FIXTURE_TEST_CASE(of_a_hundred_megabytes_is_refused_without_being_kept, quiet_program) {
  constexpr std::size_t megabyte = 1024 * 1024;
  const auto before = tocsin.resident_memory();
  for (const auto* path : {"/api/v2/alerts", "/api/alerts/webhook"}) {
    const auto line = flood(tocsin.port(), path, 100 * megabyte);
    BOOST_TEST(line.find(" 413 ") != std::string::npos, path << ": " << line);
  }
  BOOST_TEST(tocsin.resident_memory() < before + 50 * megabyte);
  BOOST_TEST(history_total(client) == 0);
}

BOOST_FIXTURE_TEST_CASE(is_not_what_ten_thousand_alerts_in_one_body_are, quiet_program) {
  std::vector<std::string> alerts;
  for (int i = 0; i < 10000; ++i) {
    alerts.push_back(alert_json({{"alertname", "Many"}, {"severity", "critical"}, {"instance", std::to_string(i)}}));
  }
  const auto begin = clock::now();
  BOOST_TEST(client.post_all(alerts).status == 200);
  BOOST_TEST_MESSAGE("10,000 alerts took " << std::chrono::duration<double>(clock::now() - begin).count() << " s");
  BOOST_TEST(history_total(client) == 10000);
  BOOST_REQUIRE(sink.wait_for_count(10s, 1));
  BOOST_TEST(json(sink.all().front().body).size("/alerts").value() == 10000U);
}

BOOST_AUTO_TEST_SUITE_END()
