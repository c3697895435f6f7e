#include <map>
#include <string>

#include <boost/test/unit_test.hpp>

#include "protocols/digest.hpp"
#include "tests/protocols/channel_samples.hpp"

using namespace tocsin;
using namespace tocsin::samples;

namespace {

channel signed_webhook() {
  auto c = webhook_to("http://sink/");
  std::get<webhook_channel>(c.settings).hmac_secret = "s3cret";
  return c;
}

std::map<std::string, std::string> headers_at(timestamp now) {
  auto with = context();
  with.now = now;
  const auto request = std::get<http_request>(*render(signed_webhook(), two_alerts(), with).message);
  return {request.headers.begin(), request.headers.end()};
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_signed_webhook)

BOOST_AUTO_TEST_CASE(carries_the_time_and_a_signature_of_time_and_body) {
  const auto headers = headers_at(noon + 999ms);
  const auto body = request_of(signed_webhook(), two_alerts()).body;
  BOOST_TEST(headers.at("X-Tocsin-Timestamp") == "1795521600");
  BOOST_TEST(headers.at("X-Tocsin-Signature") == "v1=" + hmac_sha256_hex("s3cret", "1795521600." + body));
}

BOOST_AUTO_TEST_CASE(is_signed_anew_for_every_attempt_with_the_same_body) {
  const auto first = headers_at(noon);
  const auto second = headers_at(noon + 5s);
  BOOST_TEST(second.at("X-Tocsin-Timestamp") == "1795521605");
  BOOST_TEST(first.at("X-Tocsin-Signature") != second.at("X-Tocsin-Signature"));
  BOOST_TEST(first.at("X-Tocsin-Notification-Id") == second.at("X-Tocsin-Notification-Id"));
}

BOOST_AUTO_TEST_CASE(is_not_signed_without_a_secret) {
  for (const auto& [name, value] : request_of(webhook_to("http://sink/"), two_alerts()).headers) {
    BOOST_TEST(name != "X-Tocsin-Signature");
    BOOST_TEST(name != "X-Tocsin-Timestamp");
  }
}

BOOST_AUTO_TEST_CASE(never_tells_its_secret_in_the_history) {
  BOOST_TEST(judge(signed_webhook(), answer(403, "wrong key s3cret")).message == "HTTP 403: wrong key <hidden>");
}

BOOST_AUTO_TEST_SUITE_END()
