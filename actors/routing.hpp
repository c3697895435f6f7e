#pragma once

#include <vector>

#include "config/config.hpp"
#include "protocols/messages.hpp"

namespace tocsin {

/// Sorts the alerts of one request by the group that owns each: the one of the
/// first route that takes it. Groups come in the order of their first alert.
/// Pure; from any thread.
ingest_request route_alerts(const config::config& config, std::vector<alert> alerts);

/// The group that owns an alert with these labels.
group_address owner_of(const config::config& config, const label_set& labels);

} // namespace tocsin
