#include "protocols/terminal_text.hpp"

#include <string>

#include <boost/test/unit_test.hpp>

using namespace tocsin;

BOOST_AUTO_TEST_SUITE(text_on_a_terminal)

BOOST_AUTO_TEST_CASE(orders_to_the_terminal_are_written_out) {
  BOOST_TEST(terminal_safe("a\x1b[31mb") == "a\\x1b[31mb");
  BOOST_TEST(terminal_safe(std::string_view("\0\x7f\r\n\t", 5)) == "\\x00\\x7f\\r\\n\\t");
  // The control sequence introducer of C1.
  BOOST_TEST(terminal_safe("\xc2\x9b 2J") == "\\u009b 2J");
  // Right-to-left override, isolate, line separator.
  BOOST_TEST(terminal_safe("\u202e\u2067\u2028") == "\\u202e\\u2067\\u2028");
  BOOST_TEST(terminal_safe("\xff\xc2") == "\\xff\\xc2");
}

BOOST_AUTO_TEST_CASE(what_people_write_stays) {
  for (const std::string text : {"", "disk /var 97 %", "磁盘已满", "naïve – 😀", "\\x1b"}) {
    BOOST_TEST(terminal_safe(text) == text);
    BOOST_TEST(terminal_safe_json(text) == text);
  }
}

BOOST_AUTO_TEST_CASE(json_keeps_its_meaning) {
  BOOST_TEST(terminal_safe_json("{\"a\":\n\"\xc2\x9b\u202e\x7f\xff\"}")
             == "{\"a\":\n\"\\u009b\\u202e\\u007f\xEF\xBF\xBD\"}");
}

BOOST_AUTO_TEST_CASE(wide_characters_take_two_columns_and_combining_ones_none) {
  BOOST_TEST(terminal_width("") == 0U);
  BOOST_TEST(terminal_width("abc") == 3U);
  BOOST_TEST(terminal_width("磁盘") == 4U);
  BOOST_TEST(terminal_width("e\u0301") == 1U);
  BOOST_TEST(terminal_width("😀") == 2U);
  BOOST_TEST(terminal_width("é") == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
