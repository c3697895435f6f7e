#include "config/alertmanager_view.hpp"

#include "tests/config/support.hpp"

using namespace tocsin::config::test;

namespace {

std::string view(const std::string& text, variables set = {}) {
  return loaded(text, std::move(set)).alertmanager_yaml;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(the_view_of_alertmanager)

BOOST_AUTO_TEST_CASE(leaves_out_what_alertmanager_does_not_know) {
  const auto yaml = view(R"(
global: {resolve_timeout: 6m, webhook_resolve_timeout: 1d}
route: {receiver: ops, group_by: ['...']}
receivers:
  - name: ops
    fallback: nobody
    stdout_configs: [{}]
    slack_configs: [{api_url: "https://hooks.example/T/1", channel: "#a", fallback: "short", rate_limit: {messages: 3}}]
  - name: nobody
flapping: {changes: 5}
escalation: []
)");
  BOOST_TEST(yaml == R"(global:
  resolve_timeout: 6m
route:
  receiver: ops
  group_by:
    - "..."
receivers:
  - name: ops
    slack_configs:
      - api_url: <secret>
        channel: "#a"
        fallback: short
  - name: nobody
)");
}

BOOST_AUTO_TEST_CASE(has_no_secret_and_keeps_what_its_readers_need) {
  const auto yaml = view(R"(
global: {smtp_smarthost: "${HOST:-mail.example}:587", smtp_from: a@b.example, smtp_auth_password: s3cret1, slack_api_url: "https://hooks.example/s3cret2"}
route: {receiver: ops}
receivers:
  - name: ops
    webhook_configs:
      - url: "https://ann:s3cret3@hooks.example:8443/in?token=s3cret4"
        http_config:
          basic_auth: {username: ann, password: s3cret5}
          proxy_url: http://ann:s3cret6@proxy.example:3128
          http_headers: {X-Key: {secrets: [s3cret7]}, X-Team: {values: [ops]}}
        hmac_secret: s3cret8
    pagerduty_configs: [{routing_key: "${KEY}"}]
escalation: []
)",
                         {{"KEY", "s3cret9"}});
  BOOST_TEST(!has(yaml, "s3cret"), yaml);
  BOOST_TEST(has(yaml, "url: https://hooks.example:8443/<secret>"), yaml);
  BOOST_TEST(has(yaml, "proxy_url: http://ann:xxxxx@proxy.example:3128"), yaml);
  BOOST_TEST(has(yaml, "smtp_smarthost: mail.example:587"), yaml);
  BOOST_TEST(has(yaml, "routing_key: <secret>"), yaml);
  BOOST_TEST(has(yaml, "- ops"), yaml);
}

BOOST_AUTO_TEST_CASE(lists_receivers_in_the_order_of_the_file) {
  const auto c = loaded("route: {receiver: z}\nreceivers: [{name: z}, {name: a}, {name: m}]\n");
  BOOST_TEST((c.receiver_names == std::vector<std::string>{"z", "a", "m"}));
}

BOOST_AUTO_TEST_SUITE_END()
