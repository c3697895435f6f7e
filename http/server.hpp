#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "actors/engine.hpp"
#include "protocols/result.hpp"

namespace tocsin::http {

/// How the server listens.
struct server_options {
  std::string host = "127.0.0.1";
  /// 0 takes any free port.
  std::uint16_t port = 9095;
  /// One thread serves one connection, also while it is idle and kept alive, so
  /// there are more of them than cores.
  std::size_t threads = 128;
  std::string version;
};

/// The HTTP front. It owns its threads and the read-only connections to the storage.
class server {
 public:
  /// Binds and begins to answer.
  /// @returns a failure that names the address when it cannot be bound.
  static result<std::unique_ptr<server>> start(engine& core, server_options options);

  /// Finishes the requests that are being answered and stops.
  ~server();
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  /// `host:port` as it is bound.
  std::string address() const;
  std::uint16_t port() const noexcept;

 private:
  struct impl;
  explicit server(std::unique_ptr<impl> i);
  std::unique_ptr<impl> impl_;
};

} // namespace tocsin::http
