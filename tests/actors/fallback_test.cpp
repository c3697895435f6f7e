#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "tests/actors/told.hpp"
#include "tests/actors/world.hpp"

using namespace tocsin;
using namespace tocsin::testing;

namespace {

constexpr std::string_view with_fallback = R"(
route: {receiver: ops, group_by: [alertname], group_wait: 0s, group_interval: 1m}
receivers:
  - name: ops
    fallback: reserve
    webhook_configs: [{url: "http://ops.test/"}]
  - name: reserve
    fallback: last
    webhook_configs: [{url: "http://reserve.test/"}]
  - name: last
    webhook_configs: [{url: "http://last.test/"}]
escalation: []
)";

alert lasting(std::initializer_list<label_view> labels) {
  auto a = firing(labels);
  a.ends_at = start + 48h;
  return a;
}

std::size_t sent_to(const world& w, std::string_view url) {
  return static_cast<std::size_t>(
      std::count_if(w.requests.begin(), w.requests.end(), [url](const auto& r) { return r.url == url; }));
}

/// Answers 500 for these URLs, 200 for others.
void break_down(world& w, std::vector<std::string> urls) {
  w.answer = [urls = std::move(urls)](const http_request& request) {
    wire_response r;
    r.status = std::find(urls.begin(), urls.end(), request.url) == urls.end() ? 200 : 500;
    return r;
  };
}

} // namespace

BOOST_AUTO_TEST_SUITE(fallbacks)

BOOST_AUTO_TEST_CASE(what_a_channel_could_not_be_told_its_fallback_is_told_once_after_the_last_attempt) {
  world w(with_fallback);
  break_down(w, {"http://ops.test/"});
  w.ingest({lasting({{"alertname", "X"}})});
  w.advance(34s);
  BOOST_TEST(sent_to(w, "http://reserve.test/") == 0u);
  w.advance(2s);
  BOOST_TEST(sent_to(w, "http://ops.test/") == 4u);
  BOOST_REQUIRE(sent_to(w, "http://reserve.test/") == 1u);
  BOOST_TEST(read_told(w.requests.back()).reason == "another channel failed");
  // The first one is tried again and again, the fallback knows already.
  w.advance(10min, 5s);
  BOOST_TEST(sent_to(w, "http://ops.test/") > 8u);
  BOOST_TEST(sent_to(w, "http://reserve.test/") == 1u);
  BOOST_TEST(sent_to(w, "http://last.test/") == 0u);
}

BOOST_AUTO_TEST_CASE(whoever_was_told_instead_is_told_when_it_is_over) {
  world w(with_fallback);
  break_down(w, {"http://ops.test/"});
  w.ingest({lasting({{"alertname", "X"}})});
  w.advance(40s);
  w.crash();
  w.start();
  w.ingest({ended({{"alertname", "X"}}, w.now())});
  w.advance(5min, 5s);
  BOOST_REQUIRE(sent_to(w, "http://reserve.test/") == 2u);
  const auto last = std::find_if(w.requests.rbegin(), w.requests.rend(),
                                 [](const auto& r) { return r.url == "http://reserve.test/"; });
  BOOST_TEST(!read_told(*last).alerts.at(0).firing);
}

BOOST_AUTO_TEST_CASE(a_fallback_that_fails_too_has_its_own) {
  world w(with_fallback);
  break_down(w, {"http://ops.test/", "http://reserve.test/"});
  w.ingest({lasting({{"alertname", "X"}})});
  w.advance(71s);
  BOOST_TEST(sent_to(w, "http://reserve.test/") == 4u);
  BOOST_TEST(sent_to(w, "http://last.test/") == 1u);
}

BOOST_AUTO_TEST_CASE(an_alert_that_is_silenced_by_then_is_not_told_to_the_fallback) {
  world w(with_fallback);
  break_down(w, {"http://ops.test/"});
  w.ingest({lasting({{"alertname", "X"}})});
  w.advance(10s);
  silence s;
  s.matchers = parse_matchers("alertname=X").value();
  s.starts_at = w.now();
  s.ends_at = w.now() + 1h;
  w.silence_for(s);
  w.advance(5min, 5s);
  BOOST_TEST(sent_to(w, "http://reserve.test/") == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
