#pragma once

#include <optional>
#include <type_traits>

/// CAF 0.17 can send its own optional but not the standard one. These overloads
/// live in CAF's namespace because that is where an inspector's own lookup finds them.
namespace caf {

/// Sends a flag, then the value if there is one.
template <class Inspector, class T>
auto inspect(Inspector& f, std::optional<T>& x) {
  bool present = x.has_value();
  auto value = x.value_or(T{});
  if constexpr (Inspector::reads_state) {
    return f(present, value);
  } else {
    auto result = f(present, value);
    x = present ? std::optional<T>(std::move(value)) : std::nullopt;
    return result;
  }
}

} // namespace caf
