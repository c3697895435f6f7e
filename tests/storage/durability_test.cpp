#include <csignal>
#include <filesystem>
#include <fstream>

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <sys/resource.h>

#include "fixture.hpp"
#include "storage/connection.hpp"
#include "storage/group_transaction.hpp"

using namespace tocsin;
using namespace tocsin::test;

namespace {

namespace fs = std::filesystem;
using ids = std::vector<std::int64_t>;

/// An episode that takes about `bytes` in the database.
episode heavy_episode(std::int64_t id, std::size_t bytes) {
  auto e = sample_episode(id);
  const std::string filler(bytes, 'x');
  e.annotations = label_set::of({{"filler", filler}});
  return e;
}

/// Episodes that another process would find.
ids ids_on_disk(const storage::location& where) {
  ids found;
  for (const auto& text : column(where, "SELECT id FROM alert_history ORDER BY id")) found.push_back(std::stoll(text));
  return found;
}

bool intact(const storage::location& where) {
  return column(where, "PRAGMA integrity_check") == std::vector<std::string>{"ok"};
}

/// No file that this process writes may grow beyond `bytes`, as if the disk were full.
class file_size_limit {
 public:
  explicit file_size_limit(std::uintmax_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    auto lower = before_;
    lower.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &lower);
  }
  ~file_size_limit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  file_size_limit(const file_size_limit&) = delete;
  file_size_limit& operator=(const file_size_limit&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int);
};

/// The database files as a crash at this moment would leave them. The shared
/// memory is not among them: it does not outlive its processes.
void copy_as_after_a_crash(const storage::location& from, const storage::location& to) {
  fs::create_directories(to.folder);
  const auto overwrite = fs::copy_options::overwrite_existing;
  fs::copy_file(from.file(), to.file(), overwrite);
  fs::copy_file(from.file() + "-wal", to.file() + "-wal", overwrite);
}

} // namespace

BOOST_AUTO_TEST_SUITE(durability)

BOOST_AUTO_TEST_CASE(nothing_is_visible_before_the_commit_and_everything_after) {
  open_database db;
  BOOST_REQUIRE(db.writer.apply(batch_of({sample_episode(1)})));
  BOOST_REQUIRE(db.writer.apply(batch_of({sample_episode(2)})));
  BOOST_CHECK(ids_on_disk(db.where).empty());
  BOOST_REQUIRE(db.writer.commit());
  BOOST_CHECK((ids_on_disk(db.where) == ids{1, 2}));
}

BOOST_AUTO_TEST_CASE(a_commit_without_a_batch_succeeds) {
  open_database db;
  BOOST_CHECK(db.writer.commit());
  BOOST_CHECK(db.writer.apply({}));
  BOOST_CHECK(db.writer.commit());
}

BOOST_AUTO_TEST_CASE(a_failed_batch_leaves_nothing_and_its_neighbours_stay) {
  open_database db;
  db.write(batch_of({sample_episode(1)}));

  BOOST_REQUIRE(db.writer.apply(batch_of({sample_episode(2)})));
  auto bad = batch_of({sample_episode(3), sample_episode(1)});
  bad.groups = {{group_id{5}, "route", {}, {}, {}, {}}};
  const auto refused = db.writer.apply(bad);
  BOOST_REQUIRE(!refused);
  BOOST_CHECK(refused.error().message.find(db.where.file()) != std::string::npos);
  BOOST_CHECK(refused.error().message.find("UNIQUE constraint failed: alert_history.id") != std::string::npos);
  BOOST_REQUIRE(db.writer.apply(batch_of({sample_episode(4)})));
  BOOST_REQUIRE(db.writer.commit());

  BOOST_CHECK((ids_on_disk(db.where) == ids{1, 2, 4}));
  BOOST_CHECK(db.writer.recover().groups.empty());
}

BOOST_AUTO_TEST_CASE(a_failed_first_batch_leaves_nothing_and_the_next_goes_on) {
  open_database db;
  BOOST_REQUIRE(!db.writer.apply(batch_of({sample_episode(1), sample_episode(1)})));
  BOOST_REQUIRE(db.writer.apply(batch_of({sample_episode(2)})));
  BOOST_REQUIRE(db.writer.commit());
  BOOST_CHECK((ids_on_disk(db.where) == ids{2}));
}

