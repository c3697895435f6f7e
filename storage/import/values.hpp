#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/label_set.hpp"
#include "protocols/severity.hpp"
#include "protocols/time.hpp"
#include "storage/import/raw_row.hpp"

/// From what files hold to this program's values. Each is a pure function; nothing means that the cell
/// does not hold what was asked for.
namespace tocsin::storage {

/// RFC 3339 with `T` or a blank, with or without fraction and zone (none: UTC), or seconds or milliseconds since 1970.
std::optional<timestamp> time_in(const raw_cell& cell);
/// A whole number, also as text or as `12.0`.
std::optional<std::int64_t> number_in(const raw_cell& cell);
std::optional<double> real_in(const raw_cell& cell);
/// Text of valid UTF-8, which may be empty.
std::optional<std::string_view> text_in(const raw_cell& cell);
/// `critical`, `warning`, `info` or `L1`, `L2`, `L3`, in any case.
std::optional<severity> severity_in(std::string_view text);

/// Reads the JSON of cells, with buffers that it keeps.
class json_cells {
 public:
  json_cells();
  ~json_cells();
  json_cells(json_cells&&) noexcept;
  json_cells& operator=(json_cells&&) noexcept;

  /// Replaces `into` by the members of an object of texts; numbers and truth values count as texts, null as nothing.
  /// What is put in lives until the next call.
  /// @returns false when the cell holds anything else. An empty one has no members.
  bool labels(const raw_cell& cell, std::vector<label_view>& into);
  /// An array of texts, or texts with commas between them.
  std::optional<std::vector<std::string>> texts(const raw_cell& cell);
  /// An array of whole numbers, or numbers with commas between them.
  std::optional<std::vector<std::int64_t>> numbers(const raw_cell& cell);

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace tocsin::storage
