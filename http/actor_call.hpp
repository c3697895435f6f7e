#pragma once

#include <utility>

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>

#include "protocols/result.hpp"

namespace tocsin::http {

/// Asks an actor from a thread of the HTTP server and waits for the answer. There
/// is no time limit, which would cost a timer for each call: CAF answers with an
/// error when the actor ends without an answer.
/// @returns a failure when the actor answers with an error.
template <class Answer, class Handle, class... Args>
result<Answer> call(caf::actor_system& system, const Handle& actor, Args&&... args) {
  caf::scoped_actor self{system};
  result<Answer> answer = fail("no answer");
  self->request(actor, caf::infinite, std::forward<Args>(args)...)
      .receive([&answer](Answer& a) { answer = std::move(a); },
               [&answer, &system](caf::error& e) { answer = fail(system.render(e)); });
  return answer;
}

} // namespace tocsin::http
