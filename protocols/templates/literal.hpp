#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocols/templates/value.hpp"

namespace tocsin::templates {

/// A number as Go writes it: `12`, `-3`, `0x1F`, `0b11`, `0o17`, `1_000`, `1.5`,
/// `2e3`. `std::nullopt` when it is none, or an integer beyond 64 bits.
std::optional<value> read_number(std::string_view text);

/// `'x'` or `'\n'`: the number of its code point.
std::optional<value> read_character(std::string_view quoted);

/// `"…"` with Go's escapes, or raw in backquotes.
std::optional<std::string> read_string(std::string_view quoted);

} // namespace tocsin::templates
