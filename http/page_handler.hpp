#pragma once

#include <string_view>

#include "http/services.hpp"

/// The web page: files that are part of the program.
namespace tocsin::http {

/// `GET /`: the page.
void get_page(services& s, const httplib::Request& request, httplib::Response& response);

/// `GET /page/{file}`: its style, its modules, the chart library.
void get_page_file(services& s, const httplib::Request& request, httplib::Response& response);

/// Whether an `If-None-Match` header names this entity (RFC 9110, 13.1.2: weakly, one of a list, or `*` for any).
bool names_entity(std::string_view if_none_match, std::string_view etag);

} // namespace tocsin::http
