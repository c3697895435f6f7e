#include <boost/test/unit_test.hpp>

#include "tests/config/support.hpp"

using namespace tocsin;
using namespace tocsin::config;
using namespace tocsin::config::test;
using namespace std::chrono_literals;

namespace {

std::string with_drills(const std::string& drills) {
  return "route: {receiver: ops, routes: [{matchers: [a=b], receiver: empty}]}\nreceivers:\n  - name: ops\n"
         "    stdout_configs: [{}]\n  - name: empty\ndrills:\n  - "
         + drills + "\n";
}

} // namespace

BOOST_AUTO_TEST_SUITE(drills)

BOOST_AUTO_TEST_CASE(one_is_held_every_so_often_and_must_arrive_within_its_time) {
  const auto c = loaded(with_drills("{receiver: ops, every: 12h, offset: 30m, within: 10s, severity: critical}"));
  BOOST_REQUIRE(c.drills.size() == 1U);
  const auto& d = c.drills.front();
  BOOST_TEST(d.what.receiver == "ops");
  BOOST_TEST((d.every == 12h && d.offset == 30min && d.what.within == 10s));
  BOOST_TEST((d.what.severity == severity::critical));
}

BOOST_AUTO_TEST_CASE(its_alerts_go_to_their_receiver_past_all_routes_and_no_others_do) {
  const auto c = loaded(with_drills("{receiver: ops, every: 12h}"));
  const auto takers = [&c](const label_set& labels) {
    std::vector<std::size_t> found;
    c.routes.match(labels, found);
    BOOST_REQUIRE(found.size() == 1U);
    return c.routes.at(found.front());
  };
  const auto drill = label_set::of(
      {{"alertname", "TocsinDrill"}, {"tocsin_drill", "1"}, {"tocsin_receiver", "empty"}, {"severity", "info"}});
  const auto& taker = takers(drill);
  BOOST_TEST(taker.receiver == "empty");
  BOOST_TEST((taker.group_wait == duration::zero()));
  BOOST_TEST(taker.group_labels(drill).get("tocsin_drill") == "1");
  BOOST_TEST(c.routes.find(taker.key).has_value());
  BOOST_TEST(takers(label_set::of({{"alertname", "TocsinDrill"}, {"tocsin_receiver", "nobody"}})).key
             == c.routes.at(0).key);
  BOOST_TEST(takers(label_set::of({{"alertname", "X"}, {"tocsin_receiver", "empty"}})).key == c.routes.at(0).key);
  // The file's own routes are all that is shown.
  BOOST_TEST(c.routes.routes().size() == 2U);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_held_is_refused) {
  const std::string at = "tocsin.yml:7: drills[0]";
  BOOST_TEST(refused(with_drills("{every: 1h}")) == at + ": a drill without a receiver; add receiver");
  BOOST_TEST(refused(with_drills("{receiver: who, every: 1h}"))
             == at + ".receiver: the receiver \"who\" is not defined; define it in receivers");
  BOOST_TEST(refused(with_drills("{receiver: ops}")) == at + ": when is it held? add every, such as 24h");
  BOOST_TEST(refused(with_drills("{receiver: ops, every: 10s}"))
             == at + ".every: expected a duration of at least 1m, found \"10s\"");
  BOOST_TEST(refused(with_drills("{receiver: ops, every: 1h, offset: 1h}"))
             == at + ".offset: expected less than every, found \"1h\"");
  BOOST_TEST(refused(with_drills("{receiver: ops, every: 1h, within: 11m}"))
             == at + ".within: expected a duration of at most 10m, found \"11m\"");
  BOOST_TEST(refused(with_drills("{receiver: empty, every: 1h}"))
             == at + ": no channel of the receiver takes alerts of severity info; choose another receiver or severity");
  BOOST_TEST(refused(with_drills("{receiver: ops, every: 1h}\n  - {receiver: ops, every: 2h}"))
             == "tocsin.yml:8: drills[1]: the receiver has a drill already; one is enough");
}

BOOST_AUTO_TEST_SUITE_END()
