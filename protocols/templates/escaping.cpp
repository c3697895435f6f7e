#include "protocols/templates/escaping.hpp"

#include <cctype>

#include <re2/re2.h>

#include "protocols/go_text.hpp"
#include "protocols/utf8.hpp"

namespace tocsin::templates {

namespace {

void append_hex(std::string& out, char32_t code, int digits) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) out.push_back(hex[code >> shift & 15]);
}

void append_percent(std::string& out, char c) {
  out.push_back('%');
  append_hex(out, static_cast<unsigned char>(c), 2);
}

bool is_unreserved(char c) noexcept {
  const auto u = static_cast<unsigned char>(c);
  return u < 0x80 && (std::isalnum(u) != 0 || c == '-' || c == '.' || c == '_' || c == '~');
}

bool is_hex(std::string_view text, std::size_t at) noexcept {
  return at < text.size() && std::isxdigit(static_cast<unsigned char>(text[at])) != 0;
}

void append_js_ascii(std::string& out, char c) {
  switch (c) {
    case '\\':
    case '\'':
    case '"': out.append(1, '\\').append(1, c); return;
    case '<':
    case '>':
    case '&':
    case '=': break;
    default:
      if (c >= ' ') {
        out += c;
        return;
      }
  }
  out += "\\u";
  append_hex(out, static_cast<unsigned char>(c), 4);
}

bool is_printable(std::string_view code_point) {
  static const re2::RE2 printable(R"([\pL\pM\pN\pP\pS])");
  return re2::RE2::FullMatch(code_point, printable);
}

} // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (char c : text) {
    switch (c) {
      case '"': out += "&#34;"; break;
      case '\'': out += "&#39;"; break;
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '\0': out += utf8_replacement; break;
      default: out += c;
    }
  }
  return out;
}

std::string escape_js(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto rune = go::first_rune(text);
    const auto bytes = text.substr(0, rune.size);
    text.remove_prefix(rune.size);
    if (rune.code < 0x80) {
      append_js_ascii(out, bytes.front());
    } else if (rune.valid && is_printable(bytes)) {
      out += bytes;
    } else {
      out += "\\u";
      append_hex(out, rune.code, rune.code > 0xFFFF ? 6 : 4);
    }
  }
  return out;
}

std::string escape_query(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == ' ') {
      out += '+';
    } else if (is_unreserved(c)) {
      out += c;
    } else {
      append_percent(out, c);
    }
  }
  return out;
}

std::string escape_url_part(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (is_unreserved(c)) {
      out += c;
    } else {
      append_percent(out, c);
    }
  }
  return out;
}

std::string normalize_url(std::string_view text) {
  constexpr std::string_view reserved = "!#$&*+,/:;=?@[]";
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escaped = text[i] == '%' && is_hex(text, i + 1) && is_hex(text, i + 2);
    if (escaped || is_unreserved(text[i]) || reserved.find(text[i]) != std::string_view::npos) {
      out += text[i];
    } else {
      append_percent(out, text[i]);
    }
  }
  return out;
}

} // namespace tocsin::templates
