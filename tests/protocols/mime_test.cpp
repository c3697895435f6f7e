#include "protocols/mime.hpp"

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

using namespace tocsin;
using namespace std::chrono_literals;

namespace {

std::string times(std::size_t n, std::string_view text) {
  std::string out;
  while (n-- > 0) out += text;
  return out;
}

/// Every line of `text` ends in CRLF and is short.
void expect_lines(std::string_view text, std::size_t longest) {
  while (!text.empty()) {
    const auto end = text.find("\r\n");
    BOOST_REQUIRE(end != std::string_view::npos);
    const auto line = text.substr(0, end);
    BOOST_TEST(line.size() <= longest, line);
    BOOST_TEST(line.find_first_of("\r\n") == std::string_view::npos);
    text.remove_prefix(end + 2);
  }
}

/// Undoes quoted-printable.
std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=') {
      out.push_back(text[i]);
    } else if (text.substr(i, 3) == "=\r\n") {
      i += 2;
    } else {
      out.push_back(static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16)));
      i += 2;
    }
  }
  return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(a_mail_header)

BOOST_AUTO_TEST_CASE(is_plain_where_it_can_be) {
  BOOST_TEST(mime::header("Subject", "[FIRING:1] Disk (critical)") == "Subject: [FIRING:1] Disk (critical)\r\n");
  BOOST_TEST(mime::header("Subject", "") == "Subject: \r\n");
  BOOST_TEST(mime::header("Subject", "  a \t b ") == "Subject: a b\r\n");
}

BOOST_AUTO_TEST_CASE(is_encoded_beyond_ascii) {
  BOOST_TEST(mime::header("Subject", "告警 Case_mail") == "Subject: =?utf-8?q?=E5=91=8A=E8=AD=A6_Case=5Fmail?=\r\n");
  BOOST_TEST(mime::header("Subject", "=?utf-8?q?x?=") == "Subject: =?utf-8?q?=3D=3Futf-8=3Fq=3Fx=3F=3D?=\r\n");
  BOOST_TEST(mime::header("Subject", "a\xff") == "Subject: =?utf-8?q?a=EF=BF=BD?=\r\n");
}

BOOST_AUTO_TEST_CASE(folds_and_never_divides_a_character) {
  const auto long_text = mime::header("Subject", times(40, "word "));
  expect_lines(long_text, 76);
  BOOST_TEST(long_text.find("\r\n ") != std::string::npos);
  const auto encoded = mime::header("Subject", times(60, "告a"));
  expect_lines(encoded, 76);
  // Whole characters only: each word of the three bytes E5 91 8A has all of them.
  for (std::size_t at = encoded.find("=?utf-8?q?"); at != std::string::npos; at = encoded.find("=?utf-8?q?", at + 1)) {
    const auto word = encoded.substr(at + 10, encoded.find("?=", at + 10) - at - 10);
    BOOST_TEST((word.starts_with("=E5=91=8A") || word.starts_with("a")), word);
    BOOST_TEST((word.ends_with("=8A") || word.ends_with("a")), word);
  }
  expect_lines(mime::header("Subject", std::string(500, 'x')), 76);
}

BOOST_AUTO_TEST_CASE(cannot_be_given_another_header) {
  for (const std::string_view text : {"a\r\nBcc: x@y", "a\nBcc: x@y", "a\rBcc: x@y", "a\r\n\r\n<html>"}) {
    const auto line = mime::header("Subject", text);
    BOOST_TEST(line.find_first_of("\r\n") == line.size() - 2, line);
  }
  const auto box = mime::header("To", {{"A\r\nBcc: x@y", "a@b\r\nX: y"}});
  BOOST_TEST(box == "To: \"A Bcc: x@y\" <a@b X: y>\r\n");
}

BOOST_AUTO_TEST_CASE(holds_addresses_with_their_names) {
  BOOST_TEST(mime::header("To", {{"", "a@b"}, {"Ana", "c@d"}}) == "To: a@b,\r\n \"Ana\" <c@d>\r\n");
  BOOST_TEST(mime::header("From", {{"Weiß, Ana", "a@b"}}) == "From: =?utf-8?q?Wei=C3=9F=2C_Ana?= <a@b>\r\n");
  BOOST_TEST(mime::header("From", {{R"(A "b" \c)", "a@b"}}) == "From: \"A \\\"b\\\" \\\\c\" <a@b>\r\n");
}

BOOST_AUTO_TEST_CASE(is_one_header_in_short_ascii_lines_whatever_comes) {
  constexpr std::string_view pieces[] = {
      "\r",      "\n", " ", "\t", ":",  "\xff", "告", "ü",     "😀", "=?", "?=",
      "a",       "<",  ">", "\"", "\\", ",",    "@",  "word ", "=", "_",  std::string_view("\0", 1),
      "\xe5\x91"};
  std::mt19937 random(7);
  for (int i = 0; i < 3000; ++i) {
    std::string text;
    for (auto n = random() % 60; n > 0; --n) text += pieces[random() % std::size(pieces)];
    for (const auto& line : {mime::header("Subject", text), mime::header("To", {{text, "a@b"}, {text, text}})}) {
      for (const char c : line) BOOST_REQUIRE((c == '\r' || c == '\n' || c >= 0x20 || (c & 0x80) != 0));
      auto unfolded = line;
      for (auto at = unfolded.find("\r\n "); at != std::string::npos; at = unfolded.find("\r\n "))
        unfolded.erase(at, 2);
      BOOST_REQUIRE(unfolded.find_first_of("\r\n") == unfolded.size() - 2);
    }
    expect_lines(mime::header("Subject", text), 78);
    BOOST_REQUIRE(std::string_view(mime::header("Subject", text)).find_first_of("\x80\xff\xe5")
                  == std::string_view::npos);
    (void)parse_mailboxes(text);
  }
}

BOOST_AUTO_TEST_CASE(has_dates_as_mail_writes_them) {
  constexpr timestamp midnight = std::chrono::sys_days{std::chrono::year{2026} / 11 / 24};
  BOOST_TEST(mime::date(midnight + 21min + 36s + 999ms) == "Tue, 24 Nov 2026 00:21:36 +0000");
  BOOST_TEST(mime::date(timestamp{}) == "Thu, 01 Jan 1970 00:00:00 +0000");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(quoted_printable)

BOOST_AUTO_TEST_CASE(is_ascii_in_short_lines_and_reads_back) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", ""},
      {"plain text", "plain text"},
      {"a=b", "a=3Db"},
      {"ü", "=C3=BC"},
      {"a\nb\r\nc\rd", "a\r\nb\r\nc\r\nd"},
      // White space at the end of a line would be dropped on the way.
      {"a \nb\t", "a=20\r\nb=09"},
      {".\n..\n.a", "=2E\r\n=2E.\r\n=2Ea"},
      {"\x01", "=01"},
  };
  for (const auto& [text, expected] : cases) BOOST_TEST(mime::quoted_printable(text) == expected);

  for (const std::string_view piece : {"x", "=", "ü", "告", "a ", ".", "x.", "\t"}) {
    for (std::size_t n : {1, 24, 25, 37, 38, 74, 75, 76, 77, 150, 400}) {
      const auto text = times(n, piece);
      const auto encoded = mime::quoted_printable(text);
      expect_lines(encoded + "\r\n", 76);
      BOOST_TEST(decoded(encoded) == text);
      BOOST_TEST(encoded.find("=_") == std::string::npos);
      BOOST_TEST(("\r\n" + encoded).find("\r\n.") == std::string::npos);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
