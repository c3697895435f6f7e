#include "protocols/channel.hpp"

#include <algorithm>

#include "protocols/channels/parts.hpp"
#include "protocols/channels/wording.hpp"

namespace tocsin {

namespace {

std::string_view kind_of(const webhook_channel&) {
  return "webhook";
}
std::string_view kind_of(const slack_channel&) {
  return "slack";
}
std::string_view kind_of(const stdout_channel&) {
  return "stdout";
}

std::string_view kind_of(const pagerduty_channel&) {
  return "pagerduty";
}
std::string_view kind_of(const sms_channel&) {
  return "sms";
}
std::string_view kind_of(const email_channel&) {
  return "email";
}

std::string recipients_of(const webhook_channel& c) {
  return channels::host_of(c.url);
}
std::string recipients_of(const slack_channel& c) {
  return c.channel.is_plain() && !c.channel.source().empty() ? c.channel.source() : channels::host_of(c.api_url);
}
std::string recipients_of(const stdout_channel&) {
  return "stdout";
}
std::string recipients_of(const pagerduty_channel& c) {
  return channels::host_of(c.url);
}
std::string recipients_of(const sms_channel& c) {
  return c.to;
}
std::string recipients_of(const email_channel& c) {
  if (c.to_template.is_set()) return c.to_template.source();
  std::string all;
  for (const auto& box : c.to) all.append(all.empty() ? "" : ", ").append(box.address);
  return all;
}

} // namespace

std::string_view channel::kind() const noexcept {
  return std::visit([](const auto& c) { return kind_of(c); }, settings);
}

std::string channel::recipients() const {
  return std::visit([](const auto& c) { return recipients_of(c); }, settings);
}

bool channel::takes(severity s) const noexcept {
  const auto* sms = std::get_if<sms_channel>(&settings);
  return !sms || std::find(sms->severities.begin(), sms->severities.end(), s) != sms->severities.end();
}

rendered_message render(const channel& c, const notification& n, const render_context& context) {
  channels::wording words(n, context);
  const auto into = [](auto&& message) -> std::optional<wire_message> {
    if constexpr (requires { message.has_value(); }) {
      return message ? std::optional<wire_message>(*std::move(message)) : std::nullopt;
    } else {
      return wire_message(std::move(message));
    }
  };
  auto message =
      std::visit([&](const auto& kind) { return into(channels::render(kind, n, context, words)); }, c.settings);
  return {std::move(message), words.failures()};
}

verdict judge(const channel& c, const wire_response& response) {
  return std::visit([&](const auto& kind) { return channels::judge(kind, response); }, c.settings);
}

} // namespace tocsin
