#include <atomic>
#include <mutex>

#include <boost/test/unit_test.hpp>

#include "tests/http/support.hpp"

using namespace tocsin;
using namespace tocsin::testing;

namespace {

/// A receiver on a free port that answers with one status.
class receiver {
 public:
  explicit receiver(int status) {
    http_.Post("/", [this, status](const httplib::Request& request, httplib::Response& response) {
      const std::lock_guard lock(mutex_);
      bodies_.push_back(request.body);
      response.status = status;
    });
    port_ = http_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { http_.listen_after_bind(); });
    while (!http_.is_running()) std::this_thread::yield();
  }
  ~receiver() {
    http_.stop();
    thread_.join();
  }
  receiver(const receiver&) = delete;
  receiver& operator=(const receiver&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/"; }
  std::vector<std::string> bodies() {
    const std::lock_guard lock(mutex_);
    return bodies_;
  }

 private:
  httplib::Server http_;
  int port_ = 0;
  std::mutex mutex_;
  std::vector<std::string> bodies_;
  std::thread thread_;
};

struct with_receiver {
  receiver there{200};
  site here{there.url()};
  client http{here.port()};
};

std::string path_of(std::int64_t id) {
  return "/acknowledge?alerts=" + std::to_string(id);
}

constexpr const char* form = "application/x-www-form-urlencoded";

} // namespace

BOOST_AUTO_TEST_SUITE(trying_channels)

