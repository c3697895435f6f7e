#include "http/client/table.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "protocols/terminal_text.hpp"
#include "storage/csv.hpp"

namespace tocsin::http {

namespace {

/// `alert_name` as the head of a column: `ALERT NAME`.
std::string heading(std::string_view name) {
  std::string out;
  for (const auto c : name) out += c == '_' ? ' ' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return out;
}

std::string_view colour_of(tone t) noexcept {
  switch (t) {
    case tone::bad: return "\x1b[31m";
    case tone::warning: return "\x1b[33m";
    case tone::good: return "\x1b[32m";
    case tone::faint: return "\x1b[2m";
    case tone::plain: break;
  }
  return {};
}

/// A line of cells, each as wide as its column but the last, without blanks at its end.
void append_line(std::string& out, const std::vector<cell>& line, const std::vector<std::size_t>& widths, bool colour) {
  std::size_t blanks = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const auto& text = line[i].text;
    const auto code = colour ? colour_of(line[i].colour) : std::string_view{};
    if (!text.empty()) {
      out.append(blanks, ' ').append(code).append(text).append(code.empty() ? "" : "\x1b[0m");
      blanks = 0;
    }
    blanks += widths[i] - terminal_width(text) + 2;
  }
  out += '\n';
}

} // namespace

void table::add(std::vector<cell> row, std::string json) {
  rows_.push_back(std::move(row));
  json_.push_back(std::move(json));
}

std::string table::render(config::output_form form, const console_style& style) const {
  switch (form) {
    case config::output_form::json: return as_json();
    case config::output_form::csv: return as_csv(style.terminal);
    case config::output_form::table: break;
  }
  return for_people(style.colour);
}

std::string table::for_people(bool colour) const {
  if (rows_.empty()) return {};
  std::vector<std::vector<cell>> lines(1);
  for (const auto& name : names_) lines.front().push_back({heading(name), tone::plain});
  std::vector<std::size_t> widths(names_.size());
  for (const auto& row : rows_) {
    auto& line = lines.emplace_back();
    for (const auto& c : row) line.push_back({terminal_safe(c.text), c.colour});
  }
  for (const auto& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], terminal_width(line[i].text));
  }
  std::string out;
  for (const auto& line : lines) append_line(out, line, widths, colour);
  return out;
}

std::string table::as_csv(bool terminal) const {
  std::string out;
  storage::csv_writer w(out);
  for (const auto& name : names_) w.cell(name);
  w.end_line();
  for (const auto& row : rows_) {
    for (const auto& c : row) w.cell(terminal ? terminal_safe(c.text) : c.text);
    w.end_line();
  }
  return out;
}

std::string table::as_json() const {
  std::string out = "[";
  for (const auto& one : json_) out.append(out.size() == 1 ? "\n" : ",\n").append(terminal_safe_json(one));
  return out + (json_.empty() ? "]\n" : "\n]\n");
}

} // namespace tocsin::http
