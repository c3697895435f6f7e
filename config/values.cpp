// Scalars: what a word in the file must look like to be a duration, a URL, a matcher.

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <fstream>
#include <system_error>
#include <utility>

#include "config/reader.hpp"
#include "protocols/go_text.hpp"

namespace tocsin::config {

namespace {

constexpr std::string_view url_words = "an http or https URL";
constexpr std::size_t largest_secret_file = 64 * 1024;

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

bool is_port(std::string_view text) noexcept {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size() && port <= 65535;
}

bool is_host_and_port(std::string_view text) noexcept {
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos || close == 1) return false;
    const auto rest = text.substr(close + 1);
    return rest.empty() || (rest.front() == ':' && is_port(rest.substr(1)));
  }
  const auto colon = text.find(':');
  if (text.substr(0, colon).empty()) return false;
  return colon == std::string_view::npos || is_port(text.substr(colon + 1));
}

bool is_http_url(std::string_view text) noexcept {
  const auto blank = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; };
  const auto separator = text.find("://");
  if (separator == std::string_view::npos || std::any_of(text.begin(), text.end(), blank)) return false;
  const auto scheme = text.substr(0, separator);
  if (!equal_ignoring_case(scheme, "http") && !equal_ignoring_case(scheme, "https")) return false;
  auto authority = text.substr(separator + 3);
  authority = authority.substr(0, authority.find_first_of("/?#"));
  if (const auto at = authority.rfind('@'); at != std::string_view::npos) authority.remove_prefix(at + 1);
  return is_host_and_port(authority);
}

/// Scheme and host of what should have been a URL: its path and its user are
/// often the secret.
std::string without_secrets(std::string_view text) {
  std::string out;
  if (const auto separator = text.find("://"); separator != std::string_view::npos) {
    out.append(text.substr(0, separator + 3));
    text.remove_prefix(separator + 3);
  }
  auto host = text.substr(0, text.find_first_of("/?#"));
  const bool has_more = host.size() < text.size();
  if (const auto at = host.rfind('@'); at != std::string_view::npos) host.remove_prefix(at + 1);
  return out.append(host).append(has_more ? "/…" : "");
}

void expected_url(const value& v) {
  const bool has_variable = v.raw().find("${") != std::string_view::npos;
  const auto found = has_variable ? std::string(v.raw()) : without_secrets(v.raw());
  v.complain("expected " + std::string(url_words) + ", found \"" + found + "\"");
}

result<std::string> contents(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(std::strerror(errno));
  std::string text(largest_secret_file + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  // A folder opens but does not read.
  if (in.bad()) return fail(std::strerror(errno));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > largest_secret_file) return fail("it is larger than 64 KiB");
  return text;
}

bool complain_about_both(const value& plain, const value& file, std::string_view words) {
  if (!plain.is_set() || !file.is_set()) return false;
  const auto name = [](const value& v) { return v.path().substr(v.path().rfind('.') + 1); };
  file.complain("expected " + std::string(words) + " of " + name(plain) + " and " + name(file) + ", found both");
  return true;
}

/// The reason quotes the text, so it is left out where variables went into it.
void complain_about_matcher(const value& v, std::string_view expanded, const std::string& why) {
  constexpr std::string_view what = "a matcher such as severity=\"critical\" or team=~\"a|b\"";
  if (expanded != v.raw()) return v.expected(what);
  v.complain("expected " + std::string(what) + "; " + why);
}

/// A label name as the older notation allows it.
bool is_classic_label(std::string_view name) noexcept {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return !name.empty() && letter(name.front())
         && std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || digit(c); });
}

} // namespace

bool read_flag(const value& v, bool fallback) {
  const auto text = v.text();
  if (!text) return fallback;
  constexpr std::array<std::string_view, 4> yes{"true", "yes", "on", "y"};
  constexpr std::array<std::string_view, 4> no{"false", "no", "off", "n"};
  const auto same = [&](std::string_view word) { return equal_ignoring_case(*text, word); };
  if (std::any_of(yes.begin(), yes.end(), same)) return true;
  if (!std::any_of(no.begin(), no.end(), same)) v.expected("true or false");
  return false;
}

std::size_t read_count(const value& v, std::size_t fallback) {
  const auto text = v.text();
  if (!text) return fallback;
  std::size_t count = 0;
  const auto* end = text->data() + text->size();
  const auto [stopped, error] = std::from_chars(text->data(), end, count);
  if (error == std::errc{} && stopped == end) return count;
  v.expected("a whole number, 0 or more");
  return fallback;
}

