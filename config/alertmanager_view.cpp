#include "config/alertmanager_view.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <yaml-cpp/emitter.h>

namespace tocsin::config {

namespace {

constexpr const char* hidden = "<secret>";

constexpr std::array<std::string_view, 7> blocks{
    "global", "route", "inhibit_rules", "receivers", "time_intervals", "mute_time_intervals", "templates"};

/// Of a receiver, and of its channels.
constexpr std::array<std::string_view, 3> own_receiver_keys{"fallback", "sms_configs", "stdout_configs"};
constexpr std::array<std::string_view, 6> own_channel_keys{
    "when", "rate_limit", "daily_budget", "cost_per_message", "hmac_secret", "hmac_secret_file"};
constexpr std::array<std::string_view, 1> own_global_keys{"webhook_resolve_timeout"};

/// Wherever they stand.
constexpr std::array<std::string_view, 25> secret_keys{"password",
                                                       "auth_password",
                                                       "smtp_auth_password",
                                                       "auth_secret",
                                                       "smtp_auth_secret",
                                                       "credentials",
                                                       "bearer_token",
                                                       "client_secret",
                                                       "api_key",
                                                       "opsgenie_api_key",
                                                       "victorops_api_key",
                                                       "api_secret",
                                                       "wechat_api_secret",
                                                       "service_key",
                                                       "routing_key",
                                                       "user_key",
                                                       "token",
                                                       "bot_token",
                                                       "telegram_bot_token",
                                                       "slack_api_url",
                                                       "slack_app_token",
                                                       "webhook_url",
                                                       "mattermost_webhook_url",
                                                       "secret_key",
                                                       "key"};

bool is_in(std::span<const std::string_view> list, std::string_view key) {
  return std::find(list.begin(), list.end(), key) != list.end();
}

bool ends_path(const value& v, std::string_view key, std::string_view inside) {
  const auto& path = v.path();
  return path.ends_with("." + std::string(key)) && path.find(std::string(inside) + "[") != std::string::npos;
}

/// The host is no secret, and what reads this expects a URL.
std::string without_path(const std::string& url) {
  const auto host = url.find("://");
  if (host == std::string::npos) return hidden;
  const auto at = url.find('@', host);
  const auto begin = at == std::string::npos ? host + 3 : at + 1;
  const auto end = url.find_first_of("/?#", begin);
  return url.substr(0, host + 3) + url.substr(begin, end - begin) + "/" + hidden;
}

/// `http://ann:xxxxx@proxy.example`, as Go shows it.
std::string without_password(const std::string& text) {
  const auto scheme = text.find("://");
  if (scheme == std::string::npos) return text;
  const auto end = text.find_first_of("/?#", scheme + 3);
  const auto at = text.substr(0, end).rfind('@');
  const auto colon = text.find(':', scheme + 3);
  if (at == std::string::npos || at < scheme || colon == std::string::npos || colon > at) return text;
  return text.substr(0, colon + 1) + "xxxxx" + text.substr(at);
}

std::string shown(const value& v, std::string_view key) {
  auto text = v.text().value_or("");
  if (text.empty()) return text;
  if (is_in(secret_keys, key) || ends_path(v, "api_url", "slack_configs")) return hidden;
  if (v.path().find(".secrets[") != std::string::npos) return hidden;
  if (ends_path(v, "url", "webhook_configs")) return without_path(text);
  return without_password(text);
}

bool is_channel(const std::string& path) {
  // receivers[0].slack_configs[0]
  return path.ends_with(']') && path.find("_configs[") != std::string::npos
         && std::count(path.begin(), path.end(), '.') == 1;
}

bool is_receiver(const std::string& path) {
  return path.starts_with("receivers[") && path.find('.') == std::string::npos;
}

bool is_ours(const std::string& path, std::string_view key) {
  if (path.empty()) return !is_in(blocks, key);
  if (path == "global") return is_in(own_global_keys, key);
  if (is_receiver(path)) return is_in(own_receiver_keys, key);
  return is_channel(path) && is_in(own_channel_keys, key);
}

/// What would mean something else without quotes.
void write_scalar(YAML::Emitter& out, const std::string& text) {
  constexpr std::array<std::string_view, 6> special{"...", "---", "~", "null", "Null", "NULL"};
  if (is_in(special, text)) out << YAML::DoubleQuoted;
  out << text;
}

void write(YAML::Emitter& out, const value& v, std::string_view key) {
  if (!v.is_set()) {
    out << YAML::Null;
    return;
  }
  switch (v.tree()->what) {
    case yaml::kind::map:
      out << YAML::BeginMap;
      for (const auto& [name, inner] : v.entries()) {
        if (is_ours(v.path(), name)) continue;
        out << YAML::Key << name << YAML::Value;
        write(out, inner, name);
      }
      out << YAML::EndMap;
      return;
    case yaml::kind::list:
      out << YAML::BeginSeq;
      for (const auto& item : v.items()) write(out, item, key);
      out << YAML::EndSeq;
      return;
    default: write_scalar(out, shown(v, key));
  }
}

} // namespace

std::string alertmanager_view(const value& root) {
  YAML::Emitter out;
  write(out, root, {});
  return std::string(out.c_str()) + "\n";
}

std::vector<std::string> receiver_names(const value& root) {
  std::vector<std::string> names;
  for (const auto& receiver : root["receivers"].maps()) names.push_back(receiver["name"].text().value_or(""));
  return names;
}

} // namespace tocsin::config
