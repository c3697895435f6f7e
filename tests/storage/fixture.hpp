#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "protocols/history.hpp"
#include "storage/database.hpp"
#include "storage/reader.hpp"

namespace tocsin::test {

/// An empty folder that is gone at the end of the test.
class scratch_folder {
 public:
  scratch_folder();
  ~scratch_folder();
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;

  const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

inline constexpr timestamp written_at{duration{1'800'000'000'123}};

/// A prepared database with its writer, whose clock stands at `written_at`.
struct open_database {
  open_database();

  /// Applies and commits; the test fails when either does.
  void write(const write_batch& batch);

  scratch_folder folder;
  storage::location where;
  storage::instance_lock lock;
  storage::writer writer;
};

/// Seconds after a fixed moment.
timestamp at(std::int64_t seconds);

/// An episode with every field set to something of its own.
episode sample_episode(std::int64_t id, std::int64_t group = 1);
notification_intent sample_intent(std::int64_t id, std::vector<notified_episode> alerts, std::int64_t group = 1);
attempt_record sample_attempt(std::int64_t notification);
silence sample_silence(std::string id);

write_batch batch_of(std::vector<episode> opened);

/// Texts that have broken programs before.
const std::vector<std::string>& hostile_texts();

std::vector<std::int64_t> ids_of(const std::vector<episode>& episodes);

/// The first column of a query, as another program would read it.
std::vector<std::string> column(const storage::location& where, const std::string& sql);

void check_same(const episode& a, const episode& b);
void check_same(const notification_intent& a, const notification_intent& b);
void check_same(const attempt_record& a, const attempt_record& b);
void check_same(const silence& a, const silence& b);

} // namespace tocsin::test
