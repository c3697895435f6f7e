#include <stdexcept>

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <boost/test/unit_test.hpp>
#include <caf/send.hpp>

#include "actors/cleaning_pace.hpp"
#include "tests/actors/world.hpp"

using namespace tocsin;
using namespace tocsin::testing;

namespace {

constexpr std::string_view kept_30_days = R"(
route: {receiver: silent, group_by: [alertname]}
receivers: [{name: silent}]
escalation: []
history: {retention: 30d}
)";

constexpr std::string_view kept_for_ever = R"(
route: {receiver: silent, group_by: [alertname]}
receivers: [{name: silent}]
escalation: []
history: {retention: 0}
)";

constexpr std::string_view told_by_webhook = R"(
route: {receiver: ops, group_by: [alertname]}
receivers:
  - name: ops
    webhook_configs: [{url: "http://ops.test/"}]
escalation: []
history: {retention: 30d}
)";

/// Takes in an alert that is over: it began and ended so long before now.
void take_in(world& w, std::string_view name, duration began, duration over) {
  auto a = firing({{"alertname", name}}, w.now() - began);
  a.ends_at = w.now() + 1h;
  BOOST_REQUIRE_EQUAL(w.ingest({a}).opened, 1);
  a.ends_at = w.now() - over;
  BOOST_REQUIRE_EQUAL(w.ingest({a}).resolved, 1);
}

std::string names(world& w) {
  std::string all;
  for (const auto& row : w.history().rows) all.append(all.empty() ? "" : " ").append(row.alert.labels.get("alertname"));
  return all;
}

/// Gives the alert with the id 1 so many events more, for a clean-up of many steps.
void add_events(world& w, int count) {
  SQLite::Database db(w.folder() + "/tocsin.db", SQLite::OPEN_READWRITE);
  db.exec(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + std::to_string(count)
      + ") INSERT INTO alert_events (alert_id, kind, caused_by, text, at) SELECT 1, 'flapping', '', 'again', i FROM n");
}

} // namespace

BOOST_AUTO_TEST_SUITE(cleaning_by_the_history)

BOOST_AUTO_TEST_CASE(a_minute_after_the_start_what_is_older_than_the_retention_goes) {
  world w(kept_30_days);
  take_in(w, "Old", 40 * 24h, 31 * 24h);
  take_in(w, "Young", 40 * 24h, 29 * 24h);
  w.advance(59s);
  BOOST_TEST(names(w).find("Old") != std::string::npos);
  w.advance(5s);
  BOOST_TEST(names(w) == "Young");
  BOOST_TEST(w.metric_of("tocsin_history_cleanup_running").value() == 0);
  BOOST_TEST(w.metric_of("tocsin_history_cleaned_rows_total").value() == 1);
}

BOOST_AUTO_TEST_CASE(it_is_looked_at_once_an_hour) {
  world w(kept_30_days);
  take_in(w, "Soon", 40 * 24h, 30 * 24h - 30min);
  w.advance(50min, 10s);
  BOOST_TEST(names(w) == "Soon");
  w.advance(12min, 10s);
  BOOST_TEST(names(w) == "");
}

BOOST_AUTO_TEST_CASE(a_reload_changes_how_long_history_is_kept_and_zero_keeps_all) {
  world w(kept_for_ever);
  take_in(w, "Old", 400 * 24h, 390 * 24h);
  w.advance(3h, 1min);
  BOOST_TEST(names(w) == "Old");
  w.reload(kept_30_days);
  w.advance(1h, 10s);
  BOOST_TEST(names(w) == "");
}

