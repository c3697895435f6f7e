#pragma once

#include "http/services.hpp"

namespace tocsin::http {

/// `POST /api/alerts/drill`: holds a fire drill for a receiver and answers how it went;
/// blocks until it has arrived or its time is up.
void post_drill(services& s, const httplib::Request& request, httplib::Response& response);

} // namespace tocsin::http
