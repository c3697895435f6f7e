#include "bench/connection.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <stdexcept>
#include <system_error>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

namespace tocsin::bench {

connection::connection(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (fd_ < 0 || ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw std::system_error(errno, std::generic_category(), "connect to port " + std::to_string(port));
  }
  const int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

connection::~connection() {
  ::close(fd_);
}

int connection::exchange(std::string_view request) {
  while (!request.empty()) {
    const auto sent = ::send(fd_, request.data(), request.size(), MSG_NOSIGNAL);
    if (sent <= 0) throw std::runtime_error("the connection broke while sending");
    request.remove_prefix(static_cast<std::size_t>(sent));
  }
  buffer_.clear();
  std::array<char, 16384> bytes;
  while (!frame_of(buffer_).complete_in(buffer_.size())) {
    const auto got = ::recv(fd_, bytes.data(), bytes.size(), 0);
    if (got <= 0) throw std::runtime_error("the connection broke before the answer");
    buffer_.append(bytes.data(), static_cast<std::size_t>(got));
  }
  constexpr std::size_t status_begin = std::string_view("HTTP/1.1 ").size();
  int status = 0;
  std::from_chars(buffer_.data() + status_begin, buffer_.data() + status_begin + 3, status);
  return status;
}

std::string post_request(std::string_view body) {
  return "POST /api/v2/alerts HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: "
         + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

message_frame frame_of(std::string_view bytes) {
  constexpr std::string_view end_of_head = "\r\n\r\n";
  constexpr std::string_view length = "\r\nContent-Length: ";
  const auto end = bytes.find(end_of_head);
  if (end == std::string_view::npos) return {};
  message_frame frame{end + end_of_head.size(), 0};
  for (std::size_t at = 0; at + length.size() < end + 2; ++at) {
    if (::strncasecmp(bytes.data() + at, length.data(), length.size()) != 0) continue;
    std::from_chars(bytes.data() + at + length.size(), bytes.data() + end, frame.body_size);
    break;
  }
  return frame;
}

} // namespace tocsin::bench
