#pragma once

#include "http/services.hpp"

/// Silences as Alertmanager's API v2 sets, shows and ends them. What is set or
/// ended is on disk before the answer.
namespace tocsin::http {

/// `GET /api/v2/silences`: filter (again and again), active, pending, expired.
void get_v2_silences(services& s, const httplib::Request& request, httplib::Response& response);

/// `POST /api/v2/silences`: a new silence, or a change of the one with the id in
/// the body. One that matches very many alerts needs `?confirm=true`.
void post_v2_silences(services& s, const httplib::Request& request, httplib::Response& response);

/// `GET /api/v2/silence/{id}`
void get_v2_silence(services& s, const httplib::Request& request, httplib::Response& response);

/// `DELETE /api/v2/silence/{id}`: ends it; by ("api") and comment go on record.
void delete_v2_silence(services& s, const httplib::Request& request, httplib::Response& response);

} // namespace tocsin::http
