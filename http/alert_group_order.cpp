#include "http/alert_group_order.hpp"

#include <charconv>
#include <exception>
#include <vector>

#include "protocols/digest.hpp"
#include "storage/json_columns.hpp"

namespace tocsin::http {

namespace {

constexpr std::string_view digits = "0123456789abcdef";

std::optional<std::string> unhex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const auto high = digits.find(text[i]);
    const auto low = digits.find(text[i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    bytes += static_cast<char>(high * digits.size() + low);
  }
  return bytes;
}

const std::string& receiver_of(const group_cursor& g, const config::config& c) {
  static const std::string none;
  // A reload may have left the route of a cursor out.
  return g.route < c.routes.routes().size() ? c.routes.at(g.route).receiver : none;
}

} // namespace

bool labels_before(const label_set& a, const label_set& b) {
  if (a.size() != b.size()) return a.size() < b.size();
  auto left = a.begin();
  auto right = b.begin();
  for (; left != a.end() && right != b.end(); ++left, ++right) {
    const auto l = *left;
    const auto r = *right;
    // The smaller of two different names is one that the other set lacks, and who lacks it comes first.
    if (l.name != r.name) return l.name > r.name;
    if (l.value != r.value) return l.value < r.value;
  }
  return false;
}

bool alert_before(const label_set& a, const label_set& b) {
  for (const auto* name : {"job", "instance"}) {
    // Those without it come last; a label with an empty value is none.
    const auto left = a.get(name);
    const auto right = b.get(name);
    if (left == right) continue;
    if (left.empty() || right.empty()) return right.empty();
    return left < right;
  }
  return labels_before(a, b);
}

bool before(const group_cursor& a, const group_cursor& b, const config::config& c) {
  if (a.labels != b.labels) return labels_before(a.labels, b.labels);
  const auto& left = receiver_of(a, c);
  const auto& right = receiver_of(b, c);
  return left != right ? left < right : a.route < b.route;
}

std::string to_string(const group_cursor& cursor) {
  std::string json;
  storage::write_labels(json, cursor.labels);
  return std::to_string(cursor.route) + '-' + hex(json);
}

std::optional<group_cursor> parse_group_cursor(std::string_view text) {
  group_cursor cursor;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), cursor.route);
  if (error != std::errc{} || end == text.data() + text.size() || *end != '-') return std::nullopt;
  const auto json = unhex(std::string_view(end + 1, text.data() + text.size()));
  if (!json) return std::nullopt;
  try {
    cursor.labels = storage::json_column_reader().labels(*json);
  } catch (const std::exception&) {
    return std::nullopt;
  }
  return cursor;
}

} // namespace tocsin::http
