#pragma once

#include <fstream>
#include <string>
#include <vector>

#include <simdjson.h>

#include "tests/config/support.hpp"

/// examples/mystocks.yml and the alert rules of the system it is for.
namespace tocsin::config::test {

/// The example as it loads where nothing is set.
inline const config& example() {
  static const auto read = load_file(TOCSIN_SOURCE_DIR "/examples/mystocks.yml", environment_of());
  BOOST_REQUIRE_MESSAGE(read.has_value(), (read ? "" : read.error().message));
  return **read;
}

/// One alert rule of Prometheus, as far as routing sees it.
struct alert_rule {
  std::string file;
  std::string name;
  std::string declared; ///< its severity, as the rule spells it
  label_set labels;
  std::string where; ///< for messages
};

inline alert_rule read_rule(simdjson::dom::element line) {
  alert_rule out;
  out.file = std::string(line["source_path"].get_string().value());
  out.name = std::string(line["alertname"].get_string().value());
  out.declared = std::string(line["severity"].get_string().value());
  std::vector<label_view> labels{{"alertname", out.name}};
  const simdjson::dom::object declared = line["labels"].get_object().value();
  for (const auto field : declared) {
    labels.push_back({field.key, field.value.get_string().value()});
  }
  out.labels = label_set::from(labels);
  out.where = out.name + " of " + out.file;
  return out;
}

/// All rules; none where this checkout has no data, which then says so.
inline std::vector<alert_rule> alert_rules() {
  std::vector<alert_rule> all;
  const auto data = shared_data();
  if (!data) return all;
  std::ifstream in(*data / "mystocks-alerts.jsonl");
  if (!in) BOOST_TEST_MESSAGE("skipped: no mystocks-alerts.jsonl in " << *data);
  simdjson::dom::parser parser;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) all.push_back(read_rule(parser.parse(line).value()));
  }
  return all;
}

} // namespace tocsin::config::test
