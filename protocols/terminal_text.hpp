#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Text of others on a terminal, which takes some characters for orders.
namespace tocsin {

/// With control characters (also those of C1), marks that turn the direction of writing, and what is not UTF-8
/// written out, `\x1b`, `\u202e`: nothing in it moves a cursor, colours or hides anything.
std::string terminal_safe(std::string_view text);

/// JSON that means the same, without such characters in its strings: `\u009b`.
std::string terminal_safe_json(std::string_view json);

/// How many columns a terminal shows it in: wide characters take two, combining ones none.
std::size_t terminal_width(std::string_view text) noexcept;

} // namespace tocsin
