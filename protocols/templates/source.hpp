#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocols/result.hpp"

namespace tocsin::templates {

/// A template's text and what messages call it: a file, or a key of the configuration.
struct source {
  std::string name;
  std::string text;
};

/// `name:line:column: message`; both count from 1, the column in characters.
failure at_position(const source& s, std::uint32_t offset, std::string_view message);

/// The start of `text` in quotes, fit for a message.
std::string quoted_start(std::string_view text);

} // namespace tocsin::templates
