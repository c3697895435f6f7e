#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <simdjson.h>

#include "protocols/json_writer.hpp"
#include "protocols/result.hpp"
#include "protocols/time_interval.hpp"

/// Time intervals as JSON, in the shape of Alertmanager's configuration.
namespace tocsin {

/// An array of time intervals in the shape of Alertmanager's configuration:
/// `[{"times":[{"start_time":"22:00","end_time":"06:00"}],"weekdays":["monday:friday"]}]`.
/// Lists that are empty are left out.
void write_intervals(json_writer& w, const std::vector<time_interval>& intervals);

/// Reads what `write_intervals` writes, and all that Alertmanager's notation
/// allows. The failure names the place: `[0].weekdays[1]: …`.
result<std::vector<time_interval>> read_intervals(std::string_view json);

/// The same from a value of a larger text. A member that is not known is
/// refused: a misspelt one would make the interval hold far longer than was meant.
/// @param at the place of `value`, for messages.
/// @throws json_fault, which says where and what.
std::vector<time_interval> json_intervals(simdjson::dom::element value, const std::string& at);

} // namespace tocsin
