#pragma once

#include <cstdint>
#include <utility>

namespace tocsin::e2e {

/// A file descriptor that is closed with its owner.
class descriptor {
 public:
  descriptor() = default;
  explicit descriptor(int fd) : fd_(fd) {}
  descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~descriptor();

  int get() const noexcept { return fd_; }
  void close() noexcept;

 private:
  int fd_ = -1;
};

/// A free port of 127.0.0.1 that is taken but not listened on: connections are refused.
/// @throws std::system_error
descriptor reserve_port();

/// Begins to listen on it.
/// @throws std::system_error
void start_listening(const descriptor& reserved);

/// Listens on 127.0.0.1; port 0 takes a free one.
/// @throws std::system_error
descriptor listen_on(std::uint16_t port);

/// The port that a listening socket has.
std::uint16_t port_of(const descriptor& socket);

/// A port on which nobody listens.
std::uint16_t closed_port();

} // namespace tocsin::e2e
