#pragma once

#include <string>

namespace tocsin::e2e {

/// A key and a certificate that it signs itself, valid for 127.0.0.1 for an hour; PEM.
struct certificate {
  std::string key;
  std::string chain;
};

/// @throws std::runtime_error
certificate make_certificate();

} // namespace tocsin::e2e
