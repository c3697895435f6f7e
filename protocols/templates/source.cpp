#include "protocols/templates/source.hpp"

#include <algorithm>

#include "protocols/matcher.hpp"

namespace tocsin::templates {

failure at_position(const source& s, std::uint32_t offset, std::string_view message) {
  const auto before = std::string_view(s.text).substr(0, offset);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const auto line_start = before.rfind('\n');
  const auto in_line = line_start == std::string_view::npos ? before : before.substr(line_start + 1);
  // Bytes that continue a character of UTF-8 do not count.
  const auto column = 1 + std::count_if(in_line.begin(), in_line.end(), [](char c) {
                        return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
                      });
  std::string out = s.name;
  out.append(":").append(std::to_string(line)).append(":").append(std::to_string(column)).append(": ");
  return {out.append(message)};
}

std::string quoted_start(std::string_view text) {
  constexpr std::size_t most = 40;
  std::string out;
  append_go_quoted(out, text.substr(0, most));
  if (text.size() > most) out.append("…");
  return out;
}

} // namespace tocsin::templates
