#include "http/paged_answer.hpp"

#include <exception>
#include <utility>

#include <httplib.h>

#include "actors/log.hpp"
#include "http/alert_query.hpp"
#include "http/answer.hpp"

namespace tocsin::http {

namespace {

/// The end of what is sent.
constexpr const char* close = "]\n";

/// What is sent next, and where the rest comes from.
struct stream {
  std::shared_ptr<json_listing> listing;
  std::string piece = "[";
  bool more = true;

  void read() {
    more = listing->append(piece);
    if (!more) piece += close;
  }

  bool send(httplib::DataSink& sink) {
    // An empty piece would end the answer.
    while (more && piece.empty()) read();
    if (!sink.write(piece.data(), piece.size())) return false;
    piece.clear();
    if (more) {
      read();
    } else {
      sink.done();
    }
    return true;
  }
};

} // namespace

void answer_listing(httplib::Response& response, std::shared_ptr<json_listing> listing) {
  auto s = std::make_shared<stream>();
  s->listing = std::move(listing);
  s->read();
  if (!s->more) return answer_json(response, 200, std::move(s->piece));
  response.status = 200;
  response.set_chunked_content_provider("application/json", [s](std::size_t, httplib::DataSink& sink) {
    try {
      return s->send(sink);
    } catch (const std::exception& e) {
      // The answer has begun, so all that is left is to break it off: what arrives is no JSON.
      log::error("a list of alerts was broken off", {{"error", e.what()}});
      return false;
    }
  });
}

void answer_page(httplib::Response& response, json_listing& listing) {
  // Where the next page begins must be known before the first byte goes out.
  std::string page = "[";
  while (listing.append(page)) {
  }
  if (const auto next = listing.next_page()) response.set_header(next_cursor_header, *next);
  answer_json(response, 200, page + close);
}

std::string unknown_cursor(std::string_view found) {
  return "cursor: expected the " + std::string(next_cursor_header) + " of the page before, found \""
         + std::string(found) + "\"";
}

void refuse_listing(httplib::Response& response) {
  response.status = 503;
  response.set_header("Retry-After", "1");
  response.set_content(
      "Limit of concurrent GET requests reached (" + std::to_string(most_listings) + "), try again later.\n",
      "text/plain; charset=utf-8");
}

} // namespace tocsin::http
