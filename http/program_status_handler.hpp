#pragma once

#include "http/services.hpp"

namespace tocsin::http {

/// `GET /api/status`: version, configuration, storage, queues and channels of this program.
void get_status(services& s, const httplib::Request& request, httplib::Response& response);

} // namespace tocsin::http
