#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "config/config.hpp"
#include "protocols/label_set.hpp"

/// In what order Alertmanager lists groups and the alerts in them. Pure functions.
namespace tocsin::http {

/// The fewer labels first; of as many, the one that lacks the first name that not both have, or has the smaller value.
bool labels_before(const label_set& a, const label_set& b);

/// Alerts of one group: by job, then instance, then labels.
bool alert_before(const label_set& a, const label_set& b);

/// A place between groups: right behind the one of this route and these labels.
struct group_cursor {
  label_set labels;
  std::size_t route = 0;
};

/// By labels, then receiver, then route.
bool before(const group_cursor& a, const group_cursor& b, const config::config& c);

/// For a header and a query: letters, digits and a dash.
std::string to_string(const group_cursor& cursor);
std::optional<group_cursor> parse_group_cursor(std::string_view text);

} // namespace tocsin::http
