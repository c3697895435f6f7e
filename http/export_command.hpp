#pragma once

#include <cstdio>
#include <string>

#include "storage/history_command.hpp"

namespace tocsin::http {

/// A file of rows that is to be made, beside a Tocsin that may be running.
struct rows_order {
  storage::location where;
  std::string file;
  /// Replaces the file when it is there.
  bool force = false;
  /// A JSON object a line instead of comma-separated values.
  bool ndjson = false;
};

/// Writes all alerts as `GET /api/alerts/export/csv` does, oldest first. What arrives meanwhile is left out.
/// @param progress where it says how far it is.
storage::command_outcome run_export(const rows_order& order, std::FILE* progress);

} // namespace tocsin::http
