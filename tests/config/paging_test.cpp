// PagerDuty, text messages and signed webhooks: what their keys mean and what is refused.

#include <string>
#include <vector>

#include "tests/config/support.hpp"

using namespace tocsin::config::test;
using namespace std::chrono_literals;
using tocsin::pagerduty_channel;
using tocsin::severity;
using tocsin::sms_channel;
using tocsin::webhook_channel;

namespace {

const std::string route = "route: {receiver: a}\nreceivers:\n  - name: a\n";

/// A receiver with one entry of `type`; its keys stand from line 5 on.
std::string entry(const std::string& type, const std::string& keys) {
  return route + "    " + type + ":\n" + keys;
}

std::string pagerduty(const std::string& keys) {
  return entry("pagerduty_configs", "      - routing_key: abc\n" + keys);
}

std::string sms(const std::string& keys) {
  return entry("sms_configs", "      - account_sid: AC1\n        auth_token: secret\n" + keys);
}

const std::string sender = "        from: '+15005550006'\n";
const std::string numbers = "        to: ['+491701234567', '+491701234568']\n";

const std::vector<tocsin::channel>& channels_of(const tocsin::config::config& c) {
  return c.find_receiver("a")->channels;
}

void check(const std::string& text, const std::string& message) {
  BOOST_TEST(refused(text) == "tocsin.yml:" + message, text << "\nwas refused with\n" << refused(text));
}

} // namespace

BOOST_AUTO_TEST_SUITE(paging)

BOOST_AUTO_TEST_CASE(pagerduty_needs_a_routing_key_and_nothing_else) {
  const auto c = loaded(pagerduty(""));
  const auto& channel = channels_of(c).at(0);
  BOOST_TEST(channel.id == "a/pagerduty/0");
  BOOST_TEST(channel.send_resolved);
  const auto& p = std::get<pagerduty_channel>(channel.settings);
  BOOST_TEST(p.routing_key == "abc");
  BOOST_TEST(p.url == "https://events.pagerduty.com/v2/enqueue");
  BOOST_TEST((p.timeout == 10s));
  BOOST_TEST(!p.severity.is_set());
}

BOOST_AUTO_TEST_CASE(pagerduty_takes_texts_and_templates) {
  const auto c = loaded(
      "global: {pagerduty_url: 'https://events.eu.pagerduty.com/v2/enqueue'}\n"
      + pagerduty("        client: Ops\n"
                  "        client_url: '{{ template \"pagerduty.default.clientURL\" . }}'\n"
                  "        description: '{{ .CommonAnnotations.summary }}'\n"
                  "        severity: error\n        source: '{{ .CommonLabels.instance }}'\n        class: disk\n"
                  "        component: db\n        group: shop\n        send_resolved: false\n        timeout: 3s\n"
                  "        details: {firing: '{{ .Alerts.Firing }}', team: dba}\n"
                  "        images: [{src: 'https://x/a.png', alt: a}, {src: '{{ .X }}'}]\n"
                  "        links: [{href: 'https://x/', text: Wiki}, {href: 'http://{{ .X }}', text: X}]\n"));
  const auto& channel = channels_of(c).at(0);
  BOOST_TEST(!channel.send_resolved);
  const auto& p = std::get<pagerduty_channel>(channel.settings);
  BOOST_TEST(p.url == "https://events.eu.pagerduty.com/v2/enqueue");
  BOOST_TEST(p.client.is_plain());
  BOOST_TEST(p.client.source() == "Ops");
  BOOST_TEST(!p.client_url.is_plain());
  BOOST_TEST(!p.description.is_plain());
  BOOST_TEST(p.severity.source() == "error");
  BOOST_TEST(!p.source.is_plain());
  BOOST_TEST(p.event_class.source() == "disk");
  BOOST_TEST(p.component.source() == "db");
  BOOST_TEST(p.group.source() == "shop");
  BOOST_TEST((p.timeout == 3s));
  BOOST_REQUIRE(p.details.size() == 2U);
  BOOST_TEST(p.details[1].second.source() == "dba");
  BOOST_REQUIRE(p.images.size() == 2U);
  BOOST_TEST(p.images[0].alt.source() == "a");
  BOOST_REQUIRE(p.links.size() == 2U);
  BOOST_TEST(p.links[0].text.source() == "Wiki");
}

