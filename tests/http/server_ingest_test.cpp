#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/http/support.hpp"

using namespace tocsin::testing;

namespace {

const std::string v2 = "/api/v2/alerts";
const std::string webhook = "/api/alerts/webhook";

void check_v2_headers(const answer& a) {
  BOOST_TEST(a.header("Cache-Control") == "no-store");
  BOOST_TEST(a.header("Access-Control-Allow-Origin") == "*");
  BOOST_TEST(a.header("Access-Control-Allow-Methods") == "GET, POST, DELETE, OPTIONS");
  BOOST_TEST(a.header("Access-Control-Allow-Headers") == "Accept, Authorization, Content-Type, Origin");
  BOOST_TEST(a.header("Access-Control-Expose-Headers") == "Date");
}

void check_v2_refused(const answer& a, int status, int code, const std::string& message) {
  BOOST_TEST(a.status == status, a.status << " " << a.body);
  BOOST_TEST(a.header("Content-Type") == "application/json");
  check_v2_headers(a);
  const auto error = a.read();
  BOOST_TEST(error.keys("") == "code message");
  BOOST_TEST(error.number("/code").value_or(0) == code);
  // What the reader of JSON says of a broken body is its own affair.
  BOOST_TEST(error.text("/message").value_or("").substr(0, message.size()) == message, a.body);
}

} // namespace

BOOST_AUTO_TEST_SUITE(api_v2_over_http)

BOOST_FIXTURE_TEST_CASE(alerts_are_taken_with_an_empty_answer, with_site) {
  struct row {
    std::string body;
    std::int64_t stored;
  };
  for (const auto& [body, stored] :
       std::vector<row>{{"[]", 0},
                        {"null", 0},
                        {R"([{"labels":{"a":"b"}}])", 1},
                        {R"([{"labels":{"alertname":"X","empty":""},"annotations":{"e":""},"extra":[1]}])", 2},
                        {R"([{"labels":{"alertname":"X"}},{"labels":{"alertname":"Y"}}])", 3}}) {
    BOOST_TEST_CONTEXT(body) {
      const auto a = http.post_alerts(body);
      BOOST_TEST(a.status == 200, a.body);
      BOOST_TEST(a.body == "");
      BOOST_TEST(a.header("Content-Length") == "0");
      BOOST_TEST(a.header("Content-Type") == "");
      check_v2_headers(a);
      BOOST_TEST(http.total() == stored);
    }
  }
}

BOOST_FIXTURE_TEST_CASE(a_body_that_is_not_alerts_is_refused_as_a_whole, with_site) {
  struct row {
    std::string body;
    int status;
    int code;
    std::string message;
  };
  const std::string parsing = R"(parsing alerts body from "" failed, because )";
  for (const auto& [body, status, code, message] : std::vector<row>{
           {"", 422, 602, "alerts in body is required"},
           {"[{}]", 422, 602, "0.labels in body is required"},
           {R"([{"labels":{"a":"b"}},{"annotations":{}}])", 422, 602, "1.labels in body is required"},
           {"{}", 400, 400, parsing},
           {"[{", 400, 400, parsing},
           {"7", 400, 400, parsing},
           {"not json", 400, 400, parsing},
           {R"([{"labels":{"a":7}}])", 400, 400, parsing + "[0].labels.a: expected a string, found a number"},
           {R"([{"labels":{"a":"b"},"startsAt":"garbage"}])", 400, 400, parsing + "[0].startsAt: "},
           {R"([{"labels":{"a":"b"},"generatorURL":"not a url ::"}])", 422, 601,
            R"(0.generatorURL in body must be of type uri: "not a url ::")"}}) {
    BOOST_TEST_CONTEXT(body) {
      check_v2_refused(http.post_alerts(body), status, code, message);
    }
  }
  BOOST_TEST(http.total() == 0);
}

