#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "protocols/http_options.hpp"
#include "protocols/mailbox.hpp"
#include "protocols/notification.hpp"
#include "protocols/severity.hpp"
#include "protocols/templates/templated_text.hpp"
#include "protocols/time.hpp"

/// One way out of a receiver. To add a channel: its settings here, its
/// `render` and `judge` in `protocols/channels/`, its keys in `config/`.
namespace tocsin {

using templates::templated_text;

struct webhook_channel {
  std::string url;
  /// Where the URL is made anew for each notification; then `url` is its source, for messages.
  templated_text url_template = {};
  /// How many alerts one message may list; 0 for all.
  std::size_t max_alerts = 0;
  /// With it every attempt is signed; empty: none is.
  std::string hmac_secret;
  /// For one attempt, from connect to the last byte.
  duration timeout = std::chrono::seconds{10};
  http_options http;

  friend bool operator==(const webhook_channel&, const webhook_channel&) = default;
};

/// One cell of a Slack message's table.
struct slack_field {
  templated_text title;
  templated_text value;
  bool is_short = false;

  friend bool operator==(const slack_field&, const slack_field&) = default;
};

/// A button of a Slack message that opens a URL, or an element of another `type`.
struct slack_action {
  templated_text type;
  templated_text text;
  templated_text url;
  templated_text style;
  templated_text name;
  templated_text value;

  friend bool operator==(const slack_action&, const slack_action&) = default;
};

/// How a Slack message is laid out, as Alertmanager names it. What is not set is ours.
struct slack_layout {
  templated_text color;
  templated_text title;
  templated_text title_link;
  templated_text pretext;
  templated_text text;
  templated_text fallback;
  templated_text footer;
  templated_text callback_id;
  templated_text icon_emoji;
  templated_text icon_url;
  templated_text image_url;
  templated_text thumb_url;
  /// In place of our fields.
  std::optional<std::vector<slack_field>> fields;
  std::vector<slack_action> actions;
  std::optional<bool> link_names;
  std::vector<std::string> mrkdwn_in;

  friend bool operator==(const slack_layout&, const slack_layout&) = default;
};

struct slack_channel {
  std::string api_url;
  /// `#channel` or `@user`; not set leaves it to the webhook's own.
  templated_text channel;
  templated_text username;
  slack_layout layout = {};
  duration timeout = std::chrono::seconds{10};
  http_options http;

  friend bool operator==(const slack_channel&, const slack_channel&) = default;
};

/// A picture of an incident.
struct pagerduty_image {
  templated_text src; ///< must be https
  templated_text href;
  templated_text alt;

  friend bool operator==(const pagerduty_image&, const pagerduty_image&) = default;
};

struct pagerduty_link {
  templated_text href;
  templated_text text;

  friend bool operator==(const pagerduty_link&, const pagerduty_link&) = default;
};

/// PagerDuty's Events API v2. What is empty is made from the notification.
struct pagerduty_channel {
  std::string url = "https://events.pagerduty.com/v2/enqueue";
  std::string routing_key;
  templated_text client;
  templated_text client_url;
  templated_text description;
  /// One of PagerDuty's four words: `critical`, `error`, `warning`, `info`.
  templated_text severity;
  templated_text source;
  templated_text component;
  templated_text group;
  templated_text event_class;
  /// Beside our own details, by name.
  std::vector<std::pair<std::string, templated_text>> details;
  std::vector<pagerduty_image> images;
  std::vector<pagerduty_link> links;
  duration timeout = std::chrono::seconds{10};
  http_options http;

  friend bool operator==(const pagerduty_channel&, const pagerduty_channel&) = default;
};

/// A text message to one number, through Twilio.
struct sms_channel {
  std::string api_url = "https://api.twilio.com";
  /// Its credentials are the options' user and password: the account (or an API key) and its token.
  std::string account_sid;
  /// One of the two.
  std::string from;
  std::string messaging_service_sid;
  /// The number in E.164, such as `+491701234567`.
  std::string to;
  /// Alerts of other severities are not told here.
  std::vector<severity> severities{severity::critical};
  /// In place of our wording.
  templated_text text = {};
  duration timeout = std::chrono::seconds{10};
  http_options http;

  friend bool operator==(const sms_channel&, const sms_channel&) = default;
};

/// A mail server and how to speak to it.
struct smtp_server {
  std::string host;
  std::uint16_t port = 587;
  /// How this side greets.
  std::string hello = "localhost";
  /// Empty: no authentication.
  std::string username;
  std::string password;
  /// For whom `username` acts; usually empty.
  std::string identity;
  /// Nothing is sent unless the connection is encrypted, by STARTTLS if not from its beginning.
  bool require_tls = true;
  /// Encrypted from its beginning, as on port 465.
  bool implicit_tls = false;
  tls_options tls;

  friend bool operator==(const smtp_server&, const smtp_server&) = default;
};

struct email_channel {
  smtp_server server;
  mailbox from;
  /// All in one transaction.
  std::vector<mailbox> to;
  /// Where the recipients are found anew for each notification; then `to` is empty.
  templated_text to_template = {};
  /// More headers, or others in place of From, To and Subject.
  std::vector<std::pair<std::string, templated_text>> headers;
  /// In place of our bodies; an empty one leaves that part out.
  templated_text html = {};
  templated_text text = {};
  duration timeout = std::chrono::seconds{30};

