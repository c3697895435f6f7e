#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin::testing {

/// Reads comma-separated values as RFC 4180 has them, and takes nothing else: every line
/// ends with CR LF, a quote stands only around a cell or doubled within it.
inline std::vector<std::vector<std::string>> read_csv(std::string_view text) {
  std::vector<std::vector<std::string>> lines;
  std::size_t at = 0;
  const auto plain_cell = [&] {
    const auto end = text.find_first_of(",\r\n\"", at);
    if (end == std::string_view::npos) throw std::runtime_error("a line without an end");
    if (text[end] == '"') throw std::runtime_error("a quote within a plain cell");
    const auto cell = text.substr(at, end - at);
    at = end;
    return std::string(cell);
  };
  const auto quoted_cell = [&] {
    std::string cell;
    for (++at;; ++at) {
      if (at >= text.size()) throw std::runtime_error("a quote without an end");
      if (text[at] != '"') {
        cell += text[at];
      } else if (at + 1 < text.size() && text[at + 1] == '"') {
        cell += '"';
        ++at;
      } else {
        ++at;
        return cell;
      }
    }
  };
  while (at < text.size()) {
    auto& line = lines.emplace_back();
    for (;;) {
      line.push_back(at < text.size() && text[at] == '"' ? quoted_cell() : plain_cell());
      if (at < text.size() && text[at] == ',') {
        ++at;
        continue;
      }
      if (text.substr(at, 2) != "\r\n") throw std::runtime_error("expected a comma or CR LF behind a cell");
      at += 2;
      break;
    }
  }
  return lines;
}

} // namespace tocsin::testing
