#include <array>
#include <map>
#include <string>
#include <string_view>
#include <utility>
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

/// What a row of bad input is answered with.
struct hostile_row {
  std::string what;
  std::string method;
  std::string path;
  std::string body = {};
  /// 0: any answer that is no 5xx.
  int status = 0;
  /// Part of the answer.
  std::string says = {};
};

std::string silence_with(const std::string& name, const std::string& value) {
  return R"({"matchers":[{"name":")" + name + R"(","value":")" + value
         + R"(","isRegex":true}],"startsAt":"2020-01-01T00:00:00Z","endsAt":"2040-01-01T00:00:00Z","createdBy":"a",)"
         + R"("comment":"c"})";
}

std::vector<hostile_row> hostile_bodies() {
  const std::string alerts = "/api/v2/alerts";
  const std::string silences = "/api/v2/silences";
  const std::string deep = std::string(10'000, '[') + std::string(10'000, ']');
  const std::string megabytes(10'485'760, 'v');
  std::string many = R"([{"labels":{"a":"b")";
  for (int i = 0; i < 10'000; ++i) many += ",\"l" + std::to_string(i) + "\":\"x\"";
  const auto labels = [](const std::string& members) { return R"([{"labels":{)" + members + "}}]"; };
  return {
      {"deep alerts", "POST", alerts, deep, 400},
      {"deep unknown member", "POST", alerts, R"([{"labels":{"a":"b"},"x":)" + deep + "}]", 400, "deep"},
      {"deep silence", "POST", silences, R"({"x":)" + deep + "}", 400},
      {"deep parameters", "POST", "/api/alerts/correlations", R"({"x":)" + deep + "}", 400},
      {"a label twice", "POST", alerts, labels(R"("alertname":"first","alertname":"second")"), 200},
      {"labels twice", "POST", alerts, R"([{"labels":{"a":"1"},"labels":{"b":"2"}}])", 200},
      {"half a surrogate pair", "POST", alerts, labels(R"("alertname":"\ud800")"), 200},
      {"half a pair in a silence", "POST", silences, silence_with("a", R"(x\udc00)"), 200},
      {"no UTF-8 in a silence", "POST", silences, silence_with("a", "x\xff"), 200},
      {"NUL", "POST", alerts, labels(R"("alertname":"a\u0000b")"), 200},
      {"a raw NUL", "POST", alerts, labels("\"alertname\":\"a" + std::string(1, '\0') + "b\""), 400},
      {"a huge number", "POST", alerts, R"([{"labels":{"a":"n"},"x":1e999}])", 0},
      {"many digits", "POST", alerts, R"([{"labels":{"a":"d"},"x":)" + std::string(5000, '9') + "}]", 0},
      {"a number for a label", "POST", alerts, labels(R"("a":1e400)"), 400},
      {"a value of 10 MB", "POST", alerts, labels(R"("a":")" + megabytes + "\""), 400,
       R"(the value of label \"a\" has 10485760 bytes, more than 65536)"},
      {"a name of 10 MB", "POST", alerts, labels("\"" + megabytes + R"(":"x")"), 400, "the name of label"},
      {"an annotation of 1 MB", "POST", alerts,
       R"([{"labels":{"a":"ann"},"annotations":{"a":")" + megabytes.substr(0, 1'048'576) + "\"}}]", 200},
      {"10,000 labels", "POST", alerts, many + "}}]", 200},
      {"an expression of 10 MB", "POST", silences, silence_with("a", "(a)*" + megabytes), 400,
       "expression too large: 10485764 bytes, more than 100000"},
      {"a start in the year 9999", "POST", alerts, R"([{"labels":{"a":"late"},"startsAt":"9999-01-01T00:00:00Z"}])", 0},
      {"a start in the year 8126", "POST", alerts,
       R"([{"labels":{"alertname":"late"},"startsAt":"8126-01-01T00:00:00Z","endsAt":"8127-01-01T00:00:00Z"}])", 200},
      {"a start in the year 10000", "POST", alerts, R"([{"labels":{"a":"b"},"startsAt":"10000-01-01T00:00:00Z"}])",
       400},
      {"February 30", "POST", alerts, R"([{"labels":{"a":"b"},"startsAt":"2026-02-30T00:00:00Z"}])", 400},
  };
}

std::vector<hostile_row> hostile_questions() {
  std::vector<hostile_row> rows;
  const std::string megabyte(1'048'576, 'a');
  for (const std::string path : {"/api/v2/alerts?filter=", "/api/alerts/history?service=", "/api/"}) {
    rows.push_back({"1 MB", "GET", path + megabyte, {}, 414, "the URL is longer than 8192 bytes"});
  }
  for (const std::string call : {"statistics", "top-alerts", "trends", "report/daily", "report/sla", "report/noise",
                                 "notification-history", "history", "silences", "export/csv", "service-health/x"}) {
    for (const auto& query : std::vector<std::string>{
             "days=-1", "days=99999999999999999999", "days=x", "days=1e2", "days=%00", "limit=-1", "limit=99999999999",
             "offset=-5", "service=" + std::string(5000, 'a'), "granularity=week", "order_by=;drop", "status=%ff",
             "alert_name=%00", "alert_name=late&service=x", "severity=bogus", "alert_name=late"}) {
      rows.push_back({"analytics", "GET", "/api/alerts/" + call + "?" + query});
    }
  }
  for (const std::string path :
       {"/api/v2/silence/%00", "/api/v2/silence/%2e%2e%2falerts", "/api/v2/silence/%", "/api/v2/silence/%zz",
        "/api/v2/alerts%00", "/api/alerts/history/1%00", "/api/alerts/history/99999999999999999999",
        "/api/alerts/service-health/%2e%2e", "/api/alerts/service-health/%ff", "/%0d%0aX:%20y",
        "/api/v2/alerts?%00=%00", "/api/v2/alerts?filter=%25", "/api/v2/alerts?filter=a%3D%22%C3%28%22",
        "/api/v2/alerts?receiver=a%7B1001%7D", "/api/v2/alerts?filter=a%3D~%22a%7B1000%7D%7B1000%7D%22", "*",
        "http://x/api/v2/alerts"}) {
    rows.push_back({"percent", "GET", path});
  }
  return rows;
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

BOOST_FIXTURE_TEST_CASE(however_hostile_is_answered_soon_and_never_with_a_fault_of_ours, quiet_program) {
  auto rows = hostile_bodies();
  for (auto& row : hostile_questions()) rows.push_back(std::move(row));
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.what << ": " << row.method << " " << row.path.substr(0, 120)) {
      std::multimap<std::string, std::string> headers;
      if (!row.body.empty()) headers.emplace("Content-Type", "application/json");
      const auto begin = clock::now();
      const auto a = client.send(row.method, row.path, row.body, headers);
      const auto took = std::chrono::duration<double>(clock::now() - begin).count();
      BOOST_TEST((a.status >= 200 && a.status < 500), a.status << " " << a.body.substr(0, 200));
      if (row.status != 0) BOOST_TEST(a.status == row.status, a.body.substr(0, 200));
      BOOST_TEST(a.body.find(row.says) != std::string::npos, a.body.substr(0, 200));
      BOOST_TEST(took < 5, "it took " << took << " s");
    }
  }
  BOOST_TEST(client.get("/-/healthy").status == 200);
  BOOST_TEST(history_total(client, "&alert_name=second") == 1);
  BOOST_TEST(tocsin.output().err().find("re2/") == std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(in_the_head_is_refused_with_a_reason, quiet_program) {
  const auto long_line = client.send("GET", "/api/v2/alerts", {}, {{"X-Long", std::string(65'536, 'v')}});
  BOOST_TEST(long_line.status == 400);
  BOOST_TEST(long_line.body.find("a line of its header is longer than 8192 bytes") != std::string::npos);
  std::multimap<std::string, std::string> many;
  for (int i = 0; i < 1000; ++i) many.emplace("X-" + std::to_string(i), "v");
  BOOST_TEST(client.send("GET", "/api/v2/alerts", {}, many).status == 200);
  BOOST_TEST(client.send("GET", "/api/v2/alerts").status == 200);
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

BOOST_FIXTURE_TEST_CASE(is_not_what_a_hundred_thousand_alerts_in_one_body_are, quiet_program) {
  std::string body = "[";
  for (int i = 0; i < 100'000; ++i) {
    body += (i == 0 ? "" : ",") + alert_json({{"alertname", "Many"}, {"severity", "info"}, {"i", std::to_string(i)}});
  }
  const auto begin = clock::now();
  BOOST_TEST(client.post_alerts(body + "]").status == 200);
  BOOST_TEST_MESSAGE("100,000 alerts took " << std::chrono::duration<double>(clock::now() - begin).count() << " s");
  BOOST_TEST(history_total(client) == 100'000);
}

BOOST_AUTO_TEST_SUITE_END()
