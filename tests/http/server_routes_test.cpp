#include <atomic>
#include <map>
#include <regex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/http/support.hpp"

using namespace tocsin::testing;

namespace {

/// One whole request; the length is sent when there is a body.
std::string request_text(const std::string& method, const std::string& path, const std::string& body) {
  auto text = method + " " + path + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
  if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return text + "\r\n" + body;
}

/// The samples of a text exposition by name and labels; every other line must be a comment.
std::map<std::string, double> samples(const std::string& exposition) {
  static const std::regex sample(
      R"re(([a-zA-Z_:][a-zA-Z0-9_:]*(?:\{(?:[a-zA-Z_][a-zA-Z0-9_]*="[^"\\]*",?)*\})?) ([-+]?[0-9.]+(?:e[-+]?[0-9]+)?|\+Inf|NaN))re");
  static const std::regex comment("# (HELP|TYPE) [a-zA-Z_:][a-zA-Z0-9_:]* .+");
  std::map<std::string, double> found;
  std::istringstream lines(exposition);
  for (std::string line; std::getline(lines, line);) {
    std::smatch parts;
    if (std::regex_match(line, parts, sample)) {
      BOOST_TEST(found.emplace(parts[1].str(), std::stod(parts[2].str())).second, "twice: " << line);
    } else {
      BOOST_TEST(std::regex_match(line, comment), line);
    }
  }
  return found;
}

} // namespace

BOOST_AUTO_TEST_SUITE(routes_over_http)

BOOST_FIXTURE_TEST_CASE(a_wrong_method_is_refused_with_the_right_ones, with_site) {
  struct row {
    std::string method;
    std::string path;
    std::string allowed;
  };
  for (const auto& [method, path, allowed] : std::vector<row>{{"PUT", "/api/v2/receivers", "GET"},
                                                              {"PUT", "/api/v2/alerts", "POST,GET"},
                                                              {"DELETE", "/api/v2/alerts/", "POST,GET"},
                                                              {"PATCH", "/api/v2/alerts", "POST,GET"},
                                                              {"GET", "/api/alerts/webhook", "POST"},
                                                              {"POST", "/api/alerts/history", "GET,HEAD"},
                                                              {"DELETE", "/api/alerts/history/1", "GET,HEAD"},
                                                              {"PUT", "/api/alerts/history/1/", "GET,HEAD"},
                                                              {"GET", "/api/alerts/history/1/resolve", "PUT"},
                                                              {"POST", "/api/alerts/history/x/acknowledge", "PUT"},
                                                              {"PATCH", "/api/alerts/history/1/escalate", "PUT"},
                                                              {"POST", "/metrics", "GET,HEAD"},
                                                              {"PUT", "/-/ready", "GET,HEAD"},
                                                              {"GET", "/-/reload", "POST"},
                                                              {"DELETE", "/api/v2/silences", "GET,POST"},
                                                              {"PUT", "/api/v2/silence/x", "GET,DELETE"},
                                                              {"POST", "/api/alerts/silences", "GET,HEAD"},
                                                              {"PUT", "/api/alerts/explain/1", "GET,HEAD"},
                                                              {"POST", "/", "GET,HEAD"}}) {
    BOOST_TEST_CONTEXT(method << " " << path) {
      const auto a = http.send(method, path, method == "GET" ? "" : "{}");
      BOOST_TEST(a.status == 405);
      BOOST_TEST(a.header("Allow") == allowed);
      const auto message = "method " + method + " is not allowed, but [" + allowed + "] are";
      if (path.rfind("/api/v2/", 0) == 0) {
        BOOST_TEST(a.body == R"({"code":405,"message":")" + message + "\"}");
        BOOST_TEST(a.header("Cache-Control") == "no-store");
      } else {
        BOOST_TEST(a.body
                   == R"({"success":false,"error":{"code":"method_not_allowed","message":")" + message
                          + "\",\"parameter\":null}}\n");
      }
    }
  }
}

BOOST_FIXTURE_TEST_CASE(the_first_api_of_alertmanager_is_gone, with_site) {
  for (const std::string method : {"GET", "POST", "DELETE"}) {
    const auto a = http.send(method, "/api/v1/alerts", method == "POST" ? "[]" : "");
    BOOST_TEST(a.status == 410);
    BOOST_TEST(a.read().text("/status").value_or("") == "deprecated");
  }
}

BOOST_FIXTURE_TEST_CASE(browsers_may_ask_what_they_may_send, with_site) {
  const auto a = http.send("OPTIONS", "/api/v2/silences");
  BOOST_TEST(a.status == 200);
  BOOST_TEST(a.header("Access-Control-Allow-Origin") == "*");
  BOOST_TEST(a.header("Access-Control-Allow-Methods") == "GET, POST, DELETE, OPTIONS");
  for (const std::string path : {"/-/healthy", "/-/ready"}) BOOST_TEST(http.head(path).status == 200);
}

