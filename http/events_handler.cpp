#include "http/events_handler.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include <httplib.h>

#include "http/answer.hpp"
#include "http/change_feed.hpp"
#include "protocols/json_writer.hpp"

namespace tocsin::http {

namespace {

using namespace std::chrono_literals;

/// A silent connection is kept by everything between us and the browser for longer than this.
constexpr std::chrono::milliseconds longest_silence = 15s;
/// The first silence, each one twice as long as the one before: a page that was left at once is noticed soon, since
/// only writing shows that nobody reads any more.
constexpr std::chrono::milliseconds first_silence = 1s;
/// How long a browser waits before it connects anew, in milliseconds.
constexpr std::string_view beginning = "retry: 3000\n\n";
constexpr std::string_view sign_of_life = ": still here\n\n";

std::string text_of(const change& c) {
  std::string text = "event: change\ndata: ";
  json_writer(text).begin_object().member("sequence", c.sequence).member("at", c.at).end_object();
  return text + "\n\n";
}

/// Sends what comes next, once it is there.
class event_stream {
 public:
  explicit event_stream(change_feed& feed) : feed_(feed), place_(feed) {}

  bool granted() const noexcept { return place_.granted(); }

  /// False ends the connection.
  bool send(httplib::DataSink& sink) {
    if (!begun_) {
      begun_ = true;
      return write(sink, beginning);
    }
    const auto next = place_.next(silence_);
    silence_ = std::min(2 * silence_, longest_silence);
    if (next) return write(sink, text_of(*next));
    if (!feed_.stopped()) return write(sink, sign_of_life);
    sink.done();
    return true;
  }

 private:
  static bool write(httplib::DataSink& sink, std::string_view text) { return sink.write(text.data(), text.size()); }

  change_feed& feed_;
  change_feed::stream place_;
  bool begun_ = false;
  std::chrono::milliseconds silence_ = first_silence;
};

} // namespace

void get_events(services& s, const httplib::Request& request, httplib::Response& response) {
  if (request.method == "HEAD") {
    // The library takes it for a GET without a body, but this one has no end.
    response.set_header("Allow", "GET");
    return answer_problem(response, {405, "method_not_allowed", "method HEAD is not allowed, but [GET] are", {}});
  }
  auto stream = std::make_shared<event_stream>(s.changes);
  if (!stream->granted()) {
    return answer_problem(response, unavailable(std::to_string(change_feed::most_streams)
                                                + " streams of events are open already; ask again from time to time "
                                                  "instead"));
  }
  response.status = 200;
  response.set_header("Cache-Control", "no-store");
  // Proxies of nginx' kind would hold events back to fill their buffers.
  response.set_header("X-Accel-Buffering", "no");
  response.set_chunked_content_provider("text/event-stream",
                                        [stream](std::size_t, httplib::DataSink& sink) { return stream->send(sink); });
}

} // namespace tocsin::http
