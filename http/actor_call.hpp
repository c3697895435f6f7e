#pragma once

#include <chrono>
#include <utility>

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>

#include "protocols/result.hpp"

namespace tocsin::http {

/// Asks an actor from a thread of the HTTP server and waits for the answer.
/// @returns a failure when the actor answers with an error or not within `patience`.
template <class Answer, class Handle, class... Args>
result<Answer> call(caf::actor_system& system, const Handle& actor, std::chrono::seconds patience, Args&&... args) {
  caf::scoped_actor self{system};
  result<Answer> answer = fail("no answer");
  self->request(actor, patience, std::forward<Args>(args)...)
    .receive([&answer](Answer& a) { answer = std::move(a); },
             [&answer, &system](caf::error& e) { answer = fail(system.render(e)); });
  return answer;
}

} // namespace tocsin::http