BOOST_FIXTURE_TEST_CASE(a_refused_request_with_a_body_leaves_the_connection_usable, with_site) {
  const auto body = R"([{"labels":{"alertname":"GET /metrics HTTP/1.1"}}])" + std::string(100'000, ' ');
  struct row {
    std::string method;
    std::string path;
    int status;
  };
  for (const auto& [method, path, status] : std::vector<row>{{"PUT", "/api/v2/alerts", 405},
                                                             {"POST", "/api/alerts/history", 405},
                                                             {"PATCH", "/api/v2/alerts", 405},
                                                             {"DELETE", "/api/alerts/history/1", 405},
                                                             {"POST", "/nope", 404},
                                                             {"PUT", "/api/v2/nope", 404},
                                                             {"PUT", "/api/alerts/history/x/resolve", 400},
                                                             {"POST", "/api/alerts/webhook", 400}}) {
    BOOST_TEST_CONTEXT(method << " " << path) {
      raw_connection raw(here.port());
      BOOST_TEST(raw.write(request_text(method, path, body)));
      BOOST_TEST(raw.read().status == status);
      BOOST_TEST(raw.write(request_text("GET", "/-/healthy", "")));
      const auto next = raw.read();
      BOOST_TEST(next.status == 200);
      BOOST_TEST(next.body == "OK");
    }
  }
  BOOST_TEST(http.total() == 0);
}

BOOST_FIXTURE_TEST_CASE(an_unknown_path_is_not_found_in_the_form_of_its_api, with_site) {
  for (const std::string method : {"GET", "POST", "PUT", "PATCH", "DELETE"}) {
    const auto body = method == "GET" ? "" : "{}";
    const auto a = http.send(method, "/api/v2/nope", body);
    BOOST_TEST(a.status == 404);
    BOOST_TEST(a.body == R"({"code":404,"message":"path /api/v2/nope was not found"})");
    BOOST_TEST(a.header("Cache-Control") == "no-store");
    const auto b = http.send(method, "/api/alerts/nope", body);
    BOOST_TEST(b.status == 404);
    BOOST_TEST(b.body
               == "{\"success\":false,\"error\":{\"code\":\"not_found\",\"message\":\"path /api/alerts/nope was not "
                  "found\",\"parameter\":null}}\n");
    BOOST_TEST(b.header("Allow") == "");
  }
  for (const std::string path : {"/favicon.ico", "/api", "/api/alerts/history/1/undo", "/api/alerts/history/1//",
                                 "/api/alerts/history/%2F", "/api/alerts/history/..%2F..%2Fhistory", "/../etc/passwd",
                                 "/%00", "/api/v2/alerts%00", "/METRICS", "/%22%3Cb%3E%5C"}) {
    const auto a = http.get(path);
    BOOST_TEST(a.status == 404, path << ": " << a.status);
    BOOST_TEST(a.read().valid(), a.body);
  }
}

BOOST_FIXTURE_TEST_CASE(a_slash_at_the_end_and_percents_make_no_other_path, with_site) {
  for (const std::string path : {"/api/alerts/history/", "/api/alerts/notification-history/", "/metrics/", "/-/ready/",
                                 "/%6Detrics", "/api%2Falerts/history", "/?x=y"}) {
    BOOST_TEST(http.get(path).status == 200, path);
  }
  BOOST_TEST(http.post("/api/v2/alerts/", "[]").status == 200);
  BOOST_TEST(http.get("/api/alerts/history/1%2Facknowledge").header("Allow") == "PUT");
}

BOOST_FIXTURE_TEST_CASE(head_answers_as_get_does_but_without_a_body, with_site) {
  for (const std::string path :
       {"/", "/-/ready", "/-/healthy", "/api/alerts/history", "/api/alerts/history/1", "/nope"}) {
    BOOST_TEST_CONTEXT(path) {
      const auto get = http.get(path);
      const auto head = http.head(path);
      BOOST_TEST(head.status == get.status);
      BOOST_TEST(head.body == "");
      BOOST_TEST(head.header("Content-Length") == std::to_string(get.body.size()));
      BOOST_TEST(head.header("Content-Type") == get.header("Content-Type"));
    }
  }
  BOOST_TEST(http.head("/metrics").status == 200);
  BOOST_TEST(http.head("/api/alerts/webhook").status == 405);
}

BOOST_FIXTURE_TEST_CASE(options_tells_the_methods, with_site) {
  const auto a = http.send("OPTIONS", "/api/v2/alerts");
  BOOST_TEST(a.status == 200);
  BOOST_TEST(a.header("Allow") == "POST,GET");
  BOOST_TEST(a.header("Access-Control-Allow-Origin") == "*");
  BOOST_TEST(http.send("OPTIONS", "/api/alerts/history/1/resolve").header("Allow") == "PUT");
  BOOST_TEST(http.send("OPTIONS", "/nope").status == 404);
}

BOOST_FIXTURE_TEST_CASE(it_says_that_it_is_healthy_and_ready, with_site) {
  for (const std::string path : {"/-/healthy", "/-/ready"}) {
    const auto a = http.get(path);
    BOOST_TEST(a.status == 200);
    BOOST_TEST(a.body == "OK");
    BOOST_TEST(a.header("Content-Type") == "text/plain; charset=utf-8");
  }
}

BOOST_FIXTURE_TEST_CASE(the_page_is_html_that_loads_nothing_from_elsewhere, with_site) {
  const auto a = http.get("/");
  BOOST_TEST(a.status == 200);
  BOOST_TEST(a.header("Content-Type") == "text/html; charset=utf-8");
  BOOST_TEST(a.header("Content-Security-Policy").starts_with("default-src 'self';"));
  BOOST_TEST(a.body.find("<!doctype html>") == 0U);
  BOOST_TEST(a.body.find("http://") == std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(metrics_can_be_read_and_go_up, with_site) {
  const auto scrape = [this] {
    const auto a = http.get("/metrics");
    BOOST_TEST(a.status == 200);
    BOOST_TEST(a.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8");
    return samples(a.body);
  };
  auto before = scrape();
  BOOST_TEST(before.size() > 20U);
  const auto alert = alert_json({{"alertname", "Counted \"so\""}}, R"("startsAt":")" + moment(-1min) + '"');
  BOOST_TEST(http.post_alerts("[" + alert + "," + alert_json({{"alertname", "B"}}) + R"(,{"labels":{}}])").status
             == 400);
  BOOST_TEST(http.post_alerts("[" + alert + "]").status == 200);
  BOOST_TEST(http.post("/api/alerts/webhook", "{").status == 400);
  auto after = scrape();
  struct row {
    std::string name;
    double more;
  };
  for (const auto& [name, more] : std::vector<row>{{R"(tocsin_alerts_total{outcome="opened"})", 2},
                                                   {R"(tocsin_alerts_total{outcome="duplicate"})", 1},
                                                   {R"(tocsin_alerts_total{outcome="invalid"})", 1},
                                                   {R"(tocsin_alerts_total{outcome="resolved"})", 0},
                                                   {R"(tocsin_ingest_requests_total{entry="v2",status="200"})", 1},
                                                   {R"(tocsin_ingest_requests_total{entry="v2",status="400"})", 1},
                                                   {R"(tocsin_ingest_requests_total{entry="webhook",status="400"})", 1},
                                                   {R"(tocsin_ingest_duration_seconds_count{entry="v2"})", 2}}) {
    BOOST_TEST(after.count(name) == 1U, name);
    BOOST_TEST(after[name] - before[name] == more, name << ": " << before[name] << " to " << after[name]);
  }
  BOOST_TEST(after["tocsin_history_commits_total"] > before["tocsin_history_commits_total"]);
  BOOST_TEST(after[R"(tocsin_queue_depth{queue="ingest"})"] == 0);
}

BOOST_FIXTURE_TEST_CASE(several_clients_are_served_at_once, with_site) {
  constexpr int clients = 4;
  constexpr int requests = 25;
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int c = 0; c < clients; ++c) {
    threads.emplace_back([this, c, &good] {
      client mine(here.port());
      for (int i = 0; i < requests; ++i) {
        const auto name = std::to_string(c) + "-" + std::to_string(i);
        const auto stored = mine.post_alerts("[" + alert_json({{"alertname", name}}) + "]").status == 200;
        if (stored && mine.total("&alert_name=" + name) == 1) ++good;
      }
    });
  }
  for (auto& t : threads) t.join();
  BOOST_TEST(good == clients * requests);
  BOOST_TEST(http.total() == clients * requests);
}

BOOST_FIXTURE_TEST_CASE(a_connection_that_says_nothing_holds_up_nobody, with_site) {
  const raw_connection idle(here.port());
  raw_connection half(here.port());
  BOOST_TEST(half.write("POST /api/v2/alerts HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n["));
  BOOST_TEST(http.post_alerts(R"([{"labels":{"a":"b"}}])").status == 200);
  BOOST_TEST(http.total() == 1);
}

BOOST_AUTO_TEST_SUITE_END()
