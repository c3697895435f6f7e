#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// Text as Go programs read and write it. Alertmanager is one of them, and its
/// matchers and group keys are kept to the byte.
namespace tocsin::go {

/// One code point of UTF-8 text. Bytes that are no UTF-8 come one at a time as
/// U+FFFD with `valid` unset.
struct rune {
  char32_t code = 0xFFFD;
  std::size_t size = 1;
  bool valid = false;
};

/// The code point that `text` begins with; `text` must not be empty.
rune first_rune(std::string_view text) noexcept;

/// Unicode white space, as Go's `unicode.IsSpace`.
bool is_space(char32_t code) noexcept;

/// `text` without the white space around it.
std::string_view trim_space(std::string_view text) noexcept;

/// Undoes double quotes and Go's escapes: `"a\x41\u00e9"`. `std::nullopt` when
/// `quoted` is not such a literal or does not come out as UTF-8.
std::optional<std::string> unquote(std::string_view quoted);

/// `text` with a backslash before every character that means something in a regular
/// expression, as Go's `regexp.QuoteMeta`.
std::string quote_meta(std::string_view text);

} // namespace tocsin::go
