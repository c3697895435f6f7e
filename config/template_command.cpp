#include "config/template_command.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <variant>

#include "config/parts.hpp"
#include "protocols/templates/built_in.hpp"
#include "protocols/templates/sample.hpp"
#include "protocols/templates/template_set.hpp"

namespace tocsin::config {

namespace {

result<templates::sample> sample_for(const std::string& file) {
  if (file.empty()) return templates::built_in_sample();
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(file + ": cannot read it: " + std::strerror(errno));
  std::ostringstream text;
  text << in.rdbuf();
  auto read = templates::read_sample(text.str());
  if (!read) return fail(file + ": " + read.error().message);
  return read;
}

result<template_answer> render_one(const template_order& order, const templates::template_set& set,
                                   const templates::template_data& data) {
  const auto compiled = set.compile("--template.text", order.text);
  if (!compiled) return tl::unexpected(compiled.error());
  auto made = order.html ? set.render_html(*compiled, data) : set.render_text(*compiled, data);
  if (!made) return tl::unexpected(std::move(made).error());
  return template_answer{*std::move(made), {}};
}

/// Credentials that stand in a body; those of headers and URLs are not shown at all.
channel without_credentials(channel c) {
  if (auto* p = std::get_if<pagerduty_channel>(&c.settings)) p->routing_key = "<hidden>";
  if (auto* s = std::get_if<sms_channel>(&c.settings); s && !s->messaging_service_sid.empty()) {
    s->messaging_service_sid = "<hidden>";
  }
  return c;
}

std::string body_of(const wire_message& message) {
  if (const auto* request = std::get_if<http_request>(&message)) return request->body;
  if (const auto* mail = std::get_if<smtp_message>(&message)) return mail->body;
  return std::get<console_text>(message).text;
}

result<template_answer> render_whole(const template_order& order, const config& c, notification n,
                                     const render_context& context) {
  const auto* found = c.find_channel(order.channel);
  if (!found) {
    std::string known;
    for (const auto& [name, receiver] : c.receivers) {
      for (const auto& one : receiver.channels) known.append(known.empty() ? "" : ", ").append(one.id);
    }
    return fail("--channel: there is no channel " + order.channel + "; expected one of " + known);
  }
  n.channel = found->id;
  n.receiver = found->receiver;
  const auto made = render(without_credentials(*found), n, context);
  template_answer answer;
  if (made.message) answer.text = body_of(*made.message);
  for (const auto& failure : made.failures) answer.failures += failure + "\n";
  return answer;
}

} // namespace

result<template_answer> render_template(const template_order& order, const config& c) {
  if (order.text.empty() == order.channel.empty()) {
    return fail("expected one of --template.text and --channel, found "
                + std::string(order.text.empty() ? "none" : "both"));
  }
  auto sample = sample_for(order.data_file);
  if (!sample) return tl::unexpected(std::move(sample).error());
  auto set = std::make_shared<templates::template_set>(c.templates ? *c.templates : templates::built_in_templates());
  for (const auto& glob : order.globs) {
    const auto added = add_template_files(glob, *set);
    if (!added) return tl::unexpected(added.error());
    if (*added == 0) return fail("--template.glob: no file matches " + glob);
  }
  render_context context;
  context.external_url = order.external_url.empty() ? sample->external_url : order.external_url;
  context.now = sample->what.created_at;
  if (order.channel.empty()) {
    if (auto complete = set->check(); !complete) return tl::unexpected(complete.error());
    return render_one(order, *set, templates::data_of(sample->what, context));
  }
  context.templates = std::move(set);
  return render_whole(order, c, std::move(sample->what), context);
}

} // namespace tocsin::config
