#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

#include "protocols/channel.hpp"

/// What the channels share among themselves. Nothing outside of
/// `protocols/channel.cpp` and `protocols/channels/` includes this.
namespace tocsin::channels {

/// Stands where text was cut.
inline constexpr std::string_view ellipsis = "…";

/// At most `limit` characters of UTF-8 `text`; a cut text ends in `…`, which counts.
std::string cut_to_characters(std::string_view text, std::size_t limit);

/// `text` fit for a terminal or a log: control characters (C0, C1, delete, and
/// those that turn the direction of writing) and invalid UTF-8 appear as
/// escapes such as `\n` and `\x1b`; cut to `limit` bytes with `…` behind.
std::string printable(std::string_view text, std::size_t limit);

/// JSON with every such character in its strings written as `\u009b`.
std::string printable_json(std::string_view json);

/// `host:port` of a URL as it stands there, without user, path or query.
std::string host_of(std::string_view url);

/// What must not be told of a request: user and password of its URL, its path and
/// query, the credentials of its options, and one more where there is one.
struct request_secrets {
  std::string_view url;
  const http_options& options;
  std::string_view more = {};
};

/// `text` with every such secret replaced.
std::string without_secrets(std::string_view text, const request_secrets& secrets);

/// `FIRING:2` or `RESOLVED`, as titles begin.
std::string status_word(const notification& n);

/// One part of an advice as a person reads it.
struct hint_part {
  std::string title;
  std::string text;
};

/// What there is to advise, of at most `most` alert names: titles such as `Probable
/// causes`, with the alert's name where there are several. Nothing for a
/// notification in which nothing fires.
std::vector<hint_part> hint_parts(const notification& n, std::size_t most);

/// Alertmanager's webhook body, version "4", with our own words behind it, and
/// no line break at the end.
std::string webhook_payload(const notification& n, const render_context& context, std::size_t max_alerts);

/// The headers that every POST carries.
std::vector<std::pair<std::string, std::string>> request_headers(const notification& n, const render_context& context,
                                                                 std::string_view type = "application/json");

/// What an alert says of itself in one line: its summary, message or title, else its description, else nothing.
std::string_view headline_of(const notified_alert& a);

/// When the first of its alerts began.
timestamp earliest_start(const notification& n);

/// The start of what the receiver answered, printable and without secrets.
std::string answer_of(const wire_response& response, const request_secrets& secrets);

/// What an answer means that only its status decides: 2xx delivered; no answer,
/// 408, 425, 429 and 5xx again; the rest never.
verdict judge_by_status(const wire_response& response, const request_secrets& secrets);

class wording;

std::optional<http_request> render(const webhook_channel& c, const notification& n, const render_context& context,
                                   wording& words);
http_request render(const slack_channel& c, const notification& n, const render_context& context, wording& words);
console_text render(const stdout_channel& c, const notification& n, const render_context& context, wording& words);
http_request render(const pagerduty_channel& c, const notification& n, const render_context& context, wording& words);
http_request render(const sms_channel& c, const notification& n, const render_context& context, wording& words);
std::optional<smtp_message> render(const email_channel& c, const notification& n, const render_context& context,
                                   wording& words);

verdict judge(const webhook_channel& c, const wire_response& response);
verdict judge(const slack_channel& c, const wire_response& response);
verdict judge(const stdout_channel& c, const wire_response& response);
verdict judge(const pagerduty_channel& c, const wire_response& response);
verdict judge(const sms_channel& c, const wire_response& response);
verdict judge(const email_channel& c, const wire_response& response);

} // namespace tocsin::channels
