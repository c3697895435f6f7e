#pragma once

#include "http/services.hpp"

/// What belongs together.
namespace tocsin::http {

/// `GET /api/alerts/related/{id}`: min_correlation (0.5). The closest first.
void get_related(services& s, const httplib::Request& request, httplib::Response& response);

/// `POST /api/alerts/correlations`: alert1_id, alert2_id, correlation_score, correlation_type.
/// Answers the record once it is on disk.
void post_correlation(services& s, const httplib::Request& request, httplib::Response& response);

} // namespace tocsin::http