BOOST_AUTO_TEST_CASE(a_failure_late_in_a_batch_takes_back_its_first_members) {
  open_database db;
  auto e = sample_episode(1);
  auto first = batch_of({e});
  first.intents = {sample_intent(1, {{e.id, false}})};
  db.write(first);

  e.state.status = episode_status::resolved;
  e.state.ended_at = at(100);
  write_batch bad;
  bad.updated = {{e.id, e.state}};
  bad.told = {{e.group, e.id, {"ops/webhook/0"}}};
  bad.attempts = {sample_attempt(1)};
  bad.intents = {sample_intent(1, {{e.id, true}})};
  BOOST_REQUIRE(!db.writer.apply(bad));
  BOOST_REQUIRE(db.writer.commit());

  const auto state = db.writer.recover();
  BOOST_CHECK(state.episodes.at(0).state.active());
  BOOST_CHECK(state.told.empty());
  BOOST_CHECK_EQUAL(state.unfinished.size(), 1);
}

BOOST_AUTO_TEST_CASE(a_rollback_drops_all_since_the_last_commit) {
  open_database db;
  db.write(batch_of({sample_episode(1)}));
  BOOST_REQUIRE(db.writer.apply(batch_of({sample_episode(2)})));
  db.writer.rollback();
  BOOST_REQUIRE(db.writer.commit());
  BOOST_CHECK((ids_on_disk(db.where) == ids{1}));
}

BOOST_AUTO_TEST_CASE(a_full_database_loses_no_batch_by_halves_and_works_again_with_room) {
  open_database db;
  auto connection = storage::open_for_writing(db.where.file());
  storage::group_transaction transaction(connection);
  const auto limit = [&](int more) {
    const auto pages = connection.execAndGet("PRAGMA page_count").getInt() + more;
    connection.exec("PRAGMA max_page_count = " + std::to_string(pages));
  };

  limit(20);
  BOOST_REQUIRE(transaction.apply(batch_of({sample_episode(1)}), at(0)));
  const auto refused = transaction.apply(batch_of({sample_episode(2), heavy_episode(3, 1'000'000)}), at(0));
  BOOST_REQUIRE(!refused);
  BOOST_CHECK(refused.error().message.find("full") != std::string::npos);
  BOOST_CHECK(refused.error().message.find(db.where.file()) != std::string::npos);
  // SQLite has dropped the transaction, the first batch with it; its commit must not say yes.
  BOOST_CHECK(!transaction.apply(batch_of({sample_episode(4)}), at(0)));
  const auto committed = transaction.commit(written_at);
  BOOST_REQUIRE(!committed);
  BOOST_CHECK_EQUAL(committed.error().message, refused.error().message);
  BOOST_CHECK(ids_on_disk(db.where).empty());

  limit(1000);
  BOOST_REQUIRE(transaction.apply(batch_of({sample_episode(5)}), at(0)));
  BOOST_REQUIRE(transaction.commit(written_at));
  BOOST_CHECK((ids_on_disk(db.where) == ids{5}));
  BOOST_CHECK(intact(db.where));
}

