#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <yaml-cpp/yaml.h>

#include "http/endpoints.hpp"
#include "tests/http/support.hpp"

using namespace tocsin;
using namespace tocsin::testing;

namespace {

/// The document as the server gives it, and short ways to look into it.
struct with_document : with_site {
  answer got = http.get("/api/openapi.yaml");
  YAML::Node root = YAML::Load(got.body);

  /// What a `$ref` refers to; anything else is itself.
  YAML::Node followed(const YAML::Node& node) const {
    if (!node.IsMap() || !node["$ref"]) return node;
    auto path = node["$ref"].as<std::string>();
    BOOST_REQUIRE(path.starts_with("#/"));
    YAML::Node found = root;
    for (std::size_t at = 2; at < path.size();) {
      const auto end = std::min(path.find('/', at), path.size());
      const YAML::Node next = found[path.substr(at, end - at)];
      BOOST_REQUIRE_MESSAGE(next.IsDefined(), path);
      found.reset(next);
      at = end + 1;
    }
    return found;
  }

  /// Calls `visit` with each path, method and operation.
  void for_each_operation(
      const std::function<void(const std::string&, const std::string&, const YAML::Node&)>& visit) const {
    for (const auto& path : root["paths"]) {
      for (const auto& member : path.second) {
        const auto method = member.first.as<std::string>();
        if (method != "parameters") visit(path.first.as<std::string>(), method, member.second);
      }
    }
  }

  /// Those of the path and those of the operation.
  std::vector<YAML::Node> parameters_of(const std::string& path, const YAML::Node& operation) const {
    std::vector<YAML::Node> all;
    for (const auto& list : {root["paths"][path]["parameters"], operation["parameters"]}) {
      if (!list) continue;
      for (const auto& p : list) all.push_back(followed(p));
    }
    return all;
  }
};

std::string upper(std::string text) {
  for (auto& c : text) c = static_cast<char>(c - 'a' + 'A');
  return text;
}

/// As the document spells it: `{service...}` is `{service}` there.
std::string documented(std::string_view path) {
  return std::regex_replace(std::string(path), std::regex(R"(\.\.\.\})"), "}");
}

/// Every `$ref` below a node.
void collect_references(const YAML::Node& node, std::vector<std::string>& out) {
  if (node.IsMap()) {
    for (const auto& member : node) {
      if (member.first.as<std::string>() == "$ref") out.push_back(member.second.as<std::string>());
      collect_references(member.second, out);
    }
  } else if (node.IsSequence()) {
    for (const auto& element : node) collect_references(element, out);
  }
}

/// A value that a schema forbids; empty when it forbids none that is easily found.
std::string forbidden_by(const YAML::Node& schema) {
  if (schema["enum"]) return "nosuchword";
  if (schema["type"].as<std::string>() == "boolean") return "perhaps";
  if (schema["maximum"]) return std::to_string(schema["maximum"].as<std::int64_t>() + 1);
  return {};
}

/// The ends of a schema's range, which it allows.
std::vector<std::string> ends_of(const YAML::Node& schema) {
  std::vector<std::string> ends;
  for (const auto* end : {"minimum", "maximum"}) {
    if (schema[end]) ends.push_back(schema[end].as<std::string>());
  }
  return ends;
}

} // namespace

BOOST_AUTO_TEST_SUITE(the_openapi_document)

BOOST_FIXTURE_TEST_CASE(it_is_yaml_of_version_3_with_a_type_of_its_own, with_document) {
  BOOST_TEST(got.status == 200);
  BOOST_TEST(got.header("Content-Type") == "application/yaml");
  BOOST_TEST(root["openapi"].as<std::string>().starts_with("3.0."));
  std::ifstream file(std::filesystem::path(TOCSIN_SOURCE_DIR) / "http/openapi.yaml");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  BOOST_TEST((got.body == text), "what is built in is not what lies there");
}

BOOST_FIXTURE_TEST_CASE(it_has_every_call_of_the_server_and_no_other, with_document) {
  std::set<std::string> served;
  for (const auto& e : http::endpoints()) served.insert(std::string(e.method) + ' ' + documented(e.path));
  std::set<std::string> described;
  for_each_operation([&](const std::string& path, const std::string& method, const YAML::Node&) {
    described.insert(upper(method) + ' ' + path);
  });
  for (const auto& call : served) BOOST_TEST(described.contains(call), call << " is not described");
  for (const auto& call : described) BOOST_TEST(served.contains(call), call << " is described but not served");
}

BOOST_FIXTURE_TEST_CASE(every_call_has_an_id_of_its_own_a_summary_a_known_tag_and_its_answers, with_document) {
  std::set<std::string> tags;
  for (const auto& tag : root["tags"]) tags.insert(tag["name"].as<std::string>());
  std::set<std::string> ids;
  for_each_operation([&](const std::string& path, const std::string& method, const YAML::Node& operation) {
    BOOST_TEST_CONTEXT(method << ' ' << path) {
      BOOST_REQUIRE(operation["operationId"]);
      BOOST_TEST(ids.insert(operation["operationId"].as<std::string>()).second);
      BOOST_TEST(!operation["summary"].as<std::string>("").empty());
      BOOST_TEST(tags.contains(operation["tags"][0].as<std::string>("")));
      BOOST_REQUIRE(operation["responses"].IsMap());
      BOOST_TEST(operation["responses"].size() > 0U);
      for (const auto& response : operation["responses"]) {
        BOOST_TEST(!followed(response.second)["description"].as<std::string>("").empty());
      }
    }
  });
}

