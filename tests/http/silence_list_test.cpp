#include "http/silence_list.hpp"

#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

using namespace tocsin;

namespace {

timestamp at(std::int64_t seconds) {
  return timestamp{std::chrono::seconds{seconds}};
}

silence from_to(std::string id, std::int64_t start, std::int64_t end) {
  silence s;
  s.id = std::move(id);
  s.starts_at = at(start);
  s.ends_at = at(end);
  s.matchers = {matcher::make("a", match_op::equal, "x").value(), matcher::make("b", match_op::regex, "y|z").value()};
  return s;
}

} // namespace

BOOST_AUTO_TEST_SUITE(lists_of_silences)

BOOST_AUTO_TEST_CASE(the_order_is_alertmanagers) {
  std::vector<silence> all{from_to("expired early", 0, 10),    from_to("pending late", 300, 400),
                           from_to("active late", 50, 220),    from_to("expired late", 0, 90),
                           from_to("pending early", 200, 900), from_to("active early", 60, 120)};
  http::sort_silences(all, at(100));
  std::vector<std::string> ids;
  for (const auto& s : all) ids.push_back(s.id);
  const std::vector<std::string> expected{"active early", "active late",  "pending early",
                                          "pending late", "expired late", "expired early"};
  BOOST_TEST(ids == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_filter_wants_the_status_and_identical_matchers) {
  const auto s = from_to("s", 50, 200);
  const auto wants = [](match_op op, const char* name, const char* value) {
    http::silence_filter f;
    f.matchers = {matcher::make(name, op, value).value()};
    return f;
  };
  using enum match_op;
  BOOST_TEST(http::silence_filter{}.shows(s, at(100)));
  BOOST_TEST(wants(equal, "a", "x").shows(s, at(100)));
  BOOST_TEST(wants(regex, "b", "y|z").shows(s, at(100)));
  BOOST_TEST(!wants(regex, "a", "x").shows(s, at(100)));
  BOOST_TEST(!wants(equal, "b", "y").shows(s, at(100)));
  BOOST_TEST(!wants(equal, "c", "").shows(s, at(100)));
  auto both = wants(equal, "a", "x");
  both.matchers.push_back(matcher::make("b", equal, "y").value());
  BOOST_TEST(!both.shows(s, at(100)));
  struct row {
    std::int64_t now;
    bool http::silence_filter::*status;
  };
  for (const auto& [now, status] : std::vector<row>{{0, &http::silence_filter::pending},
                                                    {100, &http::silence_filter::active},
                                                    {200, &http::silence_filter::expired}}) {
    http::silence_filter f;
    f.*status = false;
    BOOST_TEST(!f.shows(s, at(now)), now);
    http::silence_filter only{false, false, false, {}};
    only.*status = true;
    BOOST_TEST(only.shows(s, at(now)), now);
  }
}

BOOST_AUTO_TEST_CASE(a_uuid_has_thirty_two_hex_digits_with_dashes_or_without) {
  for (const std::string good : {"5d3f0a76-0000-4000-8000-00000000000f", "5D3F0A76-0000-4000-8000-00000000000F",
                                 "5d3f0a7600004000800000000000000f"}) {
    BOOST_TEST(http::is_uuid(good), good);
  }
  for (const std::string bad : {"", "x", "5d3f0a76-0000-4000-8000-00000000000g", "5d3f0a76-0000-4000-8000-00000000000",
                                "5d3f0a76-0000-4000-8000-00000000000f0", "5d3f0a760-000-4000-8000-00000000000f",
                                "5d3f0a76_0000_4000_8000_00000000000f", "------------------------------------"}) {
    BOOST_TEST(!http::is_uuid(bad), bad);
  }
}

BOOST_AUTO_TEST_SUITE_END()
