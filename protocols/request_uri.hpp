#pragma once

#include <string_view>

namespace tocsin {

/// Whether `text` is what API v2 takes for a URI: a scheme and something behind
/// it, or a path that starts with a slash. Much looser than RFC 3986: it is the
/// rule of Go's `url.ParseRequestURI`, which Alertmanager asks.
bool is_request_uri(std::string_view text) noexcept;

} // namespace tocsin
