#pragma once

#include <string>
#include <vector>

#include "http/answer.hpp"
#include "http/params.hpp"
#include "protocols/matcher.hpp"
#include "protocols/result.hpp"

namespace tocsin::http {

/// The parameter `filter`, matchers in Alertmanager's notation with commas between them; empty when it is missing.
/// A problem quotes what cannot be read.
result<std::vector<matcher>, problem> matchers_of(params& p);

} // namespace tocsin::http
