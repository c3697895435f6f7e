#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <SQLiteCpp/Database.h>

#include "storage/json_columns.hpp"

namespace tocsin::storage {

/// What one read works with.
struct read_connection {
  explicit read_connection(const std::string& file);

  SQLite::Database db;
  json_column_reader json;
};

/// Read-only connections that are opened when first needed, up to a bound. Thread-safe.
class reader_pool {
 public:
  /// Opens the first connection, so that a file that cannot be read shows at once.
  /// @throws SQLite::Exception
  reader_pool(std::string file, std::size_t bound);

  /// A connection on loan, with one snapshot of the database for as long as it is out.
  class snapshot {
   public:
    /// Waits while all connections are out.
    explicit snapshot(reader_pool& pool);
    ~snapshot();
    snapshot(const snapshot&) = delete;
    snapshot& operator=(const snapshot&) = delete;

    SQLite::Database& db() noexcept { return connection_->db; }
    json_column_reader& json() noexcept { return connection_->json; }

   private:
    reader_pool& pool_;
    std::unique_ptr<read_connection> connection_;
  };

 private:
  std::unique_ptr<read_connection> take();
  void give_back(std::unique_ptr<read_connection> connection) noexcept;

  const std::string file_;
  const std::size_t bound_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<read_connection>> idle_;
  std::size_t opened_ = 0;
};

} // namespace tocsin::storage
