#include "protocols/channel.hpp"

#include "protocols/channels/parts.hpp"

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

std::string recipients_of(const webhook_channel& c) {
  return channels::host_of(c.url);
}
std::string recipients_of(const slack_channel& c) {
  return c.channel.empty() ? channels::host_of(c.api_url) : c.channel;
}
std::string recipients_of(const stdout_channel&) {
  return "stdout";
}

} // namespace

std::string_view channel::kind() const noexcept {
  return std::visit([](const auto& c) { return kind_of(c); }, settings);
}

std::string channel::recipients() const {
  return std::visit([](const auto& c) { return recipients_of(c); }, settings);
}

wire_message render(const channel& c, const notification& n, const render_context& context) {
  return std::visit([&](const auto& kind) -> wire_message { return channels::render(kind, n, context); }, c.settings);
}

verdict judge(const channel& c, const wire_response& response) {
  return std::visit([&](const auto& kind) { return channels::judge(kind, response); }, c.settings);
}

} // namespace tocsin
