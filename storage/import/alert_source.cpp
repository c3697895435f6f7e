#include "storage/import/alert_source.hpp"

#include "storage/import/file_window.hpp"

namespace tocsin::storage {

std::string_view to_string(import_format f) noexcept {
  switch (f) {
    case import_format::csv: return "csv";
    case import_format::ndjson: return "ndjson";
    case import_format::sqlite: return "sqlite";
  }
  return "csv";
}

std::optional<import_format> parse_import_format(std::string_view text) noexcept {
  for (const auto f : {import_format::csv, import_format::ndjson, import_format::sqlite}) {
    if (text == to_string(f)) return f;
  }
  return std::nullopt;
}

result<import_format> guess_format(const std::string& file) {
  auto window = file_window::open(file);
  if (!window) return tl::unexpected(window.error());
  if (auto read = window->grow(); !read) return tl::unexpected(read.error());
  auto text = window->text();
  if (text.starts_with(std::string_view("SQLite format 3\0", 16))) return import_format::sqlite;
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    return fail(file + " is in UTF-16. Convert it to UTF-8: iconv -f UTF-16 -t UTF-8");
  }
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return fail(file + " is empty");
  if (text[first] == '[') return fail(file + " is a JSON array. Expected one object a line: jq -c '.[]' makes that");
  return text[first] == '{' ? import_format::ndjson : import_format::csv;
}

} // namespace tocsin::storage
