#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/e2e/http_sink.hpp"
#include "tests/e2e/routes_to.hpp"
#include "tests/e2e/smtp_sink.hpp"

using namespace tocsin::e2e;

namespace {

enum class outcome { delivered, tried_again, given_up, put_off };

/// What a receiver does with the first message, and what is to come of it.
struct row {
  std::string name;
  behaviour first;
  outcome expected = outcome::tried_again;
  /// Stands in the history of the first attempt.
  std::string message;
  std::string more = {};
};

std::string http_date(std::chrono::seconds from_now) {
  const auto at = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now() + from_now);
  std::tm utc{};
  ::gmtime_r(&at, &utc);
  char text[64];
  std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &utc);
  return text;
}

std::vector<row> answers_that_are_none() {
  using enum outcome;
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  return {
      {"garbage", behaviour::raw("\x01\x02 no web server\r\n\r\n"), tried_again, "Received HTTP/0.9 when not allowed"},
      {"closes", behaviour::closing(), tried_again, "Empty reply from server"},
      {"hangs", behaviour::hanging(), tried_again, "Operation timed out"},
      {"half", behaviour::half_an_answer(), tried_again, "transfer closed with 93 bytes remaining"},
      {"chunks", behaviour::raw(ok + "Transfer-Encoding: chunked\r\n\r\nnot a size\r\n"), tried_again, "chunk"},
      {"negative", behaviour::raw(ok + "Content-Length: -5\r\n\r\n"), tried_again, "Content-Length"},
      {"bomb", behaviour::endless(ok, "X-Filler: " + std::string(500, 'x') + "\r\n"), tried_again,
       "Too large response headers"},
      {"line", behaviour::endless(ok + "X-Filler: ", std::string(4096, 'x')), tried_again, "header"},
      {"interim", behaviour::endless("", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"), tried_again,
       "Too large response headers"},
      // To libcurl an interim answer like 103: nobody asked for another protocol.
      {"switches", behaviour::answering(101), tried_again, "Operation timed out"},
      {"slow-head", behaviour::slow(3s), tried_again, "Operation timed out"},
      {"hangs-up", behaviour::hanging_up(), tried_again, ""},
  };
}

std::vector<row> answers_of_every_kind() {
  using enum outcome;
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  return {
      {"created", behaviour::answering(204), delivered, "HTTP 204"},
      {"early-hints",
       behaviour::raw("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + ok + "Content-Length: 0\r\n\r\n"), delivered,
       "HTTP 200"},
      {"flood", behaviour::endless(ok + "\r\n", std::string(4096, 'y')), delivered, "HTTP 200"},
      {"failing-flood", behaviour::endless("HTTP/1.1 400 No\r\n\r\n", std::string(4096, 'y')), given_up,
       "HTTP 400: yyy"},
      {"too-large", behaviour::answering(413, "at most 1 MB"), given_up, "HTTP 413: at most 1 MB"},
      {"too-large-at-once", behaviour::early_answer(413), given_up, "HTTP 413"},
      {"unknown-status", behaviour::answering(799), tried_again, "HTTP 799"},
      {"colours", behaviour::answering(400, "\x1b[31mred\r\nnew \x7f\xff"), given_up,
       "HTTP 400: \\x1b[31mred\\r\\nnew \\x7f\\xff"},
      {"limited", behaviour::answering(429), tried_again, "HTTP 429"},
      {"later-by-date", behaviour::retry_after(429, http_date(3s)), tried_again, "HTTP 429"},
      {"later-by-garbage", behaviour::retry_after(429, "soon, maybe"), tried_again, "HTTP 429"},
      {"later-by-minus", behaviour::retry_after(503, "-30"), tried_again, "HTTP 503"},
      {"later-in-the-past", behaviour::retry_after(503, http_date(-3600s)), tried_again, "HTTP 503"},
      {"later-in-a-year", behaviour::retry_after(429, "31536000"), put_off, "HTTP 429"},
      {"later-never", behaviour::retry_after(429, "9223372036854775807"), put_off, "HTTP 429"},
      {"later-beyond-numbers", behaviour::retry_after(503, "99999999999999999999999999"), tried_again, "HTTP 503"},
  };
}

std::vector<row> redirects(const http_sink& elsewhere) {
  using enum outcome;
  return {
      {"moved", behaviour::redirect_to(elsewhere.url("/moved")), delivered, "HTTP 200",
       ", http_config: {authorization: {credentials: s3cret-s3cret}}"},
      {"moved-not-followed", behaviour::redirect_to(elsewhere.url("/wrong")), given_up, "HTTP 302",
       ", http_config: {follow_redirects: false}"},
      {"moved-nowhere", behaviour::answering(302), given_up, "HTTP 302"},
      {"moved-to-a-file", behaviour::redirect_to("file:///etc/passwd"), tried_again, "file"},
  };
}

void expect_first_attempt(api& client, const row& r) {
  const auto ends_well = r.expected == outcome::delivered;
  std::string message;
  bool success = false;
  BOOST_TEST(eventually(15s, [&] {
    const auto attempts = attempts_to(client, r.name);
    const auto total = attempts.number("/total").value_or(0);
    if (total == 0) return false;
    const auto first = "/data/" + std::to_string(total - 1);
    message = attempts.text(first + "/message").value_or("");
    success = attempts.boolean(first + "/success").value_or(false);
    return true;
  }));
  BOOST_TEST_MESSAGE(r.name << ": " << message);
  BOOST_TEST(success == ends_well);
  BOOST_TEST(message.find(r.message) != std::string::npos, message);
  BOOST_TEST(!message.empty());
  BOOST_TEST(message.size() < 300U);
}

/// Of the line that tells of the failure: when the next attempt is due.
std::string next_attempt(const program& tocsin, const std::string& channel) {
  const auto line = tocsin.output().wait_for_err("channel=" + channel + "/webhook/0", 5s).value_or("");
  const auto at = line.find("next=");
  return at == std::string::npos ? "" : line.substr(at + 5);
}

void expect_end(program& tocsin, api& client, const row& r, const http_sink& sink) {
  if (r.expected == outcome::tried_again) {
    BOOST_TEST(eventually(10s, [&] {
      const auto attempts = attempts_to(client, r.name);
      return attempts.number("/total") == 2 && attempts.boolean("/data/0/success") == true;
    }));
    BOOST_TEST(sink.all().back().body.find("To-" + r.name) != std::string::npos);
    return;
  }
  BOOST_TEST(attempts_to(client, r.name).number("/total").value_or(0) == 1);
  if (r.expected == outcome::given_up) BOOST_TEST(next_attempt(tocsin, r.name) == "never");
  if (r.expected == outcome::put_off) {
    // An hour at most, whatever the receiver asks for.
    const auto next = next_attempt(tocsin, r.name);
    BOOST_TEST(next > moment(55min));
    BOOST_TEST(next < moment(61min));
  }
}

/// Everything at once against one program; then each receiver, well by now, is told of another alert.
void run_rows(const std::vector<row>& rows) {
  std::vector<std::unique_ptr<http_sink>> sinks;
  routes_to configuration;
  for (const auto& r : rows) {
    sinks.push_back(std::make_unique<http_sink>(std::vector<behaviour>{r.first}));
    configuration.add_webhook(r.name, sinks.back()->url(), ", timeout: 1s" + r.more);
  }
  program tocsin(configuration.text());
  api client(tocsin);
  // Larger than what the kernel keeps for a receiver that does not read.
  const std::string much(300'000, 'm');
  std::vector<std::string> alerts;
  for (const auto& r : rows) {
    const auto early = r.first.what == behaviour::kind::hang_up || r.first.what == behaviour::kind::early;
    alerts.push_back(alert_to(r.name, "To", early ? std::string_view(much) : "little"));
  }
  BOOST_TEST(client.post_all(alerts).status == 200);
  for (const auto& r : rows) BOOST_TEST_CONTEXT(r.name) expect_first_attempt(client, r);
  // The last retry is due 5 s after a timeout of 1 s; those that wait for none are looked at behind it.
  const auto waits = [](const row& r) { return r.expected == outcome::tried_again; };
  for (const bool first : {true, false}) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (waits(rows[i]) == first) BOOST_TEST_CONTEXT(rows[i].name) expect_end(tocsin, client, rows[i], *sinks[i]);
    }
  }
  alerts.clear();
  for (const auto& r : rows) alerts.push_back(alert_to(r.name, "Next"));
  BOOST_TEST(client.post_all(alerts).status == 200);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    BOOST_TEST_CONTEXT(rows[i].name) BOOST_TEST(sinks[i]->wait_for_body(5s, "Next-" + rows[i].name).has_value());
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(hostile_receivers)

BOOST_AUTO_TEST_CASE(what_is_no_answer_is_told_and_tried_again) {
  run_rows(answers_that_are_none());
}

BOOST_AUTO_TEST_CASE(an_answer_of_any_kind_is_told_as_what_it_is) {
  run_rows(answers_of_every_kind());
}

BOOST_AUTO_TEST_CASE(a_redirect_is_followed_with_the_message_in_it_unless_it_leads_nowhere) {
  http_sink elsewhere;
  run_rows(redirects(elsewhere));
  const auto arrived = elsewhere.wait_for_body(5s, "To-moved");
  BOOST_REQUIRE(arrived);
  BOOST_TEST(arrived->method == "POST");
  BOOST_TEST(arrived->path == "/moved");
  // The credentials are for the receiver that was configured.
  BOOST_TEST(!arrived->headers.contains("authorization"));
  BOOST_TEST(elsewhere.count() == 1U);
}

BOOST_AUTO_TEST_CASE(a_circle_of_redirects_ends) {
  http_sink round({}, behaviour::redirect_to("/again"));
  routes_to configuration;
  configuration.add_webhook("round", round.url());
  program tocsin(configuration.text());
  api client(tocsin);
  BOOST_TEST(client.post_all({alert_to("round")}).status == 200);
  BOOST_TEST(eventually(5s, [&] {
    return attempts_to(client, "round").text("/data/0/message").value_or("") == "Maximum (5) redirects followed";
  }));
  BOOST_TEST(round.count() == 6U);
}

BOOST_AUTO_TEST_CASE(who_cannot_be_found_or_trusted_is_told_nothing_and_tried_again) {
  mail_behaviour tls;
  tls.implicit_tls = true;
  smtp_sink stranger(tls);
  auto outdated = tls;
  outdated.shows.valid_for = -60s;
  smtp_sink expired(outdated);
  auto foreign = tls;
  foreign.shows.address = "127.0.0.2";
  smtp_sink misnamed(foreign);
  smtp_sink trusted(tls);
  mail_behaviour talkative;
  talkative.endless = true;
  smtp_sink endless(talkative);

  const temporary_folder folder;
  const auto trusting = [&](const smtp_sink& sink, const std::string& file) {
    return ", timeout: 1s, http_config: {tls_config: {ca_file: '" + folder.write(file, sink.chain()) + "'}}";
  };
  routes_to configuration;
  const auto at = [](const smtp_sink& sink) { return "https://" + sink.smarthost() + "/"; };
  configuration.add_webhook("unknown-host", "http://no-such-host.invalid/");
  configuration.add_webhook("stranger", at(stranger));
  configuration.add_webhook("expired", at(expired), trusting(expired, "expired.pem"));
  configuration.add_webhook("misnamed", at(misnamed), trusting(misnamed, "misnamed.pem"));
  configuration.add_webhook("trusted", at(trusted), trusting(trusted, "trusted.pem"));
  configuration.add_webhook("in-the-clear", "https://" + endless.smarthost() + "/");
  configuration.add("endless",
                    "email_configs: [{to: a@ops.example, from: t@ops.example, timeout: 1s, "
                    "require_tls: false, smarthost: '"
                        + endless.smarthost() + "'}]");
  program tocsin(configuration.text());
  api client(tocsin);
  const std::vector<std::pair<std::string, std::string>> expected{
      {"unknown-host", "esolv"},
      {"stranger", "SSL certificate problem: self-signed certificate"},
      {"expired", "SSL certificate problem: certificate has expired"},
      {"misnamed", "no alternative certificate subject name matches target host name '127.0.0.1'"},
      // The certificate was taken; what speaks behind it is no web server.
      {"trusted", "Received HTTP/0.9 when not allowed"},
      {"in-the-clear", "SSL"},
      // By its size or by its time.
      {"endless", ""}};
  std::vector<std::string> alerts;
  for (const auto& [name, message] : expected) alerts.push_back(alert_to(name));
  BOOST_TEST(client.post_all(alerts).status == 200);
  for (const auto& [name, complaint] : expected) {
    std::string message;
    BOOST_TEST(eventually(20s,
                          [&, n = name] { // twice, so that it was tried again
                            const auto attempts = attempts_to(client, n);
                            message = attempts.text("/data/0/message").value_or("");
                            return attempts.number("/total").value_or(0) >= 2;
                          }),
               name);
    BOOST_TEST_MESSAGE(name << ": " << message);
    BOOST_TEST(message.find(complaint) != std::string::npos, name << ": " << message);
  }
}

BOOST_AUTO_TEST_SUITE_END()
