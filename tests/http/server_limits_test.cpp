#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/http/support.hpp"

using namespace tocsin::testing;

namespace {

constexpr std::size_t megabyte = 1024 * 1024;
constexpr std::size_t largest_body = 32 * megabyte;

std::string post_head(const std::string& path, const std::string& more) {
  return "POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" + more + "\r\n";
}

std::string length_of(std::size_t bytes) {
  return "Content-Length: " + std::to_string(bytes) + "\r\n";
}

} // namespace

BOOST_AUTO_TEST_SUITE(limits_over_http)

BOOST_FIXTURE_TEST_CASE(a_body_of_32_megabytes_is_taken, with_site) {
  BOOST_TEST(http.post_alerts("[" + std::string(largest_body - 2, ' ') + "]").status == 200);
}

BOOST_FIXTURE_TEST_CASE(a_larger_body_is_refused, with_site) {
  const auto body = "[" + alert_json({{"alertname", "Big"}}) + std::string(largest_body, ' ') + "]";
  const auto a = http.post_alerts(body);
  BOOST_TEST(a.status == 413);
  BOOST_TEST(a.body == R"({"code":413,"message":"the body is larger than 33554432 bytes"})");
  BOOST_TEST(a.header("Cache-Control") == "no-store");
  const auto b = http.post("/api/alerts/webhook", body);
  BOOST_TEST(b.status == 413);
  BOOST_TEST(b.read().text("/error/code").value_or("") == "too_large");
  const auto c = http.put("/api/alerts/history/1/acknowledge", body);
  BOOST_TEST(c.status == 413);
  BOOST_TEST(http.total() == 0);
}

BOOST_FIXTURE_TEST_CASE(a_small_body_in_chunks_is_taken, with_site) {
  raw_connection raw(here.port());
  BOOST_TEST(raw.write(post_head("/api/v2/alerts", "Transfer-Encoding: chunked\r\n")
                       + "B\r\n[{\"labels\":\r\nB\r\n{\"a\":\"b\"}}]\r\n0\r\n\r\n"));
  BOOST_TEST(raw.read().status == 200);
  BOOST_TEST(http.total() == 1);
}

BOOST_FIXTURE_TEST_CASE(a_long_url_is_refused, with_site) {
  const auto a = http.get("/api/alerts/history?alert_name=" + std::string(9000, 'x'));
  BOOST_TEST(a.status == 414);
  BOOST_TEST(a.read().text("/error/message").value_or("") == "the URL is longer than 8192 bytes");
  BOOST_TEST(http.get("/api/alerts/history?alert_name=" + std::string(4000, 'x')).status == 200);
  BOOST_TEST(http.get("/api/alerts/history/" + std::string(8000, '1')).status == 400);
  BOOST_TEST(http.get("/" + std::string(8000, 'x')).status == 404);
}

BOOST_FIXTURE_TEST_CASE(what_is_no_http_is_refused_and_harms_nobody, with_site) {
  for (const auto& text : std::vector<std::string>{
           std::string("\x16\x03\x01\x02\x00\x01\r\n\r\n", 10), std::string("nonsense\r\n\r\n"),
           std::string("GET\r\n\r\n"), std::string("GET /-/ready HTTP/9.9\r\n\r\n"),
           std::string("GET /-/ready\r\n\r\n"), std::string("FOO / HTTP/1.1\r\nHost: x\r\n\r\n"),
           "GET /-/ready HTTP/1.1\r\nX: " + std::string(9000, 'x') + "\r\n\r\n",
           post_head("/api/v2/alerts", "Transfer-Encoding: chunked\r\n") + "zz\r\n[]\r\n0\r\n\r\n",
           post_head("/api/v2/alerts", "Content-Encoding: gzip\r\nContent-Length: 2\r\n") + "[]"}) {
    BOOST_TEST_CONTEXT(text.substr(0, 40)) {
      raw_connection raw(here.port());
      BOOST_TEST(raw.write(text));
      const auto a = raw.read();
      BOOST_TEST(a.status == 400);
      BOOST_TEST(a.read().valid(), a.body);
    }
  }
  BOOST_TEST(http.get("/-/healthy").status == 200);
  BOOST_TEST(http.total() == 0);
}

BOOST_FIXTURE_TEST_CASE(a_body_that_breaks_off_stores_nothing, with_site) {
  {
    raw_connection raw(here.port());
    BOOST_TEST(raw.write(post_head("/api/v2/alerts", length_of(100)) + R"([{"labels":{"a":"b"}}])"));
  }
  BOOST_TEST(http.post_alerts("[]").status == 200);
  BOOST_TEST(http.total() == 0);
}

BOOST_FIXTURE_TEST_CASE(a_client_that_asks_first_may_go_on, with_site) {
  raw_connection raw(here.port());
  BOOST_TEST(raw.write(post_head("/api/v2/alerts", "Expect: 100-continue\r\n" + length_of(22))));
  BOOST_TEST(raw.read().status == 100);
  BOOST_TEST(raw.write(R"([{"labels":{"a":"b"}}])"));
  BOOST_TEST(raw.read().status == 200);
  BOOST_TEST(http.total() == 1);
}

BOOST_FIXTURE_TEST_CASE(no_length_means_no_body, with_site) {
  BOOST_TEST(http.post_alerts("[" + alert_json({{"alertname", "A"}}) + "]").status == 200);
  raw_connection act(here.port());
  BOOST_TEST(act.write("PUT /api/alerts/history/1/acknowledge?acknowledged_by=ana HTTP/1.1\r\nHost: x\r\n\r\n"));
  BOOST_TEST(act.read().status == 200);
  raw_connection post(here.port());
  BOOST_TEST(post.write(post_head("/api/v2/alerts", "")));
  BOOST_TEST(post.read().status == 422);
}

