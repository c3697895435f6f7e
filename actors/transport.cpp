#include "actors/transport.hpp"

#include <utility>

#include <caf/send.hpp>

namespace tocsin {

namespace {

using pointer = transport_actor::stateful_pointer<transport_state>;

std::unique_ptr<curl_loop> loop_for(const transport_actor& handle) {
  // The loop holds a weak reference only: it must not keep alive the actor that owns it.
  const auto weak = caf::actor_cast<caf::weak_actor_ptr>(handle);
  return std::make_unique<curl_loop>([weak](std::uint64_t number, wire_response response) {
    if (auto strong = caf::actor_cast<caf::strong_actor_ptr>(weak)) {
      caf::anon_send(caf::actor_cast<transport_actor>(strong), sent_atom_v, number, std::move(response));
    }
  });
}

caf::typed_response_promise<wire_response> submit(pointer self, std::unique_ptr<curl_loop>& loop, outgoing what) {
  auto& state = self->state;
  if (!loop) loop = loop_for(caf::actor_cast<transport_actor>(self));
  auto promise = self->make_response_promise<wire_response>();
  const auto number = ++state.last;
  state.awaited.emplace(number, promise);
  loop->submit(number, std::move(what));
  return promise;
}

} // namespace

transport_actor::behavior_type transport(pointer self) {
  self->state.requests = loop_for(caf::actor_cast<transport_actor>(self));
  return {
      [self](deliver_atom, http_request& request) { return submit(self, self->state.requests, std::move(request)); },
      [self](deliver_atom, smtp_message& message) { return submit(self, self->state.mails, std::move(message)); },
      [self](sent_atom, std::uint64_t number, wire_response& response) {
        auto node = self->state.awaited.extract(number);
        if (!node.empty()) node.mapped().deliver(std::move(response));
      },
  };
}

} // namespace tocsin