BOOST_AUTO_TEST_CASE(a_routing_key_may_lie_in_a_file) {
  const scratch_folder folder;
  const auto file = folder.write("key", "  abc123\n");
  const auto c = loaded(entry("pagerduty_configs", "      - routing_key_file: " + file + "\n"));
  BOOST_TEST(std::get<pagerduty_channel>(channels_of(c).at(0).settings).routing_key == "abc123");
}

BOOST_AUTO_TEST_CASE(pagerduty_is_refused_where_nobody_would_be_called) {
  const std::string at = "receivers[0].pagerduty_configs[0]";
  check(entry("pagerduty_configs", "      - client: x\n"),
        "5: " + at + ": no routing key; set routing_key or routing_key_file (the integration key of an Events API v2 "
                     "service)");
  check(entry("pagerduty_configs", "      - routing_key: ''\n"),
        "5: " + at
            + ": expected a routing key without white space; copy the integration key of an Events API v2 service");
  check(entry("pagerduty_configs", "      - service_key: abc\n"),
        "5: " + at + ".service_key: the Events API v1 is not available in this version; use routing_key with an Events "
                     "API v2 key");
  check(pagerduty("        severity: high\n"),
        "6: " + at + ".severity: expected critical, error, warning or info, found \"high\"");
  check(pagerduty("        url: pagerduty\n"), "6: " + at + ".url: expected an http or https URL, found \"pagerduty\"");
  check(
      pagerduty("        images: [{src: 'http://x/a.png'}]\n"),
      "6: " + at + ".images[0].src: expected an https URL, since PagerDuty shows no others, found \"http://x/a.png\"");
  check(pagerduty("        links: [{url: 'http://x'}]\n"),
        "6: " + at + ".links[0].url: unknown key; expected one of href, text");
  check(pagerduty("        routing_keys: x\n"),
        "6: " + at + ".routing_keys: unknown key; did you mean \"routing_key\"?");
  check(pagerduty("        routing_key_file: x\n"),
        "6: " + at + ".routing_key_file: expected one of routing_key and routing_key_file, found both");
}

BOOST_AUTO_TEST_CASE(each_number_is_a_channel_of_its_own) {
  const auto c = loaded(sms(sender + numbers));
  const auto& all = channels_of(c);
  BOOST_REQUIRE(all.size() == 2U);
  BOOST_TEST(all[0].id == "a/sms/0-0");
  BOOST_TEST(all[1].id == "a/sms/0-1");
  BOOST_TEST((c.find_channel("a/sms/0-1") == &all[1]));
  BOOST_TEST(!all[0].send_resolved);
  const auto& second = std::get<sms_channel>(all[1].settings);
  BOOST_TEST(second.to == "+491701234568");
  BOOST_TEST(second.from == "+15005550006");
  BOOST_TEST(second.api_url == "https://api.twilio.com");
  BOOST_TEST(second.http.basic_username == "AC1");
  BOOST_TEST(second.http.basic_password == "secret");
  BOOST_TEST(all[1].takes(severity::critical));
  BOOST_TEST(!all[1].takes(severity::warning));
}

BOOST_AUTO_TEST_CASE(a_number_keeps_its_channel_when_an_entry_before_it_is_left_out) {
  const auto c = loaded(entry("sms_configs",
                              "      - when: ''\n      - account_sid: AC1\n        auth_token: secret\n"
                              "        messaging_service_sid: MG1\n        to: ['+491701234567']\n"
                              "        severities: [critical, warning]\n        send_resolved: true\n"
                              "        api_url: http://127.0.0.1:1/\n"));
  const auto& channel = channels_of(c).at(0);
  BOOST_TEST(channel.id == "a/sms/1-0");
  BOOST_TEST(channel.send_resolved);
  BOOST_TEST(channel.takes(severity::warning));
  BOOST_TEST(!channel.takes(severity::info));
  const auto& s = std::get<sms_channel>(channel.settings);
  BOOST_TEST(s.messaging_service_sid == "MG1");
  BOOST_TEST(s.api_url == "http://127.0.0.1:1");
}

