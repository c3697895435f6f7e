#pragma once

#include "http/services.hpp"

namespace tocsin::http {

/// `GET /api/alerts/explain/{id}`: the whole story of one alert, and why people were or were not told.
void get_explanation(services& s, const httplib::Request& request, httplib::Response& response);

} // namespace tocsin::http
