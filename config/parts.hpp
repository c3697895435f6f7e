#pragma once

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "config/reader.hpp"
#include "protocols/time_interval.hpp"

/// The blocks of the configuration file, one reader each. They complain through
/// the `reading` that their value belongs to.
namespace tocsin::config {

/// What channels take from `global` where they say nothing themselves.
struct channel_defaults {
  http_options http;
  std::optional<std::string> slack_api_url;
  std::optional<std::string> pagerduty_url;
  /// Of the file and built-in; never null.
  std::shared_ptr<const templates::template_set> templates;
  /// The block itself, for the `smtp_…` keys: they are read where a channel needs them.
  std::optional<value> global;
};

/// Keys that every channel has. `when` is ours: a channel is left out while its
/// value is empty, so that one file serves with and without a secret.
inline constexpr std::array<std::string_view, 5> common_channel_keys{"send_resolved", "when", "rate_limit",
                                                                     "daily_budget", "cost_per_message"};

/// How long one attempt may take. Zero is Alertmanager's "no limit": a receiver that hangs for
/// ever would hold its notifier for ever, so the default stays.
duration read_attempt_timeout(const value& v, duration fallback);

/// What `templates` names.
struct template_files {
  std::shared_ptr<const templates::template_set> set;
  std::size_t files = 0;
  /// What is odd, but no reason to refuse the file.
  std::vector<std::string> warnings;
};

template_files read_templates(const value& v);

/// Adds the files that a pattern names to a set.
/// @returns how many there are, or why one cannot be read: `own.tmpl:3:7: …`.
result<std::size_t> add_template_files(const std::string& pattern, templates::template_set& set);

/// A text that may be a template; not set when the key is not.
templated_text read_templated(const value& v, const channel_defaults& defaults);
/// The same for a URL; a plain one is checked.
templated_text read_templated_url(const value& v, const channel_defaults& defaults);

/// An entry of `slack_configs`.
slack_channel read_slack(const value& v, const channel_defaults& defaults);

/// An entry of `pagerduty_configs`.
pagerduty_channel read_pagerduty(const value& v, const channel_defaults& defaults);

/// An entry of `sms_configs`: a channel for each of its numbers.
std::vector<sms_channel> read_sms(const value& v, const channel_defaults& defaults);

/// An entry of `email_configs`.
email_channel read_email(const value& v, const channel_defaults& defaults);

/// ASCII letters made small; names of headers are compared so.
std::string lower(std::string_view text);
/// Of ASCII, without spaces and colons.
bool is_header_name(std::string_view name);

/// `tls_config`.
tls_options read_tls(const value& v);

/// `http_config`.
http_options read_http(const value& v);

/// The same, or `global`'s where it is not set.
http_options read_http(const value& v, const channel_defaults& defaults);

/// `global`: fills in what `c` keeps of it and returns the rest.
channel_defaults read_global(const value& v, config& c);

using receiver_map = std::map<std::string, receiver, std::less<>>;

/// One entry of `receivers`.
receiver read_receiver(const value& v, const channel_defaults& defaults);

/// `receivers`.
receiver_map read_receivers(const value& v, const channel_defaults& defaults);

using name_set = std::set<std::string, std::less<>>;

using interval_map = std::map<std::string, std::vector<time_interval>, std::less<>>;

/// What `time_intervals` and `mute_time_intervals` define.
interval_map read_time_intervals(const value& root);

/// One interval: times, weekdays and so on.
time_interval read_interval(const value& v);
/// A list of intervals.
std::vector<time_interval> read_intervals(const value& v);

/// A list of names of intervals, which must be defined.
std::vector<std::string> read_interval_names(const value& v, const interval_map& defined);

/// `route`, with everything a route inherits filled in.
route_tree read_routes(const value& v, const receiver_map& receivers, const interval_map& intervals);

/// `maintenance_windows`.
std::vector<maintenance_window> read_maintenance_windows(const value& v, const interval_map& intervals);

/// `deduplication`.
deduplication_rules read_deduplication(const value& v);

/// `flapping`; a file without the block has it off.
flapping_rules read_flapping(const value& v);

/// `silences`.
silence_rules read_silences(const value& v);

/// `correlation`.
correlation_rules read_correlation(const value& v, const receiver_map& receivers);

/// `hints`.
std::vector<hint> read_hints(const value& v);

/// `drills`.
std::vector<scheduled_drill> read_drills(const value& v, const receiver_map& receivers);

/// `on_call`; makes a receiver for each person.
/// Which schedules have times without anybody on call, as far ahead as shifts are shown.
std::vector<std::string> gaps_of(const on_call_rules& rules);

on_call_rules read_on_call(const value& v, const channel_defaults& defaults, const interval_map& intervals,
                           receiver_map& receivers);

/// `inhibit_rules`.
std::vector<inhibit_rule> read_inhibit_rules(const value& v);

/// `critical`, `warning` or `info`.
std::optional<severity> read_severity_word(const value& v);

/// What a step means that names a receiver which is not there.
enum class unknown_receiver { is_an_error, means_own_receiver };

/// Complains about a name that no receiver has, or makes it empty.
void check_receiver(const value& v, std::string& name, const receiver_map& receivers, unknown_receiver unknown);

/// `escalation`.
std::vector<escalation_policy> read_escalation(const value& v, const receiver_map& receivers,
                                               const on_call_rules& on_call, unknown_receiver unknown);

/// `severity`: changes what it mentions and leaves the rest of `c` as it is.
void read_severity(const value& v, config& c);

} // namespace tocsin::config
