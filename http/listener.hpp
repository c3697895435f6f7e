#pragma once

#include <cstdint>
#include <string>

#include <httplib.h>

#include "config/command_line.hpp"
#include "http/stream.hpp"
#include "http/web_gate.hpp"

namespace tocsin::http {

/// One address that is listened on: the library's server with connections of our own, which speak TLS, wait
/// without waking up, and end where a request leaves something unread.
class listener : public httplib::Server {
 public:
  explicit listener(web_gate& gate) : gate_(gate) {}
  ~listener() override;

  /// False when the address is taken or not ours. Port 0 takes any free one.
  bool bind(const config::listen_address& address);
  /// Takes over a socket that somebody else listens on already. False when it is none.
  bool adopt(int socket);
  /// As it is bound.
  const config::listen_address& address() const noexcept { return address_; }

 private:
  bool process_and_close_socket(socket_t socket) override;
  void serve(connection_stream& stream, const SSL* ssl);
  void serve_tls(socket_t socket);

  web_gate& gate_;
  config::listen_address address_;
};

/// The connection ends with the answer to this request, since something of the request stays unread.
void close_after(const httplib::Request& request);

} // namespace tocsin::http
