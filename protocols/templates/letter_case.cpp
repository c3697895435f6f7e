#include "protocols/templates/letter_case.hpp"

#include <array>
#include <cwctype>

#include <locale.h>
#include <re2/re2.h>

#include "protocols/go_text.hpp"
#include "protocols/utf8.hpp"

namespace tocsin::templates {

namespace {

/// A locale that knows the letters of all scripts, whatever the program's own
/// is; null on a machine without one, where only ASCII has cases.
locale_t unicode_locale() {
  static const locale_t made = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return made;
}

char32_t upper_of(char32_t c) {
  if (c < 0x80) return c >= 'a' && c <= 'z' ? c - 32 : c;
  return unicode_locale() ? static_cast<char32_t>(towupper_l(static_cast<wint_t>(c), unicode_locale())) : c;
}

char32_t lower_of(char32_t c) {
  if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : c;
  return unicode_locale() ? static_cast<char32_t>(towlower_l(static_cast<wint_t>(c), unicode_locale())) : c;
}

void append(std::string& out, char32_t code) {
  std::array<char, 4> bytes{};
  out.append(bytes.data(), write_utf8(bytes.data(), code));
}

/// Calls `change` for each code point and puts together what it returns.
template <class Change>
std::string changed(std::string_view text, Change change) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto rune = go::first_rune(text);
    if (rune.valid) {
      append(out, change(rune.code, text.substr(0, rune.size)));
    } else {
      out += text.front();
    }
    text.remove_prefix(rune.size);
  }
  return out;
}

bool in_word(char32_t c, std::string_view bytes) {
  if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  static const re2::RE2 word(R"([\pL\pM\pN])");
  return re2::RE2::FullMatch(bytes, word);
}

bool joins_words(char32_t c) {
  return c == '\'' || c == '.' || c == ':' || c == 0x2019 || c == 0xB7;
}

} // namespace

std::string upper_case(std::string_view text) {
  return changed(text, [](char32_t c, std::string_view) { return upper_of(c); });
}

std::string lower_case(std::string_view text) {
  return changed(text, [](char32_t c, std::string_view) { return lower_of(c); });
}

std::string title_case(std::string_view text) {
  bool begun = false;
  bool joined = false;
  return changed(text, [&](char32_t c, std::string_view bytes) {
    if (!in_word(c, bytes)) {
      // Two in a row do end a word.
      if (!joins_words(c) || joined) begun = false;
      joined = joins_words(c);
      return c;
    }
    joined = false;
    if (begun) return lower_of(c);
    // What has no case, such as a digit, leaves that to the next one.
    begun = upper_of(c) != c || lower_of(c) != c;
    return upper_of(c);
  });
}

} // namespace tocsin::templates
