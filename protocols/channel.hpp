#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "protocols/notification.hpp"
#include "protocols/time.hpp"

/// One way out of a receiver. To add a channel: its settings here, its
/// `render` and `judge` in `protocols/channels/`, its keys in `config/`.
namespace tocsin {

/// How to speak HTTP to a receiver; Alertmanager's `http_config`, as far as it is spoken.
struct http_options {
  std::string proxy_url;
  std::string basic_username;
  std::string basic_password;
  /// Scheme and credentials of the Authorization header, such as `Bearer`.
  std::string authorization_type;
  std::string authorization_credentials;
  std::string ca_file;
  /// The certificate that this side shows, and its key; both or none.
  std::string cert_file;
  std::string key_file;
  bool insecure_skip_verify = false;
  bool follow_redirects = true;

  friend bool operator==(const http_options&, const http_options&) = default;
};

struct webhook_channel {
  std::string url;
  /// How many alerts one message may list; 0 for all.
  std::size_t max_alerts = 0;
  /// For one attempt, from connect to the last byte.
  duration timeout = std::chrono::seconds{10};
  http_options http;

  friend bool operator==(const webhook_channel&, const webhook_channel&) = default;
};

struct slack_channel {
  std::string api_url;
  /// `#channel` or `@user`; empty leaves it to the webhook's own.
  std::string channel;
  std::string username;
  duration timeout = std::chrono::seconds{10};
  http_options http;

  friend bool operator==(const slack_channel&, const slack_channel&) = default;
};

/// Writes to the program's standard output.
struct stdout_channel {
  /// Readable lines with colour, or one JSON object a line.
  enum class format : std::uint8_t { automatic, text, json };
  format as = format::automatic;

  friend bool operator==(const stdout_channel&, const stdout_channel&) = default;
};

/// How many messages a channel may send; what exceeds it goes out later, as one.
struct rate_limit {
  /// 0: no limit.
  std::size_t messages = 0;
  duration per = std::chrono::minutes{1};

  friend bool operator==(const rate_limit&, const rate_limit&) = default;
};

/// A channel handle: what one notifier actor serves.
struct channel {
  /// `receiver/kind/index`, such as `ops/webhook/0`; unique in a configuration.
  std::string id;
  std::string receiver;
  bool send_resolved = true;
  std::variant<webhook_channel, slack_channel, stdout_channel> settings;

  rate_limit limit = {};

  /// `webhook`, `slack`, `stdout`: the word that `notification_history.channel` uses.
  std::string_view kind() const noexcept;
  /// Whom it reaches, without secrets: the host of a URL, a channel name.
  std::string recipients() const;

  friend bool operator==(const channel&, const channel&) = default;
};

/// What every rendering may need besides the notification.
struct render_context {
  /// Where a person reaches this program; no trailing slash.
  std::string external_url;
  /// This program's version, for the User-Agent header; empty leaves it out.
  std::string version;
  /// Whether standard output is a terminal.
  bool stdout_is_terminal = false;
};

/// An HTTP request, ready to be sent.
struct http_request {
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  duration timeout{};
  http_options options;
};

/// Text for standard output.
struct console_text {
  std::string text;
};

using wire_message = std::variant<http_request, console_text>;

/// What came back from one attempt.
struct wire_response {
  /// HTTP status; 0 when there was none.
  std::int32_t status = 0;
  /// The first kilobytes of the answer.
  std::string body;
  /// Seconds of a Retry-After header, or until its date.
  std::optional<duration> retry_after;
  /// Set when no answer came: refused, timed out, broken off.
  std::string error;
  duration took{};
};

template <class Inspector>
auto inspect(Inspector& f, http_options& x) {
  return f(x.proxy_url, x.basic_username, x.basic_password, x.authorization_type, x.authorization_credentials,
           x.ca_file, x.cert_file, x.key_file, x.insecure_skip_verify, x.follow_redirects);
}
template <class Inspector>
auto inspect(Inspector& f, http_request& x) {
  return f(x.url, x.headers, x.body, x.timeout, x.options);
}
template <class Inspector>
auto inspect(Inspector& f, console_text& x) {
  return f(x.text);
}
template <class Inspector>
auto inspect(Inspector& f, wire_response& x) {
  return f(x.status, x.body, x.retry_after, x.error, x.took);
}

/// What an attempt's outcome means.
struct verdict {
  enum class kind : std::uint8_t { delivered, retry, give_up };
  kind what = kind::give_up;
  /// For `retry`: the receiver asked to wait at least this long.
  std::optional<duration> wait;
  /// For the history: what the receiver said or what went wrong, without secrets.
  std::string message;
};

/// The bytes that tell `n` on `c`. Pure; the same notification always renders the same.
wire_message render(const channel& c, const notification& n, const render_context& context);

/// What the answer means on channel `c`.
verdict judge(const channel& c, const wire_response& response);

} // namespace tocsin
