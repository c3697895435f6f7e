#pragma once

#include "http/services.hpp"

/// What is unusual now, and what to expect; both from the hours of the last eight weeks, UTC.
namespace tocsin::http {

/// `GET /api/alerts/anomalies`: hours, service, alert_name, limit, false_alarms_per_day.
void get_anomalies(services& s, const httplib::Request& request, httplib::Response& response);

/// `GET /api/alerts/forecast/{service}`: hours, alert_name.
void get_forecast(services& s, const httplib::Request& request, httplib::Response& response);

} // namespace tocsin::http
