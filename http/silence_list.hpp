#pragma once

#include <string_view>
#include <vector>

#include "protocols/silence.hpp"

/// Which silences a list shows, and in what order. Pure functions.
namespace tocsin::http {

/// Which silences `GET /api/v2/silences` shows.
struct silence_filter {
  bool active = true;
  bool pending = true;
  bool expired = true;
  /// A silence must have each of these matchers, identical.
  std::vector<matcher> matchers;

  bool shows(const silence& s, timestamp now) const;
};

/// Alertmanager's order: the active ones, which end first in front; the pending
/// ones, which begin first in front; the expired ones, which ended last in front.
void sort_silences(std::vector<silence>& silences, timestamp now);

/// Whether a text is a UUID, with dashes or without, as Alertmanager checks it.
bool is_uuid(std::string_view text) noexcept;

} // namespace tocsin::http
