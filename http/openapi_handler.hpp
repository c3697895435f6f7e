#pragma once

#include "http/services.hpp"

namespace tocsin::http {

/// `GET /api/openapi.yaml`: all calls of this server as an OpenAPI document.
void get_openapi(services& s, const httplib::Request& request, httplib::Response& response);

} // namespace tocsin::http
