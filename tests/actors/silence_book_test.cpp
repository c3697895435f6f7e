#include "actors/silence_book.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/actors/support.hpp"

using namespace tocsin;
using namespace tocsin::testing;

namespace {

silence wanted(std::string_view matchers, timestamp from, timestamp until) {
  silence s;
  s.matchers = parse_matchers(matchers).value();
  s.starts_at = from;
  s.ends_at = until;
  s.created_by = "ann";
  s.comment = "disk is being replaced";
  return s;
}

const label_set disk = label_set::of({{"alertname", "DiskFull"}, {"host", "a"}});

/// A book whose ids are s1, s2, …
struct book_with_ids {
  int last = 0;
  silence_book book{{}, [this] { return "s" + std::to_string(++last); }};
  silence_effects effects;

  std::string set(timestamp now, const silence& s) {
    effects = {};
    const auto answer = book.set(now, s, effects);
    BOOST_REQUIRE_MESSAGE(answer.what == silence_answer::outcome::done, answer.message);
    return answer.id;
  }
  bool quiet(timestamp now, const label_set& labels = disk) { return book.silencing(now, labels, effects) != nullptr; }
  void wake(timestamp now) {
    effects = {};
    book.wake(now, effects);
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(silences)

BOOST_AUTO_TEST_CASE(a_silence_holds_from_its_start_until_its_end_for_what_it_matches) {
  book_with_ids b;
  const auto id = b.set(start, wanted("alertname=DiskFull", start + 1min, start + 10min));
  BOOST_TEST(id == "s1");
  BOOST_TEST(b.effects.changed.empty());
  BOOST_TEST(!b.quiet(start));
  BOOST_TEST(b.quiet(start + 1min));
  BOOST_TEST(!b.quiet(start + 1min, label_set::of({{"alertname", "Other"}})));
  BOOST_TEST(!b.quiet(start + 10min));
}

BOOST_AUTO_TEST_CASE(what_changes_is_written_with_who_and_why) {
  book_with_ids b;
  const auto id = b.set(start, wanted("alertname=DiskFull", start, start + 10min));
  BOOST_REQUIRE(b.effects.writes.silences.size() == 1u);
  BOOST_REQUIRE(b.effects.writes.silence_changes.size() == 1u);
  BOOST_TEST(b.effects.writes.silence_changes[0].by == "ann");
  BOOST_TEST(b.effects.writes.silence_changes[0].comment == "disk is being replaced");
  b.effects = {};
  BOOST_TEST((b.book.expire(start + 1min, id, "bob", "done early", b.effects).what == silence_answer::outcome::done));
  BOOST_REQUIRE(b.effects.writes.silence_changes.size() == 1u);
  BOOST_TEST((b.effects.writes.silence_changes[0].what == silence_change::kind::expired));
  BOOST_TEST(b.effects.writes.silence_changes[0].by == "bob");
  BOOST_TEST((b.effects.writes.silences.at(0).ends_at == start + 1min));
  BOOST_TEST(!b.quiet(start + 1min));
}

BOOST_AUTO_TEST_CASE(ending_it_twice_changes_nothing_the_second_time) {
  book_with_ids b;
  const auto id = b.set(start, wanted("alertname=DiskFull", start, start + 10min));
  b.book.expire(start + 1min, id, "bob", "", b.effects);
  b.effects = {};
  BOOST_TEST((b.book.expire(start + 2min, id, "bob", "", b.effects).what == silence_answer::outcome::done));
  BOOST_TEST(b.effects.writes.empty());
  BOOST_TEST((b.book.expire(start, "nope", "bob", "", b.effects).what == silence_answer::outcome::not_found));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_is_refused_in_the_words_people_know) {
  struct row {
    silence s;
    std::string message;
  };
  const std::vector<row> table{
      {wanted("a=b", start + 1min, start + 1min), "Failed to create silence: start time must be before end time"},
      {wanted("a=b", start + 2min, start + 1min), "Failed to create silence: start time must be before end time"},
      {wanted("a=b", start - 2min, start - 1min), "Failed to create silence: end time can't be in the past"},
      {wanted("a=\"\"", start, start + 1min),
       "invalid silence: matcher set 0: at least one matcher must not match the empty string"},
      {wanted("a=~\".*\",b=\"\"", start, start + 1min),
       "invalid silence: matcher set 0: at least one matcher must not match the empty string"},
  };
  for (const auto& [s, message] : table) {
    book_with_ids b;
    const auto answer = b.book.set(start, s, b.effects);
    BOOST_TEST((answer.what == silence_answer::outcome::invalid));
    BOOST_TEST(answer.message == message);
    BOOST_TEST(b.effects.writes.empty());
  }
  book_with_ids negative;
  negative.set(start, wanted("team!=db", start, start + 1min));
  BOOST_TEST(negative.quiet(start));
  book_with_ids b;
  auto unknown = wanted("a=b", start, start + 1min);
  unknown.id = "s7";
  BOOST_TEST((b.book.set(start, unknown, b.effects).what == silence_answer::outcome::not_found));
}

BOOST_AUTO_TEST_CASE(a_change_of_times_keeps_the_id_and_any_other_makes_a_new_one) {
  struct row {
    std::string what;
    silence change;
    bool same_id;
  };
  const auto old = wanted("alertname=DiskFull", start, start + 10min);
  const std::vector<row> table{
      {"a later end", wanted("alertname=DiskFull", start, start + 20min), true},
      {"an earlier end", wanted("alertname=DiskFull", start, start + 5min), true},
      {"the same second", wanted("alertname=DiskFull", start + 400ms, start + 20min), true},
      {"another start", wanted("alertname=DiskFull", start - 1min, start + 20min), false},
      {"other matchers", wanted("alertname=DiskFull,host=a", start, start + 10min), false},
  };
  for (auto [what, change, same_id] : table) {
    book_with_ids b;
    change.id = b.set(start, old);
    const auto id = b.set(start + 1min, change);
    BOOST_TEST_CONTEXT(what) {
      BOOST_TEST((id == change.id) == same_id);
      BOOST_TEST((b.book.find(change.id)->status_at(start + 1min) == silence_status::active) == same_id);
      BOOST_TEST(b.quiet(start + 2min));
    }
  }
}

BOOST_AUTO_TEST_CASE(the_groups_hear_when_one_begins_and_when_it_ends) {
  book_with_ids b;
  b.set(start, wanted("alertname=DiskFull", start + 1min, start + 10min));
  BOOST_TEST((b.book.next_deadline(start) == start + 1min));
  b.wake(start + 1min);
  BOOST_TEST(b.effects.changed.size() == 1u);
  BOOST_TEST((b.book.next_deadline(start + 1min) == start + 10min));
  BOOST_TEST(b.book.in_force() == 1u);
  b.wake(start + 10min);
  BOOST_TEST(b.effects.changed.size() == 1u);
  BOOST_TEST(b.book.in_force() == 0u);
}

BOOST_AUTO_TEST_CASE(an_expired_one_is_kept_for_the_retention_and_then_forgotten) {
  book_with_ids b;
  const auto id = b.set(start, wanted("alertname=DiskFull", start, start + 10min));
  b.wake(start + 10min + 119h);
  BOOST_TEST(b.book.find(id) != nullptr);
  b.wake(start + 10min + 120h);
  BOOST_TEST(b.book.find(id) == nullptr);
  BOOST_TEST(b.effects.writes.forgotten_silences == std::vector<std::string>{id}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_recurring_one_holds_only_in_its_intervals) {
  book_with_ids b;
  auto s = wanted("alertname=DiskFull", start, start + 48h);
  time_interval evening;
  evening.times = {{22 * 60, 6 * 60}};
  s.recurrence = {evening};
  b.set(start, s);
  BOOST_TEST(!b.quiet(start)); // 08:00
  BOOST_TEST(b.quiet(start + 14h));
  BOOST_TEST(b.quiet(start + 21h));
  BOOST_TEST(!b.quiet(start + 22h));
  b.wake(start + 14h);
  BOOST_TEST(b.effects.changed.size() == 1u);
  BOOST_TEST((b.book.next_deadline(start + 14h) == start + 14h + 1min));
}

BOOST_AUTO_TEST_CASE(one_that_ends_with_its_alerts_ends_when_the_last_of_them_does) {
  book_with_ids b;
  auto s = wanted("alertname=DiskFull", start, start + 48h);
  s.expire_on_resolve = true;
  const auto id = b.set(start, s);
  const auto other = label_set::of({{"alertname", "DiskFull"}, {"host", "b"}});
  BOOST_TEST(b.quiet(start, disk));
  BOOST_TEST(b.quiet(start, other));
  b.book.ended(start + 1min, {disk}, b.effects);
  BOOST_TEST(b.quiet(start + 1min, other));
  b.effects = {};
  b.book.ended(start + 2min, {other}, b.effects);
  BOOST_TEST(!b.quiet(start + 2min, other));
  BOOST_REQUIRE(b.effects.writes.silence_changes.size() == 1u);
  BOOST_TEST(b.effects.writes.silence_changes[0].comment == "every alert that it silenced has ended");
  BOOST_TEST(b.effects.changed.size() == 1u);
  BOOST_TEST((b.book.find(id)->ends_at == start + 2min));
}

BOOST_AUTO_TEST_CASE(one_that_ends_with_its_alerts_ends_after_a_restart_too) {
  auto s = wanted("alertname=DiskFull", start, start + 48h);
  s.id = "kept";
  s.expire_on_resolve = true;
  s.matched_at = start;
  // Its alert ended while nobody listened.
  book_with_ids gone;
  gone.book.restore(start + 1h, {s});
  gone.wake(start + 1h + 1min);
  BOOST_TEST(!gone.quiet(start + 1h + 1min));
  // Its alert is still there and asks.
  book_with_ids there;
  there.book.restore(start + 1h, {s});
  BOOST_TEST(there.quiet(start + 1h));
  there.wake(start + 1h + 1min);
  BOOST_TEST(there.quiet(start + 1h + 1min));
  // It never silenced anything.
  s.matched_at.reset();
  book_with_ids waiting;
  waiting.book.restore(start + 1h, {s});
  waiting.wake(start + 1h + 1min);
  BOOST_TEST(waiting.quiet(start + 1h + 1min));
}

BOOST_AUTO_TEST_CASE(a_change_that_could_not_be_stored_is_taken_back) {
  book_with_ids b;
  const auto id = b.set(start, wanted("alertname=DiskFull", start, start + 10min));
  const auto as_new = b.effects;
  b.effects = {};
  b.book.expire(start + 1min, id, "bob", "", b.effects);
  BOOST_TEST(!b.quiet(start + 1min));
  b.book.take_back(start + 1min, b.effects);
  BOOST_TEST(b.quiet(start + 1min));
  BOOST_TEST(b.book.in_force() == 1u);
  b.book.take_back(start + 1min, as_new);
  BOOST_TEST(!b.quiet(start + 1min));
  BOOST_TEST(b.book.in_force() == 0u);
  BOOST_TEST(b.book.find(id) == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()
