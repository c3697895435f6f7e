#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>

#include <httplib.h>

#include "http/tls_context.hpp"

namespace tocsin::http {

/// One connection as the library reads and writes it. It buffers what comes, also from one request to the
/// next, and knows from the answers whether the connection goes on.
class connection_stream : public httplib::Stream {
 public:
  explicit connection_stream(socket_t socket);

  bool is_readable() const override;
  bool is_writable() const override;
  ssize_t read(char* bytes, std::size_t size) override;
  ssize_t write(const char* bytes, std::size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  socket_t socket() const override { return socket_; }

  /// Waits until the next request begins to come in. False when none does in time, the other side has gone,
  /// or the server stops.
  bool wait_for_request(std::chrono::milliseconds most, const std::atomic<socket_t>& server) const;
  /// The last answer said `Connection: close`.
  bool said_close() const noexcept { return said_close_; }
  /// Tells the other side that nothing more comes, where the protocol has a word for it.
  virtual void say_goodbye() {}
  /// Ends its own direction and takes what still comes for a while: a connection that is closed with unread
  /// bytes is reset, and the answer may be lost with it.
  void linger();

 protected:
  /// Bytes are waiting that no poll of the socket would tell of.
  virtual bool holds_bytes() const { return false; }
  virtual ssize_t receive(char* bytes, std::size_t size);
  virtual ssize_t transmit(const char* bytes, std::size_t size);

 private:
  struct place {
    std::string ip;
    int port = -1;
  };

  socket_t socket_;
  place remote_;
  place local_;
  std::array<char, 16384> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool said_close_ = false;
};

/// The same over TLS.
class tls_stream : public connection_stream {
 public:
  tls_stream(socket_t socket, tls_context_ptr context);

  /// Agrees with the other side on a key. False when that fails or is not done within `most`.
  bool shake_hands(std::chrono::milliseconds most);
  /// Why it failed, in OpenSSL's words; empty when the other side went or took too long.
  const std::string& trouble() const noexcept { return trouble_; }
  const SSL* connection() const noexcept { return ssl_.get(); }
  void say_goodbye() override;

 protected:
  bool holds_bytes() const override;
  ssize_t receive(char* bytes, std::size_t size) override;
  ssize_t transmit(const char* bytes, std::size_t size) override;

 private:
  /// Outlives the connection, also when the files have changed meanwhile.
  tls_context_ptr context_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
  bool broken_ = false;
  std::string trouble_;
};

} // namespace tocsin::http