BOOST_FIXTURE_TEST_CASE(every_reference_leads_somewhere_and_every_placeholder_is_a_parameter, with_document) {
  std::vector<std::string> references;
  collect_references(root, references);
  BOOST_TEST(references.size() > 100U);
  for (const auto& reference : references) {
    YAML::Node node;
    node["$ref"] = reference;
    BOOST_TEST(followed(node).IsDefined(), reference);
  }
  for_each_operation([&](const std::string& path, const std::string& method, const YAML::Node& operation) {
    std::set<std::string> in_path;
    std::set<std::string> names;
    for (const auto& p : parameters_of(path, operation)) {
      const auto name = p["name"].as<std::string>();
      BOOST_TEST(names.insert(p["in"].as<std::string>() + ' ' + name).second, path << " has " << name << " twice");
      BOOST_TEST(followed(p["schema"])["type"].IsDefined(), path << ' ' << name);
      if (p["in"].as<std::string>() != "path") continue;
      BOOST_TEST(p["required"].as<bool>(false), path);
      in_path.insert(name);
    }
    std::set<std::string> placeholders;
    const std::regex placeholder(R"(\{(\w+)\})");
    for (std::sregex_iterator it(path.begin(), path.end(), placeholder), end; it != end; ++it) {
      placeholders.insert((*it)[1]);
    }
    BOOST_TEST((in_path == placeholders), method << ' ' << path);
  });
}

BOOST_FIXTURE_TEST_CASE(the_server_reads_every_parameter_and_keeps_to_its_range, with_document) {
  BOOST_REQUIRE_EQUAL(http.post_alerts("[" + alert_json({{"alertname", "X"}}) + "]").status, 200);
  int checked = 0;
  for_each_operation([&](const std::string& path, const std::string& method, const YAML::Node& operation) {
    // Alertmanager takes what is no boolean for a no.
    if (method == "post" || path.starts_with("/api/v2/silence")) return;
    for (const auto& p : parameters_of(path, operation)) {
      const auto schema = followed(p["schema"]);
      const auto name = p["name"].as<std::string>();
      if (p["in"].as<std::string>() != "query") continue;
      if (path.starts_with("/api/v2/") && schema["type"].as<std::string>() == "boolean") continue;
      const auto value = forbidden_by(schema);
      if (value.empty()) continue;
      const auto asked = std::regex_replace(path, std::regex(R"(\{\w+\})"), "1") + '?' + name + '=' + value;
      if (path.starts_with("/api/oncall/")) continue; // no schedule of that name is here
      const auto a = method == "get" ? http.get(asked) : method == "put" ? http.put(asked) : http.del(asked);
      BOOST_TEST(a.status == 400, method << ' ' << asked << ": " << a.status << ' ' << a.body);
      BOOST_TEST(a.body.find(name) != std::string::npos, asked << ": " << a.body);
      ++checked;
      if (method != "get") continue;
      for (const auto& end : ends_of(schema)) {
        const auto allowed = http.get(std::regex_replace(path, std::regex(R"(\{\w+\})"), "1") + '?' + name + '=' + end);
        BOOST_TEST(allowed.status == 200, path << ' ' << name << '=' << end << ": " << allowed.body);
      }
    }
  });
  BOOST_TEST(checked > 30);
}

BOOST_FIXTURE_TEST_CASE(every_parameter_that_a_handler_reads_is_described, with_document) {
  std::set<std::string> described;
  const std::function<void(const YAML::Node&)> collect = [&](const YAML::Node& node) {
    if (node.IsMap()) {
      if (node["in"] && node["name"]) described.insert(node["name"].as<std::string>());
      if (node["properties"]) {
        for (const auto& member : node["properties"]) described.insert(member.first.as<std::string>());
      }
      for (const auto& member : node) collect(member.second);
    } else if (node.IsSequence()) {
      for (const auto& element : node) collect(element);
    }
  };
  collect(root);
  const std::regex read(R"re(\bp\.(?:text|word|integer|number|boolean|required_\w+|optional_\w+)\(\s*"(\w+)")re");
  int found = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(TOCSIN_SOURCE_DIR) / "http")) {
    if (entry.path().extension() != ".cpp") continue;
    std::ifstream file(entry.path());
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    for (std::sregex_iterator it(text.begin(), text.end(), read), end; it != end; ++it, ++found) {
      BOOST_TEST(described.contains((*it)[1]), entry.path().filename() << " reads " << (*it)[1]);
    }
  }
  BOOST_TEST(found > 40);
}

BOOST_AUTO_TEST_SUITE_END()