BOOST_FIXTURE_TEST_CASE(a_test_message_goes_through_the_channel_and_the_answer_says_how, with_receiver) {
  const auto answer = http.post("/api/alerts/test/sink/webhook/0", R"({"requested_by": "ann"})");
  BOOST_REQUIRE(answer.status == 200);
  const auto test = answer.read();
  BOOST_TEST(test.text("/data/0/channel").value_or("-") == "sink/webhook/0");
  BOOST_TEST(test.boolean("/data/0/delivered").value_or(false));
  BOOST_TEST(test.text("/data/0/message").value_or("-") == "HTTP 200");
  BOOST_TEST(test.size("/data/0/attempts").value_or(0) == 1u);
  BOOST_REQUIRE(there.bodies().size() == 1u);
  BOOST_TEST(there.bodies()[0].find("ann tries whether messages arrive") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_channel_that_cannot_be_reached_is_said_to_be, with_site) {
  const auto answer = http.post("/api/alerts/test/unreachable?attempts=1", "");
  BOOST_REQUIRE(answer.status == 200);
  const auto test = answer.read();
  BOOST_TEST(!test.boolean("/data/0/delivered").value_or(true));
  BOOST_TEST(test.text("/data/0/message").value_or("-") != "");
}

BOOST_FIXTURE_TEST_CASE(all_channels_of_a_kind_are_tried_at_once, with_receiver) {
  const auto answer = http.post("/api/alerts/test/webhook?attempts=1", "");
  BOOST_TEST(answer.read().number("/count").value_or(0) == 2);
}

BOOST_FIXTURE_TEST_CASE(what_names_no_channel_is_refused_with_what_there_is, with_site) {
  const auto answer = http.post("/api/alerts/test/fax", "");
  BOOST_TEST(answer.status == 404);
  BOOST_TEST(answer.read().text("/error/message").value_or("-")
             == "there is no channel, receiver or kind of channel \"fax\"; there are sink/webhook/0, "
                "unreachable/webhook/0");
  const auto attempts = http.post("/api/alerts/test/sink?attempts=5", "");
  BOOST_TEST(attempts.status == 400);
  BOOST_TEST(attempts.read().text("/error/parameter").value_or("-") == "attempts");
}

BOOST_FIXTURE_TEST_CASE(a_fire_drill_that_arrives_says_in_what_time, with_receiver) {
  const auto answer = http.post("/api/alerts/drill", R"({"receiver": "sink"})");
  BOOST_REQUIRE(answer.status == 200);
  const auto drill = answer.read();
  BOOST_TEST(drill.boolean("/data/arrived").value_or(false));
  BOOST_TEST(drill.boolean("/data/channels/0/delivered").value_or(false));
  BOOST_TEST(drill.number("/data/alert_id").value_or(0) == 1);
  BOOST_TEST(http.get("/metrics").body.find("tocsin_drill_arrived{receiver=\"sink\"} 1") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_fire_drill_that_does_not_arrive_says_where, with_site) {
  const auto answer = http.post("/api/alerts/drill?receiver=unreachable&within=300ms", "");
  BOOST_REQUIRE(answer.status == 200);
  const auto drill = answer.read();
  BOOST_TEST(!drill.boolean("/data/arrived").value_or(true));
  BOOST_TEST(drill.text("/data/message").value_or("-") == "it did not arrive in time on 1 of 1 channel");
  BOOST_TEST(http.get("/metrics").body.find("tocsin_drill_arrived{receiver=\"unreachable\"} 0") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_drill_that_cannot_be_held_is_refused, with_site) {
  const auto status_of = [this](const std::string& query) { return http.post("/api/alerts/drill" + query, "").status; };
  BOOST_TEST(status_of("") == 400);
  BOOST_TEST(status_of("?receiver=who") == 404);
  BOOST_TEST(status_of("?receiver=silent") == 409);
  BOOST_TEST(status_of("?receiver=sink&within=1h") == 400);
  BOOST_TEST(status_of("?receiver=sink&severity=awful") == 400);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(acknowledge_page)

BOOST_FIXTURE_TEST_CASE(opening_it_shows_the_alerts_and_changes_nothing, with_site) {
  http.post_alerts("[" + alert_json({{"alertname", "<b>Disk</b>"}, {"severity", "critical"}, {"instance", "db1"}})
                   + "]");
  const auto page = http.get(path_of(1));
  BOOST_TEST(page.status == 200);
  BOOST_TEST(page.header("Content-Type") == "text/html; charset=utf-8");
  BOOST_TEST(page.body.find("Acknowledge 1 alert") != std::string::npos);
  BOOST_TEST(page.body.find("&lt;b&gt;Disk&lt;/b&gt;") != std::string::npos);
  BOOST_TEST(page.body.find("<b>Disk") == std::string::npos);
  BOOST_TEST(page.body.find("<form method=\"post\">") != std::string::npos);
  BOOST_TEST(page.header("Content-Security-Policy").find("frame-ancestors 'none'") != std::string::npos);
  BOOST_TEST(http.get("/api/alerts/history/1").read().text("/data/status").value_or("-") == "firing");
}

BOOST_FIXTURE_TEST_CASE(its_form_acknowledges_all_that_still_need_it, with_site) {
  http.post_alerts("[" + alert_json({{"alertname", "X"}, {"instance", "a"}}) + ","
                   + alert_json({{"alertname", "X"}, {"instance", "b"}}) + ","
                   + alert_json({{"alertname", "X"}, {"instance", "c"}}) + "]");
  http.put("/api/alerts/history/3/resolve");
  const auto done = http.post("/acknowledge?alerts=1,2,3", "acknowledged_by=Ann+L%C3%B6w&comment=on+it", form);
  BOOST_TEST(done.status == 200);
  BOOST_TEST(done.body.find("Taken by Ann Löw") != std::string::npos);
  for (const auto* id : {"1", "2"}) {
    const auto row = http.get(std::string("/api/alerts/history/") + id).read();
    BOOST_TEST(row.text("/data/acknowledged_by").value_or("-") == "Ann Löw");
    BOOST_TEST(row.text("/data/acknowledgments/0/comment").value_or("-") == "on it");
  }
  BOOST_TEST(http.get("/acknowledge?alerts=1,2,3").body.find("Nothing left to acknowledge") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_form_from_another_site_does_nothing, with_site) {
  http.post_alerts("[" + alert_json({{"alertname", "X"}}) + "]");
  httplib::Client raw("127.0.0.1", here.port());
  const auto sent = [&](const httplib::Headers& headers) {
    const auto answer = raw.Post("/acknowledge?alerts=1", headers, "acknowledged_by=eve", form);
    return answer ? answer->status : 0;
  };
  BOOST_TEST(sent({{"Origin", "https://evil.example"}}) == 403);
  BOOST_TEST(sent({{"Sec-Fetch-Site", "cross-site"}}) == 403);
  BOOST_TEST(sent({{"Origin", "null"}}) == 403);
  BOOST_TEST(http.get("/api/alerts/history/1").read().text("/data/acknowledged_by").value_or("-") == "");
  BOOST_TEST(sent({{"Sec-Fetch-Site", "same-origin"}}) == 200);
}

BOOST_FIXTURE_TEST_CASE(bad_links_and_forms_are_refused_in_words, with_site) {
  http.post_alerts("[" + alert_json({{"alertname", "X"}}) + "]");
  for (const auto* query : {"", "?alerts=", "?alerts=x", "?alerts=1,,2", "?alerts=-1", "?alerts=1;2"}) {
    BOOST_TEST(http.get(std::string("/acknowledge") + query).status == 400, query);
  }
  std::string many = "?alerts=1";
  for (int i = 2; i <= 51; ++i) many += "," + std::to_string(i);
  BOOST_TEST(http.get("/acknowledge" + many).status == 400);
  BOOST_TEST(http.get("/acknowledge?alerts=99").status == 404);
  BOOST_TEST(http.post("/acknowledge?alerts=1", "acknowledged_by=", form).status == 400);
  BOOST_TEST(http.post("/acknowledge?alerts=1", "acknowledged_by=" + std::string(257, 'a'), form).status == 400);
}

BOOST_AUTO_TEST_SUITE_END()
