#pragma once

#include <chrono>
#include <string>

namespace tocsin::e2e {

/// For whom a certificate is, and until when.
struct certificate_wish {
  std::string address = "127.0.0.1";
  std::chrono::seconds valid_for = std::chrono::hours{1};
};

/// A key and a certificate that it signs itself; PEM.
struct certificate {
  std::string key;
  std::string chain;
};

/// @throws std::runtime_error
certificate make_certificate(const certificate_wish& wish = {});

} // namespace tocsin::e2e
