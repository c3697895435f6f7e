// Real configurations and group keys, recorded from real Alertmanagers.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <simdjson.h>

#include "tests/config/support.hpp"

using tocsin::label_set;
using tocsin::label_view;
using tocsin::config::route;
using tocsin::config::test::environment_of;
using tocsin::config::test::shared_data;

namespace fs = std::filesystem;

namespace {

std::string contents(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

label_set labels_of(simdjson::dom::object object) {
  std::vector<label_view> labels;
  for (const auto field : object) labels.push_back({field.key, field.value.get_string().value()});
  return label_set::from(labels);
}

/// The file without the blocks of receiver types that are not available here.
std::string without_email_and_pagerduty(const std::string& text) {
  std::string kept;
  bool skipping = false;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size() - 1);
    const std::string_view line(text.data() + begin, end + 1 - begin);
    if (line.starts_with("  email_configs:") || line.starts_with("  pagerduty_configs:")) {
      skipping = true;
    } else if (!line.starts_with("  - ") && !line.starts_with("    ")) {
      skipping = false;
    }
    if (!skipping) kept.append(line);
    begin = end + 1;
  }
  return kept;
}

} // namespace

BOOST_AUTO_TEST_SUITE(recorded)

BOOST_AUTO_TEST_CASE(recorded_configurations_load_or_are_refused_for_their_receiver_types) {
  const auto data = shared_data();
  if (!data) return;
  const auto folder = *data / "captures/alertmanager-0.28.1";
  const auto mixed = tocsin::config::load_file((folder / "am-mixed.yml").string(), environment_of());
  BOOST_REQUIRE_MESSAGE(mixed.has_value(), (mixed ? "" : mixed.error().message));
  BOOST_TEST((*mixed)->routes.routes().size() == 3U);
  BOOST_TEST((*mixed)->receivers.at("wh").channels.size() == 3U);
  BOOST_TEST(!(*mixed)->receivers.at("wh").channels.at(1).send_resolved);
  BOOST_TEST((*mixed)->routes.at(1).receiver == "web.hook/ü x");

  const std::vector<std::pair<std::string, std::string>> cases{{"am.yml", "48"}, {"am-mail.yml", "48"}};
  for (const auto& [name, line] : cases) {
    const auto path = (folder / name).string();
    const auto read = tocsin::config::load_file(path, environment_of());
    BOOST_REQUIRE(!read.has_value());
    BOOST_TEST(read.error().message
               == path + ":" + line
                      + ": receivers[0].email_configs: the receiver type email_configs is not available in this version; "
                        "remove it or use webhook_configs, slack_configs or stdout_configs");
    const auto rest = tocsin::config::load_text(without_email_and_pagerduty(contents(path)), name, environment_of());
    BOOST_REQUIRE_MESSAGE(rest.has_value(), (rest ? "" : rest.error().message));
    BOOST_TEST((*rest)->routes.routes().size() == 12U);
    BOOST_TEST((*rest)->receivers.size() == 11U);
    BOOST_TEST((*rest)->receivers.at("slackfail").channels.size() == 2U);
    BOOST_TEST((*rest)->receivers.at("pdfail").channels.empty());
  }
}

BOOST_AUTO_TEST_CASE(group_keys_are_those_of_alertmanager) {
  const auto data = shared_data();
  if (!data) return;
  simdjson::dom::parser parser;
  std::size_t compared = 0;
  for (const auto& file : fs::directory_iterator(*data / "webhooks-recorded")) {
    if (file.path().extension() != ".json") continue;
    const auto text = contents(file.path());
    simdjson::dom::element body;
    if (parser.parse(text).get(body) != simdjson::SUCCESS) continue;
    const std::string key(body["groupKey"].get_string().value());
    route r;
    r.path = key.substr(0, key.find(":{"));
    BOOST_TEST(r.group_key(labels_of(body["groupLabels"].get_object().value())) == key, file.path());
    ++compared;
  }
  BOOST_TEST(compared > 100U);
}

BOOST_AUTO_TEST_SUITE_END()
