#include "http/cleanup_handler.hpp"

#include <chrono>

#include <httplib.h>

#include "http/actor_call.hpp"
#include "http/answer.hpp"
#include "http/history_json.hpp"
#include "http/params.hpp"

namespace tocsin::http {

void delete_old_history(services& s, const httplib::Request& request, httplib::Response& response) {
  params p(request);
  const auto days = p.integer("days", 90, 30, 365);
  if (p.error()) return answer_problem(response, *p.error());
  const auto cutoff = s.core.options().time.now() - std::chrono::hours{24 * days};
  const auto done = call<cleanup_report>(s.core.system(), s.core.history(), clean_atom_v, cleanup_request{cutoff});
  if (!done) {
    return answer_problem(response,
                          unavailable("the history could not be cleaned to the end: " + done.error().message));
  }
  if (done->what == cleanup_report::outcome::busy) {
    return answer_problem(response,
                          {409, "conflict", "a clean-up is under way already; try again when it is over", {}});
  }
  answer_json(response, 200, one_body([&](json_writer& w) {
                w.begin_object().member("deleted", done->alerts).member("days", days);
                w.member("cutoff", cutoff).end_object();
              }));
}

} // namespace tocsin::http
