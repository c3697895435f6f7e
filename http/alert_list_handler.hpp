#pragma once

#include "http/services.hpp"

namespace tocsin::http {

/// `GET /api/v2/alerts`: what fires, by fingerprint; active, silenced, inhibited, filter, receiver as Alertmanager has
/// them. With `limit` one page, whose header says the `cursor` of the next.
void get_v2_alerts(services& s, const httplib::Request& request, httplib::Response& response);

} // namespace tocsin::http
