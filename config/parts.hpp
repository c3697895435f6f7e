#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/reader.hpp"

/// The blocks of the configuration file, one reader each. They complain through
/// the `reading` that their value belongs to.
namespace tocsin::config {

/// What channels take from `global` where they say nothing themselves.
struct channel_defaults {
  http_options http;
  std::optional<std::string> slack_api_url;
};

/// `http_config`.
http_options read_http(const value& v);

/// `global`: fills in what `c` keeps of it and returns the rest.
channel_defaults read_global(const value& v, config& c);

using receiver_map = std::map<std::string, receiver, std::less<>>;

/// `receivers`.
receiver_map read_receivers(const value& v, const channel_defaults& defaults);

using name_set = std::set<std::string, std::less<>>;

/// The names that `time_intervals` and `mute_time_intervals` define.
name_set read_time_interval_names(const value& root);

/// `route`, with everything a route inherits filled in.
route_tree read_routes(const value& v, const receiver_map& receivers, const name_set& intervals);

/// `inhibit_rules`.
std::vector<inhibit_rule> read_inhibit_rules(const value& v);

/// What a step means that names a receiver which is not there.
enum class unknown_receiver { is_an_error, means_own_receiver };

/// `escalation`.
std::vector<escalation_policy> read_escalation(const value& v, const receiver_map& receivers, unknown_receiver unknown);

/// `severity`: changes what it mentions and leaves the rest of `c` as it is.
void read_severity(const value& v, config& c);

} // namespace tocsin::config
