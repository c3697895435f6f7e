#include "protocols/channels/parts.hpp"

#include <algorithm>
#include <cstdint>

#include "protocols/utf8.hpp"

namespace tocsin::channels {

namespace {

/// How much of a receiver's answer the history keeps.
constexpr std::size_t answer_limit = 200;

/// A receiver that asks for more than this has lost us: an alert must not hang for days.
constexpr duration longest_wait = std::chrono::hours{1};

/// Parts of a path shorter than this are words, not secrets.
constexpr std::size_t shortest_secret_part = 9;

struct code_point {
  std::uint32_t value = 0;
  std::size_t size = 1;
  bool valid = false;
};

/// Reads the code point at the front of `text`, which is not empty.
code_point first_of(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const auto size = utf8_sequence(text);
  if (size == 0) return {lead, 1, false};
  if (size == 1) return {lead, 1, true};
  std::uint32_t value = lead & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) value = (value << 6) | (static_cast<unsigned char>(text[i]) & 0x3FU);
  return {value, size, true};
}

/// Characters that move the cursor, colour the screen or turn the direction of writing.
bool disturbs_a_terminal(std::uint32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x2028 || c == 0x2029 || c == 0x061C || c == 0x200E || c == 0x200F
         || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

void append_hex(std::string& out, std::uint32_t value, int digits) {
  constexpr std::string_view alphabet = "0123456789abcdef";
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) out.push_back(alphabet[(value >> shift) & 15U]);
}

void append_escaped(std::string& out, const code_point& c) {
  if (c.value == '\n') {
    out += "\\n";
  } else if (c.value == '\r') {
    out += "\\r";
  } else if (c.value == '\t') {
    out += "\\t";
  } else if (c.value <= 0xFF) {
    out += "\\x";
    append_hex(out, c.value, 2);
  } else {
    out += "\\u";
    append_hex(out, c.value, 4);
  }
}

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  if (what.empty()) return;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

struct url_parts {
  std::string_view user_info;
  std::string_view host;
  /// Path and query, with the leading slash.
  std::string_view rest;
};

url_parts split_url(std::string_view url) {
  if (const auto scheme = url.find("://"); scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  const auto end = std::min(url.find_first_of("/?#"), url.size());
  auto authority = url.substr(0, end);
  url_parts parts;
  parts.rest = url.substr(end);
  if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
    parts.user_info = authority.substr(0, at);
    authority.remove_prefix(at + 1);
  }
  parts.host = authority;
  return parts;
}

/// Every part of `text` between any of `separators` that is long enough to be a secret.
void add_long_parts(std::vector<std::string_view>& out, std::string_view text, std::string_view separators) {
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of(separators), text.size());
    if (end >= shortest_secret_part) out.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

} // namespace

std::string cut_to_characters(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return std::string(text);
  std::size_t at = 0;
  std::size_t last_start = 0; // where the character begins that … may have to replace
  for (std::size_t count = 0; at < text.size(); ++count) {
    if (count == limit) return std::string(text.substr(0, last_start)).append(ellipsis);
    last_start = at;
    at += first_of(text.substr(at)).size;
  }
  return std::string(text);
}

std::string printable(std::string_view text, std::size_t limit) {
  std::string out;
  while (!text.empty()) {
    const auto c = first_of(text);
    const auto before = out.size();
    if (!c.valid || disturbs_a_terminal(c.value)) {
      append_escaped(out, c);
    } else {
      out += text.substr(0, c.size);
    }
    if (out.size() > limit) {
      out.resize(before);
      out += ellipsis;
      return out;
    }
    text.remove_prefix(c.size);
  }
  return out;
}

std::string printable_json(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  while (!json.empty()) {
    const auto c = first_of(json);
    if (c.valid && c.value >= 0x7F && disturbs_a_terminal(c.value)) {
      out += "\\u";
      append_hex(out, c.value, 4);
    } else {
      out += json.substr(0, c.size);
    }
    json.remove_prefix(c.size);
  }
  return out;
}

std::string host_of(std::string_view url) {
  return std::string(split_url(url).host);
}

