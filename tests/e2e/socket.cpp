#include "tests/e2e/socket.hpp"

#include <cerrno>
#include <system_error>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace tocsin::e2e {

namespace {

void check(bool good, const char* what) {
  if (!good) throw std::system_error(errno, std::generic_category(), what);
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

} // namespace

descriptor::~descriptor() {
  close();
}

void descriptor::close() noexcept {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

namespace {

descriptor bind_to(std::uint16_t port) {
  descriptor socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  check(socket.get() >= 0, "socket");
  const int on = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const auto address = loopback(port);
  check(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0, "bind");
  return socket;
}

} // namespace

descriptor reserve_port() {
  return bind_to(0);
}

void start_listening(const descriptor& reserved) {
  check(::listen(reserved.get(), 1024) == 0, "listen");
}

descriptor listen_on(std::uint16_t port) {
  auto socket = bind_to(port);
  start_listening(socket);
  return socket;
}

std::uint16_t port_of(const descriptor& socket) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  check(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0, "getsockname");
  return ntohs(address.sin_port);
}

std::uint16_t closed_port() {
  return port_of(listen_on(0));
}

} // namespace tocsin::e2e
