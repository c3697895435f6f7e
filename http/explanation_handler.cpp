#include "http/explanation_handler.hpp"

#include <httplib.h>

#include "http/answer.hpp"
#include "http/explanation.hpp"
#include "http/history_json.hpp"
#include "http/params.hpp"

namespace tocsin::http {

void get_explanation(services& s, const httplib::Request& request, httplib::Response& response) {
  const auto id = parse_id(request.matches[1].str());
  if (!id) return answer_problem(response, id.error());
  const auto detail = s.history.detail(episode_id{*id});
  if (!detail) {
    return answer_problem(response, {404, "not_found", "there is no alert " + std::to_string(*id), "id"});
  }
  const auto configuration = s.core.configuration();
  const auto story = explain(*detail, *configuration, s.core.options().time.now());
  answer_json(response, 200, one_body([&story](json_writer& w) { write_explanation(w, story); }));
}

} // namespace tocsin::http
