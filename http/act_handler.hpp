#pragma once

#include <optional>

#include "http/answer.hpp"
#include "http/services.hpp"
#include "protocols/messages.hpp"

/// What people do to an alert. Each answers with the alert as it is then, once
/// that is on disk; 404 for an unknown id, 409 when it is over already.
namespace tocsin::http {

/// `PUT /api/alerts/history/{id}/acknowledge`: acknowledged_by (required), comment.
void put_acknowledge(services& s, const httplib::Request& request, httplib::Response& response);

/// `PUT /api/alerts/history/{id}/resolve`: resolution_time_seconds.
void put_resolve(services& s, const httplib::Request& request, httplib::Response& response);

/// `PUT /api/alerts/history/{id}/escalate`: to_level (1–3), reason, escalated_by ("system").
void put_escalate(services& s, const httplib::Request& request, httplib::Response& response);

/// Has the alert's group do it (its labels are filled in here).
/// @returns why it was not done; nothing once it is on disk.
std::optional<problem> carry_out(services& s, act_request act);

} // namespace tocsin::http
