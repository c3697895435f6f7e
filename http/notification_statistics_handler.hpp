#pragma once

#include "http/services.hpp"

namespace tocsin::http {

/// `GET /api/alerts/notification-statistics`: how well notifications arrive, by channel and by day.
void get_notification_statistics(services& s, const httplib::Request& request, httplib::Response& response);

} // namespace tocsin::http
