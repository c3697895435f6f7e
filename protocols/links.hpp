#pragma once

#include <string>

#include "protocols/channel.hpp"

namespace tocsin {

/// Where a person acknowledges what fires and nobody has taken; empty when there is nothing to
/// take, or where people do not reach this program. At most 50 alerts are named.
std::string acknowledge_url(const notification& n, const render_context& context);

} // namespace tocsin
