#include "actors/http_transport.hpp"

#include <caf/send.hpp>

namespace tocsin {

http_transport_actor::behavior_type http_transport(http_transport_actor::stateful_pointer<http_transport_state> self) {
  const auto handle = caf::actor_cast<http_transport_actor>(self);
  // The loop holds a weak reference only: it must not keep alive the actor that owns it.
  const auto weak = caf::actor_cast<caf::weak_actor_ptr>(handle);
  self->state.loop = std::make_unique<curl_loop>([weak](std::uint64_t number, wire_response response) {
    if (auto strong = caf::actor_cast<caf::strong_actor_ptr>(weak)) {
      caf::anon_send(caf::actor_cast<http_transport_actor>(strong), sent_atom_v, number, std::move(response));
    }
  });
  return {
      [self](deliver_atom, http_request& request) {
        auto& state = self->state;
        auto promise = self->make_response_promise<wire_response>();
        const auto number = ++state.last;
        state.awaited.emplace(number, promise);
        state.loop->submit(number, std::move(request));
        return promise;
      },
      [self](sent_atom, std::uint64_t number, wire_response& response) {
        auto node = self->state.awaited.extract(number);
        if (!node.empty()) node.mapped().deliver(std::move(response));
      },
  };
}

} // namespace tocsin
