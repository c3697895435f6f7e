#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "protocols/templates/value.hpp"

/// Values as Go's fmt package writes them.
namespace tocsin::templates {

/// Appends `v` as `%v` does: `[a b]`, `map[k:v]`, label sets as `a=1, b=2`.
/// @returns false, with `out` left somewhere in the middle, once it is longer
/// than `limit` bytes: shared lists can be small and yet print without end.
bool append_printed(std::string& out, const value& v, std::size_t limit);

/// The same for `fmt.Sprint`, which separates values unless one is a text, and
/// `fmt.Sprintln`, which always does.
bool append_all_printed(std::string& out, std::span<const value> values, bool line, std::size_t limit);

/// `fmt.Sprintf`: all its flags, widths, precisions and argument numbers. What
/// does not fit is told in the text as Go does: `%!d(string=hi)`, `%!s(MISSING)`.
/// `%#v` is written as `%v` with texts quoted.
bool append_formatted(std::string& out, std::string_view format, std::span<const value> values, std::size_t limit);

/// A label set as Alertmanager prints it: `alertname=X, job=y`, the name of the alert first.
std::string label_text(const label_set& labels);

/// `1h2m3.5s`, as Go's time.Duration prints.
std::string duration_text(std::int64_t nanoseconds);

/// The shortest form that reads back the same; `1e+06` from a million on.
std::string float_text(double d);

/// `November`, `Tuesday`, `1h0m0s`, or the digits.
std::string integer_text(integer i);

} // namespace tocsin::templates
