#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "protocols/result.hpp"
#include "storage/import/raw_row.hpp"

namespace tocsin::storage {

enum class import_format : std::uint8_t { csv, ndjson, sqlite };

std::string_view to_string(import_format f) noexcept;
std::optional<import_format> parse_import_format(std::string_view text) noexcept;

/// By what the file holds. @returns a failure when it cannot be read or is none of them.
result<import_format> guess_format(const std::string& file);

/// From where a file can be read on, and how far that is for people.
struct source_position {
  /// Bytes, or the last row's number.
  std::int64_t offset = 0;
  /// Lines (or rows) before it.
  std::int64_t line = 0;
};

/// One alert of a file, or why it is none.
struct source_row {
  /// Where it begins, from 1.
  std::int64_t line = 0;
  /// The row belongs to the source, until the next one.
  tl::expected<const raw_row*, refusal> what;
};

/// A file that alerts are read from, one by one, in constant memory.
class alert_source {
 public:
  virtual ~alert_source() = default;

  /// The next row; nothing at the end.
  /// @returns a failure, which names the place, when nothing behind it can be made sense of.
  virtual result<std::optional<source_row>> next() = 0;
  /// Behind the row read last.
  virtual source_position position() const = 0;
  /// Goes on where `position` was.
  virtual void resume(source_position at) = 0;
  /// The greatest offset there is.
  virtual std::int64_t size() const = 0;
  /// Columns or members that are not taken, each once, as far as they were seen.
  virtual const std::vector<std::string>& unknown() const = 0;
};

/// Opens a file that is no database; reads the header of comma-separated values.
result<std::unique_ptr<alert_source>> open_csv(const std::string& file);
result<std::unique_ptr<alert_source>> open_ndjson(const std::string& file);

/// Text files: bytes of one row at most. It also bounds the memory that a file takes.
inline constexpr std::size_t most_row_bytes = 16 << 20;

} // namespace tocsin::storage
