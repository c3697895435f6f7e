#include "protocols/mime.hpp"

#include <algorithm>
#include <array>

#include "protocols/utf8.hpp"

namespace tocsin::mime {

namespace {

constexpr std::size_t longest_line = 76;
constexpr std::size_t longest_encoded_word = 75;
constexpr std::string_view word_begin = "=?utf-8?q?";
constexpr std::string_view word_end = "?=";
constexpr std::string_view fold = "\r\n ";

void append_hex(std::string& out, char c) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  out.append({'=', digits[byte >> 4], digits[byte & 15]});
}

bool is_control(char c) noexcept {
  return static_cast<unsigned char>(c) < 0x20 || c == '\x7f';
}

bool is_ascii(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_alphanumeric(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// Valid UTF-8 in one line, with single spaces only.
std::string one_line(std::string_view text) {
  std::string out;
  for (const char c : replace_invalid_utf8(text)) {
    const char next = is_control(c) ? ' ' : c;
    if (next == ' ' && (out.empty() || out.back() == ' ')) continue;
    out.push_back(next);
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

/// Takes the first character off `text`, encoded for an encoded word (RFC 2047, 4.2 and 5).
std::string take_encoded(std::string_view& text) {
  const auto size = std::max<std::size_t>(utf8_sequence(text), 1);
  std::string out;
  for (const char c : text.substr(0, size)) {
    if (c == ' ') {
      out.push_back('_');
    } else if (is_alphanumeric(c) || c == '!' || c == '*' || c == '+' || c == '-' || c == '/') {
      out.push_back(c);
    } else {
      append_hex(out, c);
    }
  }
  text.remove_prefix(size);
  return out;
}

/// Encoded words; the first begins at `column`.
std::string encoded_words(std::string_view text, std::size_t column) {
  std::string out(word_begin);
  auto used = column + word_begin.size();
  while (!text.empty()) {
    const auto next = take_encoded(text);
    if (used + next.size() + word_end.size() > longest_encoded_word) {
      out.append(word_end).append(fold).append(word_begin);
      used = 1 + word_begin.size();
    }
    out += next;
    used += next.size();
  }
  return out.append(word_end);
}

/// ASCII text folded at its spaces; empty when a word is too long for a line.
std::string folded(std::string_view text, std::size_t column) {
  std::string out;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    if (1 + end > longest_line) return {};
    if (!out.empty() && column + 1 + end > longest_line) {
      out += fold;
      column = 1;
    } else if (!out.empty()) {
      out.push_back(' ');
      ++column;
    }
    out += text.substr(0, end);
    column += end;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string quoted(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out.append("\"");
}

std::string written(const mailbox& box) {
  const auto name = one_line(box.name);
  const auto address = one_line(box.address);
  if (name.empty()) return address;
  const bool plain = is_ascii(name) && name.size() < longest_line / 2 && name.find("=?") == std::string::npos;
  return (plain ? quoted(name) : encoded_words(name, 1)) + " <" + address + ">";
}

} // namespace

std::string header(std::string_view name, std::string_view text) {
  const auto line = one_line(text);
  const auto column = name.size() + 2;
  std::string out = std::string(name) + ": ";
  // What looks like an encoded word would be decoded at the other end.
  if (is_ascii(line) && line.find("=?") == std::string::npos) {
    if (auto plain = folded(line, column); line.empty() || !plain.empty()) return out.append(plain).append("\r\n");
  }
  return out.append(encoded_words(line, column)).append("\r\n");
}

std::string header(std::string_view name, const std::vector<mailbox>& boxes) {
  std::string out = std::string(name) + ":";
  for (const auto& box : boxes) {
    // Each on a line of its own: simple, and never too long.
    out.append(&box == &boxes.front() ? " " : ",\r\n ").append(written(box));
  }
  return out.append("\r\n");
}

std::string date(timestamp t) {
  constexpr std::array<std::string_view, 7> weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(t);
  const std::chrono::year_month_day ymd(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(t - day));
  const auto two = [](auto number) { return (number < 10 ? "0" : "") + std::to_string(number); };
  std::string out(weekdays[std::chrono::weekday(day).c_encoding()]);
  out.append(", ").append(two(static_cast<unsigned>(ymd.day()))).append(" ");
  out.append(months[static_cast<unsigned>(ymd.month()) - 1]).append(" ");
  out.append(std::to_string(static_cast<int>(ymd.year()))).append(" ").append(two(time.hours().count()));
  out.append(":").append(two(time.minutes().count())).append(":").append(two(time.seconds().count()));
  return out.append(" +0000");
}

std::string quoted_printable(std::string_view text) {
  std::string out;
  std::size_t column = 0;
  const auto add = [&](std::string_view piece) {
    // One place is kept for the `=` of a soft line break.
    if (column + piece.size() > longest_line - 1) {
      out += "=\r\n";
      column = 0;
    }
    out += column == 0 && piece == "." ? std::string_view("=2E") : piece;
    column += piece == "." && column == 0 ? 3 : piece.size();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    const bool ends_line = i + 1 == text.size() || text[i + 1] == '\n' || text[i + 1] == '\r';
    if (c == '\n' || c == '\r') {
      out += "\r\n";
      column = 0;
    } else if ((c == ' ' || c == '\t') && !ends_line) {
      add({&c, 1});
    } else if (c > ' ' && c < '\x7f' && c != '=') {
      add({&c, 1});
    } else {
      std::string escaped;
      append_hex(escaped, c);
      add(escaped);
    }
  }
  return out;
}

} // namespace tocsin::mime
