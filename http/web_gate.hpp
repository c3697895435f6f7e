#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "config/web_config.hpp"
#include "http/password_check.hpp"
#include "http/tls_context.hpp"
#include "protocols/result.hpp"

namespace httplib {
struct Request;
struct Response;
} // namespace httplib

namespace tocsin::http {

/// What `--web.config.file` says at this moment; null TLS context: plain HTTP.
struct web_settings {
  config::web_config config;
  tls_context_ptr tls;
};

/// Stands before all endpoints: TLS, headers, users. It looks at the files again for each connection and
/// request and reads them anew when they have changed; what is wrong then is logged, and what was before stays.
class web_gate {
 public:
  /// @param path of the file; empty: everybody is let in, over plain HTTP.
  /// @returns a failure that says what is wrong with the file.
  static result<std::unique_ptr<web_gate>> open(const std::string& path);

  /// Null when there is no file.
  std::shared_ptr<const web_settings> current();
  /// Whether the listener speaks TLS is settled at the start, as for the programs of Prometheus.
  bool speaks_tls() const noexcept { return speaks_tls_; }
  /// Lets the request in, or makes the answer that refuses it.
  bool admits(const httplib::Request& request, httplib::Response& response);

 private:
  explicit web_gate(std::string path) : path_(std::move(path)) {}

  /// What tells one state of the files from another.
  using stamps = std::vector<std::int64_t>;
  static stamps stamps_of(const std::vector<std::string>& files);
  result<void> read();
  bool knows(const config::web_config& settings, const httplib::Request& request, httplib::Response& response);

  std::string path_;
  bool speaks_tls_ = false;
  password_check passwords_;
  std::mutex mutex_;
  std::shared_ptr<const web_settings> settings_; ///< guarded by `mutex_`
  stamps seen_;                                  ///< guarded by `mutex_`
  std::vector<std::string> watched_;             ///< guarded by `mutex_`
};

} // namespace tocsin::http
