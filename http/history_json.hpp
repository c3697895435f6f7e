#pragma once

#include <string>

#include "protocols/json_writer.hpp"
#include "storage/reader.hpp"

namespace tocsin::http {

/// Rows as `/api/alerts/*` shows them; the names are the columns of the database.
void write_row(json_writer& w, const storage::history_row& row);
void write_row(json_writer& w, const storage::notification_row& row);
/// The row with its escalations, acknowledgements and notifications.
void write_detail(json_writer& w, const storage::history_detail& detail);

/// `{"success": true, "count": 1, "data": {…}}`
std::string one_body(const storage::history_row& row);
std::string one_body(const storage::history_detail& detail);

/// `{"success": true, "count": n, "total": m, "data": […]}`
template <class Row>
std::string page_body(const storage::page<Row>& page) {
  std::string body;
  json_writer w(body);
  w.begin_object().member("success", true).member("count", page.rows.size()).member("total", page.total);
  w.key("data").begin_array();
  for (const auto& row : page.rows) write_row(w, row);
  w.end_array().end_object();
  body += '\n';
  return body;
}

} // namespace tocsin::http
