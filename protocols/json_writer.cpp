#include "protocols/json_writer.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

#include "protocols/utf8.hpp"

namespace tocsin {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

constexpr bool needs_escape(unsigned char c, json_escaping escaping) noexcept {
  if (c < 0x20 || c == '"' || c == '\\') return true;
  return escaping == json_escaping::html && (c == '<' || c == '>' || c == '&');
}

/// True for the bytes that are written as they are: ASCII without what must be escaped.
constexpr std::array<bool, 256> plain_bytes(json_escaping escaping) noexcept {
  std::array<bool, 256> plain{};
  for (std::size_t c = 0; c < 0x80; ++c) plain[c] = !needs_escape(static_cast<unsigned char>(c), escaping);
  return plain;
}

constexpr auto plain_minimal = plain_bytes(json_escaping::minimal);
constexpr auto plain_html = plain_bytes(json_escaping::html);

constexpr std::uint64_t each_byte(unsigned char c) noexcept {
  return 0x0101010101010101ULL * c;
}

/// The high bit of each byte that is zero. A borrow may set it for others too,
/// which only costs a closer look.
constexpr std::uint64_t zero_bytes(std::uint64_t word) noexcept {
  return (word - each_byte(1)) & ~word & each_byte(0x80);
}

constexpr std::uint64_t equal_bytes(std::uint64_t word, unsigned char c) noexcept {
  return zero_bytes(word ^ each_byte(c));
}

/// False when one of eight bytes may need a closer look.
constexpr bool plain_word(std::uint64_t word, json_escaping escaping) noexcept {
  auto suspect = (word & each_byte(0x80)) | ((word - each_byte(0x20)) & ~word & each_byte(0x80))
                 | equal_bytes(word, '"') | equal_bytes(word, '\\');
  if (escaping == json_escaping::html) {
    suspect |= equal_bytes(word, '<') | equal_bytes(word, '>') | equal_bytes(word, '&');
  }
  return suspect == 0;
}

/// Where the run of plain bytes that starts at `from` ends.
std::size_t skip_plain(std::string_view text, std::size_t from, json_escaping escaping) noexcept {
  while (from + sizeof(std::uint64_t) <= text.size()) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + from, sizeof word);
    if (!plain_word(word, escaping)) break;
    from += sizeof word;
  }
  const auto& plain = escaping == json_escaping::html ? plain_html : plain_minimal;
  while (from < text.size() && plain[static_cast<unsigned char>(text[from])]) ++from;
  return from;
}

bool is_line_separator(std::string_view sequence) noexcept {
  return sequence == "\xE2\x80\xA8" || sequence == "\xE2\x80\xA9";
}

void append_escaped(std::string& out, unsigned char c) {
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  out += "\\u00";
  out += hex_digits[c >> 4];
  out += hex_digits[c & 15];
}

template <class T>
void append_number(std::string& out, T number) {
  std::array<char, 24> text;
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), number);
  out.append(text.data(), end);
}

} // namespace

json_writer& json_writer::begin_object() {
  separate();
  out_ += '{';
  need_comma_ = false;
  return *this;
}

json_writer& json_writer::end_object() {
  out_ += '}';
  need_comma_ = true;
  return *this;
}

json_writer& json_writer::begin_array() {
  separate();
  out_ += '[';
  need_comma_ = false;
  return *this;
}

json_writer& json_writer::end_array() {
  out_ += ']';
  need_comma_ = true;
  return *this;
}

json_writer& json_writer::key(std::string_view name) {
  separate();
  string(name);
  out_ += ':';
  need_comma_ = false;
  return *this;
}

json_writer& json_writer::value(std::string_view text) {
  separate();
  string(text);
  return *this;
}

json_writer& json_writer::value(bool b) {
  return raw(b ? "true" : "false");
}

json_writer& json_writer::value(double number) {
  if (!std::isfinite(number)) return null();
  separate();
  // The bounds of JavaScript and Go; beyond them a plain number is too long to read.
  const auto magnitude = std::fabs(number);
  const auto fixed = number == 0 || (magnitude >= 1e-6 && magnitude < 1e21);
  std::array<char, 40> text;
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), number,
                                          fixed ? std::chars_format::fixed : std::chars_format::scientific);
  out_.append(text.data(), end);
  return *this;
}

json_writer& json_writer::value(timestamp t) {
  separate();
  out_ += '"';
  append_rfc3339(out_, t);
  out_ += '"';
  return *this;
}

json_writer& json_writer::value(const label_set& labels) {
  begin_object();
  for (const auto [name, text] : labels) key(name).value(text);
  return end_object();
}

json_writer& json_writer::null() {
  return raw("null");
}

json_writer& json_writer::raw(std::string_view json) {
  separate();
  out_ += json;
  return *this;
}

json_writer& json_writer::integer(std::int64_t number) {
  separate();
  append_number(out_, number);
  return *this;
}

void json_writer::separate() {
  if (need_comma_) out_ += ',';
  need_comma_ = true;
}

void json_writer::string(std::string_view text) {
  out_ += '"';
  std::size_t run = 0;
  for (auto at = skip_plain(text, 0, escaping_); at < text.size(); at = skip_plain(text, at, escaping_)) {
    const auto first = static_cast<unsigned char>(text[at]);
    const auto size = utf8_sequence(text.substr(at));
    const auto sequence = text.substr(at, size);
    const auto separator = escaping_ == json_escaping::html && is_line_separator(sequence);
    if (size > 1 && !separator) {
      at += size;
      continue;
    }
    out_.append(text, run, at - run);
    if (size == 0) {
      out_ += utf8_replacement;
    } else if (separator) {
      out_ += sequence.back() == '\xA8' ? "\\u2028" : "\\u2029";
    } else {
      append_escaped(out_, first);
    }
    at += size == 0 ? 1 : size;
    run = at;
  }
  out_.append(text, run);
  out_ += '"';
}

} // namespace tocsin
