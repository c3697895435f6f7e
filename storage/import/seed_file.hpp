#pragma once

#include <memory>
#include <optional>
#include <string>

#include "storage/import/alert_rules.hpp"
#include "storage/import/alert_source.hpp"

namespace SQLite {
class Database;
}

namespace tocsin::storage {

/// What belongs to alerts of a database, by their ids there.
struct source_escalation {
  std::int64_t alert = 0;
  escalation_record what;
};
struct source_acknowledgement {
  std::int64_t alert = 0;
  acknowledgement_record what;
};
struct source_correlation {
  std::int64_t first = 0;
  std::int64_t second = 0;
  correlation_record what;
};

/// One row of a child table: its number there, and what it says or why it says nothing.
template <class Record>
struct source_child {
  std::int64_t row = 0;
  tl::expected<Record, refusal> what;
};

/// A SQLite file in the shape of the original implementation, or the database of another Tocsin, which has the same
/// tables and columns. One snapshot of it is read, whatever is written meanwhile.
class seed_file {
 public:
  /// @returns a failure that says what is missing when it is no such file.
  static result<seed_file> open(const std::string& file);
  ~seed_file();
  seed_file(seed_file&&) noexcept;

  /// The alerts, in order of their rows. The file must outlive it.
  /// @returns a failure when the file is damaged.
  result<std::unique_ptr<alert_source>> alerts();

  // The child behind the row with that number; nothing when there is none, or no such table. Each is to be called again
  // and again with the number of the last one.
  result<std::optional<source_child<source_escalation>>> escalation_behind(std::int64_t row);
  result<std::optional<source_child<source_acknowledgement>>> acknowledgement_behind(std::int64_t row);
  result<std::optional<source_child<source_correlation>>> correlation_behind(std::int64_t row);

 private:
  struct impl;
  explicit seed_file(std::unique_ptr<impl> made);

  std::unique_ptr<impl> impl_;
};

} // namespace tocsin::storage
