#include "http/silence_list.hpp"

#include <algorithm>

namespace tocsin::http {

namespace {

constexpr int rank(silence_status s) noexcept {
  switch (s) {
    case silence_status::active: return 0;
    case silence_status::pending: return 1;
    case silence_status::expired: return 2;
  }
  return 2;
}

constexpr bool is_hex(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

} // namespace

bool silence_filter::shows(const silence& s, timestamp now) const {
  const auto status = s.status_at(now);
  if (status == silence_status::active && !active) return false;
  if (status == silence_status::pending && !pending) return false;
  if (status == silence_status::expired && !expired) return false;
  return std::all_of(matchers.begin(), matchers.end(), [&s](const matcher& wanted) {
    return std::find(s.matchers.begin(), s.matchers.end(), wanted) != s.matchers.end();
  });
}

void sort_silences(std::vector<silence>& silences, timestamp now) {
  std::stable_sort(silences.begin(), silences.end(), [now](const silence& a, const silence& b) {
    const auto status = a.status_at(now);
    const auto ranks = rank(status) <=> rank(b.status_at(now));
    if (ranks != 0) return ranks < 0;
    switch (status) {
      case silence_status::active: return a.ends_at < b.ends_at;
      case silence_status::pending: return a.starts_at < b.starts_at;
      case silence_status::expired: break;
    }
    return a.ends_at > b.ends_at;
  });
}

bool is_uuid(std::string_view text) noexcept {
  constexpr std::size_t plain = 32;
  constexpr std::size_t dashed = 36;
  if (text.size() == plain) return std::all_of(text.begin(), text.end(), is_hex);
  if (text.size() != dashed) return false;
  for (std::size_t i = 0; i < dashed; ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_hex(text[i])) return false;
  }
  return true;
}

} // namespace tocsin::http
