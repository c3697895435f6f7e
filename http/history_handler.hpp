#pragma once

#include "http/services.hpp"

/// What the history answers.
namespace tocsin::http {

/// `GET /api/alerts/history`: filters alert_name, severity, service, status, days; limit, offset.
void get_history(services& s, const httplib::Request& request, httplib::Response& response);

/// `GET /api/alerts/history/{id}`: one alert with its escalations, acknowledgements and notifications.
void get_history_detail(services& s, const httplib::Request& request, httplib::Response& response);

/// `GET /api/alerts/notification-history`: filters alert_name, channel, success, days; limit, offset.
void get_notification_history(services& s, const httplib::Request& request, httplib::Response& response);

} // namespace tocsin::http
