#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <httplib.h>

#include "http/server.hpp"
#include "tests/json.hpp"

/// What the tests of the HTTP front share: a server with a whole engine behind
/// it, a client of it, and short ways to read its answers.
namespace tocsin::testing {

using namespace std::chrono_literals;

/// What the server answered; `status` is 0 when it did not.
struct answer {
  int status = 0;
  std::string body;
  httplib::Headers headers;

  std::string header(const std::string& name) const;
  json read() const { return json(body); }
};

/// Asks until `predicate` is true or the deadline has passed.
template <class Predicate>
bool eventually(std::chrono::milliseconds deadline, Predicate predicate) {
  const auto until = std::chrono::steady_clock::now() + deadline;
  while (!predicate()) {
    if (std::chrono::steady_clock::now() >= until) return false;
    std::this_thread::sleep_for(5ms);
  }
  return true;
}

/// A client with one connection that is kept. One thread at a time.
class client {
 public:
  explicit client(std::uint16_t port);

  answer get(const std::string& path);
  answer head(const std::string& path);
  answer put(const std::string& path, const std::string& body = {}, const std::string& type = "application/json");
  answer post(const std::string& path, const std::string& body, const std::string& type = "application/json");
  answer post_alerts(const std::string& body) { return post("/api/v2/alerts", body); }
  /// Any method; without a body when `body` is empty.
  answer del(const std::string& path) { return send("DELETE", path); }
  answer send(const std::string& method, const std::string& path, const std::string& body = {});
  /// How many alerts the history has in all; -1 when it does not say.
  std::int64_t total(const std::string& filter = {});

 private:
  httplib::Client http_;
};

/// A connection on which anything can be written.
class raw_connection {
 public:
  explicit raw_connection(std::uint16_t port);
  ~raw_connection();
  raw_connection(const raw_connection&) = delete;
  raw_connection& operator=(const raw_connection&) = delete;

  /// False when the other side has closed before all was written.
  bool write(std::string_view bytes);
  /// The next answer, with a body as long as it announces; status 0 when none
  /// comes within the deadline or before the other side closes.
  answer read(std::chrono::milliseconds deadline = 3s);
  /// The head of the next answer alone; what follows stays unread.
  answer read_head(std::chrono::milliseconds deadline = 3s);
  /// Reads until `text` has come, and what was before it is dropped with it; false when it does not come in time.
  bool read_text(std::string_view text, std::chrono::milliseconds deadline = 3s);

 private:
  bool receive(std::chrono::steady_clock::time_point until);

  int socket_;
  std::string received_;
};

/// A running Tocsin in a folder of its own, on a free port, that writes nothing
/// to standard output. Alerts with the label `to="nobody"` go to a receiver that
/// cannot be reached, those with `to="url"` to `sink_url`, all others nowhere.
class site {
 public:
  /// @param more lines of YAML behind the configuration; all of it when they begin with `route:`.
  explicit site(const std::string& sink_url = "http://127.0.0.1:1/", const std::string& more = {});
  ~site();
  site(const site&) = delete;
  site& operator=(const site&) = delete;

  std::uint16_t port() const noexcept;
  /// What is behind its HTTP front, for another front.
  engine& core() noexcept;
  /// Where its database lies.
  const std::string& folder() const noexcept;
  /// What the next reload finds behind the configuration.
  void edit(const std::string& more);

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

/// A site and a client of it.
struct with_site {
  site here;
  client http{here.port()};
};

using pairs = std::initializer_list<std::pair<std::string_view, std::string_view>>;

/// One alert as API v2 takes it; `more` is put behind, such as `"endsAt":"…"`.
std::string alert_json(pairs labels, std::string_view more = {});

/// Now plus `offset`, as RFC 3339.
std::string moment(std::chrono::milliseconds offset = {});

} // namespace tocsin::testing
