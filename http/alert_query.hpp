#pragma once

#include <optional>
#include <string>
#include <vector>

#include "http/services.hpp"
#include "protocols/matcher.hpp"
#include "protocols/messages.hpp"
#include "protocols/result.hpp"

namespace tocsin::http {

/// A parameter as Alertmanager reads it: of several the last one counts; an empty one is as good as none.
std::string last_value(const httplib::Request& request, const char* name);

/// A boolean parameter as Alertmanager reads it: true when it is missing or empty; whatever is no yes is a no.
bool flag(const httplib::Request& request, const char* name);

/// The parameters `filter`, each a matcher. A failure has Alertmanager's words.
result<std::vector<matcher>> read_matchers(const httplib::Request& request);

/// Which alerts `GET /api/v2/alerts` and `/alerts/groups` show.
struct alert_query {
  bool active = true;
  bool silenced = true;
  bool inhibited = true;
  /// Groups whose route is muted by a time interval.
  bool muted = true;
  std::vector<matcher> matchers;
  /// A receiver must match this as a whole.
  std::optional<matcher> receiver;
  /// Ours: how many alerts (groups) at most; unset for all.
  std::optional<std::size_t> limit;
  /// Ours: where the page before ended.
  std::string cursor;

  bool shows(const alert_standing& s) const noexcept {
    if (!active && !s.suppressed()) return false;
    return (silenced || s.silenced_by.empty()) && (inhibited || s.inhibited_by.empty());
  }
  bool shows_receiver(std::string_view name) const noexcept { return !receiver || receiver->matches(name); }
};

/// What a request asks for. A failure is for a 400.
result<alert_query> read_alert_query(const httplib::Request& request);

/// The header in which a page says where the next one begins.
inline constexpr const char* next_cursor_header = "X-Next-Cursor";

} // namespace tocsin::http
