#pragma once

#include "http/services.hpp"

/// What the history says when it is counted. Each call takes `days`: whole hours (UTC), the
/// one that now lies in included.
namespace tocsin::http {

/// `GET /api/alerts/statistics`: alert_name, days.
void get_statistics(services& s, const httplib::Request& request, httplib::Response& response);

/// `GET /api/alerts/top-alerts`: limit, days, order_by count / resolution_time / escalation_level.
void get_top_alerts(services& s, const httplib::Request& request, httplib::Response& response);

/// `GET /api/alerts/trends`: alert_name, days, granularity day / hour.
void get_trends(services& s, const httplib::Request& request, httplib::Response& response);

/// `GET /api/alerts/service-health/{service}`: days.
void get_service_health(services& s, const httplib::Request& request, httplib::Response& response);

} // namespace tocsin::http