BOOST_AUTO_TEST_CASE(text_messages_are_refused_where_nobody_would_get_them) {
  const std::string at = "receivers[0].sms_configs[0]";
  check(sms(sender), "5: " + at + ".to: nobody to send to; expected a list of numbers such as ['+491701234567']");
  check(sms(sender + "        to: ['0170 1234567']\n"),
        "8: " + at + ".to[0]: expected a number such as +491701234567, found \"0170 1234567\"");
  check(sms(sender + "        to: ['+491701234567', '+491701234567']\n"),
        "8: " + at + ".to[1]: \"+491701234567\" is in the list twice; remove one of them");
  check(sms(numbers), "5: " + at + ": expected one of from and messaging_service_sid, found none");
  check(sms(sender + numbers + "        messaging_service_sid: MG1\n"),
        "5: " + at + ": expected one of from and messaging_service_sid, found both");
  check(sms(numbers + "        from: 'a;b'\n"),
        "8: " + at + ".from: expected a number such as +491701234567, or a sender's name of at most 11 letters, found "
                     "\"a;b\"");
  check(sms(sender + numbers + "        severities: []\n"),
        "9: " + at
            + ".severities: expected at least one of critical, warning and info; remove the key for critical alone");
  check(sms(sender + numbers + "        severities: [page]\n"),
        "9: " + at + ".severities[0]: expected critical, warning or info, found \"page\"");
  check(entry("sms_configs", "      - account_sid: AC1\n" + sender + numbers),
        "5: " + at + ": no credentials; set auth_token or auth_token_file");
  check(entry("sms_configs", "      - account_sid: ../x\n        auth_token: secret\n" + sender + numbers),
        "5: " + at + ".account_sid: expected the SID of a Twilio account such as AC0123…, found \"../x\"");
}

BOOST_AUTO_TEST_CASE(a_receiver_has_at_most_as_many_channels_as_a_group_can_count) {
  std::string list;
  for (int i = 10; i < 43; ++i) list += "'+4917012345" + std::to_string(i) + "',";
  check(sms(sender + "        to: [" + list + "]\n"),
        "3: receivers[0]: the receiver has 33 channels; expected at most 32 (every number of sms_configs counts)");
}

BOOST_AUTO_TEST_CASE(a_webhook_may_be_signed) {
  const scratch_folder folder;
  const auto file = folder.write("secret", "from a file\n");
  const std::string hook = "      - url: http://x\n";
  const auto secret_of = [&](const std::string& keys) {
    const auto c = loaded(entry("webhook_configs", hook + keys));
    return std::get<webhook_channel>(channels_of(c).at(0).settings).hmac_secret;
  };
  BOOST_TEST(secret_of("").empty());
  BOOST_TEST(secret_of("        hmac_secret: s3cret\n") == "s3cret");
  BOOST_TEST(secret_of("        hmac_secret_file: " + file + "\n") == "from a file");
  const std::string at = "receivers[0].webhook_configs[0]";
  check(entry("webhook_configs", hook + "        hmac_secret: ''\n"),
        "5: " + at + ": hmac_secret is empty; expected a secret, or remove the key");
  check(entry("webhook_configs", hook + "        hmac_secret: a\n        hmac_secret_file: b\n"),
        "7: " + at + ".hmac_secret_file: expected one of hmac_secret and hmac_secret_file, found both");
}

BOOST_AUTO_TEST_CASE(a_channel_may_wait_for_several_variables) {
  const auto count = [](variables set) {
    const auto c = loaded(entry("stdout_configs", "      - when: ['${A:-}', '${B:-}']\n"), std::move(set));
    return channels_of(c).size();
  };
  BOOST_TEST(count({}) == 0U);
  BOOST_TEST(count({{"A", "x"}}) == 0U);
  BOOST_TEST(count({{"A", "x"}, {"B", ""}}) == 0U);
  BOOST_TEST(count({{"A", "x"}, {"B", "y"}}) == 1U);
  BOOST_TEST(channels_of(loaded(entry("stdout_configs", "      - when: []\n"))).size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
