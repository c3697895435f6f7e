#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/e2e/program.hpp"
#include "tests/json.hpp"

namespace tocsin::e2e {

/// What the program answered; status 0 when it did not.
struct answer {
  int status = 0;
  std::string body;
  std::map<std::string, std::string> headers; ///< names in lower case
};

/// A client of one program, with one connection that is kept. One thread at a time.
class api {
 public:
  explicit api(std::uint16_t port);
  explicit api(const program& p) : api(p.port()) {}
  ~api();

  answer get(const std::string& path);
  answer put(const std::string& path);
  answer remove(const std::string& path);
  answer post(const std::string& path, const std::string& body, const std::string& type = "application/json");
  /// Any request to the letter, on a connection of its own.
  answer send(const std::string& method, const std::string& path, const std::string& body = {},
              const std::multimap<std::string, std::string>& headers = {}) const;
  /// `POST /api/v2/alerts`
  answer post_alerts(const std::string& body) { return post("/api/v2/alerts", body); }
  /// The same with these alerts as body.
  answer post_all(const std::vector<std::string>& alerts);

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

using testing::json;

using pairs = std::initializer_list<std::pair<std::string_view, std::string_view>>;

/// One alert as API v2 takes it; `more` is put behind, such as `"endsAt":"…"`.
std::string alert_json(pairs labels, pairs annotations = {}, std::string_view more = {});

/// These alerts as one body.
std::string array_of(const std::vector<std::string>& alerts);

/// Now plus `offset`, as RFC 3339.
std::string moment(std::chrono::milliseconds offset = {});

/// A configuration with one webhook, groups by alert name, no wait.
std::string one_webhook(std::string_view url);

/// How many episodes the history holds; -1 when it does not say.
std::int64_t history_total(api& client, const std::string& filter = {});

} // namespace tocsin::e2e
