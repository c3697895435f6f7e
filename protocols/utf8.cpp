#include "protocols/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace tocsin {

namespace {

using byte = unsigned char;

/// What may follow a lead byte: how many bytes in all, and the range of the second.
struct lead {
  std::size_t size;
  byte low;
  byte high;
};

constexpr lead lead_of(byte first) noexcept {
  if (first < 0xC2 || first > 0xF4) return {0, 0, 0};
  if (first < 0xE0) return {2, 0x80, 0xBF};
  // The second byte's narrower ranges keep out overlong forms, surrogates and what lies beyond U+10FFFF.
  if (first == 0xE0) return {3, 0xA0, 0xBF};
  if (first == 0xED) return {3, 0x80, 0x9F};
  if (first < 0xF0) return {3, 0x80, 0xBF};
  if (first == 0xF0) return {4, 0x90, 0xBF};
  if (first == 0xF4) return {4, 0x80, 0x8F};
  return {4, 0x80, 0xBF};
}

constexpr bool continues(byte b) noexcept {
  return (b & 0xC0) == 0x80;
}

/// Skips ASCII eight bytes at a time.
std::size_t skip_ascii(std::string_view text, std::size_t from) noexcept {
  constexpr std::uint64_t high_bits = 0x8080808080808080;
  while (from + sizeof(std::uint64_t) <= text.size()) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + from, sizeof word);
    if ((word & high_bits) != 0) break;
    from += sizeof word;
  }
  while (from < text.size() && static_cast<byte>(text[from]) < 0x80) ++from;
  return from;
}

} // namespace

std::size_t utf8_sequence(std::string_view text) noexcept {
  if (text.empty()) return 0;
  const auto first = static_cast<byte>(text[0]);
  if (first < 0x80) return 1;
  const auto [size, low, high] = lead_of(first);
  if (size == 0 || text.size() < size) return 0;
  const auto second = static_cast<byte>(text[1]);
  if (second < low || second > high) return 0;
  for (std::size_t i = 2; i < size; ++i) {
    if (!continues(static_cast<byte>(text[i]))) return 0;
  }
  return size;
}

std::size_t find_invalid_utf8(std::string_view text) noexcept {
  for (std::size_t at = skip_ascii(text, 0); at < text.size(); at = skip_ascii(text, at)) {
    const auto size = utf8_sequence(text.substr(at));
    if (size == 0) return at;
    at += size;
  }
  return std::string_view::npos;
}

std::string replace_invalid_utf8(std::string_view text) {
  std::string mended;
  mended.reserve(text.size() + 64);
  for (;;) {
    const auto bad = find_invalid_utf8(text);
    mended.append(text.substr(0, bad));
    if (bad == std::string_view::npos) return mended;
    mended.append(utf8_replacement);
    text.remove_prefix(bad + 1);
  }
}

char* write_utf8(char* out, char32_t c) noexcept {
  const auto put = [&](char32_t bits) { *out++ = static_cast<char>(bits); };
  const auto tail = [&](int shift) { put(0x80 | ((c >> shift) & 0x3F)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | (c >> 6));
    tail(0);
  } else if (c < 0x10000) {
    put(0xE0 | (c >> 12));
    tail(6);
    tail(0);
  } else {
    put(0xF0 | (c >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
  return out;
}

} // namespace tocsin
