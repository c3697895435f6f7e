#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "protocols/label_set.hpp"
#include "protocols/time.hpp"

namespace tocsin {

/// How characters beyond what JSON demands are escaped.
enum class json_escaping : std::uint8_t {
  minimal, ///< quotes, backslash, control characters
  html,    ///< also < > & U+2028 U+2029, as Go's encoder does
};

/// Writes JSON by appending to a string: no tree, no copies. The caller opens
/// and closes; commas come by themselves. Invalid UTF-8 is written as U+FFFD.
class json_writer {
 public:
  explicit json_writer(std::string& out, json_escaping escaping = json_escaping::minimal)
      : out_(out), escaping_(escaping) {}

  json_writer& begin_object();
  json_writer& end_object();
  json_writer& begin_array();
  json_writer& end_array();
  json_writer& key(std::string_view name);

  json_writer& value(std::string_view text);
  json_writer& value(const char* text) { return value(std::string_view(text)); }
  json_writer& value(const std::string& text) { return value(std::string_view(text)); }
  json_writer& value(bool b);
  /// The shortest form that reads back the same; null for NaN and infinity.
  json_writer& value(double number);
  template <std::integral T>
  requires(!std::same_as<T, bool>) json_writer& value(T number) { return integer(static_cast<std::int64_t>(number)); }
  /// RFC 3339, UTC, milliseconds.
  json_writer& value(timestamp t);
  /// An object of strings.
  json_writer& value(const label_set& labels);
  json_writer& null();
  /// Text that is JSON already.
  json_writer& raw(std::string_view json);

  /// `key(name).value(v)`.
  template <class T>
  json_writer& member(std::string_view name, const T& v) {
    key(name);
    return value(v);
  }

 private:
  json_writer& integer(std::int64_t number);
  void separate();
  void string(std::string_view text);

  std::string& out_;
  json_escaping escaping_;
  bool need_comma_ = false;
};

} // namespace tocsin
