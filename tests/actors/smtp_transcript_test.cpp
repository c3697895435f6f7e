#include "actors/smtp_transcript.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

using namespace tocsin;

namespace {

/// Lines that begin with `C: ` are commands, the others replies.
smtp_transcript heard(const std::vector<std::string_view>& lines) {
  smtp_transcript t;
  for (auto line : lines) {
    if (line.starts_with("C: ")) {
      t.sent(std::string(line.substr(3)) + "\r\n");
    } else {
      t.received(std::string(line) + "\r\n");
    }
  }
  return t;
}

} // namespace

BOOST_AUTO_TEST_SUITE(an_smtp_transcript)

BOOST_AUTO_TEST_CASE(knows_the_reply_to_the_last_command) {
  const auto t = heard({"220 hi", "C: EHLO x", "250-a", "250-b", "250 c", "C: DATA", "354 go", "250 2.0.0 queued"});
  BOOST_TEST(t.code() == 250);
  BOOST_TEST(t.text() == "2.0.0 queued");
  BOOST_TEST(heard({"220 hi", "C: EHLO x", "250-a", "250-b", "250 c"}).text() == "a b c");
  BOOST_TEST(heard({"220 hi", "C: EHLO x"}).code() == 0);
  BOOST_TEST(heard({"220 hi", "C: EHLO x", "250-not done"}).code() == 0);
  BOOST_TEST(heard({"421"}).code() == 421);
  BOOST_TEST(heard({}).code() == 0);
}

BOOST_AUTO_TEST_CASE(counts_nothing_after_quit) {
  const auto t = heard({"C: MAIL FROM:<a@b>", "552 too large", "C: QUIT", "221 bye"});
  BOOST_TEST(t.code() == 552);
  BOOST_TEST(t.text() == "too large");
}

BOOST_AUTO_TEST_CASE(knows_the_reply_to_each_recipient) {
  const auto t = heard({"C: RCPT TO:<a@b>", "250 ok", "C: RCPT TO:<c@d>", "550-5.1.1 no", "550 such user",
                        "C: RCPT TO:<e@f>", "450 later", "C: DATA", "354 go", "250 queued"});
  const std::vector<recipient_reply> expected{
      {"e@f", 450, "later"}, {"a@b", 250, "ok"}, {"c@d", 550, "5.1.1 no such user"}, {"g@h", 0, ""}};
  BOOST_TEST((t.replies_to({"e@f", "a@b", "c@d", "g@h"}) == expected));
  BOOST_TEST(t.code() == 250);
  // Without a reply.
  BOOST_TEST((heard({"C: RCPT TO:<c@d>"}).replies_to({"c@d"}) == std::vector<recipient_reply>{{"c@d", 0, ""}}));
}

BOOST_AUTO_TEST_CASE(is_not_moved_by_what_is_no_reply) {
  const auto t = heard({"C: DATA", "", "x", "25", "abc def", "25x no", "354 go"});
  BOOST_TEST(t.code() == 354);
  BOOST_TEST(t.text() == "go");
  smtp_transcript endless;
  for (int i = 0; i < 1000; ++i) endless.received("250-" + std::string(100, 'x'));
  endless.received("250 end");
  BOOST_TEST(endless.text().size() < 2000U);
}

BOOST_AUTO_TEST_SUITE_END()