BOOST_AUTO_TEST_CASE(a_disk_that_fails_during_the_commit_keeps_what_was_and_heals) {
  open_database db;
  db.write(batch_of({sample_episode(1)}));
  {
    const file_size_limit nearly_full(fs::file_size(db.where.file() + "-wal") + 20'000);
    BOOST_REQUIRE(db.writer.apply(batch_of({sample_episode(2)})));
    BOOST_REQUIRE(db.writer.apply(batch_of({heavy_episode(3, 200'000)})));
    const auto committed = db.writer.commit();
    BOOST_REQUIRE(!committed);
    BOOST_CHECK(committed.error().message.find(db.where.file()) != std::string::npos);
    BOOST_CHECK(committed.error().message.find("disk I/O error") != std::string::npos);
    BOOST_CHECK((ids_on_disk(db.where) == ids{1}));
  }
  db.write(batch_of({sample_episode(4)}));
  BOOST_CHECK((ids_on_disk(db.where) == ids{1, 4}));
  BOOST_CHECK(intact(db.where));
}

BOOST_AUTO_TEST_CASE(a_disk_that_fails_within_a_batch_fails_the_commit_of_those_before) {
  open_database db;
  db.write(batch_of({sample_episode(1)}));
  {
    const file_size_limit nearly_full(fs::file_size(db.where.file() + "-wal") + 1'000'000);
    BOOST_REQUIRE(db.writer.apply(batch_of({sample_episode(2)})));
    // More than the cache holds, so that it must go to the disk before the commit.
    std::vector<episode> heavy;
    for (std::int64_t id = 3; id < 63; ++id) heavy.push_back(heavy_episode(id, 1'000'000));
    BOOST_REQUIRE(!db.writer.apply(batch_of(heavy)));
    BOOST_CHECK(!db.writer.apply(batch_of({sample_episode(70)})));
    BOOST_CHECK(!db.writer.commit());
  }
  db.write(batch_of({sample_episode(80)}));
  BOOST_CHECK((ids_on_disk(db.where) == ids{1, 80}));
  BOOST_CHECK(intact(db.where));
}

BOOST_AUTO_TEST_CASE(a_crash_in_the_middle_of_a_transaction_leaves_what_was_committed) {
  open_database db;
  db.write(batch_of({sample_episode(1)}));
  const auto before = fs::file_size(db.where.file() + "-wal");
  std::vector<episode> heavy;
  for (std::int64_t id = 2; id < 52; ++id) heavy.push_back(heavy_episode(id, 1'000'000));
  BOOST_REQUIRE(db.writer.apply(batch_of(heavy)));
  // The test means something only when part of the transaction is on the disk.
  BOOST_REQUIRE(fs::file_size(db.where.file() + "-wal") > before);

  scratch_folder folder;
  const storage::location crashed{folder.path()};
  copy_as_after_a_crash(db.where, crashed);
  const auto lock = storage::prepare(crashed);
  BOOST_REQUIRE(lock);
  storage::writer writer(crashed);
  BOOST_CHECK((ids_of(writer.recover().episodes) == ids{1}));
  BOOST_CHECK(intact(crashed));
  BOOST_REQUIRE(writer.apply(batch_of({sample_episode(2)})));
  BOOST_REQUIRE(writer.commit());
  BOOST_CHECK((ids_on_disk(crashed) == ids{1, 2}));
}

BOOST_AUTO_TEST_CASE(wherever_the_log_breaks_off_only_whole_commits_are_there) {
  open_database db;
  constexpr std::int64_t batches = 6;
  constexpr std::int64_t each = 5;
  for (std::int64_t b = 0; b < batches; ++b) {
    write_batch batch;
    for (std::int64_t i = 1; i <= each; ++i) batch.opened.push_back(sample_episode(b * each + i));
    db.write(batch);
  }
  const auto whole = fs::file_size(db.where.file() + "-wal");
  std::size_t last = 0;
  for (int cut = 0; cut <= 40; ++cut) {
    scratch_folder folder;
    const storage::location crashed{folder.path()};
    copy_as_after_a_crash(db.where, crashed);
    fs::resize_file(crashed.file() + "-wal", whole * static_cast<std::uintmax_t>(cut) / 40);
    const auto lock = storage::prepare(crashed);
    BOOST_REQUIRE(lock);
    const auto found = storage::writer(crashed).recover();
    BOOST_CHECK_EQUAL(found.episodes.size() % each, 0);
    BOOST_CHECK(found.last_episode.value == static_cast<std::int64_t>(found.episodes.size()));
    BOOST_CHECK_GE(found.episodes.size(), last);
    BOOST_CHECK(intact(crashed));
    last = found.episodes.size();
  }
  BOOST_CHECK_EQUAL(last, batches * each);
}

BOOST_AUTO_TEST_CASE(the_write_ahead_log_stays_bounded) {
  open_database db;
  constexpr std::uintmax_t page = 4096 + 24;
  for (std::int64_t id = 1; id <= 60; ++id) {
    db.write(batch_of({heavy_episode(id, 1'000'000)}));
    BOOST_REQUIRE_LE(fs::file_size(db.where.file() + "-wal"), (2 * storage::checkpoint_pages + 1000) * page);
  }
  BOOST_CHECK_EQUAL(ids_on_disk(db.where).size(), 60);
}

BOOST_AUTO_TEST_CASE(a_checkpoint_when_it_is_due_moves_the_log_into_the_file) {
  open_database db;
  db.write(batch_of({sample_episode(1)}));
  const auto small = fs::file_size(db.where.file());
  db.writer.checkpoint();
  BOOST_CHECK_EQUAL(fs::file_size(db.where.file()), small);
  db.write(batch_of({heavy_episode(2, 20'000'000)}));
  BOOST_CHECK_EQUAL(fs::file_size(db.where.file()), small);
  db.writer.checkpoint();
  BOOST_CHECK_GE(fs::file_size(db.where.file()), 20'000'000);
}

BOOST_AUTO_TEST_SUITE_END()
