#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "config/parts.hpp"

namespace tocsin::config {

namespace {

constexpr std::array<std::string_view, 15> keys{"routing_key", "routing_key_file", "url",   "client",    "client_url",
                                                "severity",    "source",           "class", "component", "group",
                                                "details",     "images",           "links", "timeout",   "http_config"};

/// How Alertmanager words an incident; ours has a summary of its own.
constexpr std::array<std::string_view, 1> ignored_keys{"description"};

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

std::string read_severity_of_event(const value& v) {
  auto word = read_literal(v);
  if (!word.empty() && std::find(severities.begin(), severities.end(), word) == severities.end()) {
    v.expected("critical, error, warning or info");
  }
  return word;
}

/// A URL, or nothing where it is a template.
std::string read_literal_url(const value& v) {
  return read_literal(v).empty() ? std::string{} : read_url(v);
}

std::vector<pagerduty_image> read_images(const value& v) {
  constexpr std::array<std::string_view, 3> image_keys{"src", "href", "alt"};
  std::vector<pagerduty_image> images;
  for (const auto& one : v.maps()) {
    one.only({image_keys});
    pagerduty_image image{read_literal_url(one["src"]), read_literal_url(one["href"]), read_literal(one["alt"])};
    if (image.src.empty()) continue;
    if (!image.src.starts_with("https:")) one["src"].expected("an https URL, since PagerDuty shows no others");
    images.push_back(std::move(image));
  }
  return images;
}

std::vector<pagerduty_link> read_links(const value& v) {
  constexpr std::array<std::string_view, 2> link_keys{"href", "text"};
  std::vector<pagerduty_link> links;
  for (const auto& one : v.maps()) {
    one.only({link_keys});
    pagerduty_link link{read_literal_url(one["href"]), read_literal(one["text"])};
    if (!link.href.empty()) links.push_back(std::move(link));
  }
  return links;
}

} // namespace

pagerduty_channel read_pagerduty(const value& v, const channel_defaults& defaults) {
  v.only({keys, common_channel_keys, ignored_keys, old_api_keys});
  for (const auto key : old_api_keys) {
    if (!v[key].is_set()) continue;
    v[key].complain("the Events API v1 is not available in this version; use routing_key with an Events API v2 key");
  }
  pagerduty_channel out;
  out.routing_key = read_routing_key(v);
  out.url = v["url"].is_set() ? read_url(v["url"]) : defaults.pagerduty_url.value_or(out.url);
  out.client = read_literal(v["client"]);
  out.client_url = read_literal_url(v["client_url"]);
  out.severity = read_severity_of_event(v["severity"]);
  out.source = read_literal(v["source"]);
  out.component = read_literal(v["component"]);
  out.group = read_literal(v["group"]);
  out.event_class = read_literal(v["class"]);
  for (const auto& [name, text] : v["details"].entries()) {
    if (auto literal = read_literal(text); !literal.empty()) out.details.emplace_back(name, std::move(literal));
  }
  out.images = read_images(v["images"]);
  out.links = read_links(v["links"]);
  out.timeout = read_attempt_timeout(v["timeout"], out.timeout);
  out.http = read_http(v["http_config"], defaults);
  return out;
}

} // namespace tocsin::config
