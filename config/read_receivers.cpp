#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "config/parts.hpp"

namespace tocsin::config {

namespace {

/// Keys that every channel has. `when` is ours: a channel is left out while its
/// value is empty, so that one file serves with and without a secret.
constexpr std::array<std::string_view, 2> common_keys{"send_resolved", "when"};

constexpr std::array<std::string_view, 5> webhook_keys{"url", "url_file", "max_alerts", "timeout", "http_config"};

constexpr std::array<std::string_view, 6> slack_keys{"api_url",  "api_url_file", "channel",
                                                     "username", "timeout",      "http_config"};

/// How Alertmanager lays a Slack message out. Ours has a layout of its own.
constexpr std::array<std::string_view, 20> ignored_slack_keys{
    "color",        "title",      "title_link", "pretext",     "text",          "message_text",    "fields",
    "short_fields", "footer",     "fallback",   "callback_id", "icon_emoji",    "icon_url",        "image_url",
    "thumb_url",    "link_names", "mrkdwn_in",  "actions",     "edit_messages", "message_strategy"};

constexpr std::array<std::string_view, 2> more_ignored_slack_keys{"update_message", "threaded_options"};

constexpr std::array<std::string_view, 3> slack_app_keys{"app_token", "app_token_file", "app_url"};

constexpr std::array<std::string_view, 1> stdout_keys{"format"};

constexpr std::array<std::string_view, 5> spoken{"name", "fallback", "webhook_configs", "slack_configs",
                                                 "stdout_configs"};

/// A receiver that would stay silent is refused by name.
constexpr std::array<std::string_view, 17> not_spoken{
    "email_configs",      "pagerduty_configs", "opsgenie_configs", "victorops_configs",  "wechat_configs",
    "telegram_configs",   "sns_configs",       "pushover_configs", "webex_configs",      "discord_configs",
    "msteams_configs",    "msteamsv2_configs", "jira_configs",     "rocketchat_configs", "mattermost_configs",
    "incidentio_configs", "sms_configs"};

void read_timeout(const value& v, duration& timeout) {
  // Zero is Alertmanager's "no limit". A receiver that hangs for ever would
  // hold its notifier for ever, so the default limit stays.
  if (const auto read = read_duration(v); read && *read > duration::zero()) timeout = *read;
}

http_options http_or_default(const value& v, const channel_defaults& defaults) {
  return v.is_set() ? read_http(v) : defaults.http;
}

webhook_channel read_webhook(const value& v, const channel_defaults& defaults) {
  v.only({webhook_keys, common_keys});
  webhook_channel out;
  const auto url = read_secret_url(v["url"], v["url_file"]);
  if (!url) v.complain("expected one of url and url_file, found none");
  out.url = url.value_or("");
  out.max_alerts = read_count(v["max_alerts"], out.max_alerts);
  read_timeout(v["timeout"], out.timeout);
  out.http = http_or_default(v["http_config"], defaults);
  return out;
}

slack_channel read_slack(const value& v, const channel_defaults& defaults) {
  v.only({slack_keys, common_keys, ignored_slack_keys, more_ignored_slack_keys, slack_app_keys});
  for (const auto key : slack_app_keys) {
    if (!v[key].is_set()) continue;
    v[key].complain("Slack app tokens are not available in this version; use api_url with an incoming webhook");
  }
  slack_channel out;
  auto url = read_secret_url(v["api_url"], v["api_url_file"]);
  if (!url) url = defaults.slack_api_url;
  if (!url) {
    v.complain(
        "no Slack URL; set api_url or api_url_file here, or slack_api_url or slack_api_url_file in global"
        " (app tokens are not available in this version)");
  }
  out.api_url = url.value_or("");
  out.channel = read_text(v["channel"]);
  out.username = read_text(v["username"]);
  // Without templates a name with one would be shown as it is written.
  if (out.username.find("{{") != std::string::npos) out.username.clear();
  read_timeout(v["timeout"], out.timeout);
  out.http = http_or_default(v["http_config"], defaults);
  return out;
}

stdout_channel read_stdout(const value& v) {
  v.only({stdout_keys, common_keys});
  stdout_channel out;
  const auto format = v["format"].text();
  if (!format || *format == "auto") return out;
  if (*format == "text") {
    out.as = stdout_channel::format::text;
  } else if (*format == "json") {
    out.as = stdout_channel::format::json;
  } else {
    v["format"].expected("auto, text or json");
  }
  return out;
}

bool is_left_out(const value& v) {
  const auto when = v["when"];
  if (!when.is_written()) return false;
  const auto text = read_text(when);
  return text.empty() || text == "false" || text == "no" || text == "0";
}

/// Reads the channels of one kind. Their index counts the entries of the file,
/// so that a channel keeps its id when one before it is left out.
template <class Read>
void read_channels(const value& list, std::string_view kind, bool send_resolved, receiver& out, Read read) {
  std::size_t index = 0;
  for (const auto& one : list.maps()) {
    const auto position = index++;
    if (is_left_out(one)) continue;
    channel c;
    c.id = out.name + "/" + std::string(kind) + "/" + std::to_string(position);
    c.receiver = out.name;
    c.send_resolved = read_flag(one["send_resolved"], send_resolved);
    c.settings = read(one);
    out.channels.push_back(std::move(c));
  }
}

receiver read_receiver(const value& v, const channel_defaults& defaults) {
  v.only({spoken, not_spoken});
  receiver out;
  out.name = read_text(v["name"]);
  if (out.name.empty()) v.complain("a receiver without a name; add name");
  out.fallback = read_text(v["fallback"]);
  for (const auto type : not_spoken) {
    if (v[type].is_set() && !v[type].items().empty()) {
      v[type].complain("the receiver type " + std::string(type)
                       + " is not available in this version; remove it or use webhook_configs, slack_configs or"
                         " stdout_configs");
    }
  }
  read_channels(v["webhook_configs"], "webhook", true, out, [&](const value& c) { return read_webhook(c, defaults); });
  read_channels(v["slack_configs"], "slack", false, out, [&](const value& c) { return read_slack(c, defaults); });
  read_channels(v["stdout_configs"], "stdout", true, out, read_stdout);
  return out;
}

/// The chain of fallbacks must lead somewhere and not in a circle.
void check_fallback(const value& v, const receiver_map& all) {
  const auto fallback = v["fallback"];
  if (!fallback.is_set()) return;
  std::set<std::string> seen{read_text(v["name"])};
  for (auto name = read_text(fallback); !name.empty();) {
    const auto found = all.find(name);
    if (found == all.end()) {
      return fallback.complain("the receiver " + fallback.quoted() + " is not defined; define it in receivers");
    }
    if (!seen.insert(name).second) {
      return fallback.complain("the fallbacks lead in a circle, at the receiver \"" + name + "\"");
    }
    name = found->second.fallback;
  }
}

} // namespace

receiver_map read_receivers(const value& v, const channel_defaults& defaults) {
  receiver_map all;
  for (const auto& one : v.maps()) {
    auto read = read_receiver(one, defaults);
    const auto name = read.name;
    if (!all.emplace(name, std::move(read)).second) {
      one["name"].complain("the receiver name \"" + std::string(one["name"].raw())
                           + "\" is used twice; give each receiver its own");
    }
  }
  for (const auto& one : v.maps()) check_fallback(one, all);
  return all;
}

} // namespace tocsin::config
