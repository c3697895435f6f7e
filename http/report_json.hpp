#pragma once

#include <cstdint>

#include "protocols/json_writer.hpp"
#include "storage/noise.hpp"
#include "storage/service_levels.hpp"

namespace tocsin::http {

/// Each writes one object.
void write_sla_report(json_writer& w, const storage::service_levels& levels, std::int64_t days);
void write_noise_report(json_writer& w, const storage::noise_report& noise, std::int64_t days);

/// The ISO 8601 name of the week that begins with a Monday: `2026-W01`.
/// @param hour hours since 1970, UTC.
std::string week_name(std::int64_t hour);

} // namespace tocsin::http
