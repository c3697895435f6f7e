#pragma once

#include "http/services.hpp"

namespace tocsin::http {

/// `DELETE /api/alerts/history/cleanup`: days (90). Answers once everything is deleted.
void delete_old_history(services& s, const httplib::Request& request, httplib::Response& response);

} // namespace tocsin::http
