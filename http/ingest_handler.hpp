#pragma once

#include "http/services.hpp"

namespace tocsin::http {

/// `POST /api/v2/alerts`: as Alertmanager takes it; 200 only once all is on disk.
void post_v2_alerts(services& s, const httplib::Request& request, httplib::Response& response);

/// `POST /api/alerts/webhook`: Alertmanager's webhook and its kin.
void post_webhook(services& s, const httplib::Request& request, httplib::Response& response);

} // namespace tocsin::http
