#include "storage/csv.hpp"

namespace tocsin::storage {

csv_writer& csv_writer::cell(std::string_view text) {
  if (in_line_) out_ += ',';
  in_line_ = true;
  const bool formula = !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos;
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
