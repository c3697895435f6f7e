#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/channel.hpp"

namespace tocsin {

/// What was said in an SMTP session, as far as it tells how the session ended: the reply to the
/// last command, and to each recipient. Commands are looked at
/// for recipients only and not kept: they hold the credentials.
class smtp_transcript {
 public:
  /// A command went out.
  void sent(std::string_view command);
  /// A line of a reply came in (RFC 5321, 4.2.1).
  void received(std::string_view line);

  /// The code of the reply to the last command but QUIT; 0 when it has none yet.
  std::int32_t code() const noexcept { return code_; }
  /// Its text without the code, lines joined by spaces.
  const std::string& text() const noexcept { return text_; }
  /// The reply to each of these recipients; status 0 for one that has none.
  std::vector<recipient_reply> replies_to(const std::vector<std::string>& recipients) const;

 private:
  void conclude(std::int32_t code);

  std::string recipient_;
  std::string pending_;
  std::string text_;
  std::int32_t code_ = 0;
  std::vector<recipient_reply> replies_;
  bool over_ = false;
};

} // namespace tocsin