BOOST_FIXTURE_TEST_CASE(an_alert_that_is_not_valid_is_refused_with_a_json_string, with_site) {
  struct row {
    std::string body;
    std::string answer;
  };
  for (const auto& [body, expected] : std::vector<row>{
           {R"([{"labels":{}}])", R"("at least one label pair required")"},
           {R"([{"labels":{"a":""}}])", R"("at least one label pair required")"},
           {R"([{"labels":{"":"x"}}])", R"("invalid label set: invalid name \"\"")"},
           {R"([{"labels":{"a":"b"},"annotations":{"":"x"}}])", R"("invalid annotations: invalid name \"\"")"},
           {R"([{"labels":{"a":"b"},"startsAt":"2026-01-02T00:00:00Z","endsAt":"2026-01-01T00:00:00Z"}])",
            R"("start time must be before end time")"},
           {R"([{"labels":{}},{"labels":{"":"x"}}])",
            R"("at least one label pair required\ninvalid label set: invalid name \"\"")"}}) {
    BOOST_TEST_CONTEXT(body) {
      const auto a = http.post_alerts(body);
      BOOST_TEST(a.status == 400);
      BOOST_TEST(a.body == expected + "\n");
      BOOST_TEST(a.header("Content-Type") == "application/json");
      check_v2_headers(a);
    }
  }
  BOOST_TEST(http.total() == 0);
}

BOOST_FIXTURE_TEST_CASE(valid_alerts_beside_invalid_ones_are_stored, with_site) {
  const auto a = http.post_alerts(R"([{"labels":{"alertname":"A"}},{"labels":{}},{"labels":{"alertname":"B"}}])");
  BOOST_TEST(a.status == 400);
  BOOST_TEST(a.body == "\"at least one label pair required\"\n");
  BOOST_TEST(http.total() == 2);
  BOOST_TEST(http.total("&alert_name=A") == 1);
  BOOST_TEST(http.total("&alert_name=B") == 1);
}

BOOST_FIXTURE_TEST_CASE(only_json_is_taken, with_site) {
  const auto refusal = [](const std::string& named) {
    return "unsupported media type \"" + named + "\", only [application/json] are allowed";
  };
  for (const std::string type : {"text/plain", "text/json", "application/xml", "application/x-www-form-urlencoded"}) {
    BOOST_TEST_CONTEXT(type) {
      check_v2_refused(http.post(v2, R"([{"labels":{"a":"b"}}])", type), 415, 415, refusal(type));
    }
  }
  raw_connection raw(here.port());
  BOOST_TEST(
      raw.write("POST /api/v2/alerts HTTP/1.1\r\nHost: x\r\nContent-Length: 23\r\n\r\n[{\"labels\":{\"a\":\"b\"}}] "));
  check_v2_refused(raw.read(), 415, 415, refusal("application/octet-stream"));
  check_v2_refused(http.post(v2, "[]", "application/jsonp"), 415, 415, refusal("application/jsonp"));
  check_v2_refused(http.post(v2, "[]", ";"), 400, 400,
                   "parsing Content-Type header from \";\" failed, because mime: no media type");
  check_v2_refused(http.post(v2, "", "text/plain"), 422, 602, "alerts in body is required");
  BOOST_TEST(http.total() == 0);
  for (const std::string type : {"application/json; charset=utf-8", "APPLICATION/JSON", "application/json ;x=1"}) {
    BOOST_TEST(http.post(v2, "[]", type).status == 200, type);
  }
}

BOOST_FIXTURE_TEST_CASE(who_accepts_no_json_gets_none, with_site) {
  const auto status = [this](const std::string& method, const std::string& path, const std::string& accept) {
    raw_connection raw(here.port());
    raw.write(method + " " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n" + accept + "\r\n");
    return raw.read();
  };
  for (const std::string accept :
       {"", "Accept:\r\n", "Accept: */*\r\n", "Accept: application/*\r\n", "Accept: Application/JSON\r\n",
        "Accept: text/html, application/xhtml+xml, */*;q=0.8\r\n", "Accept: text/html\r\nAccept: application/json\r\n",
        "Accept: ,,\r\n"}) {
    BOOST_TEST(status("GET", v2, accept).status == 200, accept);
  }
  for (const std::string accept : {"Accept: text/html\r\n", "Accept: application/json;q=0\r\n",
                                   "Accept: text/html, application/xml\r\n", "Accept: application\r\n"}) {
    BOOST_TEST_CONTEXT(accept) {
      check_v2_refused(status("GET", v2, accept), 406, 406,
                       "unsupported media type requested, only [application/json] are available");
      BOOST_TEST(status("DELETE", "/api/v2/silence/x", accept).status == 406);
      BOOST_TEST(status("GET", "/api/alerts/history", accept).status == 200);
      BOOST_TEST(status("POST", v2, accept).status == 422);
    }
  }
}

BOOST_FIXTURE_TEST_CASE(an_end_in_the_past_resolves, with_site) {
  const auto start = R"("startsAt":")" + moment(-10min) + '"';
  const auto end = start + R"(,"endsAt":")" + moment(-1min) + '"';
  BOOST_TEST(http.post_alerts("[" + alert_json({{"alertname", "A"}}, end) + "]").status == 200);
  BOOST_TEST(http.total() == 0);
  BOOST_TEST(http.post_alerts("[" + alert_json({{"alertname", "A"}}, start) + "]").status == 200);
  BOOST_TEST(http.total("&status=firing") == 1);
  BOOST_TEST(http.post_alerts("[" + alert_json({{"alertname", "A"}}, end) + "]").status == 200);
  BOOST_TEST(http.total("&status=resolved") == 1);
  BOOST_TEST(http.total() == 1);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(webhook_over_http)

BOOST_FIXTURE_TEST_CASE(the_answer_tells_what_became_of_the_alerts, with_site) {
  const std::string body = R"({"version":"4","status":"firing","alerts":[)"
                           R"({"status":"firing","labels":{"alertname":"A"},"startsAt":")"
                           + moment(-1min) + R"("},{"status":"resolved","labels":{"alertname":"B"}}]})";
  const auto answered = [](int opened, int duplicates, int resolved, int ignored) {
    return "{\"success\":true,\"count\":" + std::to_string(opened + duplicates + resolved + ignored)
           + ",\"data\":{\"opened\":" + std::to_string(opened) + ",\"duplicates\":" + std::to_string(duplicates)
           + ",\"resolved\":" + std::to_string(resolved) + ",\"ignored\":" + std::to_string(ignored) + "}}\n";
  };
  const auto first = http.post(webhook, body);
  BOOST_TEST(first.status == 200);
  BOOST_TEST(first.header("Content-Type") == "application/json");
  BOOST_TEST(first.body == answered(1, 0, 0, 1));
  BOOST_TEST(http.post(webhook, body).body == answered(0, 1, 0, 1));
  const auto end = R"({"alerts":[{"status":"resolved","labels":{"alertname":"A"}}]})";
  BOOST_TEST(http.post(webhook, end).body == answered(0, 0, 1, 0));
  BOOST_TEST(http.post(webhook, end).body == answered(0, 0, 0, 1));
  for (const auto* none : {R"({"alerts":[]})", R"({"alerts":null})"})
    BOOST_TEST(http.post(webhook, none).body == answered(0, 0, 0, 0));
  BOOST_TEST(http.total() == 1);
}

