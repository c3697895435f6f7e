#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

/// Structured logs on standard error: one event a line, a constant message and
/// fields. The one global of the program. Thread-safe.
namespace tocsin::log {

enum class level : std::uint8_t { debug, info, warn, error };
enum class format : std::uint8_t { logfmt, json };

/// Sets what is written and how; call it once, before other threads log.
void configure(level lowest, format how);

/// One key and its value as text.
struct field {
  field(std::string_view k, std::string_view v) : key(k), value(v) {}
  template <std::integral T>
  field(std::string_view k, T v) : key(k), value(std::to_string(v)) {}

  std::string_view key;
  std::string value;
};

using fields = std::initializer_list<field>;

bool enabled(level l) noexcept;
void event(level l, std::string_view message, fields f);

inline void debug(std::string_view message, fields f = {}) {
  if (enabled(level::debug)) event(level::debug, message, f);
}
inline void info(std::string_view message, fields f = {}) {
  event(level::info, message, f);
}
inline void warn(std::string_view message, fields f = {}) {
  event(level::warn, message, f);
}
inline void error(std::string_view message, fields f = {}) {
  event(level::error, message, f);
}

} // namespace tocsin::log
