#pragma once

#include <memory>

#include <openssl/ssl.h>

#include "config/web_config.hpp"
#include "protocols/result.hpp"

namespace tocsin::http {

using tls_context_ptr = std::shared_ptr<SSL_CTX>;

/// What OpenSSL needs to serve TLS as the configuration says.
/// @returns a failure that names file, line and key of what OpenSSL does not take.
result<tls_context_ptr> make_tls_context(const config::web_tls& settings);

/// The client's certificate has one of these names, addresses or URIs.
bool has_allowed_name(const SSL* connection, const std::vector<std::string>& allowed);

} // namespace tocsin::http
