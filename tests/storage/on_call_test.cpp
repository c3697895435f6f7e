#include <SQLiteCpp/Database.h>

#include "fixture.hpp"
#include "storage/connection.hpp"
#include "storage/schema.hpp"

using namespace tocsin;
using namespace tocsin::test;

namespace {

on_call_override sample_override(std::string id) {
  on_call_override o;
  o.id = std::move(id);
  o.schedule = "primary";
  o.person = "ann";
  o.starts_at = at(10);
  o.ends_at = at(3600);
  o.created_by = "Zoë";
  o.comment = "swapped with bob";
  o.created_at = at(5);
  return o;
}

} // namespace

BOOST_AUTO_TEST_SUITE(stored_overrides)

BOOST_AUTO_TEST_CASE(an_override_comes_back_as_it_was_written_and_as_it_was_ended) {
  open_database db;
  auto o = sample_override("7c2e");
  write_batch batch;
  batch.overrides = {o};
  db.write(batch);
  BOOST_REQUIRE_EQUAL(db.writer.recover().overrides.size(), 1);
  BOOST_CHECK(db.writer.recover().overrides[0] == o);

  o.ends_at = at(60);
  o.ended_by = "max";
  batch.overrides = {o};
  db.write(batch);
  const auto found = db.writer.recover().overrides;
  BOOST_REQUIRE_EQUAL(found.size(), 1);
  BOOST_CHECK(found[0] == o);
}

BOOST_AUTO_TEST_CASE(a_forgotten_override_is_gone_and_no_other) {
  open_database db;
  write_batch batch;
  batch.overrides = {sample_override("a"), sample_override("b")};
  db.write(batch);
  write_batch forget;
  forget.forgotten_overrides = {"a", "never there"};
  BOOST_CHECK(!forget.empty());
  db.write(forget);
  BOOST_CHECK((column(db.where, "SELECT id FROM on_call_overrides") == std::vector<std::string>{"b"}));
}

BOOST_AUTO_TEST_CASE(texts_that_have_broken_programs_come_back_unharmed) {
  open_database db;
  write_batch batch;
  for (const auto& text : hostile_texts()) {
    auto o = sample_override("id-" + std::to_string(100 + batch.overrides.size()));
    o.comment = o.created_by = text;
    batch.overrides.push_back(std::move(o));
  }
  db.write(batch);
  BOOST_CHECK(db.writer.recover().overrides == batch.overrides);
}

BOOST_AUTO_TEST_CASE(a_file_from_before_there_were_overrides_takes_them) {
  scratch_folder folder;
  const storage::location where{folder.path()};
  {
    auto db = storage::open_for_writing(where.file());
    BOOST_REQUIRE(storage::migrate(db, where.file(), storage::migrations().first(3)));
  }
  const auto lock = storage::prepare(where);
  BOOST_REQUIRE(lock);
  storage::writer writer(where);
  BOOST_CHECK(writer.recover().overrides.empty());
  write_batch batch;
  batch.overrides = {sample_override("a")};
  BOOST_REQUIRE(writer.apply(batch));
  BOOST_REQUIRE(writer.commit());
  BOOST_CHECK(writer.recover().overrides == batch.overrides);
}

BOOST_AUTO_TEST_SUITE_END()
