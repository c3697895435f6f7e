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

} // namespace

BOOST_AUTO_TEST_SUITE(recorded)

BOOST_AUTO_TEST_CASE(recorded_configurations_load) {
  const auto data = shared_data();
  if (!data) return;
  const auto folder = *data / "captures/alertmanager-0.28.1";
  const auto mixed = tocsin::config::load_file((folder / "am-mixed.yml").string(), environment_of());
  BOOST_REQUIRE_MESSAGE(mixed.has_value(), (mixed ? "" : mixed.error().message));
  BOOST_TEST((*mixed)->routes.routes().size() == 3U);
  BOOST_TEST((*mixed)->receivers.at("wh").channels.size() == 3U);
  BOOST_TEST(!(*mixed)->receivers.at("wh").channels.at(1).send_resolved);
  BOOST_TEST((*mixed)->routes.at(1).receiver == "web.hook/ü x");

  for (const std::string name : {"am.yml", "am-mail.yml"}) {
    const auto whole = tocsin::config::load_file((folder / name).string(), environment_of());
    BOOST_REQUIRE_MESSAGE(whole.has_value(), (whole ? "" : whole.error().message));
    BOOST_TEST((*whole)->routes.routes().size() == 12U);
    BOOST_TEST((*whole)->receivers.size() == 11U);
    BOOST_TEST((*whole)->receivers.at("slackfail").channels.size() == 2U);
    BOOST_TEST((*whole)->receivers.at("pdfail").channels.at(0).kind() == "pagerduty");
    const auto* mail = (*whole)->find_channel("all/email/0");
    BOOST_REQUIRE(mail != nullptr);
    BOOST_TEST(mail->recipients() == "oncall@mystocks.example, team@mystocks.example");
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
