#include "http/alert_query.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include <httplib.h>

namespace tocsin::http {

namespace {

constexpr std::size_t longest_page = 10'000;

result<std::size_t> parse_limit(const std::string& text) {
  std::size_t limit = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (error != std::errc{} || end != text.data() + text.size() || limit < 1 || limit > longest_page) {
    return fail("limit: expected a whole number from 1 to 10000, found \"" + text + "\"");
  }
  return limit;
}

} // namespace

std::string last_value(const httplib::Request& request, const char* name) {
  const auto count = request.get_param_value_count(name);
  return count == 0 ? std::string() : request.get_param_value(name, count - 1);
}

bool flag(const httplib::Request& request, const char* name) {
  constexpr std::array<std::string_view, 10> yes{"true", "1", "yes",      "ok",      "y",
                                                 "on",   "t", "selected", "checked", "enabled"};
  auto text = last_value(request, name);
  if (text.empty()) return true;
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return std::find(yes.begin(), yes.end(), text) != yes.end();
}

result<std::vector<matcher>> read_matchers(const httplib::Request& request) {
  std::vector<matcher> all;
  const auto [first, last] = request.params.equal_range("filter");
  for (auto it = first; it != last; ++it) {
    auto wanted = parse_matcher(it->second);
    if (!wanted) return tl::unexpected(wanted.error());
    all.push_back(*std::move(wanted));
  }
  return all;
}

result<alert_query> read_alert_query(const httplib::Request& request) {
  alert_query query;
  auto matchers = read_matchers(request);
  if (!matchers) return tl::unexpected(matchers.error());
  query.matchers = *std::move(matchers);
  if (auto wanted = last_value(request, "receiver"); !wanted.empty()) {
    auto receiver = matcher::make("receiver", match_op::regex, std::move(wanted));
    if (!receiver) return fail("failed to parse receiver param: " + receiver.error().message);
    query.receiver = *std::move(receiver);
  }
  query.active = flag(request, "active");
  query.silenced = flag(request, "silenced");
  query.inhibited = flag(request, "inhibited");
  query.muted = flag(request, "muted");
  query.cursor = request.get_param_value("cursor");
  if (!request.has_param("limit")) return query;
  const auto limit = parse_limit(request.get_param_value("limit"));
  if (!limit) return tl::unexpected(limit.error());
  query.limit = *limit;
  return query;
}

} // namespace tocsin::http
