#pragma once

#include "http/services.hpp"
#include "protocols/json_writer.hpp"

/// Silences with who changed them, when and why.
namespace tocsin::http {

/// `GET /api/alerts/silences`: filter status; the order is that of API v2.
void get_silences(services& s, const httplib::Request& request, httplib::Response& response);

/// `GET /api/alerts/silences/{id}`: one with its changes, oldest first.
void get_silence_detail(services& s, const httplib::Request& request, httplib::Response& response);

/// The silence as these calls show it, its status as of `now`.
void write_silence_row(json_writer& w, const silence& s, timestamp now);
void write_silence_detail(json_writer& w, const storage::silence_detail& detail, timestamp now);

} // namespace tocsin::http
