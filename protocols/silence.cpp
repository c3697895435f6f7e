#include "protocols/silence.hpp"

#include <stdexcept>

namespace tocsin {

std::string_view to_string(silence_status s) noexcept {
  switch (s) {
    case silence_status::pending: return "pending";
    case silence_status::active: return "active";
    case silence_status::expired: return "expired";
  }
  return "expired";
}

std::string_view to_string(silence_change::kind k) noexcept {
  switch (k) {
    case silence_change::kind::created: return "created";
    case silence_change::kind::updated: return "updated";
    case silence_change::kind::expired: return "expired";
  }
  return "updated";
}

silence_status silence::status_at(timestamp now) const noexcept {
  if (now < starts_at) return silence_status::pending;
  return now < ends_at ? silence_status::active : silence_status::expired;
}

bool silence::holds_at(timestamp now) const {
  if (status_at(now) != silence_status::active) return false;
  return recurrence.empty() || any_contains(recurrence, now);
}

std::vector<matcher_words> to_words(const std::vector<matcher>& matchers) {
  std::vector<matcher_words> words;
  words.reserve(matchers.size());
  for (const auto& m : matchers) words.push_back({m.name(), m.op(), m.value()});
  return words;
}

std::vector<matcher> from_words(const std::vector<matcher_words>& words) {
  std::vector<matcher> matchers;
  matchers.reserve(words.size());
  for (const auto& w : words) {
    auto made = matcher::make(w.name, w.op, w.value);
    if (!made) throw std::invalid_argument(made.error().message);
    matchers.push_back(*std::move(made));
  }
  return matchers;
}

} // namespace tocsin
