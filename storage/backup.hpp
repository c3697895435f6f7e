#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "protocols/result.hpp"
#include "storage/database.hpp"

namespace tocsin::storage {

/// A back-up that is to be made.
struct backup_order {
  location where;
  /// Becomes a database of its own.
  std::string file;
  /// Replaces the file when it is there.
  bool force = false;
};

struct backup_report {
  std::int64_t bytes = 0;
  std::int64_t alerts = 0;
};

/// Is told how many of how many pages are copied.
using backup_watcher = std::function<void(std::int64_t done, std::int64_t all)>;

/// Copies the database as it is at one moment, while a running Tocsin goes on writing it. The copy is made in
/// `file`.partial, checked, and gets its name when all is well and on disk; whatever fails leaves nothing behind, and
/// an older file of that name as it was.
result<backup_report> back_up(const backup_order& order, const backup_watcher& watch = {});

} // namespace tocsin::storage
