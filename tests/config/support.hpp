#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <unistd.h>

#include "config/load.hpp"

namespace tocsin::config::test {

using variables = std::map<std::string, std::string, std::less<>>;

inline environment environment_of(variables set = {}) {
  return [set = std::move(set)](std::string_view name) -> std::optional<std::string> {
    const auto found = set.find(name);
    return found == set.end() ? std::nullopt : std::optional(found->second);
  };
}

/// Loads a text that must be valid.
inline config loaded(const std::string& text, variables set = {}) {
  auto read = load_text(text, "tocsin.yml", environment_of(std::move(set)));
  if (!read) BOOST_FAIL(read.error().message);
  return **read;
}

/// The message with which a text is refused.
inline std::string refused(const std::string& text, variables set = {}) {
  const auto read = load_text(text, "tocsin.yml", environment_of(std::move(set)));
  return read ? "it was accepted" : read.error().message;
}

/// A text that is refused, and why: from the line on.
struct bad_file {
  std::string text;
  std::string message;
};

inline void check(const std::vector<bad_file>& files) {
  for (const auto& f : files) {
    const auto message = refused(f.text);
    BOOST_TEST(message == "tocsin.yml:" + f.message, f.text << "\nwas refused with\n" << message);
  }
}

/// A route and a receiver, for files that are about something else. Five lines.
inline const std::string with_route = "route:\n  receiver: ops\nreceivers:\n  - name: ops\n    stdout_configs: [{}]\n";

/// A folder of its own that goes when the test ends.
class scratch_folder {
 public:
  scratch_folder() {
    auto name = (std::filesystem::temp_directory_path() / "tocsin-config-XXXXXX").string();
    BOOST_REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~scratch_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;

  std::string write(const std::string& name, const std::string& text) const {
    const auto path = path_ / name;
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

/// Where recorded traffic lies, or nothing when this checkout has none.
inline std::optional<std::filesystem::path> shared_data() {
  const char* set = std::getenv("TOCSIN_SHARED_DATA");
  const std::filesystem::path path = set ? set : TOCSIN_SOURCE_DIR "/../shared/data";
  if (std::filesystem::is_directory(path)) return path;
  BOOST_TEST_MESSAGE("skipped: no recorded traffic in " << path);
  return std::nullopt;
}

} // namespace tocsin::config::test
