#pragma once

#include "protocols/history.hpp"
#include "storage/statement.hpp"

namespace tocsin::storage {

/// Writes `alert_correlations` and the column `related_alerts`. Each method throws SQLite::Exception.
class correlation_statements {
 public:
  explicit correlation_statements(const SQLite::Database& db);

  /// Replaces what was recorded of the same two alerts and the same type, and
  /// lists each alert with the other, once. A list that is full stays as it is.
  /// An alert does not correlate with itself: such a record changes nothing.
  void record(const correlation_record& c, timestamp now);

 private:
  statement save_;
  statement relate_;
};

} // namespace tocsin::storage
