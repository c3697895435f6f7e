#pragma once

#include <string>
#include <string_view>

#include "config/load.hpp"
#include "protocols/result.hpp"

namespace tocsin::config {

/// Replaces `${NAME}` by the variable's value, `${NAME:-text}` by `text` when
/// the variable is unset or empty, and `$$` by `$`. Any other `$` stays.
/// A failure names the variable, never a value.
result<std::string> expand_variables(std::string_view text, const environment& env);

} // namespace tocsin::config
