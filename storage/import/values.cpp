#include "storage/import/values.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <simdjson.h>

#include "protocols/utf8.hpp"

namespace tocsin::storage {

namespace {

/// Smaller numbers are seconds (this many are in the year 5138), greater ones milliseconds (1973).
constexpr double least_millis = 1e11;
/// The year 9999, in milliseconds.
constexpr double most_millis = 253'402'300'799'999.0;

template <class T>
std::optional<T> parsed(std::string_view text) {
  T value{};
  const auto* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  return value;
}

std::optional<timestamp> since_1970(double number) {
  const auto millis = std::abs(number) < least_millis ? number * 1000 : number;
  if (!(std::abs(millis) <= most_millis)) return std::nullopt;
  return timestamp(duration(static_cast<std::int64_t>(std::llround(millis))));
}

/// As `2025-11-12 10:00:00.123456+0000` is written in RFC 3339.
std::string standard_form(std::string_view text) {
  constexpr std::size_t date = std::string_view("2025-11-12").size();
  constexpr std::size_t short_zone = std::string_view("+0000").size();
  std::string out(text);
  if (out.size() <= date) return out;
  if (out[date] == ' ' || out[date] == 't') out[date] = 'T';
  if (out.back() == 'z') out.back() = 'Z';
  const auto sign = out.find_last_of("+-");
  if (sign != std::string::npos && sign > date && out.size() - sign == short_zone && out[sign + 3] != ':') {
    out.insert(sign + 3, 1, ':');
  }
  return out;
}

bool is_number(std::string_view text) {
  return text.find_first_not_of("0123456789.+-eE") == std::string_view::npos
         && std::count(text.begin(), text.end(), '-') < 2;
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") + 1 - begin);
}

/// Calls `take` with what lies between commas; false once that says so.
template <class Take>
bool for_each_part(std::string_view text, Take take) {
  while (!text.empty()) {
    const auto comma = text.find(',');
    if (const auto part = trimmed(text.substr(0, comma)); !part.empty() && !take(part)) return false;
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  return true;
}

} // namespace

std::optional<timestamp> time_in(const raw_cell& cell) {
  switch (cell.what) {
    case raw_cell::kind::number: return since_1970(static_cast<double>(cell.number));
    case raw_cell::kind::real: return since_1970(cell.real);
    case raw_cell::kind::text: break;
    default: return std::nullopt;
  }
  const auto text = trimmed(cell.text);
  if (text.empty()) return std::nullopt;
  if (is_number(text)) {
    const auto number = parsed<double>(text);
    return number ? since_1970(*number) : std::nullopt;
  }
  const auto read = parse_rfc3339(text);
  if (read) return *read;
  const auto again = parse_rfc3339(standard_form(text));
  return again ? *again : std::nullopt;
}

std::optional<std::int64_t> number_in(const raw_cell& cell) {
  if (cell.what == raw_cell::kind::number) return cell.number;
  if (cell.what == raw_cell::kind::text) {
    const auto text = trimmed(cell.text);
    if (const auto whole = parsed<std::int64_t>(text)) return whole;
  }
  const auto real = real_in(cell);
  // Beyond that not every whole number has a double of its own.
  constexpr double most = 9'007'199'254'740'992.0;
  if (!real || std::floor(*real) != *real || std::abs(*real) > most) return std::nullopt;
  return static_cast<std::int64_t>(*real);
}

std::optional<double> real_in(const raw_cell& cell) {
  switch (cell.what) {
    case raw_cell::kind::number: return static_cast<double>(cell.number);
    case raw_cell::kind::real: return cell.real;
    case raw_cell::kind::text: return parsed<double>(trimmed(cell.text));
    default: return std::nullopt;
  }
}

std::optional<std::string_view> text_in(const raw_cell& cell) {
  if (cell.what == raw_cell::kind::none) return std::string_view();
  if (cell.what != raw_cell::kind::text && cell.what != raw_cell::kind::json) return std::nullopt;
  if (find_invalid_utf8(cell.text) != std::string_view::npos) return std::nullopt;
  return cell.text;
}

std::optional<severity> severity_in(std::string_view text) {
  std::string lower(trimmed(text));
  for (auto& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (lower == "l1") return severity::critical;
  if (lower == "l2") return severity::warning;
  if (lower == "l3") return severity::info;
  return parse_severity(lower);
}

struct json_cells::impl {
  simdjson::ondemand::parser parser;
  std::string padded;

  simdjson::ondemand::document open(std::string_view text) {
    padded.assign(text);
    padded.reserve(text.size() + simdjson::SIMDJSON_PADDING);
    return parser.iterate(padded.data(), text.size(), padded.capacity());
  }

  /// Calls `take` with each element of an array, which says whether it is what was expected.
  template <class Take>
  bool for_each_element(std::string_view text, Take take) {
    try {
      auto document = open(text);
      for (auto element : document.get_array()) {
        if (!take(element.value())) return false;
      }
      return document.current_location().error() == simdjson::OUT_OF_BOUNDS;
    } catch (const simdjson::simdjson_error&) {
      return false;
    }
  }
};

json_cells::json_cells() : impl_(std::make_unique<impl>()) {}
json_cells::~json_cells() = default;
json_cells::json_cells(json_cells&&) noexcept = default;
json_cells& json_cells::operator=(json_cells&&) noexcept = default;

bool json_cells::labels(const raw_cell& cell, std::vector<label_view>& into) {
  into.clear();
  if (cell.empty()) return true;
  if (cell.what != raw_cell::kind::text && cell.what != raw_cell::kind::json) return false;
  try {
    auto document = impl_->open(cell.text);
    for (auto field : document.get_object()) {
      const std::string_view name = field.unescaped_key();
      auto value = field.value();
      switch (value.type().value()) {
        case simdjson::ondemand::json_type::string: into.push_back({name, value.get_string()}); break;
        case simdjson::ondemand::json_type::number: into.push_back({name, trimmed(value.raw_json_token())}); break;
        case simdjson::ondemand::json_type::boolean:
          into.push_back({name, value.get_bool().value() ? "true" : "false"});
          break;
        case simdjson::ondemand::json_type::null: break;
        default: return false;
      }
    }
    return document.current_location().error() == simdjson::OUT_OF_BOUNDS;
  } catch (const simdjson::simdjson_error&) {
    return false;
  }
}

std::optional<std::vector<std::string>> json_cells::texts(const raw_cell& cell) {
  std::vector<std::string> found;
  if (cell.empty()) return found;
  const auto text = text_in(cell);
  if (!text) return std::nullopt;
  if (!trimmed(*text).starts_with('[')) {
    for_each_part(*text, [&](std::string_view part) {
      found.emplace_back(part);
      return true;
    });
    return found;
  }
  const auto whole = impl_->for_each_element(*text, [&](auto element) {
    found.emplace_back(std::string_view(element.get_string()));
    return true;
  });
  return whole ? std::optional(std::move(found)) : std::nullopt;
}

std::optional<std::vector<std::int64_t>> json_cells::numbers(const raw_cell& cell) {
  std::vector<std::int64_t> found;
  if (cell.empty()) return found;
  const auto take = [&](std::string_view part) {
    const auto number = parsed<std::int64_t>(part);
    if (number) found.push_back(*number);
    return number.has_value();
  };
  if (cell.what == raw_cell::kind::number) return std::vector{cell.number};
  const auto text = text_in(cell);
  if (!text) return std::nullopt;
  const auto array = trimmed(*text).starts_with('[');
  const auto whole = array ? impl_->for_each_element(*text,
                                                     [&](auto element) {
                                                       // Numbers in quotes are numbers too.
                                                       auto token = trimmed(element.raw_json_token());
                                                       if (token.size() > 1 && token.front() == '"') {
                                                         token = token.substr(1, token.size() - 2);
                                                       }
                                                       return take(token);
                                                     })
                           : for_each_part(*text, take);
  return whole ? std::optional(std::move(found)) : std::nullopt;
}

} // namespace tocsin::storage
