#include <algorithm>
#include <array>
#include <atomic>
#include <random>
#include <thread>

#include <SQLiteCpp/Column.h>

#include "fixture.hpp"
#include "storage/reader_pool.hpp"

using namespace tocsin;
using namespace tocsin::test;

namespace {

using ids = std::vector<std::int64_t>;

constexpr std::array statuses{episode_status::firing, episode_status::acknowledged, episode_status::escalated,
                              episode_status::suppressed, episode_status::resolved};
constexpr std::array severities{severity::critical, severity::warning, severity::info};

class random_history {
 public:
  explicit random_history(std::uint32_t seed) : random_(seed) {}

  int below(int bound) { return std::uniform_int_distribution(0, bound - 1)(random_); }
  bool one_in(int n) { return below(n) == 0; }
  std::string name() { return "Alert" + std::to_string(below(5)); }
  std::string service() { return one_in(6) ? "" : "service" + std::to_string(below(4)); }

  episode next_episode(std::int64_t id) {
    auto e = sample_episode(id);
    const auto alert_name = name();
    const auto service_name = service();
    e.labels = label_set::of({{"alertname", alert_name}, {"service", service_name}});
    // Few moments, so that many rows begin at the same one.
    e.starts_at = at(below(40) * 3600);
    e.state.status = statuses[static_cast<std::size_t>(below(5))];
    e.state.current_severity = severities[static_cast<std::size_t>(below(3))];
    if (e.state.status == episode_status::resolved) e.state.ended_at = e.starts_at + std::chrono::minutes(below(90));
    return e;
  }

  storage::history_filter next_filter() {
    storage::history_filter f;
    if (one_in(2)) f.alert_name = one_in(10) ? "Unknown" : name();
    if (one_in(2)) f.service = service();
    if (one_in(2)) f.severity = severities[static_cast<std::size_t>(below(3))];
    if (one_in(3)) f.status = statuses[static_cast<std::size_t>(below(5))];
    if (one_in(2)) f.since = at(below(41) * 3600);
    f.limit = one_in(4) ? below(4) : below(1000);
    f.offset = one_in(2) ? 0 : below(60);
    return f;
  }

 private:
  std::mt19937 random_;
};

bool passes(const episode& e, const storage::history_filter& f) {
  return (!f.alert_name || e.labels.get("alertname") == *f.alert_name)
         && (!f.service || e.labels.get("service") == *f.service)
         && (!f.severity || e.state.current_severity == *f.severity) && (!f.status || e.state.status == *f.status)
         && e.starts_at >= f.since;
}

/// All ids that pass, newest start first.
ids brute_force(std::vector<episode> all, const storage::history_filter& f) {
  std::erase_if(all, [&](const episode& e) { return !passes(e, f); });
  std::sort(all.begin(), all.end(), [](const episode& a, const episode& b) {
    return std::pair(a.starts_at, a.id) > std::pair(b.starts_at, b.id);
  });
  return ids_of(all);
}

ids cut(const ids& all, std::int64_t limit, std::int64_t offset) {
  const auto size = static_cast<std::int64_t>(all.size());
  const auto begin = std::min(offset, size);
  return {all.begin() + begin, all.begin() + std::min(begin + limit, size)};
}

ids ids_of_page(const storage::page<storage::history_row>& page) {
  ids found;
  for (const auto& row : page.rows) found.push_back(row.alert.id.value);
  return found;
}

ids ids_of_page(const storage::page<storage::notification_row>& page) {
  ids found;
  for (const auto& row : page.rows) found.push_back(row.attempt.notification.value);
  return found;
}

} // namespace

BOOST_AUTO_TEST_SUITE(reading)

BOOST_AUTO_TEST_CASE(history_agrees_with_a_filter_by_hand_over_random_rows) {
  constexpr std::uint32_t seed = 20251112;
  BOOST_TEST_MESSAGE("seed " << seed);
  random_history random(seed);
  open_database db;
  std::vector<episode> all;
  for (std::int64_t id = 1; id <= 600; ++id) all.push_back(random.next_episode(id));
  db.write(batch_of(all));

  storage::reader reader(db.where);
  int with_rows = 0;
  for (int i = 0; i < 400; ++i) {
    const auto filter = random.next_filter();
    const auto expected = brute_force(all, filter);
    const auto page = reader.history(filter);
    BOOST_CHECK_EQUAL(page.total, static_cast<std::int64_t>(expected.size()));
    const auto found = ids_of_page(page);
    const auto wanted = cut(expected, filter.limit, filter.offset);
    BOOST_CHECK_EQUAL_COLLECTIONS(found.begin(), found.end(), wanted.begin(), wanted.end());
    with_rows += wanted.empty() ? 0 : 1;
  }
  // Otherwise the comparison would say little.
  BOOST_CHECK_GE(with_rows, 100);
}

