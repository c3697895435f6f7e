#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// UTF-8, as far as reading and writing JSON needs it.
namespace tocsin {

/// U+FFFD, which stands for what is not UTF-8.
inline constexpr std::string_view utf8_replacement = "\xEF\xBF\xBD";

/// How many bytes (1 to 4) the well-formed sequence at the start of `text` has;
/// 0 when `text` is empty or does not start with one.
std::size_t utf8_sequence(std::string_view text) noexcept;

/// Offset of the first byte that is not part of well-formed UTF-8, or `npos`.
std::size_t find_invalid_utf8(std::string_view text) noexcept;

/// A copy in which each such byte is U+FFFD, one for each byte.
std::string replace_invalid_utf8(std::string_view text);

/// Writes `code_point` at `out`, which must have room for four bytes.
/// @returns the position behind it.
char* write_utf8(char* out, char32_t code_point) noexcept;

} // namespace tocsin