  friend bool operator==(const email_channel&, const email_channel&) = default;
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

/// How many messages a channel may send in a day (of UTC), since each costs money or somebody's sleep.
struct daily_budget {
  /// 0: no limit.
  std::size_t messages = 0;
  /// The receiver that is told what the budget does not pay for; set when there is a limit.
  std::string receiver;

  friend bool operator==(const daily_budget&, const daily_budget&) = default;
};

/// A channel handle: what one notifier actor serves.
struct channel {
  /// `receiver/kind/index`, such as `ops/webhook/0`; unique in a configuration.
  /// An SMS entry is a channel for each of its numbers: `ops/sms/0-1`.
  std::string id;
  std::string receiver;
  bool send_resolved = true;
  std::variant<webhook_channel, slack_channel, stdout_channel, pagerduty_channel, sms_channel, email_channel> settings;

  rate_limit limit = {};
  daily_budget budget = {};
  /// What one message costs, in whatever currency; only counted.
  double cost_per_message = 0;

  /// `webhook`, `slack`, `stdout`, `pagerduty`, `sms`, `email`: the word that `notification_history.channel` uses.
  std::string_view kind() const noexcept;
  /// Whom it reaches, without secrets: the host of a URL, a channel name.
  std::string recipients() const;
  /// It keeps incidents of its own, and wants to hear when somebody takes one.
  bool keeps_incidents() const noexcept { return std::holds_alternative<pagerduty_channel>(settings); }
  /// Whether alerts of this severity are told here at all.
  bool takes(severity s) const noexcept;

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
  /// When this attempt is made; only signatures tell it.
  timestamp now{};
  /// What texts of channels may use; null for the built-in ones alone.
  std::shared_ptr<const templates::template_set> templates = nullptr;
  /// Of several recipients those that are still to be told; empty: all of them.
  std::vector<std::string> only_to = {};
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

/// A mail, ready to be handed to its server.
struct smtp_message {
  smtp_server server;
  /// Addresses of the envelope.
  std::string from;
  std::vector<std::string> to;
  /// Headers and body, with CRLF line ends.
  std::string body;
  duration timeout{};
};

using wire_message = std::variant<http_request, console_text, smtp_message>;

/// What a mail server said to one recipient.
struct recipient_reply {
  std::string address;
  /// 0: nothing, the session ended before.
  std::int32_t status = 0;
  std::string text;

  friend bool operator==(const recipient_reply&, const recipient_reply&) = default;
};

/// What came back from one attempt.
struct wire_response {
  /// HTTP status, or the code of the mail server's last reply; 0 when there was none.
  std::int32_t status = 0;
  /// The first kilobytes of the answer.
  std::string body;
  /// Of a mail: everyone that it was for.
  std::vector<recipient_reply> recipients;
  /// Seconds of a Retry-After header, or until its date.
  std::optional<duration> retry_after;
  /// Set when no answer came: refused, timed out, broken off.
  std::string error;
  duration took{};
};

template <class Inspector>
auto inspect(Inspector& f, http_request& x) {
  return f(x.url, x.headers, x.body, x.timeout, x.options);
}
template <class Inspector>
auto inspect(Inspector& f, smtp_server& x) {
  return f(x.host, x.port, x.hello, x.username, x.password, x.identity, x.require_tls, x.implicit_tls, x.tls);
}
template <class Inspector>
auto inspect(Inspector& f, smtp_message& x) {
  return f(x.server, x.from, x.to, x.body, x.timeout);
}
template <class Inspector>
auto inspect(Inspector& f, console_text& x) {
  return f(x.text);
}
template <class Inspector>
auto inspect(Inspector& f, recipient_reply& x) {
  return f(x.address, x.status, x.text);
}
template <class Inspector>
auto inspect(Inspector& f, wire_response& x) {
  return f(x.status, x.body, x.recipients, x.retry_after, x.error, x.took);
}

/// What an attempt's outcome means.
struct verdict {
  enum class kind : std::uint8_t { delivered, retry, give_up };
  kind what = kind::give_up;
  /// For `retry`: the receiver asked to wait at least this long.
  std::optional<duration> wait;
  /// For the history: what the receiver said or what went wrong, without secrets.
  std::string message;
  /// For `retry`: these recipients only; empty: whoever this attempt was for.
  std::vector<std::string> again = {};
  /// For `retry`: other recipients have it now.
  bool told_some = false;
};

/// A message, and what could not be worded as the configuration wants it: that is worded as we do then, and the
/// message says so.
struct rendered_message {
  /// Unset when there is nothing to fall back on, such as a recipient; the failures say why.
  std::optional<wire_message> message;
  /// `title: alerts.tmpl:3:7: what went wrong`
  std::vector<std::string> failures;
};

/// The bytes that tell `n` on `c`. Pure; the same notification always renders the
/// same, but for the time in a signature.
rendered_message render(const channel& c, const notification& n, const render_context& context);

/// What the answer means on channel `c`.
verdict judge(const channel& c, const wire_response& response);

} // namespace tocsin
