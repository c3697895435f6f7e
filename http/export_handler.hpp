#pragma once

#include "http/services.hpp"

namespace tocsin::http {

/// `GET /api/alerts/export/csv`: filters alert_name, severity, service, days; format csv or
/// ndjson. The alerts, oldest first, as a file that is written while it is read.
void get_export(services& s, const httplib::Request& request, httplib::Response& response);

} // namespace tocsin::http
