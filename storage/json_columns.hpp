#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/label_set.hpp"

namespace tocsin::storage {

/// Replaces `out` by a JSON object of strings.
void write_labels(std::string& out, const label_set& labels);

/// Replaces `out` by a JSON array of strings.
void write_strings(std::string& out, const std::vector<std::string>& strings);

/// Reads the JSON columns, with buffers that it keeps from one to the next.
/// Each throws std::runtime_error, which quotes the text, when it is not what this program writes.
class json_column_reader {
 public:
  json_column_reader();
  ~json_column_reader();
  json_column_reader(json_column_reader&&) noexcept;
  json_column_reader& operator=(json_column_reader&&) noexcept;

  label_set labels(std::string_view text);
  std::vector<std::string> strings(std::string_view text);
  std::vector<std::int64_t> numbers(std::string_view text);

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace tocsin::storage
