#pragma once

#include <string>

#include "http/services.hpp"

namespace tocsin::http {

/// `GET /api/oncall`: who is on call now and next, for each schedule.
void get_on_call(services& s, const httplib::Request& request, httplib::Response& response);

/// `GET /api/oncall/{schedule}`: the shifts to come; days.
void get_on_call_schedule(services& s, const httplib::Request& request, httplib::Response& response);

/// `GET /api/oncall/overrides`: those that hold or will, and those of the last 90 days.
void get_overrides(services& s, const httplib::Request& request, httplib::Response& response);

/// `POST /api/oncall/overrides`: schedule, person, starts_at, ends_at, created_by, comment. Answers once it is on disk.
void post_override(services& s, const httplib::Request& request, httplib::Response& response);

/// `DELETE /api/oncall/overrides/{id}`: ends it now; by.
void delete_override(services& s, const httplib::Request& request, httplib::Response& response);

/// `tocsin_oncall_gap`, as the configuration and the clock have it now, in the notation of Prometheus.
std::string on_call_metrics(services& s);

} // namespace tocsin::http
