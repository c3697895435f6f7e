#include "http/export_handler.hpp"

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <httplib.h>

#include "actors/log.hpp"
#include "http/answer.hpp"
#include "http/history_csv.hpp"
#include "http/history_json.hpp"
#include "http/params.hpp"
#include "http/turn.hpp"

namespace tocsin::http {

namespace {

/// Each takes a read connection now and then; one of them is left to everybody else.
constexpr int most_exports = 3;

/// What is in memory of an export: about one page.
constexpr std::size_t page_bytes = 256 * 1024;

enum class form : std::uint8_t { csv, ndjson };

std::optional<form> parse_form(std::string_view text) {
  if (text == "csv") return form::csv;
  if (text == "ndjson") return form::ndjson;
  return std::nullopt;
}

/// An export under way. Between its pages it holds nothing of the database.
class export_run {
 public:
  export_run(services& s, form f, storage::history_filter filter)
      : history_(s.history), place_(s.exports, most_exports), form_(f) {
    if (!granted()) return;
    walk_ = history_.begin_walk(std::move(filter));
    if (form_ == form::csv) append_csv_header(page_);
    read_page();
  }

  bool granted() const noexcept { return place_.granted(); }

  /// Sends the next page and reads the one behind it; false ends the connection.
  bool send(httplib::DataSink& sink) {
    // An empty piece would end the answer.
    if (!page_.empty() && !sink.write(page_.data(), page_.size())) return false;
    page_.clear();
    if (more_) {
      read_page();
    } else {
      sink.done();
    }
    return true;
  }

 private:
  void read_page() {
    more_ = history_.walk(walk_, [this](const storage::history_row& row) {
      append(row);
      return page_.size() < page_bytes;
    });
  }

  void append(const storage::history_row& row) {
    if (form_ == form::csv) return append_csv(page_, row);
    json_writer w(page_);
    write_row(w, row);
    page_ += '\n';
  }

  storage::reader& history_;
  turn place_;
  form form_;
  storage::history_walk walk_;
  std::string page_;
  bool more_ = true;
};

/// The answer has begun, so all that is left is to break it off: what arrives is not whole.
bool send_or_break_off(export_run& run, httplib::DataSink& sink) {
  try {
    return run.send(sink);
  } catch (const std::exception& e) {
    log::error("an export was broken off", {{"error", e.what()}});
    return false;
  }
}

std::string file_name(timestamp now, form f) {
  return "tocsin-history-" + to_rfc3339(now).substr(0, std::string_view("2026-11-24").size())
         + (f == form::csv ? ".csv" : ".ndjson");
}

} // namespace

void get_export(services& s, const httplib::Request& request, httplib::Response& response) {
  const auto now = s.core.options().time.now();
  params p(request);
  storage::history_filter filter;
  filter.alert_name = p.text("alert_name");
  filter.severity = p.word("severity", parse_severity, "critical, warning or info");
  filter.service = p.text("service");
  filter.since = now - std::chrono::hours{24} * p.integer("days", 7, 1, 365);
  const auto wanted = p.word("format", parse_form, "csv or ndjson").value_or(form::csv);
  if (p.error()) return answer_problem(response, *p.error());

  auto run = std::make_shared<export_run>(s, wanted, std::move(filter));
  if (!run->granted()) return answer_problem(response, unavailable("other exports are under way; try again later"));
  response.status = 200;
  response.set_header("Content-Disposition", "attachment; filename=\"" + file_name(now, wanted) + '"');
  response.set_header("Cache-Control", "no-store");
  response.set_chunked_content_provider(
      wanted == form::csv ? "text/csv; charset=utf-8" : "application/x-ndjson",
      [run](std::size_t, httplib::DataSink& sink) { return send_or_break_off(*run, sink); });
}

} // namespace tocsin::http
