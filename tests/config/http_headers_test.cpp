#include <boost/test/unit_test.hpp>

#include "tests/config/support.hpp"

using namespace tocsin;
using namespace tocsin::config;
using namespace tocsin::config::test;

namespace {

std::string with(const std::string& headers) {
  return "route: {receiver: a}\nreceivers:\n  - name: a\n    webhook_configs:\n      - url: http://x.example/\n"
         "        http_config:\n          http_headers: "
         + headers + "\n";
}

} // namespace

BOOST_AUTO_TEST_SUITE(http_headers)

BOOST_AUTO_TEST_CASE(values_secrets_and_files_become_headers) {
  const scratch_folder folder;
  folder.write("token", "from-file\n");
  const auto path =
      folder.write("tocsin.yml", with("{X-Team: {values: [db, web]}, X-Token: {secrets: [s3cret], files: [token]}}"));
  const auto c = load_file(path, environment_of()).value();
  const auto& w = std::get<webhook_channel>(c->find_channel("a/webhook/0")->settings);
  using header = std::pair<std::string, std::string>;
  const std::vector<header> expected{
      {"X-Team", "db"}, {"X-Team", "web"}, {"X-Token", "s3cret"}, {"X-Token", "from-file"}};
  BOOST_TEST((w.http.headers == expected));
  wire_response response;
  response.status = 400;
  response.body = "what is s3cret?";
  BOOST_TEST(judge(*c->find_channel("a/webhook/0"), response).message == "HTTP 400: what is <hidden>?");
}

BOOST_AUTO_TEST_CASE(headers_that_are_ours_or_would_be_several_are_refused) {
  const std::string at = "tocsin.yml:7: receivers[0].webhook_configs[0].http_config.http_headers.";
  BOOST_TEST(refused(with("{Content-Type: {values: [x]}}"))
             == at + "Content-Type: this header is made for every message; remove it");
  BOOST_TEST(refused(with("{'X Y': {values: [x]}}"))
             == at + "X Y: expected the name of a header, of ASCII without spaces and colons");
  BOOST_TEST(refused(with("{X-A: {values: [\"a\\r\\nX-B: c\"]}}"))
             == at + "X-A.values[0]: expected a header's text without line breaks");
  BOOST_TEST(refused(with("{X-A: {value: [x]}}")).starts_with(at + "X-A.value: unknown key"));
}

BOOST_AUTO_TEST_SUITE_END()
