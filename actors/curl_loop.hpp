#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "actors/curl_transfer.hpp"
#include "protocols/channel.hpp"

namespace tocsin {

/// One thread that runs transfers side by side with libcurl's multi
/// interface. Starts with its construction and ends with its destruction, which
/// breaks off what is still on its way.
class curl_loop {
 public:
  /// Called on the loop's thread when a transfer is over; must not block.
  using completion = std::function<void(std::uint64_t number, wire_response response)>;

  explicit curl_loop(completion done);
  ~curl_loop();
  curl_loop(const curl_loop&) = delete;
  curl_loop& operator=(const curl_loop&) = delete;

  /// Begins a transfer; `number` comes back with its answer. From any thread.
  void submit(std::uint64_t number, outgoing what);

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace tocsin
