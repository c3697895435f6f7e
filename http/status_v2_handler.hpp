#pragma once

#include "http/services.hpp"

namespace tocsin::http {

/// `GET /api/v2/status`: version, start, and the configuration as Alertmanager would have it, without secrets.
void get_v2_status(services& s, const httplib::Request& request, httplib::Response& response);

/// `GET /api/v2/receivers`: their names, in the order of the file.
void get_v2_receivers(services& s, const httplib::Request& request, httplib::Response& response);

} // namespace tocsin::http
