#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tocsin::bench {

/// One kept HTTP connection to 127.0.0.1, blocking; as thin as it can be, so
/// that the client is not what is measured.
class connection {
 public:
  /// @throws std::system_error when nobody listens there.
  explicit connection(std::uint16_t port);
  ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  /// Sends a whole request and reads the whole answer.
  /// @returns its status.
  /// @throws std::runtime_error when the connection breaks.
  int exchange(std::string_view request);

 private:
  int fd_ = -1;
  std::string buffer_;
};

/// `POST /api/v2/alerts` as bytes.
std::string post_request(std::string_view body);

/// Where the head of an HTTP message ends and how long its body is.
struct message_frame {
  std::size_t body_begin = 0; ///< 0 while the head is not complete
  std::size_t body_size = 0;

  bool complete_in(std::size_t bytes) const noexcept { return body_begin != 0 && bytes >= body_begin + body_size; }
};

/// Reads the frame of the message at the start of `bytes`.
message_frame frame_of(std::string_view bytes);

} // namespace tocsin::bench
