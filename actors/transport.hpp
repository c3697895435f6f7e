#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>

#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include "actors/curl_loop.hpp"
#include "protocols/actors.hpp"

namespace tocsin {

/// The transport's own: answers that are awaited, by the number of the transfer.
struct transport_state {
  static inline const char* name = "transport";
  std::unordered_map<std::uint64_t, caf::typed_response_promise<wire_response>> awaited;
  std::uint64_t last = 0;
  std::unique_ptr<curl_loop> requests;
  /// Begins with the first mail. Apart from the requests: libcurl waits in place for the answer to a mail server's
  /// QUIT, and one that never gives it must not hold up what is no mail.
  std::unique_ptr<curl_loop> mails;
};

/// Sends HTTP requests and mails, all at once on a thread for each of the two: a
/// thousand slow receivers cost no more than their sockets.
transport_actor::behavior_type transport(transport_actor::stateful_pointer<transport_state> self);

} // namespace tocsin
