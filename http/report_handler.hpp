#pragma once

#include "http/services.hpp"

/// Pages for people who look back. Each call takes `days` as those of analytics_handler.hpp do.
namespace tocsin::http {

/// `GET /api/alerts/report/daily`: service, days.
void get_daily_report(services& s, const httplib::Request& request, httplib::Response& response);

/// `GET /api/alerts/report/sla`: days, service, alert_name, limit. How well the targets were met.
void get_sla_report(services& s, const httplib::Request& request, httplib::Response& response);

/// `GET /api/alerts/report/noise`: days, service, alert_name, limit. Which alerts nobody needs.
void get_noise_report(services& s, const httplib::Request& request, httplib::Response& response);

} // namespace tocsin::http
