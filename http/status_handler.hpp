#pragma once

#include "http/services.hpp"

/// What others ask about the program itself.
namespace tocsin::http {

/// `GET /-/healthy`: 200 as long as the program answers at all.
void get_healthy(services& s, const httplib::Request& request, httplib::Response& response);

/// `GET /-/ready`: 200 once alerts are taken in, 503 before and while stopping.
void get_ready(services& s, const httplib::Request& request, httplib::Response& response);

/// `GET /metrics`: Prometheus' text format.
void get_metrics(services& s, const httplib::Request& request, httplib::Response& response);

/// `POST /-/reload`: reads the configuration anew; 200, or 500 with the reason, and then the old one stays.
void post_reload(services& s, const httplib::Request& request, httplib::Response& response);

/// `/api/v1/…`: 410, with where to go.
void answer_v1(services& s, const httplib::Request& request, httplib::Response& response);

} // namespace tocsin::http
