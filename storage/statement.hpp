#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include "protocols/ids.hpp"
#include "protocols/time.hpp"

namespace tocsin::storage {

/// Bytes that are no text.
struct blob {
  std::string_view bytes;
};

/// A prepared statement that speaks this project's types: ids and times are
/// integers, text is bound with its length, so that it may hold any byte.
/// Kept and run again and again; its buffers are reused.
class statement {
 public:
  statement(const SQLite::Database& db, const std::string& sql);

  /// Forgets the parameters and rows of the last run.
  void rewind() noexcept;

  /// Binds the next parameter. Text is copied.
  void bind(std::string_view text);
  template <std::integral T>
  void bind(T number) {
    bind_number(static_cast<std::int64_t>(number));
  }
  void bind(double number);
  void bind(timestamp t) { bind_number(t.time_since_epoch().count()); }
  void bind(const std::optional<timestamp>& t);
  void bind(const std::optional<std::int64_t>& number);
  void bind(blob bytes);
  template <class Tag>
  void bind(id_of<Tag> id) {
    bind_number(id.value);
  }

  /// Runs a statement that yields no rows.
  template <class... Values>
  void run(const Values&... values) {
    open(values...);
    finish();
  }

  /// Starts a query; `next` goes to each row in turn.
  template <class... Values>
  void open(const Values&... values) {
    rewind();
    (bind(values), ...);
  }
  bool next() { return statement_.executeStep(); }

  const SQLite::Statement& rows() const noexcept { return statement_; }

 private:
  void bind_number(std::int64_t number);
  void finish();

  SQLite::Statement statement_;
  std::vector<std::string> texts_; ///< one buffer for each parameter
  int bound_ = 0;
};

/// Reads the columns of the current row from left to right. Texts live until the next row.
class row_reader {
 public:
  explicit row_reader(const statement& s) noexcept : rows_(s.rows()) {}

  std::string_view text();
  std::string string() { return std::string(text()); }
  std::int64_t number();
  std::optional<std::int64_t> maybe_number();
  double real();
  std::int32_t small_number() { return static_cast<std::int32_t>(number()); }
  bool flag() { return number() != 0; }
  timestamp time() { return timestamp(duration(number())); }
  std::optional<timestamp> maybe_time();
  template <class Id>
  Id id() {
    return Id{number()};
  }

 private:
  const SQLite::Statement& rows_;
  int column_ = 0;
};

} // namespace tocsin::storage
