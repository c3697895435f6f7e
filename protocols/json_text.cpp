#include "protocols/json_text.hpp"

#include <cstring>
#include <vector>

#include "protocols/utf8.hpp"

namespace tocsin {

namespace {

constexpr char32_t replacement = 0xFFFD;
constexpr std::size_t unit_digits = 4;

constexpr bool high_surrogate(int unit) noexcept {
  return unit >= 0xD800 && unit < 0xDC00;
}
constexpr bool low_surrogate(int unit) noexcept {
  return unit >= 0xDC00 && unit < 0xE000;
}

constexpr int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// The four hex digits at `text`, or -1.
int hex_unit(const char* text, const char* end) noexcept {
  if (end - text < static_cast<std::ptrdiff_t>(unit_digits)) return -1;
  int unit = 0;
  for (std::size_t i = 0; i < unit_digits; ++i) {
    const auto digit = hex_digit(text[i]);
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

/// Reads what follows `\u` and moves `in` behind it.
std::optional<char32_t> code_point(const char*& in, const char* end) noexcept {
  const auto first = hex_unit(in, end);
  if (first < 0) return std::nullopt;
  in += unit_digits;
  if (low_surrogate(first)) return replacement;
  if (!high_surrogate(first)) return static_cast<char32_t>(first);
  if (end - in < 2 || in[0] != '\\' || in[1] != 'u') return replacement;
  const auto second = hex_unit(in + 2, end);
  if (!low_surrogate(second)) return replacement;
  in += 2 + unit_digits;
  return static_cast<char32_t>(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00));
}

/// What a backslash and this letter mean; NUL for no escape.
constexpr char simple_escape(char letter) noexcept {
  switch (letter) {
    case '"':
    case '\\':
    case '/': return letter;
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return '\0';
  }
}

/// The slow half of decoding: from the first backslash on.
std::optional<std::string_view> decode_escapes(char* text, char* backslash, const char* end) noexcept {
  char* out = backslash;
  const char* in = backslash;
  while (in < end) {
    const auto c = *in++;
    if (c == '"') return std::string_view(text, static_cast<std::size_t>(out - text));
    if (c != '\\') {
      *out++ = c;
      continue;
    }
    if (in == end) break;
    const auto letter = *in++;
    if (letter == 'u') {
      const auto point = code_point(in, end);
      if (!point) return std::nullopt;
      out = write_utf8(out, *point);
    } else if (const auto meant = simple_escape(letter); meant != '\0') {
      *out++ = meant;
    } else {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

constexpr bool is_space(char c) noexcept {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// Offset just behind the string that opens at `open`, or the end of `text`.
std::size_t skip_string(std::string_view text, std::size_t open) noexcept {
  for (auto i = open + 1; i < text.size(); ++i) {
    if (text[i] == '"') return i + 1;
    if (text[i] == '\\') ++i;
  }
  return text.size();
}

std::size_t skip_container(std::string_view text, std::size_t open) noexcept {
  std::size_t depth = 0;
  for (auto i = open; i < text.size();) {
    const auto c = text[i];
    if (c == '"') {
      i = skip_string(text, i);
      continue;
    }
    ++i;
    if (c == '[' || c == '{') ++depth;
    if ((c == ']' || c == '}') && --depth == 0) return i;
  }
  return text.size();
}

} // namespace

std::string replace_lone_surrogates(std::string_view json) {
  constexpr std::size_t escape = 2 + unit_digits;
  std::string mended(json);
  auto* const end = mended.data() + mended.size();
  // Outside of strings there is no backslash.
  for (auto at = mended.find('\\'); at != std::string::npos && at + 1 < mended.size(); at = mended.find('\\', at)) {
    if (mended[at + 1] != 'u') {
      at += 2;
      continue;
    }
    auto* const digits = mended.data() + at + 2;
    const char* in = digits;
    const auto code = code_point(in, end);
    if (!code) return mended;
    const auto written = hex_unit(digits, end);
    if (high_surrogate(written) ? *code == replacement : low_surrogate(written)) {
      mended.replace(at + 2, unit_digits, "fffd");
      at += escape;
      continue;
    }
    at = static_cast<std::size_t>(in - mended.data());
  }
  return mended;
}

std::optional<std::string_view> decode_json_string(char* text, char* end) noexcept {
  auto* quote = static_cast<char*>(std::memchr(text, '"', static_cast<std::size_t>(end - text)));
  if (quote == nullptr) return std::nullopt;
  const auto size = static_cast<std::size_t>(quote - text);
  auto* backslash = static_cast<char*>(std::memchr(text, '\\', size));
  if (backslash == nullptr) return std::string_view(text, size);
  return decode_escapes(text, backslash, end);
}

std::string_view skip_json_space(std::string_view text) noexcept {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  return text;
}

std::size_t first_json_value(std::string_view text) noexcept {
  const auto value = skip_json_space(text);
  const auto start = text.size() - value.size();
  if (value.empty()) return text.size();
  if (value.front() == '"') return skip_string(text, start);
  if (value.front() == '[' || value.front() == '{') return skip_container(text, start);
  const auto end = text.find_first_of(" \t\r\n,:[]{}\"", start);
  return end == std::string_view::npos ? text.size() : end;
}

nesting check_nesting(std::string_view value, std::size_t max_depth) {
  std::vector<char> closers;
  for (std::size_t i = 0; i < value.size();) {
    const auto c = value[i];
    if (c == '"') {
      i = skip_string(value, i);
      continue;
    }
    ++i;
    if (c == '[' || c == '{') {
      if (closers.size() == max_depth) return nesting::too_deep;
      closers.push_back(c == '[' ? ']' : '}');
    } else if (c == ']' || c == '}') {
      if (closers.empty() || closers.back() != c) return nesting::crossed;
      closers.pop_back();
    }
  }
  return closers.empty() ? nesting::sound : nesting::crossed;
}

} // namespace tocsin
