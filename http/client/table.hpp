#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/client_order.hpp"

namespace tocsin::http {

/// What commands write to.
struct console_style {
  /// Somebody reads it: nothing that a terminal would take for an order may go out raw.
  bool terminal = false;
  bool colour = false;
};

enum class tone : std::uint8_t { plain, bad, warning, good, faint };

struct cell {
  std::string text;
  tone colour = tone::plain;
};

/// What a command found: rows for people or as comma-separated values, and each row as JSON.
class table {
 public:
  /// @param names of the columns, as in comma-separated values: `alert_name`.
  explicit table(std::vector<std::string> names) : names_(std::move(names)) {}

  /// @param json the row as one JSON value.
  void add(std::vector<cell> row, std::string json);

  bool empty() const noexcept { return rows_.empty(); }
  std::string render(config::output_form form, const console_style& style) const;

 private:
  std::string for_people(bool colour) const;
  std::string as_csv(bool terminal) const;
  std::string as_json() const;

  std::vector<std::string> names_;
  std::vector<std::vector<cell>> rows_;
  std::vector<std::string> json_;
};

} // namespace tocsin::http
