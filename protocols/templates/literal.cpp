#include "protocols/templates/literal.hpp"

#include <algorithm>
#include <charconv>

#include "protocols/go_text.hpp"

namespace tocsin::templates {

namespace {

/// `1_000` without its `_`, each of which must stand between digits.
std::optional<std::string> without_separators(std::string_view digits) {
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (digits[i] != '_') {
      out.push_back(digits[i]);
    } else if (i + 1 == digits.size() || digits[i + 1] == '_') {
      return std::nullopt;
    }
  }
  return out;
}

struct prefix {
  int base = 10;
  std::size_t size = 0;
};

prefix prefix_of(std::string_view digits) {
  if (digits.size() < 2 || digits.front() != '0') return {};
  switch (digits[1]) {
    case 'x':
    case 'X': return {16, 2};
    case 'b':
    case 'B': return {2, 2};
    case 'o':
    case 'O': return {8, 2};
    default: return {8, 1};
  }
}

std::optional<std::int64_t> read_integer(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const auto base = prefix_of(text);
  const auto digits = without_separators(text.substr(base.size));
  if (!digits || digits->empty() || text.starts_with('_')) return std::nullopt;
  const auto signed_digits = (negative ? "-" : "") + *digits;
  // A sign that stands among the digits would be taken for the number's own.
  if (digits->front() == '-' || digits->front() == '+') return std::nullopt;
  std::int64_t number = 0;
  const auto* end = signed_digits.data() + signed_digits.size();
  const auto read = std::from_chars(signed_digits.data(), end, number, base.base);
  if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return number;
}

std::optional<double> read_float(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  // Letters other than the exponent's: from_chars would take `inf` and `nan`.
  if (text.find_first_not_of("0123456789.eE+-_") != std::string_view::npos) return std::nullopt;
  if (text.starts_with("-+") || text.starts_with("+")) return std::nullopt;
  const auto digits = without_separators(text);
  if (!digits) return std::nullopt;
  double number = 0;
  const auto* end = digits->data() + digits->size();
  const auto read = std::from_chars(digits->data(), end, number);
  if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return number;
}

} // namespace

std::optional<value> read_number(std::string_view text) {
  if (const auto whole = read_integer(text)) return value::number(*whole);
  if (text.find_first_of(".eE") == std::string_view::npos) return std::nullopt;
  const auto number = read_float(text);
  return number ? std::optional(value(*number)) : std::nullopt;
}

std::optional<value> read_character(std::string_view quoted) {
  if (quoted.size() < 3) return std::nullopt;
  auto inner = std::string(quoted.substr(1, quoted.size() - 2));
  // Double quotes have the other rule for which quote needs a backslash.
  if (inner == "\\'")
    inner = "'";
  else if (inner == "\"")
    inner = "\\\"";
  else if (inner == "\\\"")
    return std::nullopt;
  const auto text = go::unquote("\"" + inner + "\"");
  if (!text || text->empty()) return std::nullopt;
  const auto rune = go::first_rune(*text);
  if (rune.size != text->size()) return std::nullopt;
  return value::number(static_cast<std::int64_t>(rune.code));
}

std::optional<std::string> read_string(std::string_view quoted) {
  if (!quoted.starts_with('`')) return go::unquote(quoted);
  auto text = std::string(quoted.substr(1, quoted.size() - 2));
  // Go drops carriage returns from raw strings.
  text.erase(std::remove(text.begin(), text.end(), '\r'), text.end());
  return text;
}

} // namespace tocsin::templates
