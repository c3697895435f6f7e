#include "http/history_csv.hpp"

#include <concepts>
#include <optional>
#include <string_view>
#include <vector>

#include "http/history_members.hpp"
#include "protocols/json_writer.hpp"
#include "storage/csv.hpp"

namespace tocsin::http {

namespace {

void append_text(std::string& out, std::string_view text) {
  out += text;
}
void append_text(std::string& out, std::integral auto number) {
  out += std::to_string(number);
}
void append_text(std::string& out, timestamp t) {
  append_rfc3339(out, t);
}
void append_text(std::string& out, const label_set& labels) {
  json_writer(out).value(labels);
}
template <class T>
void append_text(std::string& out, const std::optional<T>& value) {
  if (value) append_text(out, *value);
}
template <class T>
void append_text(std::string& out, const std::vector<T>& values) {
  json_writer w(out);
  w.begin_array();
  for (const auto& v : values) w.value(v);
  w.end_array();
}

} // namespace

void append_csv_header(std::string& out) {
  storage::csv_writer line(out);
  visit_members(storage::history_row{}, [&line](std::string_view name, const auto&) { line.cell(name); });
  line.end_line();
}

void append_csv(std::string& out, const storage::history_row& row) {
  storage::csv_writer line(out);
  std::string cell;
  visit_members(row, [&](std::string_view, const auto& value) {
    cell.clear();
    append_text(cell, value);
    line.cell(cell);
  });
  line.end_line();
}

} // namespace tocsin::http
