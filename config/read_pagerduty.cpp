#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "config/parts.hpp"

namespace tocsin::config {

namespace {

constexpr std::array<std::string_view, 16> keys{
    "description", "routing_key", "routing_key_file", "url",    "client", "client_url", "severity",   "source", "class",
    "component",   "group",       "details",          "images", "links",  "timeout",    "http_config"};

constexpr std::array<std::string_view, 2> old_api_keys{"service_key", "service_key_file"};

constexpr std::array<std::string_view, 4> severities{"critical", "error", "warning", "info"};

std::string read_routing_key(const value& v) {
  const auto key = read_secret(v["routing_key"], v["routing_key_file"]);
  if (!key) {
    v.complain("no routing key; set routing_key or routing_key_file (the integration key of an Events API v2 service)");
    return {};
  }
  const auto odd = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; };
  if (key->empty() || std::any_of(key->begin(), key->end(), odd)) {
    v.complain("expected a routing key without white space; copy the integration key of an Events API v2 service");
  }
  return *key;
}

templated_text read_severity_of_event(const value& v, const channel_defaults& defaults) {
  auto word = read_templated(v, defaults);
  if (word.is_plain() && !word.source().empty()
      && std::find(severities.begin(), severities.end(), word.source()) == severities.end()) {
    v.expected("critical, error, warning or info");
  }
  return word;
}

std::vector<pagerduty_image> read_images(const value& v, const channel_defaults& defaults) {
  constexpr std::array<std::string_view, 3> image_keys{"src", "href", "alt"};
  std::vector<pagerduty_image> images;
  for (const auto& one : v.maps()) {
    one.only({image_keys});
    pagerduty_image image{read_templated_url(one["src"], defaults), read_templated_url(one["href"], defaults),
                          read_templated(one["alt"], defaults)};
    if (image.src.source().empty()) continue;
    if (image.src.is_plain() && !image.src.source().starts_with("https:")) {
      one["src"].expected("an https URL, since PagerDuty shows no others");
    }
    images.push_back(std::move(image));
  }
  return images;
}

std::vector<pagerduty_link> read_links(const value& v, const channel_defaults& defaults) {
  constexpr std::array<std::string_view, 2> link_keys{"href", "text"};
  std::vector<pagerduty_link> links;
  for (const auto& one : v.maps()) {
    one.only({link_keys});
    pagerduty_link link{read_templated_url(one["href"], defaults), read_templated(one["text"], defaults)};
    if (!link.href.source().empty()) links.push_back(std::move(link));
  }
  return links;
}

} // namespace

pagerduty_channel read_pagerduty(const value& v, const channel_defaults& defaults) {
  v.only({keys, common_channel_keys, old_api_keys});
  for (const auto key : old_api_keys) {
    if (!v[key].is_set()) continue;
    v[key].complain("the Events API v1 is not available in this version; use routing_key with an Events API v2 key");
  }
  pagerduty_channel out;
  out.routing_key = read_routing_key(v);
  out.url = v["url"].is_set() ? read_url(v["url"]) : defaults.pagerduty_url.value_or(out.url);
  out.client = read_templated(v["client"], defaults);
  out.client_url = read_templated_url(v["client_url"], defaults);
  out.description = read_templated(v["description"], defaults);
  out.severity = read_severity_of_event(v["severity"], defaults);
  out.source = read_templated(v["source"], defaults);
  out.component = read_templated(v["component"], defaults);
  out.group = read_templated(v["group"], defaults);
  out.event_class = read_templated(v["class"], defaults);
  for (const auto& [name, text] : v["details"].entries()) {
    if (auto said = read_templated(text, defaults); !said.source().empty())
      out.details.emplace_back(name, std::move(said));
  }
  out.images = read_images(v["images"], defaults);
  out.links = read_links(v["links"], defaults);
  out.timeout = read_attempt_timeout(v["timeout"], out.timeout);
  out.http = read_http(v["http_config"], defaults);
  return out;
}

} // namespace tocsin::config
