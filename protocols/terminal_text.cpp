#include "protocols/terminal_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "protocols/utf8.hpp"

namespace tocsin {

namespace {

struct range {
  char32_t first;
  char32_t last;
};

constexpr bool lies_in(const auto& ranges, char32_t c) noexcept {
  return std::any_of(ranges.begin(), ranges.end(), [c](const range& r) { return c >= r.first && c <= r.last; });
}

/// Orders to the terminal; marks, overrides and isolates of direction; breaks of lines; the byte order mark.
constexpr std::array<range, 7> orders{{{0x00, 0x1f},
                                       {0x7f, 0x9f},
                                       {0x61c, 0x61c},
                                       {0x200e, 0x200f},
                                       {0x2028, 0x202e},
                                       {0x2066, 0x2069},
                                       {0xfeff, 0xfeff}}};

/// East Asian wide and full-width forms, and most pictographs (Unicode's EastAsianWidth, by blocks).
constexpr std::array<range, 10> wide{{{0x1100, 0x115f},
                                      {0x2e80, 0x303e},
                                      {0x3041, 0xa4cf},
                                      {0xac00, 0xd7a3},
                                      {0xf900, 0xfaff},
                                      {0xfe30, 0xfe6f},
                                      {0xff00, 0xff60},
                                      {0xffe0, 0xffe6},
                                      {0x1f300, 0x1faff},
                                      {0x20000, 0x3fffd}}};

/// Combining marks, joiners and variation selectors, by blocks.
constexpr std::array<range, 5> without_width{
    {{0x300, 0x36f}, {0x200b, 0x200d}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}}};

/// Of a well-formed sequence.
char32_t decode(std::string_view sequence) noexcept {
  constexpr std::array<unsigned char, 5> lead_bits{0, 0x7f, 0x1f, 0x0f, 0x07};
  char32_t c = static_cast<unsigned char>(sequence[0]) & lead_bits[sequence.size()];
  for (const auto byte : sequence.substr(1)) c = (c << 6) | (static_cast<unsigned char>(byte) & 0x3f);
  return c;
}

std::string hex(std::uint32_t number, int digits) {
  constexpr std::string_view digit = "0123456789abcdef";
  std::string out;
  for (int i = digits - 1; i >= 0; --i) out += digit[(number >> (4 * i)) & 0xf];
  return out;
}

std::string written_out(char32_t c) {
  if (c == '\n') return "\\n";
  if (c == '\r') return "\\r";
  if (c == '\t') return "\\t";
  return c < 0x80 ? "\\x" + hex(c, 2) : "\\u" + hex(c, 4);
}

/// Hands each code point and its bytes to `seen`; bytes that are not UTF-8 to `broken`.
template <class Seen, class Broken>
void walk(std::string_view text, Seen seen, Broken broken) {
  while (!text.empty()) {
    const auto length = utf8_sequence(text);
    if (length == 0) {
      broken(static_cast<unsigned char>(text.front()));
    } else {
      seen(decode(text.substr(0, length)), text.substr(0, length));
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
}

} // namespace

std::string terminal_safe(std::string_view text) {
  std::string out;
  walk(
      text,
      [&out](char32_t c, std::string_view bytes) {
        lies_in(orders, c) ? out.append(written_out(c)) : out.append(bytes);
      },
      [&out](unsigned char byte) { out += "\\x" + hex(byte, 2); });
  return out;
}

std::string terminal_safe_json(std::string_view json) {
  std::string out;
  walk(
      json,
      [&out](char32_t c, std::string_view bytes) {
        // Those below a space stand between values only: JSON does not have them in strings.
        c >= 0x20 && lies_in(orders, c) ? out.append("\\u" + hex(c, 4)) : out.append(bytes);
      },
      [&out](unsigned char) { out += utf8_replacement; });
  return out;
}

std::size_t terminal_width(std::string_view text) noexcept {
  std::size_t columns = 0;
  walk(
      text,
      [&columns](char32_t c, std::string_view) { columns += lies_in(wide, c)            ? 2
                                                            : lies_in(without_width, c) ? 0
                                                                                        : 1; },
      [&columns](unsigned char) { ++columns; });
  return columns;
}

} // namespace tocsin
