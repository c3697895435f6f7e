#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/command_line.hpp"

/// Reads what the flags of the server say. Each failure names the flag, what was expected and what came.
namespace tocsin::config {

/// The flags of the web front as they were given.
struct web_texts {
  std::vector<std::string> listen;
  std::string external_url;
  std::optional<std::string> route_prefix;
};

/// @returns what is wrong, if anything.
std::optional<failure> read_web_texts(const web_texts& texts, command_line& parsed);

/// `120h`, as Alertmanager's flag is written, or `90d`.
result<duration> parse_retention(const std::string& text);

} // namespace tocsin::config
