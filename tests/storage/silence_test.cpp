#include <SQLiteCpp/Database.h>

#include "fixture.hpp"

using namespace tocsin;
using namespace tocsin::test;

BOOST_AUTO_TEST_SUITE(stored_silences)

BOOST_AUTO_TEST_CASE(a_silence_reads_back_as_it_was_written_and_as_it_was_changed) {
  open_database db;
  auto s = sample_silence("5d3f");
  write_batch batch;
  batch.silences = {s};
  batch.silence_changes = {{s.id, silence_change::kind::created, "Zoë", "new disks", at(11)}};
  db.write(batch);
  storage::reader reader(db.where);
  check_same(reader.find_silence("5d3f").value().what, s);

  s.matchers = {matcher::make("device", match_op::not_equal, "").value(),
                matcher::make("alertname", match_op::regex, "Disk.*").value()};
  s.ends_at = at(20);
  s.comment = "";
  s.recurrence.clear();
  s.expire_on_resolve = false;
  s.matched_at.reset();
  batch.silences = {s};
  batch.silence_changes = {{s.id, silence_change::kind::updated, "max", "", at(12)},
                           {s.id, silence_change::kind::expired, "api", "done", at(13)}};
  db.write(batch);

  const auto found = reader.find_silence("5d3f");
  BOOST_REQUIRE(found);
  check_same(found->what, s);
  BOOST_REQUIRE_EQUAL(found->changes.size(), 3);
  BOOST_CHECK(found->changes[0].what == silence_change::kind::created);
  BOOST_CHECK_EQUAL(found->changes[0].by, "Zoë");
  BOOST_CHECK_EQUAL(found->changes[0].comment, "new disks");
  BOOST_CHECK(found->changes[0].at == at(11));
  BOOST_CHECK_EQUAL(found->changes[0].id, "5d3f");
  BOOST_CHECK(found->changes[1].what == silence_change::kind::updated);
  BOOST_CHECK(found->changes[2].what == silence_change::kind::expired);
}

BOOST_AUTO_TEST_CASE(a_forgotten_silence_is_gone_with_its_changes_and_no_other) {
  open_database db;
  write_batch batch;
  batch.silences = {sample_silence("a"), sample_silence("b")};
  batch.silence_changes = {{"a", silence_change::kind::created, "x", "", at(1)},
                           {"b", silence_change::kind::created, "y", "", at(1)}};
  db.write(batch);
  write_batch forget;
  forget.forgotten_silences = {"a", "never there"};
  db.write(forget);

  storage::reader reader(db.where);
  BOOST_CHECK(!reader.find_silence("a"));
  BOOST_CHECK(!reader.find_silence("never there"));
  const auto left = reader.silences();
  BOOST_REQUIRE_EQUAL(left.size(), 1);
  check_same(left[0], batch.silences[1]);
  BOOST_CHECK((column(db.where, "SELECT silence_id FROM silence_changes") == std::vector<std::string>{"b"}));
}

BOOST_AUTO_TEST_CASE(a_silence_that_cannot_be_read_is_named) {
  open_database db;
  auto s = sample_silence("broken-one");
  write_batch batch;
  batch.silences = {s};
  db.write(batch);
  SQLite::Database(db.where.file(), SQLite::OPEN_READWRITE).exec("UPDATE silences SET matchers = '[{\"name\":7}]'");
  const auto names_it = [](const std::exception& e) {
    const std::string why = e.what();
    return why.find("broken-one") != std::string::npos && why.find("[0].name") != std::string::npos;
  };
  BOOST_CHECK_EXCEPTION(db.writer.recover(), std::runtime_error, names_it);
}

BOOST_AUTO_TEST_SUITE_END()
