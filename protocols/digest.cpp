#include "protocols/digest.hpp"

#include <array>
#include <stdexcept>

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace tocsin {

namespace {

using digest_bytes = std::array<unsigned char, EVP_MAX_MD_SIZE>;

std::string hex(const digest_bytes& digest, unsigned int size) {
  return tocsin::hex({reinterpret_cast<const char*>(digest.data()), size});
}

} // namespace

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const unsigned char byte : bytes) {
    out.push_back(digits[byte >> 4]);
    out.push_back(digits[byte & 15]);
  }
  return out;
}

std::string sha256_hex(std::string_view text) {
  digest_bytes digest{};
  unsigned int size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("SHA-256 is not available in this OpenSSL");
  }
  return hex(digest, size);
}

std::string hmac_sha256_hex(std::string_view key, std::string_view text) {
  digest_bytes digest{};
  unsigned int size = 0;
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes, text.size(), digest.data(), &size)
      == nullptr) {
    throw std::runtime_error("HMAC-SHA-256 is not available in this OpenSSL");
  }
  return hex(digest, size);
}

} // namespace tocsin
