#include <array>
#include <string>
#include <string_view>

#include "config/parts.hpp"

namespace tocsin::config {

namespace {

constexpr std::array<std::string_view, 6> keys{"api_url",  "api_url_file", "channel",
                                               "username", "timeout",      "http_config"};

constexpr std::array<std::string_view, 18> layout_keys{
    "color",        "title",     "title_link", "pretext",     "text",       "fields",
    "short_fields", "footer",    "fallback",   "callback_id", "icon_emoji", "icon_url",
    "image_url",    "thumb_url", "link_names", "mrkdwn_in",   "actions",    "message_text"};

/// Of Slack apps, which can change what they have said; a webhook cannot.
constexpr std::array<std::string_view, 4> ignored_keys{"edit_messages", "message_strategy", "update_message",
                                                       "threaded_options"};

constexpr std::array<std::string_view, 3> app_keys{"app_token", "app_token_file", "app_url"};

std::vector<slack_field> read_fields(const value& v, bool short_fields, const channel_defaults& defaults) {
  std::vector<slack_field> fields;
  for (const auto& one : v.maps()) {
    constexpr std::array<std::string_view, 3> field_keys{"title", "value", "short"};
    one.only({field_keys});
    if (!one["title"].is_set() || !one["value"].is_set()) one.complain("a field needs title and value");
    fields.push_back({read_templated(one["title"], defaults), read_templated(one["value"], defaults),
                      read_flag(one["short"], short_fields)});
  }
  return fields;
}

std::vector<slack_action> read_actions(const value& v, const channel_defaults& defaults) {
  std::vector<slack_action> actions;
  for (const auto& one : v.maps()) {
    constexpr std::array<std::string_view, 7> action_keys{"type", "text", "url", "style", "name", "value", "confirm"};
    one.only({action_keys});
    if (!one["type"].is_set() || !one["text"].is_set()) one.complain("an action needs type and text");
    const auto read = [&](std::string_view key) { return read_templated(one[key], defaults); };
    actions.push_back({read("type"), read("text"), read("url"), read("style"), read("name"), read("value")});
  }
  return actions;
}

slack_layout read_layout(const value& v, const channel_defaults& defaults) {
  const auto read = [&](std::string_view key) { return read_templated(v[key], defaults); };
  slack_layout out;
  out.color = read("color");
  out.title = read("title");
  out.title_link = read("title_link");
  out.pretext = read("pretext");
  out.text = read("text");
  out.fallback = read("fallback");
  out.footer = read("footer");
  out.callback_id = read("callback_id");
  out.icon_emoji = read("icon_emoji");
  out.icon_url = read("icon_url");
  out.image_url = read("image_url");
  out.thumb_url = read("thumb_url");
  if (v["fields"].is_set()) out.fields = read_fields(v["fields"], read_flag(v["short_fields"], false), defaults);
  out.actions = read_actions(v["actions"], defaults);
  if (v["link_names"].is_set()) out.link_names = read_flag(v["link_names"], false);
  out.mrkdwn_in = read_texts(v["mrkdwn_in"]);
  return out;
}

} // namespace

slack_channel read_slack(const value& v, const channel_defaults& defaults) {
  v.only({keys, common_channel_keys, layout_keys, ignored_keys, app_keys});
  for (const auto key : app_keys) {
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
  out.channel = read_templated(v["channel"], defaults);
  out.username = read_templated(v["username"], defaults);
  out.layout = read_layout(v, defaults);
  out.timeout = read_attempt_timeout(v["timeout"], out.timeout);
  out.http = read_http(v["http_config"], defaults);
  return out;
}

} // namespace tocsin::config
