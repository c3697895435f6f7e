#pragma once

#include <cstdint>

#include "http/params.hpp"
#include "http/services.hpp"
#include "protocols/time.hpp"

namespace tocsin::http {

/// The parameter `days`, 1 to 365.
std::int64_t days_of(params& p, std::int64_t otherwise);

/// So many times 24 hours back from the end of the hour that now lies in.
timestamp range_start(const services& s, std::int64_t days);

} // namespace tocsin::http
