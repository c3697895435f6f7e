#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "storage/statement.hpp"

namespace tocsin::storage {

/// The conditions of a query and the values they are about. The text of a
/// condition is always a constant of the program with one `?`; what people ask
/// for is bound to it.
class conditions {
 public:
  void add(const char* condition, std::int64_t value) { add_any(condition, value); }
  void add(const char* condition, timestamp value) { add_any(condition, value.time_since_epoch().count()); }
  void add(const char* condition, std::string_view value) { add_any(condition, std::string(value)); }

  /// ` WHERE … AND …`, or nothing.
  const std::string& sql() const noexcept { return sql_; }

  /// Binds the values as the next parameters.
  void bind(statement& query) const {
    for (const auto& value : values_) std::visit([&](const auto& v) { query.bind(v); }, value);
  }

 private:
  void add_any(const char* condition, std::variant<std::int64_t, std::string> value) {
    sql_ += sql_.empty() ? " WHERE " : " AND ";
    sql_ += condition;
    values_.push_back(std::move(value));
  }

  std::string sql_;
  std::vector<std::variant<std::int64_t, std::string>> values_;
};

} // namespace tocsin::storage
