// The reference of the configuration names every key that is read.

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include <boost/test/unit_test.hpp>

namespace {

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  BOOST_REQUIRE_MESSAGE(in, file.string());
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// Lists of keys that are refused by name or read past, not read.
const std::set<std::string> not_read{"own_headers",  "ignored_keys", "secret_keys", "later_keys",
                                     "old_api_keys", "layout_keys",  "app_keys"};

/// Keys that are refused although they stand in a list of those that are read.
const std::set<std::string> refused{"smtp_auth_secret", "smtp_auth_secret_file", "auth_excluded_paths"};

bool names_key(const std::string& documentation, const std::string& key) {
  const std::regex word("(^|[^a-z_])" + key + "([^a-z_]|$)");
  return std::regex_search(documentation, word);
}

/// Checks the lists of keys of one file of the parser.
/// @returns how many keys it reads.
std::size_t check(const std::filesystem::path& source, const std::string& documentation) {
  const auto code = text_of(source);
  const std::regex list("std::array<std::string_view, [0-9]+> ([a-z_]*keys|spoken)\\{([^}]*)\\}");
  const std::regex quoted("\"([a-z_0-9]+)\"");
  std::size_t count = 0;
  for (std::sregex_iterator l(code.begin(), code.end(), list), end; l != end; ++l) {
    if (not_read.contains((*l)[1])) continue;
    const auto keys = (*l)[2].str();
    for (std::sregex_iterator k(keys.begin(), keys.end(), quoted); k != end; ++k) {
      const auto key = (*k)[1].str();
      ++count;
      BOOST_TEST((refused.contains(key) || names_key(documentation, key)),
                 "the documentation lacks " << key << " of " << source.filename().string());
    }
  }
  return count;
}

} // namespace

BOOST_AUTO_TEST_SUITE(documentation)

BOOST_AUTO_TEST_CASE(every_key_that_is_read_is_in_the_reference) {
  const std::filesystem::path root(TOCSIN_SOURCE_DIR);
  const auto reference = text_of(root / "docs/configuration.md");
  const auto operations = text_of(root / "docs/operations.md");
  std::size_t count = 0;
  for (const auto& file : std::filesystem::directory_iterator(root / "config")) {
    const auto name = file.path().filename().string();
    if (name == "load.cpp" || (name.starts_with("read_") && name.ends_with(".cpp"))) {
      // The web configuration is a file of its own.
      count += check(file.path(), name == "read_web.cpp" ? operations : reference);
    }
  }
  // Lists that this does not find would be a test of nothing.
  BOOST_TEST(count > 150U);
}

BOOST_AUTO_TEST_SUITE_END()
