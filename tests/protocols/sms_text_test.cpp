#include "protocols/sms_text.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

using namespace tocsin;

namespace {

std::string times(std::size_t n, std::string_view text) {
  std::string out;
  while (n-- > 0) out += text;
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(text_messages)

BOOST_AUTO_TEST_CASE(characters_of_gsm_7_count_one_or_two_septets) {
  for (char32_t c = 0x20; c < 0x7F; ++c) {
    const bool extended = std::u32string_view(U"^{}\\[]~|").find(c) != std::u32string_view::npos;
    const std::size_t expected = c == U'`' ? 0 : extended ? 2 : 1;
    BOOST_TEST(gsm7_septets(c) == expected, static_cast<unsigned>(c));
  }
  for (char32_t c : U"£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà\n\r") {
    if (c != 0) BOOST_TEST(gsm7_septets(c) == 1U, static_cast<unsigned>(c));
  }
  BOOST_TEST(gsm7_septets(U'€') == 2U);
  BOOST_TEST(gsm7_septets(U'\f') == 2U);
  for (char32_t c : U"\tçÁêα漢…’😀\u0001\u007f") {
    if (c != 0) BOOST_TEST(gsm7_septets(c) == 0U, static_cast<unsigned>(c));
  }
}

BOOST_AUTO_TEST_CASE(what_fits_stays_and_what_does_not_is_cut) {
  struct row {
    std::string text;
    std::string expected;
  };
  const std::vector<row> rows{
      {"", ""},
      {times(160, "a"), times(160, "a")},
      {times(161, "a"), times(157, "a") + "..."},
      {times(160, "ü"), times(160, "ü")},
      {times(161, "ü"), times(157, "ü") + "..."},
      // Two septets each, and never divided.
      {times(80, "{"), times(80, "{")},
      {times(81, "{"), times(78, "{") + "..."},
      {"a" + times(80, "€"), "a" + times(78, "€") + "..."},
      {times(70, "漢"), times(70, "漢")},
      {times(71, "漢"), times(69, "漢") + "…"},
      // A character beyond the basic plane is a pair of units.
      {times(35, "😀"), times(35, "😀")},
      {times(36, "😀"), times(34, "😀") + "…"},
      {"a" + times(35, "😀"), "a" + times(34, "😀") + "…"},
      // One character is enough to change the alphabet of all.
      {times(100, "a") + "漢", times(69, "a") + "…"},
      {times(69, "a") + "漢", times(69, "a") + "漢"},
  };
  for (const auto& [text, expected] : rows) BOOST_TEST(fit_into_one_sms(text) == expected);
}

BOOST_AUTO_TEST_CASE(typographic_characters_do_not_halve_the_room) {
  BOOST_TEST(fit_into_one_sms("“a” – it’s `b`…\n\tc\u00A0d\u2022") == "\"a\" - it's 'b'...  c d-");
  BOOST_TEST(fit_into_one_sms("’" + times(150, "a")) == "'" + times(150, "a"));
}

BOOST_AUTO_TEST_CASE(nothing_else_gets_through) {
  BOOST_TEST(fit_into_one_sms(std::string_view("a\0b\x1b[1m\x7f", 8)) == "a b [1m ");
  BOOST_TEST(fit_into_one_sms("a\xff"
                              "b\xc3")
             == "a?b?");
}

BOOST_AUTO_TEST_SUITE_END()
