#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace tocsin {

/// A random UUID (RFC 9562, version 4) out of two random numbers.
inline std::string uuid_of(std::uint64_t high, std::uint64_t low) {
  constexpr char digits[] = "0123456789abcdef";
  high = (high & ~0xF000ULL) | 0x4000ULL;
  low = (low & ~(3ULL << 62)) | (2ULL << 62);
  std::string text;
  text.reserve(36);
  for (int i = 0; i < 32; ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) text += '-';
    const auto half = i < 16 ? high : low;
    text += digits[half >> (60 - 4 * (i % 16)) & 0xF];
  }
  return text;
}

/// Random UUIDs for as long as it is kept; not thread-safe.
std::function<std::string()> random_uuids();

} // namespace tocsin
