#include "protocols/alert_member.hpp"

#include <algorithm>
#include <array>

namespace tocsin {

namespace {

struct member_name {
  std::string_view text;
  alert_member id;
};

constexpr std::array<member_name, 6> names{{{"labels", alert_member::labels},
                                            {"annotations", alert_member::annotations},
                                            {"startsAt", alert_member::starts_at},
                                            {"endsAt", alert_member::ends_at},
                                            {"generatorURL", alert_member::generator_url},
                                            {"status", alert_member::status}}};

} // namespace

bool same_key(std::string_view key, std::string_view name) noexcept {
  // The bit that tells the cases apart is set on both sides; only a letter can then equal a letter.
  constexpr auto same = [](char a, char b) { return (a | 0x20) == (b | 0x20); };
  return std::equal(key.begin(), key.end(), name.begin(), name.end(), same);
}

alert_member alert_member_of(std::string_view key) noexcept {
  for (const auto& name : names) {
    if (key == name.text) return name.id;
  }
  for (const auto& name : names) {
    if (same_key(key, name.text)) return name.id;
  }
  return alert_member::other;
}

} // namespace tocsin
