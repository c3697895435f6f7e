#pragma once

#include <concepts>
#include <string>

#include "protocols/json_writer.hpp"
#include "storage/reader.hpp"

namespace tocsin::http {

/// Rows as `/api/alerts/*` shows them; the names are the columns of the database.
void write_row(json_writer& w, const storage::history_row& row);
void write_row(json_writer& w, const storage::notification_row& row);
void write_row(json_writer& w, const storage::related_row& row);
/// The row with its route, window, escalations, acknowledgements, notifications, events and correlations.
void write_detail(json_writer& w, const storage::history_detail& detail);

/// One thing in the envelope, `{"success": true, "count": 1, "data": {…}}`; `write(w)` writes it.
template <class Write>
std::string one_body(Write write) requires std::invocable<Write, json_writer&> {
  std::string body;
  json_writer w(body);
  w.begin_object().member("success", true).member("count", 1).key("data");
  write(w);
  w.end_object();
  body += '\n';
  return body;
}
std::string one_body(const storage::history_row& row);
std::string one_body(const storage::history_detail& detail);

/// A list that is whole: `{"success": true, "count": n, "total": n, "data": […]}`; `write(w)` writes its elements.
template <class Write>
std::string list_body(std::size_t count, Write write) requires std::invocable<Write, json_writer&> {
  std::string body;
  json_writer w(body);
  w.begin_object().member("success", true).member("count", count).member("total", count).key("data").begin_array();
  write(w);
  w.end_array().end_object();
  body += '\n';
  return body;
}

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
