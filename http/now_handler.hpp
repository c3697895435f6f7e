#pragma once

#include "http/services.hpp"

namespace tocsin::http {

/// `GET /api/alerts/now`: what fires, in groups, what needs people first in front.
void get_now(services& s, const httplib::Request& request, httplib::Response& response);

/// `GET /api/alerts/silences/preview`: which alerts matchers would silence.
void get_silence_preview(services& s, const httplib::Request& request, httplib::Response& response);

} // namespace tocsin::http
