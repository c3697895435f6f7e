#pragma once

#include "http/services.hpp"

namespace tocsin::http {

/// `GET /api/events`: server-sent events, one whenever something in the history has changed.
void get_events(services& s, const httplib::Request& request, httplib::Response& response);

} // namespace tocsin::http
