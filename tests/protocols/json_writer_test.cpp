#include "protocols/json_writer.hpp"

#include <cstdint>
#include <limits>
#include <string>

#include <boost/test/unit_test.hpp>

using tocsin::json_escaping;
using tocsin::json_writer;
using tocsin::label_set;

namespace {

std::string written(std::string_view text, json_escaping escaping = json_escaping::minimal) {
  std::string out;
  json_writer(out, escaping).value(text);
  return out;
}

template <class T>
std::string written_value(const T& value) {
  std::string out;
  json_writer(out).value(value);
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(json_writers)

BOOST_AUTO_TEST_CASE(commas_come_by_themselves) {
  std::string out;
  json_writer w(out);
  w.begin_object().key("a").begin_array().end_array().key("b").begin_object().end_object();
  w.key("c").begin_array().value(1).begin_object().member("d", "x").end_object().begin_array().value(2).value(3);
  w.end_array().null().end_array().member("e", true).key("f").raw("[1, 2]").member("g", std::string("y")).end_object();
  BOOST_TEST(out == R"({"a":[],"b":{},"c":[1,{"d":"x"},[2,3],null],"e":true,"f":[1, 2],"g":"y"})");
}

BOOST_AUTO_TEST_CASE(it_appends_to_what_is_there) {
  std::string out = "data: ";
  json_writer(out).begin_array().value("x").end_array();
  BOOST_TEST(out == R"(data: ["x"])");
}

BOOST_AUTO_TEST_CASE(json_demands_escapes_for_quotes_backslash_and_controls_only) {
  BOOST_TEST(written("") == R"("")");
  BOOST_TEST(written("plain text, longer than one word of eight bytes")
             == R"("plain text, longer than one word of eight bytes")");
  BOOST_TEST(written(R"(say "no" \ yes)") == R"("say \"no\" \\ yes")");
  BOOST_TEST(written("a\nb\tc\rd") == R"("a\nb\tc\rd")");
  BOOST_TEST(written(std::string_view("\0\x01\x1f\x7f", 4)) == "\"\\u0000\\u0001\\u001f\x7f\"");
  BOOST_TEST(written("<b>&</b>/") == R"("<b>&</b>/")");
  BOOST_TEST(written("上海 é 🔔 \xE2\x80\xA8") == "\"上海 é 🔔 \xE2\x80\xA8\"");
}

BOOST_AUTO_TEST_CASE(html_escaping_is_the_one_of_gos_encoder) {
  BOOST_TEST(written("<b>&</b>", json_escaping::html) == R"("\u003cb\u003e\u0026\u003c/b\u003e")");
  BOOST_TEST(written("\xE2\x80\xA8上\xE2\x80\xA9", json_escaping::html) == R"("\u2028上\u2029")");
  BOOST_TEST(written("up == 0 & a long tail without any", json_escaping::html)
             == R"("up == 0 \u0026 a long tail without any")");
}

BOOST_AUTO_TEST_CASE(every_byte_is_escaped_wherever_in_a_word_it_stands) {
  for (std::size_t before = 0; before < 17; ++before) {
    for (const auto& [raw, escaped] :
         {std::pair{"\"", "\\\""}, {"\\", "\\\\"}, {"\x1f", "\\u001f"}, {"\xFF", "\uFFFD"}}) {
      const std::string left(before, 'l');
      const std::string right(20, 'r');
      const auto expected = std::string("\"").append(left).append(escaped).append(right).append("\"");
      BOOST_TEST(written(left + raw + right) == expected);
    }
  }
}

BOOST_AUTO_TEST_CASE(each_byte_that_is_not_utf8_becomes_the_replacement_character) {
  constexpr std::pair<std::string_view, std::size_t> cases[] = {
      {"\x80", 1},
      {"\xC0\xAF", 2},
      {"\xC3", 1},
      {"\xE2\x82", 2},
      {"\xED\xA0\x80", 3},
      {"\xE0\x80\x80", 3},
      {"\xF0\x8F\xBF\xBF", 4},
      {"\xF4\x90\x80\x80", 4},
      {"\xF5\x80", 2},
      {"\xFE\xFF", 2},
  };
  for (const auto& [bad, count] : cases) {
    std::string expected = "\"a";
    for (std::size_t i = 0; i < count; ++i) expected += "\uFFFD";
    expected += "é\"";
    BOOST_TEST(written(std::string("a").append(bad).append("é")) == expected);
  }
}

BOOST_AUTO_TEST_CASE(keys_are_escaped_like_values) {
  std::string out;
  json_writer(out).begin_object().member("a\"b", 1).end_object();
  BOOST_TEST(out == R"({"a\"b":1})");
}

BOOST_AUTO_TEST_CASE(numbers_read_back_the_same) {
  BOOST_TEST(written_value(0) == "0");
  BOOST_TEST(written_value(-5) == "-5");
  BOOST_TEST(written_value(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
  BOOST_TEST(written_value(std::size_t{7}) == "7");
  BOOST_TEST(written_value(0.1) == "0.1");
  BOOST_TEST(written_value(100000.0) == "100000");
  BOOST_TEST(written_value(-2.5e-7) == "-2.5e-07");
  BOOST_TEST(written_value(1e300) == "1e+300");
  BOOST_TEST(written_value(1.0 / 3) == "0.3333333333333333");
  BOOST_TEST(written_value(std::numeric_limits<double>::quiet_NaN()) == "null");
  BOOST_TEST(written_value(-std::numeric_limits<double>::infinity()) == "null");
  for (double number = 2.3e-308; number < 1e308; number *= 1234.567) {
    BOOST_TEST(std::stod(written_value(number)) == number);
  }
}

BOOST_AUTO_TEST_CASE(times_labels_and_truth_values_have_their_forms) {
  BOOST_TEST(written_value(tocsin::timestamp{std::chrono::milliseconds{1}}) == R"("1970-01-01T00:00:00.001Z")");
  BOOST_TEST(written_value(label_set::of({{"b", "x\ny"}, {"a", ""}})) == R"({"a":"","b":"x\ny"})");
  BOOST_TEST(written_value(label_set{}) == "{}");
  BOOST_TEST(written_value(false) == "false");
}

BOOST_AUTO_TEST_SUITE_END()
