#include "protocols/sms_text.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "protocols/utf8.hpp"

namespace tocsin {

namespace {

/// The basic table beyond ASCII, in order of code points.
constexpr std::array<char32_t, 31> basic_beyond_ascii{
    U'\u00A1', U'\u00A3', U'\u00A4', U'\u00A5', U'\u00A7', U'\u00BF', U'\u00C4', U'\u00C5',
    U'\u00C6', U'\u00C7', U'\u00C9', U'\u00D1', U'\u00D6', U'\u00D8', U'\u00DC', U'\u00DF',
    U'\u00E0', U'\u00E4', U'\u00E5', U'\u00E6', U'\u00E8', U'\u00E9', U'\u00EC', U'\u00F1',
    U'\u00F2', U'\u00F6', U'\u00F8', U'\u00F9', U'\u00FC', U'\u0393', U'\u0394'};

/// The Greek capitals that have no Latin twin, without gamma and delta.
constexpr std::array<char32_t, 8> greek{U'\u0398', U'\u039B', U'\u039E', U'\u03A0',
                                        U'\u03A3', U'\u03A6', U'\u03A8', U'\u03A9'};

constexpr std::u32string_view extension = U"^{}\\[]~|\u20AC\f";
/// Printable ASCII that the basic table lacks.
constexpr std::u32string_view not_in_gsm7 = U"`";

/// Typographic characters and what says the same in GSM-7.
constexpr std::array<std::pair<char32_t, std::string_view>, 17> plain_relatives{{
    {U'\t', " "},
    {U'\n', " "},
    {U'\r', " "},
    {U'`', "'"},
    {U'\u00A0', " "},
    {U'\u00B7', "-"},
    {U'\u00D7', "x"},
    {U'\u2010', "-"},
    {U'\u2013', "-"},
    {U'\u2014', "-"},
    {U'\u2018', "'"},
    {U'\u2019', "'"},
    {U'\u201C', "\""},
    {U'\u201D', "\""},
    {U'\u201E', "\""},
    {U'\u2022', "-"},
    {U'\u2026', "..."},
}};

struct character {
  char32_t value = 0;
  std::string_view bytes;
};

char32_t decoded(std::string_view bytes) {
  const auto lead = static_cast<unsigned char>(bytes.front());
  if (bytes.size() == 1) return lead;
  char32_t value = lead & (0xFFU >> (bytes.size() + 1));
  for (const char c : bytes.substr(1)) value = (value << 6) | (static_cast<unsigned char>(c) & 0x3FU);
  return value;
}

/// Takes the first character off `text`, which is not empty.
character take(std::string_view& text) {
  const auto size = utf8_sequence(text);
  if (size == 0) {
    text.remove_prefix(1);
    return {U'?', "?"};
  }
  const auto bytes = text.substr(0, size);
  text.remove_prefix(size);
  return {decoded(bytes), bytes};
}

/// `text` with what has a plain relative replaced, and other control characters as spaces.
std::string simplified(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto c = take(text);
    const auto* relative = std::find_if(plain_relatives.begin(), plain_relatives.end(),
                                        [&c](const auto& one) { return one.first == c.value; });
    if (relative != plain_relatives.end()) {
      out += relative->second;
    } else {
      out += c.value < 0x20 || c.value == 0x7F ? std::string_view(" ") : c.bytes;
    }
  }
  return out;
}

std::size_t utf16_units(char32_t c) noexcept {
  return c > 0xFFFF ? 2 : 1;
}

template <class Size>
std::string cut(std::string_view text, std::size_t room, std::string_view ending, std::size_t ending_size,
                Size size_of) {
  std::size_t used = 0;
  std::size_t kept = 0; // what can stay if the ending has to follow
  for (auto rest = text; !rest.empty();) {
    const auto begin = text.size() - rest.size();
    if (used + ending_size <= room) kept = begin;
    used += size_of(take(rest).value);
    if (used > room) return std::string(text.substr(0, kept)).append(ending);
  }
  return std::string(text);
}

} // namespace

std::size_t gsm7_septets(char32_t c) noexcept {
  if (extension.find(c) != std::u32string_view::npos) return 2;
  if (c == U'\n' || c == U'\r') return 1;
  if (c >= 0x20 && c < 0x7F) return not_in_gsm7.find(c) == std::u32string_view::npos ? 1 : 0;
  if (std::binary_search(basic_beyond_ascii.begin(), basic_beyond_ascii.end(), c)) return 1;
  return std::binary_search(greek.begin(), greek.end(), c) ? 1 : 0;
}

std::string fit_into_one_sms(std::string_view text) {
  const auto plain = simplified(text);
  bool gsm7 = true;
  for (std::string_view rest = plain; gsm7 && !rest.empty();) gsm7 = gsm7_septets(take(rest).value) > 0;
  if (gsm7) return cut(plain, septets_of_one_sms, "...", 3, gsm7_septets);
  return cut(plain, units_of_one_sms, "…", 1, utf16_units);
}

} // namespace tocsin
