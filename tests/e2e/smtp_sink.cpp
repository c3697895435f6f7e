#include "tests/e2e/smtp_sink.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <stdexcept>
#include <utility>

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace tocsin::e2e {

namespace {

struct free_ssl {
  void operator()(SSL* s) const { SSL_free(s); }
  void operator()(SSL_CTX* c) const { SSL_CTX_free(c); }
};

std::unique_ptr<SSL_CTX, free_ssl> context_for(const certificate& identity) {
  std::unique_ptr<SSL_CTX, free_ssl> context(SSL_CTX_new(TLS_server_method()));
  auto* key_text = BIO_new_mem_buf(identity.key.data(), static_cast<int>(identity.key.size()));
  auto* chain_text = BIO_new_mem_buf(identity.chain.data(), static_cast<int>(identity.chain.size()));
  auto* key = PEM_read_bio_PrivateKey(key_text, nullptr, nullptr, nullptr);
  auto* chain = PEM_read_bio_X509(chain_text, nullptr, nullptr, nullptr);
  const auto usable =
      SSL_CTX_use_certificate(context.get(), chain) == 1 && SSL_CTX_use_PrivateKey(context.get(), key) == 1;
  EVP_PKEY_free(key);
  X509_free(chain);
  BIO_free(key_text);
  BIO_free(chain_text);
  if (!usable) throw std::runtime_error("the certificate cannot be used");
  return context;
}

/// `a@b` of `MAIL FROM:<a@b> SIZE=12`.
std::string address_in(const std::string& command) {
  const auto begin = command.find('<') + 1;
  return command.substr(begin, command.find('>') - begin);
}

} // namespace

/// What happens on one connection.
class smtp_sink::session {
 public:
  session(smtp_sink& sink, descriptor connection) : sink_(sink), connection_(std::move(connection)) {}

  void run() {
    if (sink_.how_.implicit_tls && !encrypt()) return;
    send("220 sink ready");
    std::string command;
    while (read_line(command)) {
      sink_.heard(command);
      if (!act(command)) return;
    }
  }

 private:
  bool act(const std::string& command) {
    if (command.starts_with("EHLO ")) return greet(command.substr(5));
    if (command == "STARTTLS") {
      send("220 go ahead");
      return encrypt();
    }
    if (command.starts_with("AUTH ")) return login(command);
    if (command.starts_with("MAIL FROM:")) {
      mail_.from = address_in(command);
      mail_.to.clear();
      return send(sink_.reply_to(command.substr(0, command.find('>') + 1), "250 sender ok"));
    }
    if (command.starts_with("RCPT TO:")) {
      const auto reply = sink_.reply_to(command, "250 recipient ok");
      if (reply.starts_with("250")) mail_.to.push_back(address_in(command));
      return send(reply);
    }
    if (command == "DATA") return take_mail();
    if (command == "QUIT") return quit();
    return send("502 unknown command");
  }

  bool greet(std::string hello) {
    mail_.hello = std::move(hello);
    while (sink_.how_.endless) {
      if (!send("250-and so on")) return false;
    }
    send("250-sink at your service");
    if (sink_.how_.starttls && !tls_) send("250-STARTTLS");
    if (!sink_.how_.auth.empty()) send("250-AUTH " + sink_.how_.auth);
    return send("250 SIZE 10000000");
  }

  bool login(const std::string& command) {
    mail_.login.clear();
    const auto take = [this] {
      std::string line;
      if (!read_line(line)) return false;
      mail_.login += (mail_.login.empty() ? "" : " ") + line;
      return true;
    };
    if (command == "AUTH LOGIN") {
      // Servers differ in what they say here.
      send("334 VXNlciBOYW1lAA==");
      if (!take()) return false;
      send("334 UGFzc3dvcmQA");
      if (!take()) return false;
    } else {
      send("334 ");
      if (!take()) return false;
    }
    return send(sink_.reply_to("AUTH", "235 welcome"));
  }

  bool take_mail() {
    const auto reply = sink_.reply_to("DATA", "354 go on");
    send(reply);
    if (!reply.starts_with("354")) return true;
    mail_.data.clear();
    std::string line;
    while (read_line(line) && line != ".") {
      mail_.data += (line.starts_with('.') ? line.substr(1) : line) + "\r\n";
    }
    const auto end = sink_.reply_to(".", "250 2.0.0 queued");
    if (end.starts_with("250")) {
      auto copy = mail_;
      copy.encrypted = tls_ != nullptr;
      sink_.took(std::move(copy));
    }
    return send(end);
  }

  bool quit() {
    if (sink_.how_.hangs_at_quit) {
      std::string ignored;
      while (sink_.readable(connection_.get()) && fill()) {
      }
      return false;
    }
    send("221 bye");
    return false;
  }

  bool encrypt() {
    context_ = context_for(sink_.identity_);
    tls_.reset(SSL_new(context_.get()));
    // What came in the clear before the handshake counts for nothing.
    buffer_.clear();
    return SSL_set_fd(tls_.get(), connection_.get()) == 1 && SSL_accept(tls_.get()) == 1;
  }

  bool send(const std::string& line) {
    const auto bytes = line + "\r\n";
    const auto size = static_cast<int>(bytes.size());
    if (tls_) return SSL_write(tls_.get(), bytes.data(), size) == size;
    return ::send(connection_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) == size;
  }

  bool fill() {
    std::array<char, 65536> bytes;
    const bool waiting = tls_ && SSL_pending(tls_.get()) > 0;
    if (!waiting && !sink_.readable(connection_.get())) return false;
    const auto got = tls_ ? SSL_read(tls_.get(), bytes.data(), static_cast<int>(bytes.size()))
                          : static_cast<int>(::recv(connection_.get(), bytes.data(), bytes.size(), 0));
    if (got <= 0) return false;
    buffer_.append(bytes.data(), static_cast<std::size_t>(got));
    return true;
  }

  bool read_line(std::string& line) {
    std::size_t end;
    while ((end = buffer_.find("\r\n")) == std::string::npos) {
      if (!fill()) return false;
    }
    line = buffer_.substr(0, end);
    buffer_.erase(0, end + 2);
    return true;
  }

  smtp_sink& sink_;
  descriptor connection_;
  std::unique_ptr<SSL_CTX, free_ssl> context_;
  std::unique_ptr<SSL, free_ssl> tls_;
  std::string buffer_;
  received_mail mail_;
};

smtp_sink::smtp_sink(mail_behaviour how)
    : how_(std::move(how)),
      identity_(make_certificate(how_.shows)),
      listener_(listen_on(0)),
      stop_(::eventfd(0, EFD_CLOEXEC)),
      port_(port_of(listener_)),
      acceptor_([this] { accept_loop(); }) {
  // OpenSSL writes to a client that has gone without a word against the signal.
  std::signal(SIGPIPE, SIG_IGN);
}

smtp_sink::~smtp_sink() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(stop_.get(), &one, sizeof one);
  acceptor_.join();
}

