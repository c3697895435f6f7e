#include "fixture.hpp"

using namespace tocsin;
using namespace tocsin::test;

namespace {

constexpr episode_id one{1};
constexpr episode_id two{2};

storage::history_detail detail_of(const open_database& db, episode_id id) {
  auto found = storage::reader(db.where).detail(id);
  BOOST_REQUIRE(found);
  return *std::move(found);
}

} // namespace

BOOST_AUTO_TEST_SUITE(events_and_correlations)

BOOST_AUTO_TEST_CASE(how_an_alert_came_to_its_group_is_kept) {
  open_database db;
  write_batch batch;
  batch.opened.emplace_back(sample_episode(1));
  batch.opened[0].route = "ops@{}/{team=\"a\"}";
  batch.opened[0].window_until = at(31);
  batch.opened[0].root_cause = "a full disk";
  batch.opened.emplace_back(sample_episode(2));
  db.write(batch);

  const auto known = detail_of(db, one);
  BOOST_CHECK_EQUAL(known.route, batch.opened[0].route);
  BOOST_CHECK(known.window_until == at(31));
  BOOST_CHECK_EQUAL(known.row.root_cause, "a full disk");
  const auto unknown = detail_of(db, two);
  BOOST_CHECK_EQUAL(unknown.route, "");
  BOOST_CHECK(!unknown.window_until);
}

BOOST_AUTO_TEST_CASE(events_come_back_oldest_first_and_only_those_of_the_alert) {
  open_database db;
  auto batch = batch_of({sample_episode(1), sample_episode(2)});
  using enum event_kind;
  std::int64_t second = 0;
  for (auto kind :
       {inhibited, silenced, muted, deduplicated, released, reopened, flapping, calmed, cascade, rerouted}) {
    batch.events.push_back({one, kind, "by " + std::string(to_string(kind)), "text", at(second++)});
  }
  batch.events.push_back({two, silenced, "other", "text", at(3)});
  // It was written last, but happened first; those of one moment keep their order.
  batch.events.push_back({one, released, "early", "text", at(-1)});
  batch.events.push_back({one, muted, "late", "text", at(second - 1)});
  db.write(batch);

  const auto events = detail_of(db, one).events;
  BOOST_REQUIRE_EQUAL(events.size(), 12);
  BOOST_CHECK_EQUAL(events[0].by, "early");
  for (std::size_t i = 0; i < 10; ++i) {
    BOOST_CHECK(events[i + 1].what == batch.events[i].what);
    BOOST_CHECK_EQUAL(events[i + 1].by, batch.events[i].by);
    BOOST_CHECK(events[i + 1].at == batch.events[i].at);
    BOOST_CHECK(events[i + 1].episode == one);
  }
  BOOST_CHECK_EQUAL(events[11].by, "late");
}

BOOST_AUTO_TEST_CASE(what_is_to_blame_may_be_found_out_later) {
  open_database db;
  auto batch = batch_of({sample_episode(1), sample_episode(2)});
  batch.causes = {{one, "NodeDown"}};
  db.write(batch);
  BOOST_CHECK_EQUAL(detail_of(db, one).row.root_cause, "NodeDown");
  BOOST_CHECK(detail_of(db, one).row.updated_at == written_at);
  BOOST_CHECK_EQUAL(detail_of(db, two).row.root_cause, "");
}

BOOST_AUTO_TEST_CASE(a_pair_is_recorded_once_for_each_type_whichever_way_round) {
  open_database db;
  auto batch = batch_of({sample_episode(1), sample_episode(2)});
  batch.correlations = {
      {two, one, 0.25, "temporal", at(1)}, {one, two, 0.5, "cascade", at(2)}, {one, two, 0.75, "temporal", at(3)}};
  db.write(batch);

  BOOST_CHECK((column(db.where,
                      "SELECT alert1_id || ' ' || alert2_id || ' ' || correlation_type FROM "
                      "alert_correlations ORDER BY correlation_type")
               == std::vector<std::string>{"1 2 cascade", "1 2 temporal"}));
  const auto first = detail_of(db, one);
  BOOST_REQUIRE_EQUAL(first.correlations.size(), 2);
  BOOST_CHECK(first.correlations[0].other == two);
  BOOST_CHECK_EQUAL(first.correlations[0].alert_name, "DiskFull");
  BOOST_CHECK_EQUAL(first.correlations[0].score, 0.75);
  BOOST_CHECK_EQUAL(first.correlations[0].type, "temporal");
  BOOST_CHECK(first.correlations[0].at == at(3));
  BOOST_CHECK_EQUAL(first.correlations[1].score, 0.5);
  BOOST_CHECK((first.row.related_alerts == std::vector<std::int64_t>{2}));
  const auto second = detail_of(db, two);
  BOOST_REQUIRE_EQUAL(second.correlations.size(), 2);
  BOOST_CHECK(second.correlations[0].other == one);
  BOOST_CHECK((second.row.related_alerts == std::vector<std::int64_t>{1}));
}

BOOST_AUTO_TEST_CASE(an_alert_lists_at_most_fifty_others_and_never_itself) {
  open_database db;
  std::vector<episode> all;
  for (std::int64_t id = 1; id <= 60; ++id) all.push_back(sample_episode(id));
  auto batch = batch_of(std::move(all));
  batch.correlations.push_back({one, one, 1, "temporal", at(0)});
  for (std::int64_t id = 2; id <= 60; ++id)
    batch.correlations.push_back({one, episode_id{id}, 0.5, "temporal", at(id)});
  db.write(batch);

  const auto detail = detail_of(db, one);
  BOOST_REQUIRE_EQUAL(detail.row.related_alerts.size(), 50);
  BOOST_CHECK_EQUAL(detail.row.related_alerts.front(), 2);
  BOOST_CHECK_EQUAL(detail.row.related_alerts.back(), 51);
  BOOST_CHECK_EQUAL(detail.correlations.size(), 59);
  BOOST_CHECK((detail_of(db, episode_id{60}).row.related_alerts == std::vector<std::int64_t>{1}));
}

BOOST_AUTO_TEST_CASE(a_correlation_with_an_alert_that_is_gone_has_no_name) {
  open_database db;
  auto batch = batch_of({sample_episode(1)});
  batch.correlations = {{one, episode_id{99}, 0.5, "temporal", at(1)}};
  db.write(batch);
  const auto detail = detail_of(db, one);
  BOOST_REQUIRE_EQUAL(detail.correlations.size(), 1);
  BOOST_CHECK(detail.correlations[0].other == episode_id{99});
  BOOST_CHECK_EQUAL(detail.correlations[0].alert_name, "");
}

BOOST_AUTO_TEST_SUITE_END()
