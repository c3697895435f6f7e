#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tocsin {

/// How bad it is. The order is meant: a smaller value is more urgent, so
/// `critical < warning < info`, and the numbers are the L-numbers (L1, L2, L3).
enum class severity : std::uint8_t { critical = 1, warning = 2, info = 3 };

/// The word that labels, configuration, API and database use.
constexpr std::string_view to_string(severity s) noexcept {
  switch (s) {
    case severity::critical: return "critical";
    case severity::warning: return "warning";
    case severity::info: return "info";
  }
  return "warning";
}

/// Reads one of the three words; anything else is `std::nullopt` and left to
/// the configuration's mapping.
constexpr std::optional<severity> parse_severity(std::string_view text) noexcept {
  if (text == "critical") return severity::critical;
  if (text == "warning") return severity::warning;
  if (text == "info") return severity::info;
  return std::nullopt;
}

/// The more urgent of two.
constexpr severity more_urgent(severity a, severity b) noexcept {
  return a < b ? a : b;
}

/// Where an escalation stands: 1 as the alert arrived, then 2, then 3. Counts
/// up; it is not the L-number.
class escalation_level {
 public:
  static constexpr int lowest = 1;
  static constexpr int highest = 3;

  constexpr escalation_level() noexcept = default;
  constexpr explicit escalation_level(int value) noexcept
      : value_(static_cast<std::uint8_t>(value < lowest    ? lowest
                                         : value > highest ? highest
                                                           : value)) {}

  constexpr int value() const noexcept { return value_; }
  constexpr escalation_level next() const noexcept { return escalation_level{value_ + 1}; }
  constexpr auto operator<=>(const escalation_level&) const noexcept = default;

 private:
  std::uint8_t value_ = lowest;
};

template <class Inspector>
auto inspect(Inspector& f, escalation_level& x) {
  auto value = x.value();
  if constexpr (Inspector::reads_state) {
    return f(value);
  } else {
    auto result = f(value);
    x = escalation_level{value};
    return result;
  }
}

} // namespace tocsin
