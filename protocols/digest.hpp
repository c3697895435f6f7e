#pragma once

#include <string>
#include <string_view>

namespace tocsin {

/// Bytes as lower-case hex digits.
std::string hex(std::string_view bytes);

/// SHA-256 of `text` as 64 lower-case hex digits.
std::string sha256_hex(std::string_view text);

/// HMAC-SHA-256 (RFC 2104) of `text` under `key` as 64 lower-case hex digits.
std::string hmac_sha256_hex(std::string_view key, std::string_view text);

} // namespace tocsin