BOOST_FIXTURE_TEST_CASE(any_content_type_is_taken, with_site) {
  for (const std::string type : {"text/plain", "application/json", "application/x-www-form-urlencoded"}) {
    const auto a =
        http.post(webhook, R"({"alerts":[{"status":"firing","labels":{"alertname":")" + type + R"("}}]})", type);
    BOOST_TEST(a.status == 200, type << ": " << a.body);
  }
  BOOST_TEST(http.total() == 3);
}

BOOST_FIXTURE_TEST_CASE(a_body_that_is_no_webhook_is_refused_in_the_envelope, with_site) {
  for (const std::string body : {"", "{", "not json", "[]", "{}", "7", R"({"alerts":{}})", R"({"alerts":[7]})",
                                 R"({"alerts":[{"status":"firing","labels":{"a":7}}]})"}) {
    BOOST_TEST_CONTEXT(body) {
      const auto a = http.post(webhook, body);
      BOOST_TEST(a.status == 400, a.status << " " << a.body);
      BOOST_TEST(a.read().keys("/error") == "code message parameter");
      BOOST_TEST(a.read().text("/error/code").value_or("") == "invalid_body");
      BOOST_TEST(a.read().text("/error/message").value_or("").find("webhook body") == 0U, a.body);
      BOOST_TEST(a.header("Cache-Control") == "");
    }
  }
  BOOST_TEST(http.total() == 0);
}

BOOST_FIXTURE_TEST_CASE(refused_alerts_are_counted_beside_stored_ones, with_site) {
  const auto a = http.post(
      webhook, R"({"alerts":[{"status":"firing","labels":{"alertname":"A"}},{"status":"firing","labels":{}}]})");
  BOOST_TEST(a.status == 400);
  BOOST_TEST(a.read().text("/error/code").value_or("") == "invalid_alert");
  BOOST_TEST(a.read().text("/error/parameter").value_or("") == "alerts");
  BOOST_TEST(a.read().text("/error/message").value_or("")
             == "1 alerts refused, 1 stored: alerts[1]: at least one label pair required");
  BOOST_TEST(http.total() == 1);
}

BOOST_AUTO_TEST_SUITE_END()
