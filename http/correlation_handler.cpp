#include "http/correlation_handler.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <httplib.h>

#include "http/actor_call.hpp"
#include "http/answer.hpp"
#include "http/history_json.hpp"
#include "http/params.hpp"

namespace tocsin::http {

namespace {

problem no_alert(std::int64_t id, std::string parameter) {
  return {404, "not_found", "there is no alert " + std::to_string(id), std::move(parameter)};
}

std::optional<std::string> parse_type(std::string_view text) {
  for (const auto* type : {"temporal", "semantic", "cascade"}) {
    if (text == type) return type;
  }
  return std::nullopt;
}

/// Which of the two is not in the history, if one is not.
std::optional<problem> missing(services& s, const correlation_record& c) {
  if (!s.history.find(c.first)) return no_alert(c.first.value, "alert1_id");
  if (!s.history.find(c.second)) return no_alert(c.second.value, "alert2_id");
  return std::nullopt;
}

void write_correlation(json_writer& w, const correlation_record& c) {
  w.begin_object().member("alert1_id", c.first.value).member("alert2_id", c.second.value);
  w.member("correlation_score", c.score).member("correlation_type", c.type).member("created_at", c.at).end_object();
}

} // namespace

void get_related(services& s, const httplib::Request& request, httplib::Response& response) {
  const auto id = parse_id(request.matches[1].str());
  if (!id) return answer_problem(response, id.error());
  params p(request);
  const auto least = p.number("min_correlation", 0.5, 0, 1);
  if (p.error()) return answer_problem(response, *p.error());
  const auto related = s.history.related(episode_id{*id}, least);
  if (!related) return answer_problem(response, no_alert(*id, "id"));
  answer_json(response, 200, list_body(related->size(), [&related](json_writer& w) {
                for (const auto& row : *related) write_row(w, row);
              }));
}

void post_correlation(services& s, const httplib::Request& request, httplib::Response& response) {
  constexpr auto highest = std::numeric_limits<std::int64_t>::max();
  params p(request);
  correlation_record c;
  c.first = episode_id{p.required_integer("alert1_id", 1, highest)};
  c.second = episode_id{p.required_integer("alert2_id", 1, highest)};
  c.score = p.required_number("correlation_score", 0, 1);
  p.required_text("correlation_type");
  c.type = p.word("correlation_type", parse_type, "temporal, semantic or cascade").value_or("");
  if (p.error()) return answer_problem(response, *p.error());
  if (c.first == c.second) {
    return answer_problem(response, {400, "invalid_parameter",
                                     "alert2_id: expected another alert than alert1_id, found \""
                                         + std::to_string(c.second.value) + "\" for both",
                                     "alert2_id"});
  }
  if (const auto unknown = missing(s, c)) return answer_problem(response, *unknown);
  // As it is stored: the smaller id first.
  if (c.second < c.first) std::swap(c.first, c.second);
  c.at = s.core.options().time.now();

  write_batch batch;
  batch.correlations.push_back(c);
  const auto stored = call<caf::ok_atom>(s.core.system(), s.core.history(), write_atom_v, std::move(batch));
  if (!stored) return answer_problem(response, unavailable("not stored: " + stored.error().message));
  answer_json(response, 200, one_body([&c](json_writer& w) { write_correlation(w, c); }));
}

} // namespace tocsin::http
