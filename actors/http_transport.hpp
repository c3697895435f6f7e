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
struct http_transport_state {
  static inline const char* name = "http_transport";
  std::unordered_map<std::uint64_t, caf::typed_response_promise<wire_response>> awaited;
  std::uint64_t last = 0;
  std::unique_ptr<curl_loop> loop;
};

/// Sends HTTP requests, all at once on one thread: a thousand slow receivers
/// cost no more than their sockets.
http_transport_actor::behavior_type http_transport(http_transport_actor::stateful_pointer<http_transport_state> self);

} // namespace tocsin