std::string smtp_sink::smarthost() const {
  return "127.0.0.1:" + std::to_string(port_);
}

std::vector<received_mail> smtp_sink::mails() const {
  const std::lock_guard lock(mutex_);
  return mails_;
}

std::vector<std::string> smtp_sink::commands() const {
  const std::lock_guard lock(mutex_);
  return commands_;
}

bool smtp_sink::wait_for_mails(std::chrono::milliseconds deadline, std::size_t count) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, deadline, [&] { return mails_.size() >= count; });
}

bool smtp_sink::wait_for_command(std::chrono::milliseconds deadline, std::string_view command,
                                 std::size_t times) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, deadline, [&] {
    return static_cast<std::size_t>(std::count(commands_.begin(), commands_.end(), command)) >= times;
  });
}

bool smtp_sink::readable(int fd) const {
  std::array<pollfd, 2> fds{pollfd{fd, POLLIN, 0}, pollfd{stop_.get(), POLLIN, 0}};
  while (::poll(fds.data(), fds.size(), -1) < 0) {
  }
  return fds[1].revents == 0;
}

void smtp_sink::accept_loop() {
  while (readable(listener_.get())) {
    descriptor connection{::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
    if (connection.get() >= 0) session(*this, std::move(connection)).run();
  }
}

void smtp_sink::heard(std::string command) {
  const std::lock_guard lock(mutex_);
  commands_.push_back(std::move(command));
  changed_.notify_all();
}

void smtp_sink::took(received_mail mail) {
  const std::lock_guard lock(mutex_);
  mails_.push_back(std::move(mail));
  changed_.notify_all();
}

std::string smtp_sink::reply_to(const std::string& command, std::string usual) {
  const std::lock_guard lock(mutex_);
  const auto found = how_.replies.find(command);
  if (found == how_.replies.end() || found->second.empty()) return usual;
  auto reply = std::move(found->second.front());
  found->second.pop_front();
  return reply;
}

} // namespace tocsin::e2e