double read_share(const value& v, double fallback) {
  const auto text = v.text();
  if (!text) return fallback;
  double share = 0;
  const auto* end = text->data() + text->size();
  const auto [stopped, error] = std::from_chars(text->data(), end, share);
  // Not a number is not between them either.
  if (error == std::errc{} && stopped == end && share >= 0 && share <= 1) return share;
  v.expected("a number from 0 to 1");
  return fallback;
}

std::optional<duration> read_duration(const value& v) {
  const auto text = v.text();
  if (!text) return std::nullopt;
  const auto parsed = parse_duration(*text);
  if (parsed) return *parsed;
  v.expected("a duration such as 30s, 5m, 1h30m or 1d");
  return std::nullopt;
}

std::optional<duration> read_positive_duration(const value& v) {
  const auto read = read_duration(v);
  if (!read || *read > duration::zero()) return read;
  v.expected("a duration above zero");
  return std::nullopt;
}

std::string read_text(const value& v) {
  return v.text().value_or(std::string{});
}

std::vector<std::string> read_texts(const value& v) {
  std::vector<std::string> all;
  for (const auto& one : v.items()) {
    if (one.is_set()) {
      all.push_back(read_text(one));
    } else {
      one.expected("text");
    }
  }
  return all;
}

std::vector<std::string> read_names(const value& v, std::string_view what) {
  std::vector<std::string> all;
  for (const auto& one : v.items()) {
    auto name = read_text(one);
    if (name.empty()) one.expected(what);
    if (std::find(all.begin(), all.end(), name) != all.end()) {
      one.complain(one.quoted() + " is in the list twice; remove one of them");
    }
    all.push_back(std::move(name));
  }
  return all;
}

std::string read_url(const value& v) {
  auto text = v.text();
  if (!text) return {};
  if (is_http_url(*text)) return *std::move(text);
  expected_url(v);
  return {};
}

std::string read_optional_url(const value& v) {
  const auto text = v.text();
  return text && !text->empty() ? read_url(v) : std::string{};
}

std::string read_file_text(const value& v) {
  const auto name = v.text();
  if (!name) return {};
  auto text = contents(v.in().folder() / *name);
  if (text) return std::string(go::trim_space(*text));
  v.complain("cannot read the file " + v.quoted() + ": " + text.error().message);
  return {};
}

std::optional<std::string> read_secret(const value& plain, const value& file) {
  if (complain_about_both(plain, file, "one")) return std::nullopt;
  if (file.is_set()) return read_file_text(file);
  return plain.text();
}

std::optional<std::string> read_secret_url(const value& plain, const value& file) {
  if (complain_about_both(plain, file, "one")) return std::nullopt;
  if (plain.is_set()) return read_url(plain);
  if (!file.is_set()) return std::nullopt;
  auto text = read_file_text(file);
  if (!text.empty() && !is_http_url(text)) file.complain("expected " + std::string(url_words) + " in that file");
  if (text.empty()) file.complain("that file is empty; expected " + std::string(url_words) + " in it");
  return text;
}

std::vector<matcher> read_matchers(const value& v) {
  std::vector<matcher> all;
  for (const auto& one : v.items()) {
    const auto text = one.text();
    if (!text) {
      one.expected("a matcher such as severity=\"critical\"");
      continue;
    }
    auto parsed = parse_matchers(*text);
    if (!parsed) {
      complain_about_matcher(one, *text, parsed.error().message);
      continue;
    }
    for (auto& m : *parsed) all.push_back(std::move(m));
  }
  return all;
}

std::vector<matcher> read_match_map(const value& v, match_op op) {
  std::vector<matcher> all;
  for (const auto& [label, pattern] : v.entries()) {
    if (!is_classic_label(label)) {
      pattern.complain("expected a label name of letters, digits and _; use matchers for other names");
    }
    if (op == match_op::regex && !pattern.is_set()) pattern.expected("a regular expression");
    auto made = matcher::make(label, op, read_text(pattern));
    if (made) {
      all.push_back(*std::move(made));
    } else {
      complain_about_matcher(pattern, read_text(pattern), made.error().message);
    }
  }
  return all;
}

} // namespace tocsin::config
