#include "config/commands/server_values.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

namespace tocsin::config {

namespace {

/// `host:port`, `:port` or `[v6]:port`.
result<listen_address> parse_address(std::string_view text) {
  const auto bad = [text] {
    return fail("--web.listen-address: expected HOST:PORT, such as 127.0.0.1:9095 or :9095, found \""
                + std::string(text) + "\"");
  };
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad();
  auto host = text.substr(0, colon);
  if (host.size() > 1 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return bad();
  }
  const auto port_text = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
  if (error != std::errc{} || end != port_text.data() + port_text.size()) return bad();
  return listen_address{std::string(host), port};
}

result<std::vector<listen_address>> parse_addresses(const std::vector<std::string>& texts) {
  std::vector<listen_address> all;
  for (const auto& text : texts) {
    auto address = parse_address(text);
    if (!address) return tl::unexpected(address.error());
    if (std::find(all.begin(), all.end(), *address) != all.end() && address->port != 0) {
      return fail("--web.listen-address: \"" + text + "\" is given twice; give each address once");
    }
    all.push_back(*std::move(address));
  }
  return all;
}

std::string without_slashes_at_end(std::string text) {
  while (text.ends_with('/')) text.pop_back();
  return text;
}

/// Links are made by putting a path behind it, so it may not have a query of its own.
result<std::string> parse_external_url(const std::string& text) {
  const auto scheme = text.starts_with("http://")    ? std::string_view("http://")
                      : text.starts_with("https://") ? std::string_view("https://")
                                                     : std::string_view();
  const auto odd = [](char c) { return c <= ' ' || c == '\x7f' || c == '?' || c == '#'; };
  const auto rest = std::string_view(text).substr(scheme.size());
  if (scheme.empty() || rest.empty() || rest.front() == '/' || std::any_of(rest.begin(), rest.end(), odd)) {
    return fail(
        "--web.external-url: expected an http or https URL without a query, such as https://example.org/alerts,"
        " found \""
        + text + "\"");
  }
  return without_slashes_at_end(text);
}

/// The path of a URL that `parse_external_url` has made; empty when there is none.
std::string path_of(const std::string& url) {
  const auto authority = url.find("://");
  const auto path = authority == std::string::npos ? std::string::npos : url.find('/', authority + 3);
  return path == std::string::npos ? std::string() : url.substr(path);
}

/// `am`, `/am` and `/am/` are the same; `/` is none.
result<std::string> parse_route_prefix(std::string_view text) {
  const auto odd = [](char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return !letter && std::string_view("/-._~").find(c) == std::string_view::npos;
  };
  if (std::any_of(text.begin(), text.end(), odd) || text.find("//") != std::string_view::npos) {
    return fail("--web.route-prefix: expected a path of letters, digits and -._~, such as /alerts, found \""
                + std::string(text) + "\"");
  }
  while (text.starts_with('/')) text.remove_prefix(1);
  auto prefix = without_slashes_at_end(std::string(text));
  return prefix.empty() ? prefix : "/" + prefix;
}

} // namespace

result<duration> parse_retention(const std::string& text) {
  const auto parsed = parse_duration(text);
  if (parsed && is_retention(*parsed)) return *parsed;
  return fail("--data.retention: expected " + std::string(retention_form) + ", found \"" + text + "\"");
}

std::optional<failure> read_web_texts(const web_texts& texts, command_line& parsed) {
  if (!texts.external_url.empty()) {
    auto url = parse_external_url(texts.external_url);
    if (!url) return url.error();
    parsed.external_url = *std::move(url);
  }
  // As with Alertmanager, an empty prefix is one that was not given.
  const auto given = texts.route_prefix.value_or("");
  auto prefix = parse_route_prefix(given.empty() ? path_of(parsed.external_url) : given);
  if (!prefix) return prefix.error();
  parsed.route_prefix = *std::move(prefix);
  if (texts.listen.empty()) return std::nullopt;
  auto addresses = parse_addresses(texts.listen);
  if (!addresses) return addresses.error();
  parsed.listen = *std::move(addresses);
  return std::nullopt;
}

} // namespace tocsin::config
