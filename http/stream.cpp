#include "http/stream.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <netdb.h>
#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>

namespace tocsin::http {

namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

/// How soon a thread that waits for a request sees that the server stops.
constexpr std::chrono::milliseconds glance = 100ms;
constexpr std::chrono::milliseconds write_patience = 30s;
/// What is still taken from the other side after the last answer.
constexpr std::chrono::milliseconds parting_time = 1s;
constexpr std::size_t parting_bytes = 64UL * 1024 * 1024;

int poll_for(socket_t socket, short events, std::chrono::milliseconds most) {
  pollfd waiting{socket, events, 0};
  for (;;) {
    const auto ready = ::poll(&waiting, 1, static_cast<int>(std::max(most, 0ms).count()));
    if (ready >= 0 || errno != EINTR) return ready;
  }
}

void ask_place(socket_t socket, int (*ask)(int, sockaddr*, socklen_t*), std::string& ip, int& port) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> service{};
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (ask(socket, generic, &size) != 0
      || ::getnameinfo(generic, size, host.data(), host.size(), service.data(), service.size(),
                       NI_NUMERICHOST | NI_NUMERICSERV)
             != 0) {
    return;
  }
  ip = host.data();
  port = std::atoi(service.data());
}

} // namespace

connection_stream::connection_stream(socket_t socket) : socket_(socket) {
  ask_place(socket, ::getpeername, remote_.ip, remote_.port);
  ask_place(socket, ::getsockname, local_.ip, local_.port);
}

bool connection_stream::is_readable() const {
  return begin_ < end_ || holds_bytes() || poll_for(socket_, POLLIN, write_patience) > 0;
}

bool connection_stream::is_writable() const {
  return poll_for(socket_, POLLOUT, write_patience) > 0;
}

ssize_t connection_stream::read(char* bytes, std::size_t size) {
  if (begin_ == end_) {
    // A large piece of a body need not go through the buffer.
    if (size >= buffer_.size()) return receive(bytes, size);
    const auto got = receive(buffer_.data(), buffer_.size());
    if (got <= 0) return got;
    begin_ = 0;
    end_ = static_cast<std::size_t>(got);
  }
  const auto taken = std::min(size, end_ - begin_);
  std::memcpy(bytes, buffer_.data() + begin_, taken);
  begin_ += taken;
  return static_cast<ssize_t>(taken);
}

ssize_t connection_stream::write(const char* bytes, std::size_t size) {
  // The library writes the head of an answer as one piece.
  constexpr std::string_view status_line = "HTTP/1.1 ";
  const std::string_view piece(bytes, size);
  if (piece.starts_with(status_line)) {
    const auto head = piece.substr(0, piece.find("\r\n\r\n"));
    said_close_ = said_close_ || head.find("\r\nConnection: close") != std::string_view::npos;
  }
  return transmit(bytes, size);
}

void connection_stream::get_remote_ip_and_port(std::string& ip, int& port) const {
  ip = remote_.ip;
  port = remote_.port;
}

void connection_stream::get_local_ip_and_port(std::string& ip, int& port) const {
  ip = local_.ip;
  port = local_.port;
}

bool connection_stream::wait_for_request(std::chrono::milliseconds most, const std::atomic<socket_t>& server) const {
  if (begin_ < end_ || holds_bytes()) return true;
  const auto until = steady::now() + most;
  while (server != INVALID_SOCKET) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - steady::now());
    if (left <= 0ms) return false;
    const auto ready = poll_for(socket_, POLLIN, std::min(left, glance));
    if (ready != 0) return ready > 0;
  }
  return false;
}

void connection_stream::linger() {
  ::shutdown(socket_, SHUT_WR);
  const auto until = steady::now() + parting_time;
  std::size_t taken = 0;
  while (taken < parting_bytes) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - steady::now());
    if (left <= 0ms || poll_for(socket_, POLLIN, left) <= 0) return;
    const auto got = ::recv(socket_, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (got <= 0) return;
    taken += static_cast<std::size_t>(got);
  }
}

ssize_t connection_stream::receive(char* bytes, std::size_t size) {
  // The socket has a time limit of its own.
  for (;;) {
    const auto got = ::recv(socket_, bytes, size, 0);
    if (got >= 0 || errno != EINTR) return got;
  }
}

ssize_t connection_stream::transmit(const char* bytes, std::size_t size) {
  for (;;) {
    const auto sent = ::send(socket_, bytes, size, MSG_NOSIGNAL);
    if (sent >= 0 || errno != EINTR) return sent;
  }
}

tls_stream::tls_stream(socket_t socket, tls_context_ptr context)
    : connection_stream(socket), context_(std::move(context)), ssl_(SSL_new(context_.get()), SSL_free) {
  if (ssl_) SSL_set_fd(ssl_.get(), socket);
}

bool tls_stream::shake_hands(std::chrono::milliseconds most) {
  if (!ssl_) return false;
  const auto until = steady::now() + most;
  const auto flags = ::fcntl(socket(), F_GETFL, 0);
  ::fcntl(socket(), F_SETFL, flags | O_NONBLOCK);
  ERR_clear_error();
  int done = 0;
  while ((done = SSL_accept(ssl_.get())) != 1) {
    const auto why = SSL_get_error(ssl_.get(), done);
    const short events = why == SSL_ERROR_WANT_READ ? POLLIN : why == SSL_ERROR_WANT_WRITE ? POLLOUT : 0;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - steady::now());
    if (events == 0 || left <= 0ms || poll_for(socket(), events, left) <= 0) break;
  }
  ::fcntl(socket(), F_SETFL, flags);
  broken_ = done != 1;
  if (const auto code = ERR_get_error(); broken_ && code != 0) {
    const char* reason = ERR_reason_error_string(code);
    trouble_ = reason == nullptr ? "" : reason;
  }
  ERR_clear_error();
  return !broken_;
}

void tls_stream::say_goodbye() {
  if (ssl_ && !broken_) SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

bool tls_stream::holds_bytes() const {
  return SSL_pending(ssl_.get()) > 0;
}

ssize_t tls_stream::receive(char* bytes, std::size_t size) {
  ERR_clear_error();
  const auto got = SSL_read(ssl_.get(), bytes, static_cast<int>(std::min<std::size_t>(size, INT_MAX)));
  if (got > 0) return got;
  const auto why = SSL_get_error(ssl_.get(), got);
  if (why == SSL_ERROR_ZERO_RETURN) return 0;
  broken_ = true;
  return -1;
}

ssize_t tls_stream::transmit(const char* bytes, std::size_t size) {
  ERR_clear_error();
  const auto sent = SSL_write(ssl_.get(), bytes, static_cast<int>(std::min<std::size_t>(size, INT_MAX)));
  if (sent > 0) return sent;
  broken_ = true;
  return -1;
}

} // namespace tocsin::http
