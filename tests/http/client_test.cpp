// The commands that talk to a running Tocsin.

#include "http/client/client.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

#include <boost/test/unit_test.hpp>

#include "http/client/commands.hpp"
#include "http/web_gate.hpp"
#include "tests/e2e/certificate.hpp"
#include "tests/http/support.hpp"

using namespace tocsin::testing;
using tocsin::config::client_order;
using tocsin::config::output_form;
using tocsin::http::acknowledge_alerts;
using tocsin::http::add_silence;
using tocsin::http::escalate_alerts;
using tocsin::http::expire_silences;
using tocsin::http::explain_alert;
using tocsin::http::query_alerts;
using tocsin::http::query_silences;
using tocsin::http::resolve_alerts;
using tocsin::http::test_channel;

namespace {

constexpr const char* hash_of_secret = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";

tocsin::timestamp now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

struct with_alerts : with_site {
  with_alerts() {
    BOOST_REQUIRE(http.post_alerts("["
                                   + alert_json({{"alertname", "DiskFull"}, {"severity", "critical"}, {"team", "a"}},
                                                R"("annotations":{"summary":"\u001b[31mred\u009b 97 %"})")
                                   + "]")
                      .status
                  == 200);
    BOOST_REQUIRE(
        http.post_alerts("[" + alert_json({{"alertname", "Slow"}, {"severity", "info"}, {"x", "=1+1"}}) + "]").status
        == 200);
  }

  client_order order(std::vector<std::string> words = {}) const {
    client_order o;
    o.url = "http://127.0.0.1:" + std::to_string(here.port());
    o.words = std::move(words);
    o.by = "ann";
    o.comment = "why";
    return o;
  }
  client_order about(const std::string& subject) const {
    auto o = order();
    o.subject = subject;
    return o;
  }
};

std::size_t lines_in(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(client_commands, with_alerts)

BOOST_AUTO_TEST_CASE(what_fires_is_listed_with_its_number_in_the_history) {
  const auto all = query_alerts(order(), {});
  BOOST_TEST(all.exit_code == 0);
  BOOST_TEST(lines_in(all.text) == 3U);
  BOOST_TEST(all.text.starts_with("ID  ALERT NAME  SEVERITY  STATUS  SINCE"));
  BOOST_TEST(has(all.text, "\n1   DiskFull    critical  firing  20"));
  const auto one = query_alerts(order({"team=~\"a|b\"", "DiskFull"}), {});
  BOOST_TEST(lines_in(one.text) == 2U);
  BOOST_TEST(query_alerts(order({"team!=\"a\", severity=\"critical\""}), {}).text == "");
}

BOOST_AUTO_TEST_CASE(nothing_of_an_alert_reaches_the_terminal_raw) {
  for (const auto form : {output_form::table, output_form::csv, output_form::json}) {
    auto asked = order({"DiskFull"});
    asked.output = form;
    const auto found = query_alerts(asked, {true, false});
    BOOST_TEST(found.exit_code == 0);
    BOOST_TEST(has(found.text, "97 %"));
    BOOST_TEST(!has(found.text, "\x1b"));
    BOOST_TEST(!has(found.text, "\xc2\x9b"));
  }
  auto explained = about("1");
  BOOST_TEST(!has(explain_alert(explained, {true, false}).text, "\x1b"));
  // Colours are ours, and only where they are wanted.
  BOOST_TEST(has(query_alerts(order(), {true, true}).text, "\x1b[31mcritical\x1b[0m"));
}

BOOST_AUTO_TEST_CASE(a_file_gets_what_the_server_has) {
  auto asked = order();
  asked.output = output_form::csv;
  const auto csv = query_alerts(asked, {}).text;
  BOOST_TEST(csv.starts_with("id,alert_name,severity,status,since,labels,summary\r\n"));
  BOOST_TEST(has(csv, "\x1b[31mred"));
  asked.output = output_form::json;
  const json list("{\"data\":" + query_alerts(asked, {}).text + "}");
  BOOST_TEST(list.size("/data").value_or(0) == 2U);
  BOOST_TEST(list.number("/data/0/id").value_or(0) > 0);
  BOOST_TEST(
      (list.text("/data/0/labels/alertname") == "DiskFull" || list.text("/data/1/labels/alertname") == "DiskFull"));
}

BOOST_AUTO_TEST_CASE(the_history_is_asked_with_the_same_matchers) {
  BOOST_TEST(resolve_alerts(order({"2"})).exit_code == 0);
  BOOST_TEST(lines_in(query_alerts(order(), {}).text) == 2U);
  auto asked = order({"x=\"=1+1\""});
  asked.history = true;
  const auto found = query_alerts(asked, {});
  BOOST_TEST(lines_in(found.text) == 2U);
  BOOST_TEST(has(found.text, "2   Slow        info      resolved"));
}

BOOST_AUTO_TEST_CASE(that_nothing_matches_is_a_failure_where_it_is_asked) {
  auto asked = order({"Nothing"});
  BOOST_TEST(query_alerts(asked, {}).exit_code == 0);
  asked.exit_code = true;
  for (const auto form : {output_form::table, output_form::csv, output_form::json}) {
    asked.output = form;
    BOOST_TEST(query_alerts(asked, {}).exit_code == 1);
    BOOST_TEST(query_alerts(asked, {}).complaint == "no alerts match");
  }
  BOOST_TEST(query_alerts(asked, {}).text == "[]\n");
}

BOOST_AUTO_TEST_CASE(alerts_are_acknowledged_escalated_and_resolved_one_by_one) {
  const auto acked = acknowledge_alerts(order({"1", "77", "2"}));
  BOOST_TEST(acked.text == "alert 1 DiskFull: acknowledged by ann\nalert 2 Slow: acknowledged by ann\n");
  BOOST_TEST(has(acked.complaint, "there is no alert 77"));
  BOOST_TEST(acked.exit_code == 1);
  BOOST_TEST(has(query_alerts(order({"Slow"}), {}).text, "acknowledged"));
  auto up = order({"2"});
  up.to_level = 2;
  BOOST_TEST(escalate_alerts(up).text == "alert 2 Slow: escalated to level 2\n");
  BOOST_TEST(escalate_alerts(up).exit_code == 1);
  auto over = order({"1"});
  over.after = "90s";
  BOOST_TEST(resolve_alerts(over).text == "alert 1 DiskFull: resolved\n");
  BOOST_TEST(http.get("/api/alerts/history/1").read().number("/data/resolution_time_seconds").value_or(0) == 90);
  over.after = "soon";
  BOOST_TEST(resolve_alerts(over).exit_code == 2);
}

BOOST_AUTO_TEST_CASE(what_is_asked_wrongly_never_reaches_the_server) {
  for (const std::string bad : {"x", "0", "-1", "1/../2", "99999999999999999999"}) {
    BOOST_TEST(acknowledge_alerts(order({"1", bad})).exit_code == 2);
    BOOST_TEST(explain_alert(about(bad), {}).exit_code == 2);
  }
  BOOST_TEST(has(query_alerts(order(), {}).text, "DiskFull    critical  firing"));
  auto nobody = order({"1"});
  nobody.by.clear();
  BOOST_TEST(has(acknowledge_alerts(nobody).complaint, "--by NAME"));
  BOOST_TEST(query_alerts(order({"a=~\"(\""}), {}).exit_code == 2);
}

BOOST_AUTO_TEST_CASE(the_story_of_an_alert_is_told_as_text) {
  const auto told = explain_alert(about("1"), {});
  BOOST_TEST(told.exit_code == 0);
  BOOST_TEST(told.text.starts_with("Alert 1 DiskFull, firing\n"));
  BOOST_TEST(has(told.text, "\nRoutes (* takes it):\n"));
  BOOST_TEST(has(told.text, "\nWhat happened:\n20"));
  auto as_json = about("1");
  as_json.output = output_form::json;
  BOOST_TEST(json(explain_alert(as_json, {}).text).number("/id").value_or(0) == 1);
  as_json.output = output_form::csv;
  BOOST_TEST(explain_alert(as_json, {}).text.starts_with("at,what,text\r\n"));
  BOOST_TEST(explain_alert(about("77"), {}).exit_code == 1);
}

BOOST_AUTO_TEST_CASE(a_silence_is_added_listed_and_ended) {
  auto wanted = order({"team=\"a\"", "severity=~\"crit.*\""});
  wanted.lasts = "2h";
  const auto made = add_silence(wanted, now());
  BOOST_REQUIRE_MESSAGE(made.exit_code == 0, made.complaint);
  const auto id = made.text.substr(0, made.text.size() - 1);
  BOOST_TEST(id.size() == 36U);

  const auto listed = query_silences(order(), {});
  BOOST_TEST(has(listed.text, id));
  BOOST_TEST(has(listed.text, "team=\"a\""));
  BOOST_TEST(has(listed.text, "severity=~\"crit.*\""));
  BOOST_TEST(lines_in(query_silences(order({"team=\"a\""}), {}).text) == 2U);
  BOOST_TEST(query_silences(order({"team=\"b\""}), {}).text == "");
  auto silenced = order();
  silenced.silenced = true;
  BOOST_TEST(has(query_alerts(silenced, {}).text, "DiskFull"));
  BOOST_TEST(!has(query_alerts(silenced, {}).text, "Slow"));
  silenced.active = true;
  BOOST_TEST(lines_in(query_alerts(silenced, {}).text) == 3U);

  const auto ended = expire_silences(order({id, "nonsense"}));
  BOOST_TEST(ended.text == "silence " + id + ": ended\n");
  BOOST_TEST(has(ended.complaint, "nonsense"));
  BOOST_TEST(query_silences(order(), {}).text == "");
  auto old = order();
  old.expired = true;
  old.output = output_form::json;
  BOOST_TEST(json("{\"data\":" + query_silences(old, {}).text + "}").text("/data/0/status/state").value_or("")
             == "expired");
}

BOOST_AUTO_TEST_CASE(a_silence_that_cannot_be_is_refused) {
  auto wanted = order({"team=\"a\""});
  for (const std::string bad : {"", "0s", "two hours", "-1h"}) {
    wanted.lasts = bad;
    BOOST_TEST(add_silence(wanted, now()).exit_code == 2);
  }
  wanted.lasts = "1h";
  wanted.starts = "tomorrow";
  BOOST_TEST(has(add_silence(wanted, now()).complaint, "--start: "));
  wanted.starts = "2001-01-01T00:00:00Z";
  BOOST_TEST(add_silence(wanted, now()).exit_code == 1);
}

BOOST_AUTO_TEST_CASE(a_channel_is_tried) {
  const auto failed = test_channel(about("nobody/webhook/0"), {});
  BOOST_TEST(failed.exit_code == 1);
  BOOST_TEST(has(test_channel(about("no such"), {}).complaint, "there is no channel, receiver or kind of channel"));
}

BOOST_AUTO_TEST_CASE(a_server_that_is_not_there_is_named) {
  auto asked = order();
  asked.url = "http://ann:hidden@127.0.0.1:1/am/";
  const auto found = query_alerts(asked, {});
  BOOST_TEST(found.exit_code == 1);
  BOOST_TEST(found.complaint
             == "http://127.0.0.1:1/am does not answer: no connection; is Tocsin running there? Say where with --url or"
                " TOCSIN_URL");
  for (const std::string bad : {"ftp://x", "127.0.0.1:9095", "http://", "http://a b", "http://x?y", ""}) {
    asked.url = bad;
    BOOST_TEST(query_alerts(asked, {}).exit_code == 2);
  }
  // A password in what is no URL is not shown.
  asked.url = "htp://ann:hidden@host";
  BOOST_TEST(!has(query_alerts(asked, {}).complaint, "hidden"));
  asked.url = order().url + "/wrong";
  BOOST_TEST(query_alerts(asked, {}).exit_code == 1);
}

BOOST_AUTO_TEST_CASE(a_prefix_a_user_and_tls_are_spoken) {
  const auto folder = here.folder() + "/web";
  std::filesystem::create_directory(folder);
  const auto own = tocsin::e2e::make_certificate();
  std::ofstream(folder + "/cert.pem") << own.chain;
  std::ofstream(folder + "/key.pem") << own.key;
  std::ofstream(folder + "/web.yml")
      << "tls_server_config: {cert_file: cert.pem, key_file: key.pem}\nbasic_auth_users:\n  ann: " << hash_of_secret
      << "\n";
  auto gate = tocsin::http::web_gate::open(folder + "/web.yml");
  BOOST_REQUIRE(gate);
  tocsin::http::server_options options;
  options.listen = {{"127.0.0.1", 0}};
  options.route_prefix = "/am";
  options.threads = 4;
  const auto front = tocsin::http::server::start(here.core(), options, *std::move(gate));
  BOOST_REQUIRE(front);
  const auto at = "127.0.0.1:" + std::to_string((*front)->port()) + "/am";
  auto asked = order();
  asked.url = "https://ann:secret@" + at;
  BOOST_TEST(query_alerts(asked, {}).complaint
             == "https://" + at
                    + " does not answer: its certificate is not trusted; name who signed it with --ca-file");
  asked.ca_file = folder + "/cert.pem";
  const auto found = query_alerts(asked, {});
  BOOST_TEST(lines_in(found.text) == 3U, found.complaint);
  asked.url = "https://ann:wrong@" + at;
  BOOST_TEST(has(query_alerts(asked, {}).complaint, "asks for a user and a password"));
  asked.ca_file = folder + "/none.pem";
  BOOST_TEST(query_alerts(asked, {}).exit_code == 1);
}

BOOST_AUTO_TEST_SUITE_END()
