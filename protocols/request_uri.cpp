#include "protocols/request_uri.hpp"

#include <algorithm>

namespace tocsin {

namespace {

constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}
constexpr bool is_letter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool is_hex(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
constexpr bool is_ascii(char c) noexcept {
  return static_cast<unsigned char>(c) < 0x80;
}
constexpr bool one_of(char c, std::string_view set) noexcept {
  return set.find(c) != std::string_view::npos;
}

bool has_control(std::string_view text) noexcept {
  bool found = false;
  for (const unsigned char c : text) found |= c < 0x20 || c == 0x7F;
  return found;
}

/// Each percent sign is followed by two hex digits.
bool percent_encoded(std::string_view text) noexcept {
  for (auto at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 3)) {
    if (at + 2 >= text.size() || !is_hex(text[at + 1]) || !is_hex(text[at + 2])) return false;
  }
  return true;
}

/// Empty, or a colon and digits.
bool is_port(std::string_view text) noexcept {
  return text.empty() || (text.front() == ':' && std::all_of(text.begin() + 1, text.end(), is_digit));
}

bool is_host_name(std::string_view host) noexcept {
  const auto allowed = [](char c) {
    return is_letter(c) || is_digit(c) || !is_ascii(c) || one_of(c, "!$&'()*+,;=:[]<>\"-_.~%");
  };
  return percent_encoded(host) && std::all_of(host.begin(), host.end(), allowed);
}

bool is_host(std::string_view host) noexcept {
  if (!host.empty() && host.front() == '[') {
    const auto close = host.rfind(']');
    return close != std::string_view::npos && is_port(host.substr(close + 1)) && percent_encoded(host.substr(0, close));
  }
  const auto colon = host.rfind(':');
  return (colon == std::string_view::npos || is_port(host.substr(colon))) && is_host_name(host);
}

/// User and password, if there are any, and the host.
bool is_authority(std::string_view text) noexcept {
  const auto at = text.rfind('@');
  if (at == std::string_view::npos) return is_host(text);
  const auto allowed = [](char c) { return is_letter(c) || is_digit(c) || one_of(c, "-._:~!$&'()*+,;=%@"); };
  const auto user = text.substr(0, at);
  return std::all_of(user.begin(), user.end(), allowed) && percent_encoded(user) && is_host(text.substr(at + 1));
}

/// Length of the scheme that `text` starts with; 0 for none.
std::size_t scheme_size(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ':') return i;
    if (is_letter(text[i])) continue;
    if (i == 0 || !(is_digit(text[i]) || one_of(text[i], "+-."))) return 0;
  }
  return 0;
}

} // namespace

bool is_request_uri(std::string_view text) noexcept {
  if (text.empty() || has_control(text)) return false;
  if (text == "*") return true;
  const auto scheme = scheme_size(text);
  auto rest = scheme == 0 ? text : text.substr(scheme + 1);
  rest = rest.substr(0, rest.find('?'));
  if (rest.empty() || rest.front() != '/') return scheme != 0;
  if (scheme != 0 && rest.substr(0, 2) == "//") {
    const auto authority = rest.substr(2, rest.substr(2).find('/'));
    if (!is_authority(authority)) return false;
    rest.remove_prefix(2 + authority.size());
  }
  return percent_encoded(rest);
}

} // namespace tocsin
