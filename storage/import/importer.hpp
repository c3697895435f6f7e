#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "protocols/result.hpp"
#include "storage/database.hpp"
#include "storage/import/alert_source.hpp"
#include "storage/import/import_writer.hpp"

namespace tocsin::storage {

/// What is to be imported, and how.
struct import_order {
  std::string file;
  location where;
  /// Unset: what the file looks like.
  std::optional<import_format> format;
  /// Looks at all rows, and writes nothing.
  bool dry_run = false;
  /// Alerts without an end are taken to have ended when they were last heard of.
  bool close_open = false;
  /// Begins at the front, also when an import of this file was broken off.
  bool from_start = false;
  /// How long history is kept, to warn of what will go at once; zero for ever.
  duration retention{};
};

/// How far it is, told every now and then.
struct import_progress {
  import_stage stage = import_stage::alerts;
  import_counts counts;
  /// Rows that an import that was broken off had read.
  std::int64_t read_before = 0;
  /// Of the alerts, 0 to 1.
  double share = 0;
};
using import_watcher = std::function<void(const import_progress&)>;

/// One row that was not taken.
struct refused_row {
  /// `line 12`
  std::string place;
  refusal why;
};

/// What an import has come to.
struct import_report {
  import_format format = import_format::csv;
  bool dry_run = false;
  import_counts counts;
  /// Rows that an import that was broken off had read.
  std::int64_t read_before = 0;
  /// How often each reason was given, and the first rows with their reasons; since it was resumed.
  std::map<std::string, std::int64_t> reasons;
  std::vector<refused_row> examples;
  std::vector<std::string> unknown_columns;
  /// Imported alerts that the next clean-up will delete.
  std::int64_t older_than_retention = 0;
  /// Why it ended before the file did; what was imported until then stays.
  std::optional<failure> broken_off;
};

/// Brings the alerts of a file into the history. They have ended, belong to no group and are told to nobody. The
/// storage must not be in use, unless it is a dry run.
///
/// Rows are written in transactions of some thousands, each together with the roll-ups and how far the import is, so
/// that one that was killed goes on where it was. A row with the labels and the start of one that is there is left out.
/// @param now what ends later is not over.
/// @returns a failure when it cannot begin.
result<import_report> import_history(const import_order& order, timestamp now, const import_watcher& watch = {});

} // namespace tocsin::storage