std::string without_secrets(std::string_view text, const request_secrets& of) {
  const auto parts = split_url(of.url);
  const auto& options = of.options;
  std::vector<std::string_view> secrets{parts.user_info, options.authorization_credentials, options.basic_password,
                                        of.more};
  if (const auto colon = parts.user_info.find(':'); colon != std::string_view::npos) {
    secrets.push_back(parts.user_info.substr(colon + 1));
  }
  if (const auto proxy = split_url(options.proxy_url); !proxy.user_info.empty()) secrets.push_back(proxy.user_info);
  for (const auto& [name, value] : options.headers) secrets.push_back(value);
  if (parts.rest.size() > 1) secrets.push_back(parts.rest);
  const auto path = parts.rest.substr(0, parts.rest.find_first_of("?#"));
  if (path.size() > 1) secrets.push_back(path);
  add_long_parts(secrets, parts.rest, "/?#&=");
  // The longest first, so that a secret within a secret leaves no rest of the outer one.
  std::sort(secrets.begin(), secrets.end(), [](auto a, auto b) { return a.size() > b.size(); });
  std::string out(text);
  for (auto secret : secrets) replace_all(out, secret, "<hidden>");
  return out;
}

std::string status_word(const notification& n) {
  return n.firing() ? "FIRING:" + std::to_string(n.firing_count()) : "RESOLVED";
}

std::vector<std::pair<std::string, std::string>> request_headers(const notification& n, const render_context& context,
                                                                 std::string_view type) {
  return {{"Content-Type", std::string(type)},
          {"User-Agent", context.version.empty() ? "Tocsin" : "Tocsin/" + context.version},
          {"X-Tocsin-Notification-Id", std::to_string(n.id.value)}};
}

std::string_view headline_of(const notified_alert& a) {
  for (const auto* name : {"summary", "message", "title", "description"}) {
    if (const auto text = a.annotations.get(name); !text.empty()) return text;
  }
  return {};
}

timestamp earliest_start(const notification& n) {
  const auto first = std::min_element(n.alerts.begin(), n.alerts.end(),
                                      [](const auto& a, const auto& b) { return a.starts_at < b.starts_at; });
  return first == n.alerts.end() ? n.created_at : first->starts_at;
}

std::string answer_of(const wire_response& response, const request_secrets& secrets) {
  return printable(without_secrets(response.body, secrets), answer_limit);
}

verdict judge_by_status(const wire_response& response, const request_secrets& secrets) {
  const auto status = response.status;
  if (status == 0) {
    auto reason = printable(without_secrets(response.error, secrets), answer_limit);
    if (reason.empty()) reason = "no answer";
    return {verdict::kind::retry, std::nullopt, std::move(reason)};
  }
  verdict v;
  v.message = "HTTP " + std::to_string(status);
  if (status >= 200 && status < 300) {
    v.what = verdict::kind::delivered;
    return v;
  }
  if (const auto answer = answer_of(response, secrets); !answer.empty()) v.message += ": " + answer;
  const auto again = status == 408 || status == 425 || status == 429 || status >= 500;
  v.what = again ? verdict::kind::retry : verdict::kind::give_up;
  if ((status == 429 || status == 503) && response.retry_after) {
    v.wait = std::clamp(*response.retry_after, duration::zero(), longest_wait);
  }
  return v;
}

std::vector<hint_part> hint_parts(const notification& n, std::size_t most) {
  std::vector<hint_part> parts;
  if (!n.firing()) return parts;
  for (const auto& h : n.hints) {
    if (most-- == 0) break;
    const auto suffix = n.hints.size() > 1 ? " (" + h.alert_name + ")" : std::string{};
    const auto add = [&](std::string_view title, const std::vector<std::string>& lines) {
      std::string text;
      for (const auto& line : lines) text.append(text.empty() ? "" : "; ").append(line);
      if (!text.empty()) parts.push_back({std::string(title) + suffix, std::move(text)});
    };
    add("Probable causes", h.what.causes);
    add("Investigate", h.what.steps);
    add("Quick fixes", h.what.fixes);
    if (!h.what.dashboard.empty()) parts.push_back({"Dashboard" + suffix, h.what.dashboard});
  }
  return parts;
}

} // namespace tocsin::channels