BOOST_AUTO_TEST_CASE(a_negative_limit_or_offset_is_none_at_all) {
  open_database db;
  db.write(batch_of({sample_episode(1), sample_episode(2)}));
  storage::reader reader(db.where);
  storage::history_filter filter;
  filter.limit = -1;
  BOOST_CHECK(reader.history(filter).rows.empty());
  BOOST_CHECK_EQUAL(reader.history(filter).total, 2);
  filter.limit = 10;
  filter.offset = -5;
  BOOST_CHECK_EQUAL(reader.history(filter).rows.size(), 2);
}

BOOST_AUTO_TEST_CASE(an_unknown_id_is_not_found) {
  open_database db;
  storage::reader reader(db.where);
  BOOST_CHECK(!reader.find(episode_id{1}));
  BOOST_CHECK(!reader.detail(episode_id{1}));
}

BOOST_AUTO_TEST_CASE(the_detail_tells_all_that_happened_to_one_alert) {
  open_database db;
  auto batch = batch_of({sample_episode(1), sample_episode(2)});
  const episode_id one{1};
  const episode_id two{2};
  const auto level = [](int value) { return escalation_level{value}; };
  batch.escalations = {{one, level(1), level(2), "nobody answered", "system", at(10)},
                       {two, level(1), level(3), "by hand", "max", at(11)},
                       {one, level(2), level(3), "still nobody", "system", at(12)}};
  batch.acknowledgements = {{two, "max", "", at(13)}, {one, "zoe", "on it", at(14)}};
  batch.intents = {sample_intent(1, {{one, false}, {two, false}}), sample_intent(2, {{two, false}}),
                   sample_intent(3, {{one, true}})};
  batch.attempts = {sample_attempt(1), sample_attempt(2), sample_attempt(3)};
  batch.attempts[2].channel = "on call/eu/slack/0";
  db.write(batch);
  // A second notification on a channel counts, but its kind stands in the list once.
  write_batch repeat;
  repeat.intents = {sample_intent(4, {{one, false}})};
  repeat.attempts = {sample_attempt(4)};
  db.write(repeat);

  const auto detail = storage::reader(db.where).detail(one);
  BOOST_REQUIRE(detail);
  check_same(detail->row.alert, batch.opened[0].alert);
  BOOST_REQUIRE_EQUAL(detail->escalations.size(), 2);
  const auto& last = detail->escalations[1];
  BOOST_CHECK(last.episode == one);
  BOOST_CHECK(last.from_level == level(2));
  BOOST_CHECK(last.to_level == level(3));
  BOOST_CHECK_EQUAL(last.reason, "still nobody");
  BOOST_CHECK_EQUAL(last.escalated_by, "system");
  BOOST_CHECK(last.at == at(12));
  BOOST_REQUIRE_EQUAL(detail->acknowledgements.size(), 1);
  BOOST_CHECK_EQUAL(detail->acknowledgements[0].acknowledged_by, "zoe");
  BOOST_CHECK(detail->acknowledgements[0].at == at(14));
  BOOST_REQUIRE_EQUAL(detail->notifications.size(), 3);
  check_same(detail->notifications[0].attempt, batch.attempts[0]);
  check_same(detail->notifications[1].attempt, batch.attempts[2]);
  BOOST_CHECK_EQUAL(detail->row.notification_count, 3);
  BOOST_CHECK((detail->row.notification_channels == std::vector<std::string>{"webhook", "slack"}));
}

BOOST_AUTO_TEST_CASE(notifications_are_filtered_and_newest_first) {
  open_database db;
  write_batch batch;
  for (std::int64_t id = 1; id <= 6; ++id) {
    batch.attempts.push_back(sample_attempt(id));
    auto& a = batch.attempts.back();
    a.channel = id % 2 == 0 ? "ops/webhook/" + std::to_string(id % 4) : "ops/slack/0";
    a.alert_name = id <= 3 ? "DiskFull" : "NodeDown";
    a.success = id != 5;
  }
  batch.attempts[5].at = batch.attempts[4].at;
  db.write(batch);

  struct row {
    const char* what;
    storage::notification_filter filter;
    ids expected;
  };
  const auto filter = [](auto set) {
    storage::notification_filter f;
    set(f);
    return f;
  };
  const std::vector<row> table{
      {"all; of two at one moment the later row first", {}, {6, 5, 4, 3, 2, 1}},
      {"by name", filter([](auto& f) { f.alert_name = "DiskFull"; }), {3, 2, 1}},
      {"by kind", filter([](auto& f) { f.channel = "webhook"; }), {6, 4, 2}},
      {"by handle", filter([](auto& f) { f.channel = "ops/webhook/2"; }), {6, 2}},
      {"a receiver is not a kind", filter([](auto& f) { f.channel = "ops"; }), {}},
      {"failures", filter([](auto& f) { f.success = false; }), {5}},
      {"successes of a kind", filter([](auto& f) { f.success = true, f.channel = "slack"; }), {3, 1}},
      {"since", filter([](auto& f) { f.since = at(6); }), {6, 5, 4}},
  };
  storage::reader reader(db.where);
  for (const auto& r : table) {
    BOOST_TEST_CONTEXT(r.what) {
      const auto page = reader.notifications(r.filter);
      const auto found = ids_of_page(page);
      BOOST_CHECK_EQUAL_COLLECTIONS(found.begin(), found.end(), r.expected.begin(), r.expected.end());
      BOOST_CHECK_EQUAL(page.total, static_cast<std::int64_t>(r.expected.size()));
    }
  }
  const auto second = reader.notifications(filter([](auto& f) { f.limit = 2, f.offset = 1; }));
  BOOST_CHECK((ids_of_page(second) == ids{5, 4}));
  BOOST_CHECK_EQUAL(second.total, 6);
}

