#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "tests/e2e/eventually.hpp"
#include "tests/e2e/socket.hpp"

namespace tocsin::e2e {

/// What a receiver does with one request.
struct behaviour {
  enum class kind {
    answer,    ///< status, headers, body
    hang,      ///< never answers, until the client gives up
    close,     ///< closes without an answer
    half_open, ///< half an answer, then closes
    raw,       ///< sends the body as it stands, then closes
    endless,   ///< sends the body as it stands, then `again` until the client closes
    early,     ///< answers as soon as it has the request's head, and reads nothing more
    hang_up,   ///< closes as soon as it has the request's head
  };
  kind what = kind::answer;
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string again = {};
  /// How long it takes to answer.
  std::chrono::milliseconds delay{};

  static behaviour answering(int status, std::string body = {}) { return {kind::answer, status, {}, std::move(body)}; }
  static behaviour retry_after(int status, int seconds) {
    return {kind::answer, status, {{"Retry-After", std::to_string(seconds)}}, {}};
  }
  static behaviour retry_after(int status, std::string when) {
    return {kind::answer, status, {{"Retry-After", std::move(when)}}, {}};
  }
  static behaviour redirect_to(std::string where) { return {kind::answer, 302, {{"Location", std::move(where)}}, {}}; }
  static behaviour hanging() { return {kind::hang, 0, {}, {}}; }
  static behaviour closing() { return {kind::close, 0, {}, {}}; }
  static behaviour half_an_answer() { return {kind::half_open, 0, {}, {}}; }
  static behaviour raw(std::string bytes) { return {kind::raw, 0, {}, std::move(bytes)}; }
  static behaviour endless(std::string bytes, std::string again) {
    return {kind::endless, 0, {}, std::move(bytes), std::move(again)};
  }
  static behaviour early_answer(int status) { return {kind::early, status, {}, {}}; }
  static behaviour hanging_up() { return {kind::hang_up, 0, {}, {}}; }
  static behaviour slow(std::chrono::milliseconds delay) { return {kind::answer, 200, {}, {}, {}, delay}; }
};

/// One request as it came in.
struct received {
  clock::time_point at;
  std::string method;
  std::string path;
  std::map<std::string, std::string> headers; ///< names in lower case
  std::string body;
};

/// A real HTTP receiver on a free port of 127.0.0.1 that fails on demand.
class http_sink {
 public:
  /// The first requests meet the script, one step each; later ones `otherwise`.
  explicit http_sink(std::vector<behaviour> script = {}, behaviour otherwise = behaviour::answering(200));
  ~http_sink();
  /// On a port that was reserved before; until now it refused connections.
  explicit http_sink(descriptor reserved);
  http_sink(const http_sink&) = delete;
  http_sink& operator=(const http_sink&) = delete;

  std::string url(std::string_view path = "/") const;
  std::uint16_t port() const noexcept { return port_; }

  using requests = std::vector<received>;
  requests all() const;
  std::size_t count() const;
  std::size_t open_connections() const;
  /// Every connection is closed, and what came on it was taken in.
  bool idle() const;

  /// Waits until `enough` holds for all requests so far. Woken by each arrival.
  bool wait_for(std::chrono::milliseconds deadline, const std::function<bool(const requests&)>& enough) const;
  bool wait_for_count(std::chrono::milliseconds deadline, std::size_t count) const;
  /// Waits until one body holds `part`; the first such request.
  std::optional<received> wait_for_body(std::chrono::milliseconds deadline, std::string_view part) const;

  /// Hears of each request, on the sink's threads, before it is answered. Set before the first one comes.
  void on_request(std::function<void(const received&)> listener) { listener_ = std::move(listener); }
  /// A long test need not keep what its listener has seen.
  void keep_nothing() { keep_ = false; }

 private:
  http_sink(descriptor reserved, std::vector<behaviour> script, behaviour otherwise);

  void accept_loop();
  void serve(descriptor connection);
  bool readable(int fd) const;
  bool still_there_after(std::chrono::milliseconds delay) const;
  bool is_over_early(int fd, const received& request);
  void drain(int fd) const;
  bool read_request(int fd, std::string& buffer, received& request);
  bool fill(int fd, std::string& buffer) const;
  bool act(int fd, const behaviour& b) const;
  behaviour take_in(received request);

  descriptor listener_socket_;
  descriptor stop_;
  std::uint16_t port_ = 0;
  std::function<void(const received&)> listener_;
  bool keep_ = true;

  mutable std::mutex mutex_;
  mutable std::condition_variable arrived_;
  std::deque<behaviour> script_;
  behaviour otherwise_;
  requests requests_;
  std::size_t open_connections_ = 0;
  std::thread acceptor_;
};

} // namespace tocsin::e2e
