#pragma once

#include <string_view>

#include "protocols/templates/functions.hpp"

namespace tocsin::templates {

/// From `begin` to `end`, as far as 64-bit nanoseconds reach (292 years).
integer span_between(timestamp begin, timestamp end) noexcept;

/// `m` in the layout, unless that grows too long.
result<value> formatted(workshop& shop, const moment& m, std::string_view layout);

/// Methods of a time and of a duration.
result<value> time_member(workshop& shop, const moment& m, std::string_view name, arguments args);
result<value> duration_member(std::int64_t nanoseconds, std::string_view name, arguments args);

} // namespace tocsin::templates
