#include "http/urgency.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

namespace tocsin::http {

namespace {

/// Cuts a number and the dot behind it off.
std::optional<std::int64_t> next_number(std::string_view& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end == text.data() + text.size() || *end != '.') return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
  return number;
}

} // namespace

bool before(const group_position& a, const group_position& b) {
  if (a.how != b.how) return a.how < b.how;
  if (a.where.labels != b.where.labels) return labels_before(a.where.labels, b.where.labels);
  return a.where.route < b.where.route;
}

std::string to_string(const group_position& position) {
  const auto& how = position.how;
  std::string text;
  for (const auto number :
       {std::int64_t{how.suppressed}, static_cast<std::int64_t>(how.how_bad), std::int64_t{how.acknowledged},
        std::int64_t{how.level}, std::int64_t{how.since.time_since_epoch().count()}}) {
    text += std::to_string(number) + '.';
  }
  return text + to_string(position.where);
}

std::optional<group_position> parse_group_position(std::string_view text) {
  std::array<std::int64_t, 5> numbers{};
  for (auto& number : numbers) {
    const auto read = next_number(text);
    if (!read) return std::nullopt;
    number = *read;
  }
  auto where = parse_group_cursor(text);
  const auto [suppressed, how_bad, acknowledged, level, since] = numbers;
  const auto in = [](std::int64_t number, std::int64_t least, std::int64_t most) {
    return number >= least && number <= most;
  };
  if (!where || !in(suppressed, 0, 1) || !in(how_bad, 1, 3) || !in(acknowledged, 0, 1)
      || !in(level, -escalation_level::highest, 0)) {
    return std::nullopt;
  }
  return group_position{{suppressed == 1, static_cast<severity>(how_bad), acknowledged == 1, static_cast<int>(level),
                         timestamp{duration{since}}},
                        *std::move(where)};
}

} // namespace tocsin::http
