#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tocsin::testing {

/// Reads single values out of JSON text by JSON pointer: `/data/0/status`. What
/// is not there, or of another kind, is unset.
class json {
 public:
  explicit json(std::string_view text);
  ~json();

  bool valid() const noexcept;
  std::optional<std::string> text(std::string_view pointer) const;
  std::optional<std::int64_t> number(std::string_view pointer) const;
  std::optional<bool> boolean(std::string_view pointer) const;
  /// How many elements an array has.
  std::optional<std::size_t> size(std::string_view pointer) const;
  /// The member is there and null.
  bool is_null(std::string_view pointer) const;
  /// The names of an object's members in order, joined by spaces.
  std::string keys(std::string_view pointer) const;
  /// The text members of that name of all elements of an array, joined by spaces.
  std::string column(std::string_view name, std::string_view pointer = "/data") const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace tocsin::testing
