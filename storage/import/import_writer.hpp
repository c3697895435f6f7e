#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "storage/import/alert_source.hpp"
#include "storage/import/known_alerts.hpp"
#include "storage/import/seed_file.hpp"
#include "storage/json_columns.hpp"
#include "storage/rollup_writer.hpp"
#include "storage/sequences.hpp"

namespace tocsin::storage {

/// What an import goes through; text files have no details.
enum class import_stage : std::uint8_t { alerts, related, escalations, acknowledgements, correlations, over };

std::string_view to_string(import_stage s) noexcept;

/// What became of the rows of a file.
struct import_counts {
  std::int64_t read = 0;
  std::int64_t imported = 0;
  /// Their labels and their start are in the history already.
  std::int64_t duplicates = 0;
  /// They may be rows that a clean-up deleted; see `known_alerts::may_have_been_cleaned`.
  std::int64_t counted_before = 0;
  std::int64_t refused = 0;
  /// Escalations, acknowledgements and correlations that came along.
  std::int64_t details = 0;
};

/// How far an import has come, as it is remembered with what it has inserted.
struct import_state {
  std::int64_t id = 0;
  import_stage stage = import_stage::alerts;
  /// In the table or the file of the stage; unset at its beginning.
  std::optional<source_position> at;
  import_counts counts;
};

enum class import_outcome : std::uint8_t { imported, duplicate, counted_before };

/// Writes what is imported, in transactions that its owner begins and ends; `settle` comes before each end.
/// Each method throws SQLite::Exception.
class import_writer {
 public:
  explicit import_writer(SQLite::Database& db);

  /// Where the import of that file was broken off, if it was.
  std::optional<import_state> find_unfinished(const std::string& digest);
  /// Forgets what is remembered of the file.
  import_state begin(const std::string& digest, const std::string& file, timestamp now);

  import_outcome add(const import_state& s, imported_alert a);
  // Each is inserted once, and only where its alerts are in the history and over.
  bool add(const import_state& s, const source_escalation& e);
  bool add(const import_state& s, const source_acknowledgement& a);
  bool add(const import_state& s, const source_correlation& c);
  /// Brings some of the lists of related alerts into the ids of this history; false when there are no more.
  bool relate_some(const import_state& s);
  /// Forgets some of the ids of the file; false when there are no more.
  bool forget_some(const import_state& s);

  /// Brings roll-ups and sequences up to date and remembers how far the import is.
  void settle(const import_state& s, timestamp now);

 private:
  void insert(const imported_alert& a, const std::string& fingerprint);
  std::optional<episode_id> id_of_source(const import_state& s, std::int64_t source);
  std::string related_here(const import_state& s, const std::vector<std::int64_t>& sources);

  SQLite::Database& db_;
  known_alerts known_;
  rollup_writer rollups_;
  sequences sequences_;
  episode_id last_;
  json_column_reader json_;
  std::string labels_;
  std::string annotations_;
  std::string channels_;
  statement insert_;
  statement find_import_;
  statement begin_import_;
  statement save_import_;
  statement save_id_;
  statement find_id_;
  statement find_related_;
  statement relate_;
  statement related_done_;
  statement forget_ids_;
  statement escalate_;
  statement acknowledge_;
  statement acknowledge_alert_;
  statement correlate_;
};

} // namespace tocsin::storage
