#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin::storage {

/// Takes records of comma-separated values (RFC 4180) from the front of a text that may grow. Lines end
/// with CR LF or LF; a quoted cell may hold line ends.
class csv_parser {
 public:
  enum class outcome {
    record,   ///< `cells`, `size`, `lines` and `fault` tell of it
    more,     ///< the text ends within the record
    unclosed, ///< it will not become longer, and a quote was not closed
  };

  /// Reads the record at the front of `text`, which must not be empty.
  /// @param last whether no more text will follow.
  outcome parse(std::string_view text, bool last);

  /// They live as long as the text, and until the next `parse`.
  const std::vector<std::string_view>& cells() const noexcept { return cells_; }
  /// Bytes of the record, its line end included.
  std::size_t size() const noexcept { return at_; }
  /// Line feeds in them.
  std::size_t lines() const noexcept { return lines_; }
  /// What is wrong with the record, which the next one does not suffer from; null when nothing is.
  const char* fault() const noexcept { return fault_; }

 private:
  enum class step { next_cell, done, more, unclosed };

  /// Where a cell lies: in the text, or unescaped in `scratch_`.
  struct span {
    bool unescaped = false;
    std::size_t begin = 0;
    std::size_t size = 0;
  };

  step plain_cell(std::string_view text, bool last);
  step quoted_cell(std::string_view text, bool last);
  /// Steps over the comma or line end that must come next.
  step end_cell(std::string_view text, bool last);
  void finish(std::string_view text);

  std::size_t at_ = 0;
  std::size_t lines_ = 0;
  const char* fault_ = nullptr;
  std::vector<span> spans_;
  std::string scratch_;
  std::vector<std::string_view> cells_;
};

} // namespace tocsin::storage
