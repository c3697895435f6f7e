#pragma once

#include <string>
#include <string_view>

namespace tocsin::storage {

/// Writes comma-separated values (RFC 4180) by appending to a string: lines end with
/// CR LF, and a cell is in quotes where it must be.
///
/// A cell that a spreadsheet would take for a formula (it begins with `=`, `+`, `-`, `@`,
/// a tab or a carriage return) gets an apostrophe in front, which makes it plain text:
/// labels come from whoever may send alerts. So does such a text with apostrophes in front
/// already, so that `without_guard` finds back to every text.
class csv_writer {
 public:
  explicit csv_writer(std::string& out) : out_(out) {}

  csv_writer& cell(std::string_view text);
  void end_line();

 private:
  std::string& out_;
  bool in_line_ = false;
};

/// The text of a cell without the apostrophe that the writer put in front.
std::string_view without_guard(std::string_view cell) noexcept;

} // namespace tocsin::storage
