#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "protocols/result.hpp"

namespace httplib {
class Client;
}

namespace tocsin::http {

/// Talks to a running Tocsin. Its failures are one line that names the server and says what to do.
class api_client {
 public:
  /// @param url `http://127.0.0.1:9095`, a path in front of its own and a user included.
  /// @param ca_file who signed its certificate; empty: whom the system trusts.
  static result<api_client> open(const std::string& url, const std::string& ca_file = {});
  ~api_client();
  api_client(api_client&&) noexcept;
  api_client& operator=(api_client&&) = delete;

  /// How long an answer may take; 30 s if nothing is said.
  void wait_at_most(std::chrono::seconds longest);

  /// The body of an answer with 2xx.
  result<std::string> get(const std::string& path);
  result<std::string> post(const std::string& path, const std::string& body);
  result<std::string> put(const std::string& path, const std::string& body);
  result<std::string> remove(const std::string& path);
  /// The body of an answer with any status but 401, for those that say more in it than a message.
  result<std::string> post_for_any(const std::string& path, const std::string& body);

  /// Where it is, without user and password.
  const std::string& name() const noexcept { return name_; }

 private:
  api_client(std::unique_ptr<httplib::Client> http, std::string path, std::string name);

  std::unique_ptr<httplib::Client> http_;
  /// In front of every path.
  std::string path_;
  std::string name_;
};

/// For a query or a path: everything but letters, digits and `-._~` as `%20`.
std::string percent_encoded(std::string_view text);

} // namespace tocsin::http
