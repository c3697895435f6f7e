#pragma once

#include <cstdint>
#include <memory>

#include "storage/database.hpp"

namespace tocsin::storage {

/// Tells whether the database was changed, on a connection of its own. One thread at a time.
class change_probe {
 public:
  /// @throws SQLite::Exception when the file cannot be read.
  explicit change_probe(const location& where);
  ~change_probe();
  change_probe(const change_probe&) = delete;
  change_probe& operator=(const change_probe&) = delete;

  /// A number that is another one after each commit that changed anything, and the same until then. It counts for
  /// this connection alone.
  /// @throws SQLite::Exception when the file cannot be read any more.
  std::int64_t version();

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace tocsin::storage
