#pragma once

#include "http/services.hpp"

namespace tocsin::http {

/// `GET /api/v2/alerts/groups`: what fires, by route and group labels; active, silenced, inhibited, muted, filter and
/// receiver as Alertmanager has them. With `limit` one page of so many groups, whose header says the `cursor` of
/// the next.
void get_v2_alert_groups(services& s, const httplib::Request& request, httplib::Response& response);

} // namespace tocsin::http
