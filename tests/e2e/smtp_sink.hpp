#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/e2e/certificate.hpp"
#include "tests/e2e/eventually.hpp"
#include "tests/e2e/socket.hpp"

namespace tocsin::e2e {

/// One mail as it arrived.
struct received_mail {
  std::string hello;
  std::string from;
  std::vector<std::string> to; ///< those that were taken
  std::string data;            ///< without dot-stuffing
  std::string login;           ///< what AUTH was given, in base64
  bool encrypted = false;
};

/// What a mail server offers and how it misbehaves.
struct mail_behaviour {
  bool starttls = false;
  /// Encrypted from the first byte.
  bool implicit_tls = false;
  /// `PLAIN`, `LOGIN`; empty: no authentication.
  std::string auth;
  /// Replies in place of the usual one, by the whole command (`RCPT TO:<a@b>`, `DATA`); `.` is the
  /// end of a mail. Each is given once, in order.
  std::map<std::string, std::deque<std::string>> replies;
  certificate_wish shows = {};
  /// Answers the greeting with lines without end.
  bool endless = false;
  /// Never answers QUIT, nor closes.
  bool hangs_at_quit = false;
};

/// A real mail server on a free port of 127.0.0.1, for one session after the other.
class smtp_sink {
 public:
  explicit smtp_sink(mail_behaviour how = {});
  ~smtp_sink();
  smtp_sink(const smtp_sink&) = delete;
  smtp_sink& operator=(const smtp_sink&) = delete;

  /// `127.0.0.1:2525`
  std::string smarthost() const;
  /// What a client must trust.
  const std::string& chain() const noexcept { return identity_.chain; }

  std::vector<received_mail> mails() const;
  /// Every command so far, those of AUTH too.
  std::vector<std::string> commands() const;
  bool wait_for_mails(std::chrono::milliseconds deadline, std::size_t count) const;
  /// Waits until the command has come so many times.
  bool wait_for_command(std::chrono::milliseconds deadline, std::string_view command, std::size_t times = 1) const;

 private:
  class session;

  void accept_loop();
  bool readable(int fd) const;
  void heard(std::string command);
  void took(received_mail mail);
  std::string reply_to(const std::string& command, std::string usual);

  mail_behaviour how_;
  certificate identity_;
  descriptor listener_;
  descriptor stop_;
  std::uint16_t port_ = 0;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<received_mail> mails_;
  std::vector<std::string> commands_;
  std::thread acceptor_;
};

} // namespace tocsin::e2e