BOOST_AUTO_TEST_CASE(alerts_are_taken_in_while_it_runs_and_a_second_clean_up_is_refused) {
  world w(kept_for_ever);
  take_in(w, "Old", 40 * 24h, 39 * 24h);
  add_events(w, 20'000);
  result<cleanup_report> second = fail("not asked");
  const auto first = w.clean(w.now() - 30 * 24h, [&] {
    BOOST_TEST(w.metric_of("tocsin_history_cleanup_running").value() == 1);
    second = w.clean(w.now(), {});
    for (int i = 0; i < 20; ++i) {
      BOOST_TEST(w.ingest({firing({{"alertname", "Meanwhile"}, {"n", std::to_string(i)}}, w.now())}).opened == 1);
      w.advance(100ms, 100ms);
    }
    BOOST_TEST(w.metric_of("tocsin_history_cleaned_rows_total").value() > 200);
    w.advance(10min, 1s);
  });
  BOOST_REQUIRE_MESSAGE(first, (first ? std::string() : first.error().message));
  BOOST_TEST((first->what == cleanup_report::outcome::done));
  BOOST_TEST(first->alerts == 1);
  BOOST_TEST(first->rows == 20'001);
  BOOST_REQUIRE(second);
  BOOST_TEST((second->what == cleanup_report::outcome::busy));
  BOOST_TEST(w.history().total == 20);
  BOOST_TEST(w.metric_of("tocsin_history_cleaned_rows_total").value() == 20'001);
}

BOOST_AUTO_TEST_CASE(a_halt_ends_it_and_the_next_one_goes_on) {
  world w(kept_for_ever);
  take_in(w, "Old", 40 * 24h, 39 * 24h);
  add_events(w, 20'000);
  const auto halted = w.clean(w.now() - 30 * 24h, [&] {
    caf::anon_send(w.history_handle(), halt_atom_v);
    w.advance(1s);
  });
  BOOST_REQUIRE(!halted);
  BOOST_TEST(halted.error().message.find("the program stops") != std::string::npos, halted.error().message);
  BOOST_TEST(w.metric_of("tocsin_history_cleanup_running").value() == 0);
  BOOST_TEST(names(w) == "Old");
  const auto done = w.clean(w.now() - 30 * 24h, [&] { w.advance(10min, 1s); });
  BOOST_REQUIRE(done);
  BOOST_TEST(done->alerts == 1);
  BOOST_TEST(done->rows < 20'001);
  BOOST_TEST(names(w) == "");
}

BOOST_AUTO_TEST_CASE(a_crash_in_the_middle_loses_nothing_that_is_to_stay) {
  world w(kept_for_ever);
  take_in(w, "Old", 40 * 24h, 39 * 24h);
  take_in(w, "Young", 40 * 24h, 1h);
  add_events(w, 20'000);
  caf::anon_send(w.history_handle(), clean_atom_v, cleanup_request{w.now() - 30 * 24h});
  w.advance(1s, 100ms);
  BOOST_TEST(w.metric_of("tocsin_history_cleanup_running").value() == 1);
  w.crash();
  w.start();
  const auto done = w.clean(w.now() - 30 * 24h, [&] { w.advance(10min, 1s); });
  BOOST_REQUIRE(done);
  BOOST_TEST(names(w) == "Young");
}

BOOST_AUTO_TEST_CASE(an_alert_whose_end_is_still_to_be_told_stays_until_it_was) {
  world w(told_by_webhook);
  auto a = firing({{"alertname", "Told"}, {"severity", "critical"}}, w.now() - 40 * 24h);
  a.ends_at = w.now() + 1h;
  BOOST_REQUIRE_EQUAL(w.ingest({a}).opened, 1);
  w.advance(1s);
  BOOST_REQUIRE_EQUAL(w.requests.size(), 1U);
  w.answer = [](const http_request&) {
    wire_response later;
    later.status = 429;
    later.retry_after = 5min;
    return later;
  };
  a.ends_at = w.now() - 35 * 24h;
  BOOST_REQUIRE_EQUAL(w.ingest({a}).resolved, 1);
  w.advance(2min);
  BOOST_TEST(w.metric_of("tocsin_history_cleanup_running").value() == 0);
  BOOST_TEST(names(w) == "Told");
  w.answer = [](const http_request&) {
    wire_response ok;
    ok.status = 200;
    return ok;
  };
  w.advance(2h, 1s);
  BOOST_TEST(w.requests.back().body.find("\"status\":\"resolved\"") != std::string::npos);
  BOOST_TEST(names(w) == "");
}

BOOST_AUTO_TEST_CASE(an_alert_that_fires_again_after_its_row_has_gone_is_refused_once_and_then_on_disk) {
  world w(kept_for_ever);
  // Over for long, says its sender; the group has heard of it just now and would go on with the same episode.
  take_in(w, "Again", 40 * 24h, 39 * 24h);
  BOOST_REQUIRE(w.clean(w.now() - 30 * 24h, [&] { w.advance(1s, 100ms); }));
  BOOST_TEST(names(w) == "");
  auto a = firing({{"alertname", "Again"}}, w.now());
  BOOST_CHECK_THROW(w.ingest({a}), std::runtime_error);
  w.advance(1s);
  BOOST_TEST(w.ingest({a}).opened == 1);
  BOOST_TEST(names(w) == "Again");
  BOOST_TEST(w.history().rows.at(0).alert.state.active());
}

BOOST_AUTO_TEST_CASE(steps_grow_while_they_are_quick_and_shrink_when_they_are_slow) {
  cleaning_pace pace;
  const auto first = pace.rows();
  BOOST_TEST((pace.after(1ms) == cleaning_pace::shortest_pause));
  BOOST_TEST(pace.rows() > first);
  const auto grown = pace.rows();
  BOOST_TEST((pace.after(20ms) == 60ms));
  BOOST_TEST(pace.rows() == grown / 2);
  for (int i = 0; i < 100; ++i) BOOST_TEST((pace.after(1h) == 1000ms));
  BOOST_TEST(pace.rows() > 0U);
  const auto fewest = pace.rows();
  for (int i = 0; i < 200; ++i) pace.after(1us);
  BOOST_TEST(pace.rows() > 20 * fewest);
  const auto most = pace.rows();
  pace.after(1us);
  BOOST_TEST(pace.rows() == most);
}

BOOST_AUTO_TEST_SUITE_END()
