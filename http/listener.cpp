#include "http/listener.hpp"

#include <array>
#include <chrono>
#include <cstdlib>
#include <string_view>

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "actors/log.hpp"

namespace tocsin::http {

namespace {

using namespace std::chrono_literals;

/// For TLS: from the first byte to the key that both have.
constexpr std::chrono::milliseconds handshake_time = 10s;

class closing_socket {
 public:
  explicit closing_socket(socket_t socket) : socket_(socket) {}
  ~closing_socket() { ::close(socket_); }
  closing_socket(const closing_socket&) = delete;
  closing_socket& operator=(const closing_socket&) = delete;

 private:
  socket_t socket_;
};

/// The library reads bodies of these methods only.
bool body_is_read(const std::string& method) {
  return method == "POST" || method == "PUT" || method == "PATCH" || method == "DELETE";
}

bool has_body(const httplib::Request& request) {
  if (request.has_header("Transfer-Encoding")) return true;
  const auto length = request.get_header_value("Content-Length");
  return length.find_first_not_of('0') != std::string::npos;
}

bool has_ipv6() {
  const auto probe = ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (probe < 0) return false;
  ::close(probe);
  return true;
}

bool resolves_to_ipv4(const std::string& host) {
  addrinfo wanted{};
  wanted.ai_family = AF_INET;
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), nullptr, &wanted, &found) != 0) return false;
  ::freeaddrinfo(found);
  return true;
}

} // namespace

void close_after(const httplib::Request& request) {
  // The library made it, not const, and shows it as const; it looks at this header when it writes the answer.
  auto& headers = const_cast<httplib::Request&>(request).headers;
  headers.erase("Connection");
  headers.emplace("Connection", "close");
}

listener::~listener() {
  // The library closes a socket only once it has accepted on it.
  if (const auto socket = svr_sock_.exchange(INVALID_SOCKET); socket != INVALID_SOCKET) ::close(socket);
}

bool listener::bind(const config::listen_address& address) {
  address_ = address;
  // The library opens an IPv6 socket for IPv4 too.
  const auto host = !address.host.empty() ? address.host : has_ipv6() ? std::string("::") : std::string("0.0.0.0");
  // A name such as localhost that has both stands for the IPv4 address, as it does for the programs of Prometheus.
  set_address_family(resolves_to_ipv4(host) ? AF_INET : AF_UNSPEC);
  const auto port = address.port != 0 ? (bind_to_port(host, address.port) ? address.port : 0) : bind_to_any_port(host);
  if (port <= 0) return false;
  address_.port = static_cast<std::uint16_t>(port);
  // The library lets five connections wait; when many come at once, the others would try again a second later.
  ::listen(svr_sock_, SOMAXCONN);
  return true;
}

bool listener::adopt(int socket) {
  int listens = 0;
  socklen_t size = sizeof listens;
  if (::getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || listens == 0) return false;
  sockaddr_storage bound{};
  socklen_t bound_size = sizeof bound;
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> port{};
  auto* generic = reinterpret_cast<sockaddr*>(&bound);
  if (::getsockname(socket, generic, &bound_size) == 0
      && ::getnameinfo(generic, bound_size, host.data(), host.size(), port.data(), port.size(),
                       NI_NUMERICHOST | NI_NUMERICSERV)
             == 0) {
    const std::string_view name(host.data());
    address_ = {name == "::" ? std::string() : std::string(name), static_cast<std::uint16_t>(std::atoi(port.data()))};
  }
  const int yes = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  svr_sock_ = socket;
  return true;
}

bool listener::process_and_close_socket(socket_t socket) {
  const closing_socket closing(socket);
  if (gate_.speaks_tls()) {
    serve_tls(socket);
  } else {
    connection_stream stream(socket);
    serve(stream, nullptr);
  }
  return true;
}

void listener::serve_tls(socket_t socket) {
  const auto settings = gate_.current();
  tls_stream stream(socket, settings->tls);
  if (!stream.wait_for_request(std::chrono::seconds(keep_alive_timeout_sec_), svr_sock_)) return;
  constexpr unsigned char handshake_record = 0x16;
  unsigned char first = 0;
  if (::recv(socket, &first, 1, MSG_PEEK) != 1) return;
  if (first != handshake_record) {
    constexpr std::string_view text =
        "HTTP/1.0 400 Bad Request\r\n\r\nThis port speaks HTTPS, and the request came over HTTP.\n";
    ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
    stream.linger();
    return;
  }
  std::string ip;
  int port = 0;
  stream.get_remote_ip_and_port(ip, port);
  if (!stream.shake_hands(handshake_time)) {
    const auto& why = stream.trouble();
    log::debug("TLS handshake failed", {{"client", ip}, {"why", why.empty() ? "it went or took too long" : why}});
    return;
  }
  if (!has_allowed_name(stream.connection(), settings->config.tls->client_allowed_sans)) {
    log::warn("a client's certificate has no allowed name", {{"client", ip}});
    return;
  }
  serve(stream, stream.connection());
}

void listener::serve(connection_stream& stream, const SSL* ssl) {
  const std::chrono::milliseconds idle = std::chrono::seconds(keep_alive_timeout_sec_);
  const auto prepare = [ssl](httplib::Request& request) {
    request.ssl = ssl;
    if (!body_is_read(request.method) && has_body(request)) close_after(request);
  };
  for (std::size_t left = keep_alive_max_count_; left > 0; --left) {
    if (!stream.wait_for_request(idle, svr_sock_)) return stream.say_goodbye();
    bool closed = false;
    if (!process_request(stream, left == 1, closed, prepare)) return;
    if (closed || stream.said_close()) break;
  }
  stream.say_goodbye();
  stream.linger();
}

} // namespace tocsin::http