BOOST_AUTO_TEST_CASE(active_alerts_that_match_are_counted_up_to_a_bound) {
  open_database db;
  std::vector<episode> all;
  for (std::int64_t id = 1; id <= 20; ++id) {
    all.push_back(sample_episode(id, id % 3));
    const auto device = "sd\\\"" + std::to_string(id % 2);
    all.back().labels = label_set::of({{"alertname", "DiskFull"}, {"device", device}});
    if (id > 15) all.back().state.ended_at = at(id + 5);
  }
  db.write(batch_of(all));

  const auto asks = [](const char* name, match_op op, const char* value) {
    return matcher::make(name, op, value).value();
  };
  using enum match_op;
  struct row {
    const char* what;
    std::vector<matcher> matchers;
    std::int64_t at_most;
    std::int64_t expected;
  };
  const std::vector<row> table{
      {"all that are active", {asks("alertname", equal, "DiskFull")}, 100, 15},
      {"half of them", {asks("alertname", equal, "DiskFull"), asks("device", equal, "sd\\\"1")}, 100, 8},
      {"by regex", {asks("device", regex, ".*0")}, 100, 7},
      {"no more than asked for", {asks("alertname", equal, "DiskFull")}, 4, 4},
      {"none at all", {asks("alertname", equal, "DiskFull")}, 0, 0},
      {"a label that none has", {asks("team", equal, "a")}, 100, 0},
      {"a label that none has, empty", {asks("team", equal, "")}, 100, 15},
  };
  storage::reader reader(db.where);
  for (const auto& r : table) {
    BOOST_TEST_CONTEXT(r.what) {
      BOOST_CHECK_EQUAL(reader.count_active(r.matchers, r.at_most), r.expected);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_snapshot_stays_as_it_was_while_the_writer_goes_on) {
  open_database db;
  storage::reader_pool pool(db.where.file(), 2);
  const auto count = [](storage::reader_pool::snapshot& snapshot) {
    return snapshot.db().execAndGet("SELECT count(*) FROM alert_history").getInt();
  };
  db.write(batch_of({sample_episode(1)}));
  {
    storage::reader_pool::snapshot before(pool);
    BOOST_CHECK_EQUAL(count(before), 1);
    db.write(batch_of({sample_episode(2)}));
    BOOST_CHECK_EQUAL(count(before), 1);
    storage::reader_pool::snapshot after(pool);
    BOOST_CHECK_EQUAL(count(after), 2);
    BOOST_CHECK_THROW(after.db().exec("DELETE FROM alert_history"), std::exception);
  }
  storage::reader_pool::snapshot again(pool);
  BOOST_CHECK_EQUAL(count(again), 2);
}

BOOST_AUTO_TEST_CASE(readers_beside_the_writer_see_whole_transactions_only) {
  open_database db;
  constexpr std::int64_t commits = 150;
  constexpr std::int64_t each = 10;
  std::atomic<bool> writing{true};
  std::atomic<int> broken{0};
  std::atomic<int> reads{0};
  // Three threads share two connections.
  storage::reader reader(db.where, 2);
  const auto read = [&] {
    storage::history_filter filter;
    filter.limit = 10'000;
    std::int64_t last = 0;
    bool more = true;
    while (more) {
      // One read more after the end of writing, which must see all.
      more = writing;
      const auto page = reader.history(filter);
      const bool whole =
          page.total % each == 0 && page.total >= last && page.total == static_cast<std::int64_t>(page.rows.size());
      if (!whole) ++broken;
      last = page.total;
      ++reads;
    }
    if (last != commits * each) ++broken;
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) threads.emplace_back(read);
  bool written = true;
  for (std::int64_t c = 0; c < commits; ++c) {
    for (std::int64_t i = 1; i <= each; ++i) {
      written = written && db.writer.apply(batch_of({sample_episode(c * each + i)})).has_value();
    }
    written = written && db.writer.commit().has_value();
  }
  writing = false;
  for (auto& t : threads) t.join();
  BOOST_CHECK(written);
  BOOST_CHECK_EQUAL(broken.load(), 0);
  BOOST_CHECK_GE(reads.load(), 3);
}

BOOST_AUTO_TEST_CASE(a_reader_throws_when_there_is_no_database) {
  scratch_folder folder;
  BOOST_CHECK_THROW(storage::reader({folder.path()}), std::exception);
}

BOOST_AUTO_TEST_SUITE_END()
