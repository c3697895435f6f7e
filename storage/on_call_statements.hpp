#pragma once

#include <string_view>
#include <vector>

#include "protocols/on_call.hpp"
#include "storage/statement.hpp"

namespace tocsin::storage {

/// Writes `on_call_overrides`. Each method throws SQLite::Exception.
class on_call_statements {
 public:
  explicit on_call_statements(const SQLite::Database& db);

  /// A new override, or one as it is now.
  void save(const on_call_override& o);
  void forget(std::string_view id);

 private:
  statement save_;
  statement forget_;
};

/// All of them, in order of id.
/// @throws SQLite::Exception.
std::vector<on_call_override> read_overrides(const SQLite::Database& db);

} // namespace tocsin::storage
