#include <unordered_set>

#include <boost/test/unit_test.hpp>

#include "actors/cluster_watch.hpp"
#include "actors/co_occurrence.hpp"
#include "tests/actors/support.hpp"

using namespace tocsin;
using namespace tocsin::testing;

namespace {

constexpr std::string_view clusters = R"(
route: {receiver: ops}
receivers: [{name: ops}, {name: dba}]
correlation:
  clusters:
    - name: database
      alerts: [Slow, Locks, Pool]
      equal: [instance]
      cascade: {more_than: 2, receiver: dba}
)";

correlated_alert began(std::int64_t id, std::string_view name, std::string_view instance, timestamp at,
                       severity s = severity::warning) {
  return {episode_id{id}, label_set::of({{"alertname", name}, {"instance", instance}}), s, at, false};
}

/// All of them but those named: what counts when these are suppressed.
std::unordered_set<label_set> counting(const cluster_watch& watch, const cluster_watch::place& where,
                                       const std::unordered_set<label_set>& suppressed = {}) {
  std::unordered_set<label_set> all;
  for (const auto& labels : watch.alerts_at(where)) {
    if (!suppressed.contains(labels)) all.insert(labels);
  }
  return all;
}

cluster_watch::decision decide(cluster_watch& watch, timestamp now, const cluster_watch::place& where,
                               const std::unordered_set<label_set>& suppressed = {}) {
  return watch.decide(now, where, counting(watch, where, suppressed));
}

correlated_alert over(const correlated_alert& a, timestamp at) {
  auto e = a;
  e.at = at;
  e.ended = true;
  return e;
}

} // namespace

BOOST_AUTO_TEST_SUITE(cascades)

BOOST_AUTO_TEST_CASE(more_warnings_of_a_cluster_than_it_allows_raise_the_first_of_them) {
  cluster_watch watch(load(clusters));
  watch.observe(start, began(1, "Slow", "a", start));
  watch.observe(start, began(2, "Locks", "a", start + 1s));
  BOOST_TEST(watch.suspects(start + 1s).empty());
  watch.observe(start + 2s, began(3, "Pool", "a", start + 2s));
  const auto suspects = watch.suspects(start + 2s);
  BOOST_REQUIRE(suspects.size() == 1u);
  BOOST_TEST(watch.suspects(start + 2s).empty());
  const auto what = decide(watch, start + 2s, suspects[0]);
  BOOST_REQUIRE(what.raise.has_value());
  BOOST_TEST(what.raise->episode.value == 1);
  BOOST_TEST((what.raise->raise_to == severity::critical));
  BOOST_TEST(what.raise->receiver == "dba");
  BOOST_TEST(what.raise->text == "cascade: 3 alerts of severity warning in cluster database with instance=a");
  BOOST_TEST(what.writes.causes.size() == 3u);
  BOOST_TEST(what.writes.causes[0].root_cause == "cascade of cluster database with instance=a");
  BOOST_REQUIRE(what.writes.correlations.size() == 2u);
  BOOST_TEST(what.writes.correlations[0].type == "cascade");
  BOOST_TEST(what.writes.correlations[0].first.value == 1);
}

BOOST_AUTO_TEST_CASE(alerts_with_other_shared_labels_severities_or_names_do_not_count) {
  cluster_watch watch(load(clusters));
  watch.observe(start, began(1, "Slow", "a", start));
  watch.observe(start, began(2, "Locks", "a", start));
  watch.observe(start, began(3, "Pool", "b", start));
  watch.observe(start, began(4, "Pool", "a", start, severity::critical));
  watch.observe(start, began(5, "Other", "a", start));
  watch.observe(start, began(1, "Slow", "a", start));
  BOOST_TEST(watch.suspects(start).empty());
}

BOOST_AUTO_TEST_CASE(suppressed_alerts_do_not_count_and_are_looked_at_again) {
  cluster_watch watch(load(clusters));
  const auto first = began(1, "Slow", "a", start);
  watch.observe(start, first);
  watch.observe(start, began(2, "Locks", "a", start + 1s));
  watch.observe(start, began(3, "Pool", "a", start + 2s));
  const auto where = watch.suspects(start + 2s).at(0);
  const auto quiet = decide(watch, start + 2s, where, {first.labels});
  BOOST_TEST(!quiet.raise);
  BOOST_TEST(quiet.writes.empty());
  BOOST_TEST((watch.next_deadline() == start + 32s));
  BOOST_TEST(watch.suspects(start + 32s).size() == 1u);
  BOOST_TEST(decide(watch, start + 32s, where).raise.has_value());
}

