#include "storage/statement.hpp"

#include <SQLiteCpp/Column.h>

namespace tocsin::storage {

statement::statement(const SQLite::Database& db, const std::string& sql)
    : statement_(db, sql), texts_(static_cast<std::size_t>(statement_.getBindParameterCount())) {}

void statement::rewind() noexcept {
  statement_.tryReset();
  bound_ = 0;
}

void statement::bind(std::string_view text) {
  // SQLiteCpp takes text with its length only from a std::string; one that is
  // kept costs no allocation.
  auto& kept = texts_.at(static_cast<std::size_t>(bound_));
  kept.assign(text);
  statement_.bindNoCopy(++bound_, kept);
}

void statement::bind(const std::optional<timestamp>& t) {
  if (t) {
    bind(*t);
  } else {
    statement_.bind(++bound_);
  }
}

void statement::bind(const std::optional<std::int64_t>& number) {
  if (number) {
    bind(*number);
  } else {
    statement_.bind(++bound_);
  }
}

void statement::bind(blob bytes) {
  // A null pointer would mean NULL.
  const auto* data = bytes.bytes.empty() ? "" : bytes.bytes.data();
  statement_.bind(++bound_, data, static_cast<int>(bytes.bytes.size()));
}

void statement::bind(double number) {
  statement_.bind(++bound_, number);
}

void statement::bind_number(std::int64_t number) {
  statement_.bind(++bound_, number);
}

void statement::finish() {
  try {
    statement_.exec();
  } catch (...) {
    // A statement left in the middle would keep its transaction from ending.
    rewind();
    throw;
  }
  rewind();
}

std::string_view row_reader::text() {
  const auto column = rows_.getColumn(column_++);
  const auto* bytes = static_cast<const char*>(column.getBlob());
  return bytes ? std::string_view(bytes, static_cast<std::size_t>(column.getBytes())) : std::string_view();
}

std::int64_t row_reader::number() {
  return rows_.getColumn(column_++).getInt64();
}

double row_reader::real() {
  return rows_.getColumn(column_++).getDouble();
}

std::optional<std::int64_t> row_reader::maybe_number() {
  if (rows_.isColumnNull(column_)) {
    ++column_;
    return std::nullopt;
  }
  return number();
}

std::optional<timestamp> row_reader::maybe_time() {
  const auto millis = maybe_number();
  return millis ? std::optional(timestamp(duration(*millis))) : std::nullopt;
}

} // namespace tocsin::storage
