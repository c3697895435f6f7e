#include "protocols/go_text.hpp"

#include <array>
#include <cstdint>

#include <re2/re2.h>

#include "protocols/matcher.hpp"
#include "protocols/utf8.hpp"

namespace tocsin {

namespace go {

namespace {

constexpr char32_t last_code = 0x10FFFF;

bool is_surrogate(char32_t code) noexcept {
  return code >= 0xD800 && code <= 0xDFFF;
}

std::uint8_t byte_at(std::string_view text, std::size_t i) noexcept {
  return static_cast<std::uint8_t>(text[i]);
}

std::optional<unsigned> digit_value(char c, unsigned base) noexcept {
  unsigned value = base;
  if (c >= '0' && c <= '9') value = static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') value = static_cast<unsigned>(c - 'a') + 10;
  if (c >= 'A' && c <= 'F') value = static_cast<unsigned>(c - 'A') + 10;
  return value < base ? std::optional(value) : std::nullopt;
}

/// Reads exactly `count` digits from the front of `text` and takes them away.
std::optional<char32_t> take_number(std::string_view& text, std::size_t count, unsigned base) noexcept {
  if (text.size() < count) return std::nullopt;
  char32_t value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto digit = digit_value(text[i], base);
    if (!digit) return std::nullopt;
    value = value * base + *digit;
  }
  text.remove_prefix(count);
  return value;
}

std::optional<char> simple_escape(char c) noexcept {
  switch (c) {
    case 'a': return '\a';
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'v': return '\v';
    case '\\': return '\\';
    case '"': return '"';
    default: return std::nullopt;
  }
}

bool append_byte(std::string& out, std::optional<char32_t> value) {
  if (!value || *value > 0xFF) return false;
  out.push_back(static_cast<char>(*value));
  return true;
}

bool append_code(std::string& out, std::optional<char32_t> value) {
  if (!value || *value > last_code || is_surrogate(*value)) return false;
  std::array<char, 4> bytes{};
  out.append(bytes.data(), write_utf8(bytes.data(), *value));
  return true;
}

/// Takes one escape, what follows a backslash, from the front of `rest`.
bool unescape(std::string_view& rest, std::string& out) {
  if (rest.empty()) return false;
  const char c = rest.front();
  if (c >= '0' && c <= '7') return append_byte(out, take_number(rest, 3, 8));
  rest.remove_prefix(1);
  if (c == 'x') return append_byte(out, take_number(rest, 2, 16));
  if (c == 'u') return append_code(out, take_number(rest, 4, 16));
  if (c == 'U') return append_code(out, take_number(rest, 8, 16));
  const auto plain = simple_escape(c);
  if (plain) out.push_back(*plain);
  return plain.has_value();
}

} // namespace

rune first_rune(std::string_view text) noexcept {
  const auto size = utf8_sequence(text);
  if (size == 0) return {};
  // The lead byte holds what is left of it after `size` ones and a zero.
  const auto lead = byte_at(text, 0);
  char32_t code = size == 1 ? lead : lead & (0xFF >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) code = code << 6 | (byte_at(text, i) & 0x3F);
  return {code, size, true};
}

bool is_space(char32_t code) noexcept {
  if (code <= 0xFF) return (code >= '\t' && code <= '\r') || code == ' ' || code == 0x85 || code == 0xA0;
  return code == 0x1680 || (code >= 0x2000 && code <= 0x200A) || code == 0x2028 || code == 0x2029 || code == 0x202F
         || code == 0x205F || code == 0x3000;
}

std::string_view trim_space(std::string_view text) noexcept {
  while (!text.empty()) {
    const auto next = first_rune(text);
    if (!is_space(next.code)) break;
    text.remove_prefix(next.size);
  }
  std::size_t end = 0;
  for (std::size_t i = 0; i < text.size();) {
    const auto next = first_rune(text.substr(i));
    i += next.size;
    if (!is_space(next.code)) end = i;
  }
  return text.substr(0, end);
}

std::optional<std::string> unquote(std::string_view quoted) {
  if (quoted.size() < 2 || quoted.front() != '"' || quoted.back() != '"') return std::nullopt;
  auto rest = quoted.substr(1, quoted.size() - 2);
  std::string out;
  out.reserve(rest.size());
  while (!rest.empty()) {
    const char c = rest.front();
    if (c == '"' || c == '\n') return std::nullopt;
    rest.remove_prefix(1);
    if (c != '\\') {
      out.push_back(c);
    } else if (!unescape(rest, out)) {
      return std::nullopt;
    }
  }
  if (find_invalid_utf8(out) != std::string::npos) return std::nullopt;
  return out;
}

std::string quote_meta(std::string_view text) {
  constexpr std::string_view special = R"(\.+*?()|[]{}^$)";
  std::string out;
  out.reserve(text.size() + 4);
  for (char c : text) {
    if (special.find(c) != std::string_view::npos) out.push_back('\\');
    out.push_back(c);
  }
  return out;
}

} // namespace go

namespace {

void append_hex(std::string& out, std::string_view prefix, char32_t value, int digits) {
  constexpr std::string_view hex = "0123456789abcdef";
  out.append(prefix);
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) out.push_back(hex[value >> shift & 15]);
}

/// Letters, marks, numbers, punctuation and symbols: what Go calls printable
/// beyond ASCII. RE2 brings Unicode's tables, so there is no second copy here.
bool is_printable(std::string_view code_point) {
  static const re2::RE2 printable(R"([\pL\pM\pN\pP\pS])");
  return re2::RE2::FullMatch(code_point, printable);
}

void append_ascii(std::string& out, char c) {
  switch (c) {
    case '"': out.append("\\\""); return;
    case '\\': out.append("\\\\"); return;
    case '\a': out.append("\\a"); return;
    case '\b': out.append("\\b"); return;
    case '\f': out.append("\\f"); return;
    case '\n': out.append("\\n"); return;
    case '\r': out.append("\\r"); return;
    case '\t': out.append("\\t"); return;
    case '\v': out.append("\\v"); return;
    default: break;
  }
  if (c < ' ' || c == '\x7f') {
    append_hex(out, "\\x", static_cast<char32_t>(c), 2);
  } else {
    out.push_back(c);
  }
}

} // namespace

void append_go_quoted(std::string& out, std::string_view text) {
  out.push_back('"');
  while (!text.empty()) {
    const auto next = go::first_rune(text);
    const auto bytes = text.substr(0, next.size);
    text.remove_prefix(next.size);
    if (!next.valid) {
      append_hex(out, "\\x", static_cast<unsigned char>(bytes.front()), 2);
    } else if (next.code < 0x80) {
      append_ascii(out, bytes.front());
    } else if (is_printable(bytes)) {
      out.append(bytes);
    } else if (next.code < 0x10000) {
      append_hex(out, "\\u", next.code, 4);
    } else {
      append_hex(out, "\\U", next.code, 8);
    }
  }
  out.push_back('"');
}

} // namespace tocsin
