#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "actors/engine.hpp"
#include "config/command_line.hpp"
#include "http/web_gate.hpp"
#include "protocols/result.hpp"

namespace tocsin::http {

/// How the server listens.
struct server_options {
  /// Port 0 takes any free port.
  std::vector<config::listen_address> listen{{"127.0.0.1", 9095}};
  /// Sockets that listen already, in place of `listen`; they are closed with the server.
  std::vector<int> sockets = {};
  /// What the paths of all endpoints begin with, such as `/am`.
  std::string route_prefix = {};
  /// One thread serves one connection, also while it is idle and kept alive, so
  /// there are more of them than cores. They serve all addresses.
  std::size_t threads = 128;
  std::string version = {};
};

/// The HTTP front. It owns its threads and the read-only connections to the storage.
class server {
 public:
  /// Binds and begins to answer.
  /// @param gate who is let in, and over which protocol.
  /// @returns a failure that names the address when it cannot be bound.
  static result<std::unique_ptr<server>> start(engine& core, server_options options, std::unique_ptr<web_gate> gate);

  /// Finishes the requests that are being answered and stops.
  ~server();
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  /// As they are bound.
  std::vector<config::listen_address> addresses() const;
  /// Of the first address.
  std::uint16_t port() const noexcept;

 private:
  struct impl;
  explicit server(std::unique_ptr<impl> i);
  std::unique_ptr<impl> impl_;
};

} // namespace tocsin::http