BOOST_AUTO_TEST_CASE(one_more_alert_is_linked_but_nothing_is_raised_again) {
  cluster_watch watch(load(clusters));
  for (int i = 1; i <= 3; ++i) watch.observe(start, began(i, i == 1 ? "Slow" : i == 2 ? "Locks" : "Pool", "a", start));
  const auto where = watch.suspects(start).at(0);
  const auto leader = decide(watch, start, where).raise->episode;
  auto fourth = began(4, "Slow", "a", start + 1min);
  fourth.labels = label_set::of({{"alertname", "Slow"}, {"instance", "a"}, {"table", "t"}});
  watch.observe(start + 1min, fourth);
  const auto more = decide(watch, start + 1min, watch.suspects(start + 1min).at(0));
  BOOST_TEST(!more.raise);
  BOOST_REQUIRE(more.writes.correlations.size() == 1u);
  BOOST_TEST(more.writes.correlations[0].first.value == leader.value);
  BOOST_TEST(more.writes.correlations[0].second.value == 4);
}

BOOST_AUTO_TEST_CASE(when_the_raised_alert_ends_another_one_stands_for_what_is_left) {
  cluster_watch watch(load(clusters));
  std::vector<correlated_alert> all;
  for (int i = 1; i <= 4; ++i) {
    all.push_back(began(i, "Slow", "a", start + std::chrono::seconds{i}));
    all.back().labels = label_set::of({{"alertname", "Slow"}, {"instance", "a"}, {"table", std::to_string(i)}});
    watch.observe(start, all.back());
  }
  const auto where = watch.suspects(start + 5s).at(0);
  BOOST_TEST(decide(watch, start + 5s, where).raise->episode.value == 1);
  watch.observe(start + 1min, over(all[0], start + 1min));
  BOOST_TEST(decide(watch, start + 1min, watch.suspects(start + 1min).at(0)).raise->episode.value == 2);
  watch.observe(start + 2min, over(all[1], start + 2min));
  BOOST_TEST(watch.suspects(start + 2min).empty());
}

BOOST_AUTO_TEST_CASE(a_new_configuration_counts_the_alerts_it_finds) {
  cluster_watch watch(load(clusters));
  watch.observe(start, began(1, "Slow", "a", start));
  watch.observe(start, began(2, "Locks", "a", start));
  auto stricter = std::string(clusters);
  stricter.replace(stricter.find("more_than: 2"), 12, "more_than: 1");
  watch.configure(load(stricter));
  BOOST_TEST(watch.suspects(start).size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(coming_together)

BOOST_AUTO_TEST_CASE(names_that_come_together_often_enough_are_correlated_with_their_share_as_score) {
  co_occurrence together({5min, 3, 0.5});
  std::int64_t id = 0;
  std::vector<correlation_record> found;
  for (int i = 0; i < 4; ++i) {
    const auto at = start + i * 1h;
    together.began(at, episode_id{++id}, "Pool");
    found = together.began(at + 1min, episode_id{++id}, "Slow");
    BOOST_TEST(found.size() == (i < 2 ? 0u : 1u));
  }
  BOOST_TEST(found[0].score == 1.0);
  BOOST_TEST(found[0].type == "temporal");
  BOOST_TEST(found[0].first.value == 7);
  BOOST_TEST(found[0].second.value == 8);
  // Twice alone: four of six appearances are together.
  for (int i = 0; i < 2; ++i) together.began(start + 5h + i * 1h, episode_id{++id}, "Slow");
  BOOST_TEST(together.score("Slow", "Pool") == 4.0 / 6.0, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(together.score("Slow", "Unknown") == 0.0);
}

BOOST_AUTO_TEST_CASE(names_that_begin_further_apart_than_the_window_do_not_come_together) {
  co_occurrence together({5min, 1, 0.0});
  together.began(start, episode_id{1}, "A");
  BOOST_TEST(together.began(start + 5min + 1ms, episode_id{2}, "B").empty());
  BOOST_TEST(together.pairs() == 0u);
}

BOOST_AUTO_TEST_CASE(a_storm_of_one_name_counts_as_one_appearance) {
  co_occurrence together({5min, 1, 0.0});
  for (int i = 0; i < 1000; ++i) together.began(start + i * 1ms, episode_id{i + 1}, "NodeDown");
  BOOST_TEST(together.began(start + 2s, episode_id{2000}, "Switch").size() == 1u);
  BOOST_TEST(together.score("NodeDown", "Switch") == 1.0);
}

BOOST_AUTO_TEST_CASE(work_and_memory_stay_bounded_however_many_names_come) {
  co_occurrence together({5min, 1, 0.0});
  for (int i = 0; i < 5000; ++i) {
    const auto found = together.began(start + i * 10ms, episode_id{i + 1}, "name" + std::to_string(i));
    BOOST_TEST_REQUIRE(found.size() <= co_occurrence::most_records);
  }
  BOOST_TEST(together.names() <= co_occurrence::most_names);
  BOOST_TEST(together.pairs() <= co_occurrence::most_pairs);
}

BOOST_AUTO_TEST_CASE(what_was_true_once_is_forgotten) {
  co_occurrence together({5min, 1, 0.0});
  together.began(start, episode_id{1}, "A");
  together.began(start, episode_id{2}, "B");
  together.began(start + 24h * 10, episode_id{3}, "C");
  BOOST_TEST(together.names() == 1u);
  BOOST_TEST(together.pairs() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
