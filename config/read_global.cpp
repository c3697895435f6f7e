#include <array>
#include <string_view>

#include "config/parts.hpp"

namespace tocsin::config {

namespace {

constexpr std::array<std::string_view, 12> smtp_keys{"smtp_from",          "smtp_hello",
                                                     "smtp_smarthost",     "smtp_auth_username",
                                                     "smtp_auth_password", "smtp_auth_password_file",
                                                     "smtp_auth_secret",   "smtp_auth_secret_file",
                                                     "smtp_auth_identity", "smtp_require_tls",
                                                     "smtp_tls_config",    "smtp_force_implicit_tls"};

constexpr std::array<std::string_view, 6> spoken{"resolve_timeout", "webhook_resolve_timeout", "http_config",
                                                 "slack_api_url",   "slack_api_url_file",      "pagerduty_url"};

/// Defaults for receiver types that are not spoken yet. They say nothing on
/// their own: the receivers that would need them are refused by name.
constexpr std::array<std::string_view, 25> ignored{
    "slack_app_token",        "slack_app_token_file",     "slack_app_url",          "opsgenie_api_url",
    "opsgenie_api_key",       "opsgenie_api_key_file",    "victorops_api_url",      "victorops_api_key",
    "victorops_api_key_file", "wechat_api_url",           "wechat_api_secret",      "wechat_api_secret_file",
    "wechat_api_corp_id",     "telegram_api_url",         "telegram_bot_token",     "telegram_bot_token_file",
    "webex_api_url",          "rocketchat_api_url",       "rocketchat_token",       "rocketchat_token_file",
    "rocketchat_token_id",    "rocketchat_token_id_file", "mattermost_webhook_url", "mattermost_webhook_url_file",
    "jira_api_url",
};

} // namespace

channel_defaults read_global(const value& v, config& c) {
  channel_defaults defaults;
  if (!v.is_set() || !v.is_map()) return defaults;
  v.only({spoken, smtp_keys, ignored});
  defaults.global = v;
  c.resolve_timeout = read_positive_duration(v["resolve_timeout"]).value_or(c.resolve_timeout);
  c.webhook_resolve_timeout = read_positive_duration(v["webhook_resolve_timeout"]).value_or(c.webhook_resolve_timeout);
  defaults.http = read_http(v["http_config"]);
  defaults.slack_api_url = read_secret_url(v["slack_api_url"], v["slack_api_url_file"]);
  if (v["pagerduty_url"].is_set()) defaults.pagerduty_url = read_url(v["pagerduty_url"]);
  return defaults;
}

} // namespace tocsin::config