BOOST_AUTO_TEST_SUITE_END()

// Limits beyond the library's own.
BOOST_AUTO_TEST_SUITE(further_limits)

BOOST_FIXTURE_TEST_CASE(a_larger_body_in_chunks_is_refused, with_site) {
  raw_connection raw(here.port());
  BOOST_TEST(raw.write(post_head("/api/v2/alerts", "Transfer-Encoding: chunked\r\n") + "1\r\n[\r\n"));
  const auto chunk = "100000\r\n" + std::string(megabyte, ' ') + "\r\n";
  bool open = true;
  for (std::size_t sent = 0; open && sent < largest_body + megabyte; sent += megabyte) open = raw.write(chunk);
  if (open) raw.write("1\r\n]\r\n0\r\n\r\n");
  BOOST_TEST(raw.read().status == 413);
}

BOOST_FIXTURE_TEST_CASE(a_body_that_unpacks_to_more_is_refused, with_site) {
  httplib::Client packing("127.0.0.1", here.port());
  packing.set_compress(true);
  const auto small = packing.Post("/api/v2/alerts", R"([{"labels":{"a":"b"}}])", "application/json");
  BOOST_REQUIRE(small);
  BOOST_TEST(small->status == 200);
  const auto large = packing.Post("/api/v2/alerts", "[" + std::string(largest_body, ' ') + "]", "application/json");
  BOOST_REQUIRE(large);
  BOOST_TEST(large->status == 413);
}

BOOST_FIXTURE_TEST_CASE(a_length_that_is_none_is_refused_at_once, with_site) {
  for (const std::string length : {"-1", "99999999999999999999999", "abc", "2x"}) {
    raw_connection raw(here.port());
    BOOST_TEST(raw.write(post_head("/api/v2/alerts", "Content-Length: " + length + "\r\n") + "[]"));
    const auto status = raw.read(1s).status;
    BOOST_TEST((status == 400 || status == 413), length << ": " << status);
  }
}

BOOST_FIXTURE_TEST_CASE(the_body_of_a_get_is_not_the_next_request, with_site) {
  raw_connection raw(here.port());
  BOOST_TEST(raw.write("GET /-/ready HTTP/1.1\r\nHost: x\r\n" + length_of(100'000) + "\r\n"));
  raw.write(std::string(100'000, 'x'));
  BOOST_TEST(raw.read().status == 200);
  // Either the connection goes on behind the body, or it is closed.
  raw.write("GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto next = raw.read(1s);
  BOOST_TEST((next.status == 200 || next.status == 0), next.status << " " << next.body);
}

BOOST_FIXTURE_TEST_CASE(a_large_webhook_may_call_itself_a_form, with_site) {
  const auto body = R"({"alerts":[{"status":"firing","labels":{"alertname":"F"},"annotations":{"x":")"
                    + std::string(9000, 'y') + R"("}}]})";
  const auto a = http.post("/api/alerts/webhook", body, "application/x-www-form-urlencoded");
  BOOST_TEST(a.status == 200, a.body);
}

BOOST_FIXTURE_TEST_CASE(a_body_in_chunks_is_refused_before_all_of_it_has_come, with_site) {
  raw_connection raw(here.port());
  BOOST_TEST(raw.write(post_head("/api/v2/alerts", "Transfer-Encoding: chunked\r\n")));
  const auto chunk = "100000\r\n" + std::string(megabyte, ' ') + "\r\n";
  for (std::size_t sent = 0; sent <= largest_body; sent += megabyte) raw.write(chunk);
  // The last chunk has not come.
  const auto a = raw.read();
  BOOST_TEST(a.status == 413);
  BOOST_TEST(a.header("Connection") == "close");
  BOOST_TEST(raw.read(2s).status == 0);
}

BOOST_FIXTURE_TEST_CASE(what_follows_a_broken_request_is_not_read, with_site) {
  raw_connection raw(here.port());
  BOOST_TEST(
      raw.write("POST /api/v2/alerts HTTP/1.1\r\nHost: x\r\nContent-Length: 2x\r\n\r\n"
                "GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n"));
  BOOST_TEST(raw.read().status == 400);
  BOOST_TEST(raw.read(2s).status == 0);
}

BOOST_FIXTURE_TEST_CASE(requests_that_come_in_one_piece_are_all_answered, with_site) {
  raw_connection raw(here.port());
  std::string three;
  for (int i = 0; i < 3; ++i) three += "GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n";
  BOOST_TEST(raw.write(three));
  for (int i = 0; i < 3; ++i) BOOST_TEST(raw.read().status == 200);
}

BOOST_FIXTURE_TEST_CASE(large_forms_and_files_get_the_answer_of_their_media_type, with_site) {
  const auto form = http.post("/api/v2/alerts", std::string(9000, 'x'), "application/x-www-form-urlencoded");
  BOOST_TEST(form.status == 415);
  const auto file =
      http.post("/api/v2/alerts", "--b\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\nx\r\n--b--\r\n",
                "multipart/form-data; boundary=b");
  BOOST_TEST(file.status == 415);
  BOOST_TEST(http.get("/-/healthy").status == 200);
}

BOOST_FIXTURE_TEST_CASE(a_path_with_a_line_break_is_not_found_as_any_other, with_site) {
  const auto a = http.get("/a%0Ab");
  BOOST_TEST(a.status == 404);
  BOOST_TEST(a.read().text("/error/code").value_or("") == "not_found");
  BOOST_TEST(http.get("/api/v2/a%0Ab").read().text("/message").value_or("") == "path /api/v2/a\nb was not found");
}

BOOST_AUTO_TEST_SUITE_END()
