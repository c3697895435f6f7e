#pragma once

#include <string>
#include <string_view>

#include "protocols/silence.hpp"
#include "storage/statement.hpp"

namespace tocsin::storage {

/// Writes `silences` and `silence_changes`. Each method throws SQLite::Exception.
class silence_statements {
 public:
  explicit silence_statements(const SQLite::Database& db);

  /// A new silence, or one as it is now.
  void save(const silence& s);
  void record(const silence_change& c);
  /// Deletes a silence and its changes.
  void forget(std::string_view id);

 private:
  statement save_;
  statement record_;
  statement forget_;
  statement forget_changes_;
  std::string matchers_;
  std::string recurrence_;
};

} // namespace tocsin::storage
