#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/result.hpp"

namespace tocsin::storage {

/// A piece of a file that moves from its front to its end, so that a file of any size takes little memory.
class file_window {
 public:
  /// @returns a failure that says why when it is not a regular file or cannot be read.
  static result<file_window> open(const std::string& file);
  ~file_window();
  file_window(file_window&& other) noexcept;
  file_window& operator=(file_window&& other) noexcept;

  /// What was read and not consumed.
  std::string_view text() const noexcept { return std::string_view(buffer_).substr(begin_); }
  /// Whether nothing follows `text`.
  bool at_end() const noexcept { return at_end_; }
  /// Where `text` begins in the file.
  std::int64_t offset() const noexcept { return offset_; }
  /// Of the file when it was opened.
  std::int64_t size() const noexcept { return size_; }

  /// Reads some more behind `text`.
  result<void> grow();
  /// The first `count` bytes of `text` are done with.
  void consume(std::size_t count) noexcept;
  /// Goes on at another place.
  void seek(std::int64_t offset) noexcept;

 private:
  file_window(int descriptor, std::string file, std::int64_t size);

  int descriptor_ = -1;
  std::string file_;
  std::int64_t size_ = 0;
  std::int64_t offset_ = 0;
  std::string buffer_;
  std::size_t begin_ = 0;
  bool at_end_ = false;
};

/// SHA-256 of what files hold, one behind the other, as hexadecimal digits; those that do not exist count as empty.
result<std::string> digest_of_files(const std::vector<std::string>& files);

} // namespace tocsin::storage
