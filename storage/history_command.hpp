#pragma once

#include <cstdio>
#include <string>

#include "storage/backup.hpp"
#include "storage/import/importer.hpp"

/// What `tocsin history` does, for a person at a terminal or a script.
namespace tocsin::storage {

struct command_outcome {
  /// For standard output; empty after a failure to begin.
  std::string text;
  /// For standard error.
  std::string complaint;
  int exit_code = 0;
};

/// @param progress where it says how far it is: a bar when that is a terminal.
command_outcome run_import(const import_order& order, std::FILE* progress);
command_outcome run_backup(const backup_order& order, std::FILE* progress);

} // namespace tocsin::storage
