#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "storage/analytics.hpp"
#include "storage/database.hpp"
#include "tests/storage/fixture.hpp"

/// Histories whose clock a test moves, and a way to count them that has nothing of the roll-ups.
namespace tocsin::test {

/// The clock of the writers here.
extern timestamp moving;
timestamp moving_clock();

inline const timestamp epoch_day{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};

/// Sets the clock, and begins the roll-ups by it instead of the real one.
storage::location begun(const storage::location& where);

struct moving_database {
  moving_database();
  void write(const write_batch& batch);

  scratch_folder folder;
  storage::location where{folder.path()};
  storage::instance_lock lock;
  storage::writer writer;
};

episode episode_of(std::int64_t id, std::string_view name, std::string_view service, severity s, timestamp began);

/// One row as the simple count reads it.
struct raw_row {
  std::string name;
  std::string service;
  severity sev = severity::info;
  std::int64_t start = 0;
  std::int64_t level = 1;
  std::optional<std::int64_t> resolution;
  std::optional<std::int64_t> acknowledgement;
  std::int64_t occurrences = 1;
  std::int64_t reopened = 0;
};

std::vector<raw_row> rows_of(const storage::location& where);

/// Whether a filter, whose range begins with a whole hour, takes the row.
bool wanted(const raw_row& r, const storage::analytics_filter& f);

/// Counted row by row.
struct simple_count {
  std::int64_t episodes = 0;
  std::vector<std::int64_t> resolutions;
  std::vector<std::int64_t> acknowledgements;
  std::int64_t levels = 0;
  std::int64_t unattended = 0;
  std::int64_t occurrences = 0;
  std::int64_t reopened = 0;
  /// Of a severity with targets and over; and those of them that missed one.
  std::int64_t judged = 0;
  std::int64_t missed = 0;

  void add(const raw_row& r);
};

std::int64_t sum_of(const std::vector<std::int64_t>& all);

/// A history that lives: episodes open, are acknowledged, escalate, end, fire again; some began long ago.
class living_history {
 public:
  explicit living_history(std::uint64_t seed) : random_(seed) {}

  void step();

  moving_database here;

 private:
  void open(write_batch& batch);
  void change(write_batch& batch, episode& e);

  std::mt19937_64 random_;
  std::vector<episode> episodes_;
};

} // namespace tocsin::test
