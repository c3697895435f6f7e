#pragma once

#include <curl/curl.h>

#include "protocols/http_options.hpp"

namespace tocsin {

/// Tells libcurl how a connection is encrypted and the other side is checked.
void apply_tls(CURL* easy, const tls_options& o);

} // namespace tocsin
