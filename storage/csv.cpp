#include "storage/csv.hpp"

namespace tocsin::storage {

namespace {

/// Apostrophes in front count too: with one more of them, what the writer adds can be told from what was there.
bool needs_guard(std::string_view text) noexcept {
  const auto first = text.find_first_not_of('\'');
  return first != std::string_view::npos && std::string_view("=+-@\t\r").find(text[first]) != std::string_view::npos;
}

} // namespace

std::string_view without_guard(std::string_view cell) noexcept {
  return cell.starts_with('\'') && needs_guard(cell.substr(1)) ? cell.substr(1) : cell;
}

csv_writer& csv_writer::cell(std::string_view text) {
  if (in_line_) out_ += ',';
  in_line_ = true;
  const bool formula = needs_guard(text);
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    if (formula) out_ += '\'';
    out_ += text;
    return *this;
  }
  out_ += '"';
  if (formula) out_ += '\'';
  for (const char c : text) {
    if (c == '"') out_ += '"';
    out_ += c;
  }
  out_ += '"';
  return *this;
}

void csv_writer::end_line() {
  out_ += "\r\n";
  in_line_ = false;
}

} // namespace tocsin::storage
