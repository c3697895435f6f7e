#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "config/parts.hpp"

namespace tocsin::config {

namespace {

constexpr std::array<std::string_view, 11> keys{
    "text", "api_url",    "account_sid", "auth_token", "auth_token_file", "from", "messaging_service_sid",
    "to",   "severities", "timeout",     "http_config"};

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

bool is_word(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
}

/// `+` and up to 15 digits, the first of them not 0.
bool is_e164(std::string_view text) noexcept {
  if (text.size() < 8 || text.size() > 16 || text[0] != '+' || text[1] == '0') return false;
  return std::all_of(text.begin() + 1, text.end(), is_digit);
}

/// Twilio also takes short codes and names of at most 11 letters and digits.
bool is_sender(std::string_view text) noexcept {
  constexpr std::size_t longest_name = 11;
  if (is_e164(text)) return true;
  const auto odd = [](char c) { return !is_word({&c, 1}) && c != ' ' && c != '-' && c != '_' && c != '+' && c != '&'; };
  return !text.empty() && text.size() <= longest_name && text[0] != '+' && std::none_of(text.begin(), text.end(), odd);
}

std::string read_sid(const value& v, std::string_view what) {
  auto sid = read_text(v);
  if (!is_word(sid)) v.expected(what);
  return sid;
}

void read_sender(const value& v, sms_channel& out) {
  const auto from = v["from"];
  const auto service = v["messaging_service_sid"];
  if (from.is_set() == service.is_set()) {
    return v.complain(from.is_set() ? "expected one of from and messaging_service_sid, found both"
                                    : "expected one of from and messaging_service_sid, found none");
  }
  if (service.is_set()) {
    out.messaging_service_sid = read_sid(service, "the SID of a messaging service such as MG0123…");
    return;
  }
  out.from = read_text(from);
  if (!is_sender(out.from)) from.expected("a number such as +491701234567, or a sender's name of at most 11 letters");
}

std::vector<severity> read_severities(const value& v, std::vector<severity> fallback) {
  if (!v.is_set()) return fallback;
  std::vector<severity> all;
  for (const auto& one : v.items()) {
    if (const auto s = read_severity_word(one)) all.push_back(*s);
  }
  if (all.empty()) v.complain("expected at least one of critical, warning and info; remove the key for critical alone");
  return all;
}

std::vector<std::string> read_numbers(const value& v) {
  auto numbers = read_names(v, "a number such as +491701234567");
  for (const auto& one : v.items()) {
    if (!is_e164(read_text(one))) one.expected("a number such as +491701234567");
  }
  if (numbers.empty()) v.complain("nobody to send to; expected a list of numbers such as ['+491701234567']");
  return numbers;
}

} // namespace

std::vector<sms_channel> read_sms(const value& v, const channel_defaults& defaults) {
  v.only({keys, common_channel_keys});
  sms_channel out;
  if (v["api_url"].is_set()) out.api_url = read_url(v["api_url"]);
  while (out.api_url.ends_with('/')) out.api_url.pop_back();
  out.http = read_http(v["http_config"], defaults);
  out.account_sid = read_sid(v["account_sid"], "the SID of a Twilio account such as AC0123…");
  const auto token = read_secret(v["auth_token"], v["auth_token_file"]);
  if (!token || token->empty()) v.complain("no credentials; set auth_token or auth_token_file");
  out.http.authorization_type.clear();
  out.http.authorization_credentials.clear();
  out.http.basic_username = out.account_sid;
  out.http.basic_password = token.value_or("");
  read_sender(v, out);
  out.text = read_templated(v["text"], defaults);
  out.severities = read_severities(v["severities"], out.severities);
  out.timeout = read_attempt_timeout(v["timeout"], out.timeout);
  std::vector<sms_channel> channels;
  for (auto& number : read_numbers(v["to"])) {
    channels.push_back(out);
    channels.back().to = std::move(number);
  }
  return channels;
}

} // namespace tocsin::config
