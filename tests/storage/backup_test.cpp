#include "storage/backup.hpp"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include <SQLiteCpp/Database.h>
#include <sys/resource.h>

#include "fixture.hpp"
#include "storage/rollup_check.hpp"

using namespace tocsin;
using namespace tocsin::test;

namespace {

struct with_database : open_database {
  with_database() { fill(1, 4000); }
  /// The copy takes several steps, between which it tells.
  static constexpr int least_steps = 1;

  void fill(std::int64_t from, std::int64_t to) {
    std::vector<episode> all;
    for (auto i = from; i <= to; ++i) all.push_back(sample_episode(i));
    write(batch_of(all));
  }

  std::string target() const { return copies.path() + "/tocsin.db"; }
  storage::backup_order order(bool force = false) const { return {where, target(), force}; }
  /// Names of what lies beside the copy, the copy included.
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(copies.path()), {}));
  }
  std::string refusal_of(const storage::backup_order& o) const {
    const auto made = storage::back_up(o);
    return made ? "made" : made.error().message;
  }

  scratch_folder copies;
};

} // namespace

BOOST_AUTO_TEST_SUITE(backups)

BOOST_FIXTURE_TEST_CASE(a_copy_is_what_was_there_at_its_beginning_whatever_is_written_meanwhile, with_database) {
  std::int64_t next = 4001;
  int told = 0;
  // Each step of the copy sees a commit that it must neither hold up nor take in.
  const auto made = storage::back_up(order(), [&](std::int64_t done, std::int64_t all) {
    BOOST_TEST(done <= all);
    fill(next, next + 99);
    next += 100;
    ++told;
  });
  BOOST_REQUIRE_MESSAGE(made, (made ? "" : made.error().message));
  BOOST_TEST(told >= least_steps);
  BOOST_TEST(made->alerts == 4000);
  BOOST_TEST(made->bytes == static_cast<std::int64_t>(std::filesystem::file_size(target())));
  BOOST_TEST(files() == 1U);
  const storage::location copied{copies.path()};
  BOOST_TEST(column(copied, "SELECT max(id) FROM alert_history").at(0) == "4000");
  BOOST_TEST(column(copied, "PRAGMA integrity_check").at(0) == "ok");
  BOOST_TEST(column(where, "SELECT max(id) FROM alert_history").at(0) == std::to_string(next - 1));
}

BOOST_FIXTURE_TEST_CASE(a_copy_put_in_place_is_a_storage_to_start_from, with_database) {
  BOOST_REQUIRE(storage::back_up(order()));
  const storage::location restored{copies.path()};
  const auto held = storage::prepare(restored);
  BOOST_REQUIRE_MESSAGE(held, (held ? "" : held.error().message));
  storage::writer again(restored);
  BOOST_TEST(again.recover().episodes.size() == 4000U);
  BOOST_REQUIRE(again.apply(batch_of({sample_episode(4001)})));
  BOOST_REQUIRE(again.commit());
  BOOST_TEST(storage::verify_rollups(restored)->differences == 0);
}

BOOST_FIXTURE_TEST_CASE(a_file_that_is_there_is_replaced_only_by_force_and_only_by_a_whole_copy, with_database) {
  std::ofstream(target()) << "precious";
  BOOST_TEST(refusal_of(order()) == target() + " exists already. Name another file, or let --force replace it.");
  BOOST_TEST(std::filesystem::file_size(target()) == 8U);
  // What an earlier one that was killed has left is no hindrance.
  std::ofstream(target() + ".partial") << "rest";
  BOOST_REQUIRE(storage::back_up(order(true)));
  BOOST_TEST(column({copies.path()}, "SELECT count(*) FROM alert_history").at(0) == "4000");
  BOOST_TEST(files() == 1U);
}

BOOST_FIXTURE_TEST_CASE(what_cannot_be_written_leaves_nothing_behind, with_database) {
  std::ofstream(target()) << "precious";
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  auto* const handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{100'000, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const auto message = refusal_of(order(true));
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  BOOST_TEST(message.starts_with("no back-up was made: "), message);
  BOOST_TEST(message.ends_with(" Check the free space and the health of its disk."), message);
  BOOST_TEST(files() == 1U);
  BOOST_TEST(std::filesystem::file_size(target()) == 8U);
}

BOOST_FIXTURE_TEST_CASE(places_that_make_no_sense_are_refused, with_database) {
  auto o = order(true);
  for (const auto* suffix : {"", "-wal", "-shm"}) {
    o.file = where.file() + suffix;
    BOOST_TEST(refusal_of(o) == o.file + " belongs to the database itself. Name another file.");
  }
  o.file = copies.path();
  BOOST_TEST(refusal_of(o) == o.file + " is a folder; expected the name of a file in it");
  o.file = copies.path() + "/none/tocsin.db";
  BOOST_TEST(refusal_of(o).find("no back-up was made: unable to open database file") == 0U, refusal_of(o));
  o = order();
  o.where.folder += "/none";
  BOOST_TEST(refusal_of(o)
             == "there is no database " + o.where.file() + ". Name the folder of the storage with --storage.path.");
  BOOST_TEST(files() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_damaged_database_is_not_backed_up_as_if_it_were_whole, with_database) {
  scratch_folder damaged;
  BOOST_REQUIRE(storage::back_up(order()));
  std::filesystem::copy_file(target(), damaged.path() + "/tocsin.db");
  {
    std::fstream file(damaged.path() + "/tocsin.db", std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(40 * 4096);
    file << std::string(4096, '\xA5');
  }
  std::filesystem::remove(target());
  auto o = order();
  o.where.folder = damaged.path();
  BOOST_TEST(refusal_of(o).find("is damaged") != std::string::npos, refusal_of(o));
  BOOST_TEST(files() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_snapshot_that_is_held_does_not_make_each_commit_wait, with_database) {
  // The log grows beyond the size from which on the writer waits for readers.
  SQLite::Database reader(where.file(), SQLite::OPEN_READONLY);
  reader.exec("BEGIN; SELECT count(*) FROM marks");
  const std::string text(1'000'000, 'x');
  const auto write_some = [&](std::int64_t first, int count) {
    for (int i = 0; i < count; ++i) {
      auto e = sample_episode(first + i);
      e.state.suppressed_by = text;
      write(batch_of({e}));
      writer.checkpoint();
    }
  };
  write_some(10'000, 140);
  const auto begin = std::chrono::steady_clock::now();
  write_some(20'000, 60);
  // Sixty waits would take three seconds.
  BOOST_TEST((std::chrono::steady_clock::now() - begin < std::chrono::seconds(2)));
}

BOOST_AUTO_TEST_SUITE_END()
