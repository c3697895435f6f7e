#include <set>

#include "fixture.hpp"

using namespace tocsin;
using namespace tocsin::test;

namespace {

/// All ids of a walk in pages of `rows`, in order.
std::vector<std::int64_t> walked(storage::reader& reader, storage::history_walk walk, std::size_t rows) {
  std::vector<std::int64_t> ids;
  bool more = true;
  while (more) {
    std::size_t taken = 0;
    more = reader.walk(walk, [&](const storage::history_row& row) {
      ids.push_back(row.alert.id.value);
      return ++taken < rows;
    });
  }
  return ids;
}

struct with_rows : open_database {
  with_rows() {
    // Ids against the order of the starts, and three that began at the same moment.
    std::vector<episode> all;
    const std::vector<std::int64_t> starts{50, 40, 30, 30, 30, 20, 10};
    for (std::size_t i = 0; i < starts.size(); ++i) {
      auto e = sample_episode(static_cast<std::int64_t>(i) + 1);
      e.starts_at = at(starts[i]);
      all.push_back(e);
    }
    write(batch_of(all));
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(walks)

BOOST_FIXTURE_TEST_CASE(every_page_size_leads_to_all_rows_once_oldest_first, with_rows) {
  storage::reader reader(where);
  for (std::size_t rows = 1; rows <= 8; ++rows) {
    BOOST_CHECK(walked(reader, reader.begin_walk({}), rows) == (std::vector<std::int64_t>{7, 6, 3, 4, 5, 2, 1}));
  }
}

BOOST_FIXTURE_TEST_CASE(filters_hold_and_the_first_moment_belongs_to_it, with_rows) {
  storage::reader reader(where);
  storage::history_filter filter;
  filter.since = at(30);
  BOOST_CHECK(walked(reader, reader.begin_walk(filter), 2) == (std::vector<std::int64_t>{3, 4, 5, 2, 1}));
  filter.service = "ledger";
  filter.severity = severity::critical;
  filter.alert_name = "DiskFull";
  BOOST_CHECK(walked(reader, reader.begin_walk(filter), 2) == (std::vector<std::int64_t>{3, 4, 5, 2, 1}));
  filter.alert_name = "DiskFul";
  BOOST_CHECK(walked(reader, reader.begin_walk(filter), 2).empty());
}

BOOST_FIXTURE_TEST_CASE(what_comes_after_its_begin_is_left_out, with_rows) {
  storage::reader reader(where);
  auto walk = reader.begin_walk({});
  auto late = sample_episode(8);
  late.starts_at = at(35);
  write(batch_of({late}));
  BOOST_CHECK(walked(reader, walk, 3) == (std::vector<std::int64_t>{7, 6, 3, 4, 5, 2, 1}));
  BOOST_TEST(walked(reader, reader.begin_walk({}), 3).size() == 8U);
}

BOOST_FIXTURE_TEST_CASE(it_holds_no_connection_between_its_pages, with_rows) {
  // The only connection there is serves other reads while the walk is under way.
  storage::reader reader(where, 1);
  auto walk = reader.begin_walk({});
  BOOST_TEST(reader.walk(walk, [](const storage::history_row&) { return false; }));
  BOOST_TEST(reader.history({}).total == 7);
  write(batch_of({sample_episode(20)}));
  BOOST_TEST(reader.walk(walk, [](const storage::history_row&) { return false; }));
  BOOST_TEST(walk.behind_id.value == 6);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(related_alerts)

BOOST_FIXTURE_TEST_CASE(they_are_found_from_both_sides_closest_first, with_rows) {
  write_batch batch;
  const auto pair = [&](std::int64_t a, std::int64_t b, double score, const char* type) {
    batch.correlations.push_back({episode_id{a}, episode_id{b}, score, type, at(1)});
  };
  pair(1, 3, 0.5, "temporal");
  pair(5, 3, 0.9, "temporal");
  pair(3, 5, 0.7, "semantic");
  pair(3, 2, 0.49, "cascade");
  pair(1, 2, 1, "cascade");
  pair(3, 99, 1, "temporal");
  write(batch);
  storage::reader reader(where);
  const auto found = reader.related(episode_id{3}, 0.5).value();
  BOOST_REQUIRE_EQUAL(found.size(), 3U);
  BOOST_TEST((found[0].other == episode_id{5} && found[0].type == "temporal" && found[0].score == 0.9));
  BOOST_TEST((found[1].other == episode_id{5} && found[1].type == "semantic" && found[1].score == 0.7));
  BOOST_TEST((found[2].other == episode_id{1} && found[2].type == "temporal" && found[2].score == 0.5));
  BOOST_TEST(found[0].alert_name == "DiskFull");
  BOOST_TEST(found[0].service == "ledger");
  BOOST_TEST((found[0].severity == severity::critical));
  BOOST_TEST(found[0].annotations.get("summary") == "Disk 5 is full");
  BOOST_TEST(reader.related(episode_id{3}, 0).value().size() == 4U);
  BOOST_TEST(reader.related(episode_id{7}, 0).value().empty());
  BOOST_CHECK(!reader.related(episode_id{99}, 0));
}

BOOST_AUTO_TEST_SUITE_END()
