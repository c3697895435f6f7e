#include "http/act_handler.hpp"

#include <chrono>
#include <utility>

#include <httplib.h>

#include "http/actor_call.hpp"
#include "http/answer.hpp"
#include "http/history_json.hpp"
#include "http/params.hpp"

namespace tocsin::http {

namespace {

/// A hundred years: more than any alert takes, and no overflow.
constexpr std::int64_t longest_resolution = 100LL * 365 * 24 * 3600;

problem not_found(std::int64_t id) {
  return {404, "not_found", "there is no alert " + std::to_string(id), "id"};
}

problem over(std::int64_t id, const storage::history_row& row) {
  return {409, "conflict",
          "alert " + std::to_string(id) + " was resolved at "
              + to_rfc3339(row.alert.state.ended_at.value_or(row.updated_at)),
          "id"};
}

void answer_row(services& s, httplib::Response& response, episode_id id) {
  const auto row = s.history.find(id);
  if (!row) return answer_problem(response, not_found(id.value));
  answer_json(response, 200, one_body(*row));
}

/// Reads the id, then the parameters that `fill` wants, and carries the act out.
template <class Fill>
void handle(services& s, const httplib::Request& request, httplib::Response& response, act_request::kind what,
            Fill fill) {
  const auto id = parse_id(request.matches[1].str());
  if (!id) return answer_problem(response, id.error());
  params p(request);
  act_request act;
  act.what = what;
  act.episode = episode_id{*id};
  fill(p, act);
  if (p.error()) return answer_problem(response, *p.error());
  const auto about = act.episode;
  if (const auto refused = carry_out(s, std::move(act))) return answer_problem(response, *refused);
  answer_row(s, response, about);
}

} // namespace

std::optional<problem> carry_out(services& s, act_request act) {
  const auto id = act.episode;
  const auto row = s.history.find(id);
  if (!row) return not_found(id.value);
  if (!row->alert.state.active()) return over(id.value, *row);
  act.labels = row->alert.labels;
  const auto done = call<act_result>(s.core.system(), s.core.dispatcher(), act_atom_v, std::move(act));
  if (!done) return unavailable("not stored: " + done.error().message);
  switch (done->what) {
    case act_result::outcome::done: return std::nullopt;
    case act_result::outcome::conflict: return problem{409, "conflict", done->message, {}};
    case act_result::outcome::not_active: break;
  }
  // It ended while we asked, or its group is not there yet.
  const auto now = s.history.find(id);
  if (now && now->alert.state.active()) return unavailable(done->message + "; try again");
  return now ? over(id.value, *now) : not_found(id.value);
}

void put_acknowledge(services& s, const httplib::Request& request, httplib::Response& response) {
  handle(s, request, response, act_request::kind::acknowledge, [](params& p, act_request& act) {
    act.by = p.required_text("acknowledged_by");
    act.text = p.text("comment").value_or("");
  });
}

void put_resolve(services& s, const httplib::Request& request, httplib::Response& response) {
  handle(s, request, response, act_request::kind::resolve, [](params& p, act_request& act) {
    act.resolution_time_seconds = p.optional_integer("resolution_time_seconds", 0, longest_resolution);
  });
}

void put_escalate(services& s, const httplib::Request& request, httplib::Response& response) {
  handle(s, request, response, act_request::kind::escalate, [](params& p, act_request& act) {
    const auto level = p.required_text("to_level");
    if (!level.empty()) {
      act.to_level = static_cast<std::int32_t>(
          p.integer("to_level", escalation_level::lowest, escalation_level::lowest, escalation_level::highest));
    }
    act.text = p.text("reason").value_or("");
    act.by = p.text("escalated_by", 256).value_or("system");
  });
}

} // namespace tocsin::http
