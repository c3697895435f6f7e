#pragma once

#include "http/services.hpp"

/// What people do to an alert. Each answers with the alert as it is then, once
/// that is on disk; 404 for an unknown id, 409 when it is over already.
namespace tocsin::http {

/// `PUT /api/alerts/history/{id}/acknowledge`: acknowledged_by (required), comment.
void put_acknowledge(services& s, const httplib::Request& request, httplib::Response& response);

/// `PUT /api/alerts/history/{id}/resolve`: resolution_time_seconds.
void put_resolve(services& s, const httplib::Request& request, httplib::Response& response);

/// `PUT /api/alerts/history/{id}/escalate`: to_level (1–3), reason, escalated_by ("system").
void put_escalate(services& s, const httplib::Request& request, httplib::Response& response);

} // namespace tocsin::http
