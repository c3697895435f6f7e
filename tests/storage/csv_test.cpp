#include "storage/csv.hpp"

#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

using tocsin::storage::csv_writer;

namespace {

std::string line(const std::vector<std::string>& cells) {
  std::string out;
  csv_writer w(out);
  for (const auto& c : cells) w.cell(c);
  w.end_line();
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(csv)

BOOST_AUTO_TEST_CASE(cells_are_quoted_where_they_must_be) {
  BOOST_TEST(line({"a", "", "b c", "1"}) == "a,,b c,1\r\n");
  BOOST_TEST(line({"a,b", "say \"no\"", "two\nlines", "two\r\nlines", "磁盘 🔔"})
             == "\"a,b\",\"say \"\"no\"\"\",\"two\nlines\",\"two\r\nlines\",磁盘 🔔\r\n");
  BOOST_TEST(line({"\""}) == "\"\"\"\"\r\n");
  BOOST_TEST(line({}) == "\r\n");
}

BOOST_AUTO_TEST_CASE(what_a_spreadsheet_would_run_is_plain_text) {
  BOOST_TEST(line({"=1+1", "+1", "-1", "@x"}) == "'=1+1,'+1,'-1,'@x\r\n");
  BOOST_TEST(line({"\tx", "\rx"}) == "'\tx,\"'\rx\"\r\n");
  BOOST_TEST(line({"=HYPERLINK(\"http://x\",\"y\")"}) == "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"\r\n");
  BOOST_TEST(line({"a=1", "1-1", " =1", "'=1"}) == "a=1,1-1, =1,''=1\r\n");
}

BOOST_AUTO_TEST_CASE(lines_follow_each_other) {
  std::string out = "head\r\n";
  csv_writer w(out);
  w.cell("a").cell("b").end_line();
  w.cell("c").end_line();
  BOOST_TEST(out == "head\r\na,b\r\nc\r\n");
}

BOOST_AUTO_TEST_SUITE_END()
