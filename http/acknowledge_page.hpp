#pragma once

#include "http/services.hpp"

namespace tocsin::http {

/// `GET /acknowledge?alerts=1,2`: the page behind the link in notifications. It shows the
/// alerts and a form. Opening it changes nothing: mail scanners and link previews open it too.
void get_acknowledge_page(services& s, const httplib::Request& request, httplib::Response& response);

/// The form of that page: acknowledges those of the alerts that still need it.
void post_acknowledge_page(services& s, const httplib::Request& request, httplib::Response& response);

} // namespace tocsin::http
