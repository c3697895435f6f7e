#pragma once

#include <string>

#include "protocols/history.hpp"
#include "storage/statement.hpp"

namespace tocsin::storage {

/// Writes `alert_groups` and `group_told`. Each method throws SQLite::Exception.
class group_statements {
 public:
  explicit group_statements(const SQLite::Database& db);

  void save(const group_record& g);
  /// Forgets the group and all it has told.
  void close(group_id group);
  void save(const told_record& t);

 private:
  statement save_group_;
  statement close_group_;
  statement forget_all_told_;
  statement save_told_;
  statement forget_told_;
  std::string json_;
};

} // namespace tocsin::storage
