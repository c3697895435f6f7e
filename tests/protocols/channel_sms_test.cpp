#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/protocols/channel_samples.hpp"

using namespace tocsin;
using namespace tocsin::samples;

namespace {

channel sms() {
  channel c;
  c.id = "ops/sms/0-0";
  sms_channel settings;
  settings.account_sid = "AC0123456789";
  settings.from = "+15005550006";
  settings.to = "+491701234567";
  settings.http.basic_username = settings.account_sid;
  settings.http.basic_password = "t0ken-t0ken";
  c.settings = settings;
  return c;
}

std::string twilio_error(int code) {
  return R"({"code":)" + std::to_string(code) + R"(,"message":"no","more_info":"https://x","status":400})";
}

} // namespace

BOOST_AUTO_TEST_SUITE(an_sms)

BOOST_AUTO_TEST_CASE(is_a_form_for_twilio) {
  const auto request = request_of(sms(), two_alerts());
  BOOST_TEST(request.url == "https://api.twilio.com/2010-04-01/Accounts/AC0123456789/Messages.json");
  BOOST_TEST(request.headers.front().second == "application/x-www-form-urlencoded");
  BOOST_TEST(request.body
             == "To=%2B491701234567&From=%2B15005550006&Body=CRITICAL%20FIRING%3A1%20PoolExhausted%20db1%3A%20"
                "All%20%3C100%3E%20connections%20%26%20more%20are%20in%20use");
  BOOST_TEST(request.options.basic_username == "AC0123456789");
}

BOOST_AUTO_TEST_CASE(may_come_from_a_messaging_service) {
  auto c = sms();
  auto& s = std::get<sms_channel>(c.settings);
  s.from.clear();
  s.messaging_service_sid = "MG1";
  BOOST_TEST(request_of(c, two_alerts()).body.starts_with("To=%2B491701234567&MessagingServiceSid=MG1&Body="));
}

BOOST_AUTO_TEST_CASE(is_one_message_however_much_there_is_to_say) {
  auto n = two_alerts();
  for (auto& a : n.alerts) a.annotations = label_set::of({{"summary", std::string(5000, 'x')}});
  const auto body = request_of(sms(), n).body;
  const auto text = body.substr(body.find("&Body=") + 6);
  BOOST_TEST(text.size() - 2 * count(text, "%") == 160U);
  BOOST_TEST(text.ends_with("xxx..."));
}

BOOST_AUTO_TEST_CASE(says_what_it_is_about_when_it_is_over) {
  auto n = two_alerts();
  for (auto& a : n.alerts) a.ended_at = noon;
  BOOST_TEST(contains(request_of(sms(), n).body, "&Body=CRITICAL%20RESOLVED%20PoolExhausted%20db1"));
}

BOOST_AUTO_TEST_CASE(is_judged_by_status_and_error_number) {
  struct row {
    std::int32_t status;
    std::string body;
    verdict::kind expected;
  };
  using enum verdict::kind;
  for (const auto& [status, body, expected] : std::vector<row>{{201, R"({"sid":"SM1","status":"queued"})", delivered},
                                                               {200, "<html>", give_up},
                                                               {202, "", give_up},
                                                               {400, twilio_error(21211), give_up},
                                                               {400, twilio_error(21606), give_up},
                                                               {400, twilio_error(21610), give_up},
                                                               {400, twilio_error(21617), give_up},
                                                               {400, twilio_error(21611), retry},
                                                               {401, twilio_error(20003), give_up},
                                                               {404, twilio_error(20404), give_up},
                                                               {400, "not json", give_up},
                                                               {400, R"({"code":"21611"})", give_up},
                                                               {429, twilio_error(20429), retry},
                                                               {500, twilio_error(20500), retry},
                                                               {503, "", retry},
                                                               {0, "", retry}}) {
    BOOST_TEST((judge(sms(), answer(status, body)).what == expected), status << " " << body);
  }
  BOOST_TEST(judge(sms(), answer(200, "<html>")).message == "HTTP 200: <html> (expected 201)");
}

BOOST_AUTO_TEST_CASE(never_tells_its_credentials) {
  const auto v = judge(sms(), answer(401, "AC0123456789 and t0ken-t0ken are wrong"));
  BOOST_TEST(v.message == "HTTP 401: <hidden> and <hidden> are wrong");
}

BOOST_AUTO_TEST_CASE(is_for_the_severities_that_it_names) {
  auto c = sms();
  BOOST_TEST(c.takes(severity::critical));
  BOOST_TEST(!c.takes(severity::warning));
  std::get<sms_channel>(c.settings).severities = {severity::warning, severity::info};
  BOOST_TEST(!c.takes(severity::critical));
  BOOST_TEST(c.takes(severity::info));
  BOOST_TEST(c.kind() == "sms");
  BOOST_TEST(c.recipients() == "+491701234567");
}

BOOST_AUTO_TEST_SUITE_END()
