#include "http/silence_handler.hpp"

#include <httplib.h>

#include "http/answer.hpp"
#include "http/history_json.hpp"
#include "http/params.hpp"
#include "http/silence_list.hpp"
#include "protocols/interval_json.hpp"

namespace tocsin::http {

namespace {

std::optional<silence_status> parse_status(std::string_view text) {
  using enum silence_status;
  for (auto status : {pending, active, expired}) {
    if (text == to_string(status)) return status;
  }
  return std::nullopt;
}

/// The members of a silence, inside an object that is open.
void write_members(json_writer& w, const silence& s, timestamp now) {
  w.member("id", s.id).member("status", to_string(s.status_at(now))).key("matchers").begin_array();
  for (const auto& m : s.matchers) w.value(m.to_string());
  w.end_array();
  w.member("starts_at", s.starts_at).member("ends_at", s.ends_at).member("updated_at", s.updated_at);
  w.member("created_by", s.created_by).member("comment", s.comment).key("recurrence");
  write_intervals(w, s.recurrence);
  w.member("expire_on_resolve", s.expire_on_resolve).key("matched_at");
  s.matched_at ? w.value(*s.matched_at) : w.null();
}

} // namespace

void write_silence_row(json_writer& w, const silence& s, timestamp now) {
  w.begin_object();
  write_members(w, s, now);
  w.end_object();
}

void write_silence_detail(json_writer& w, const storage::silence_detail& detail, timestamp now) {
  w.begin_object();
  write_members(w, detail.what, now);
  w.key("changes").begin_array();
  for (const auto& c : detail.changes) {
    w.begin_object().member("kind", to_string(c.what)).member("changed_by", c.by);
    w.member("comment", c.comment).member("changed_at", c.at).end_object();
  }
  w.end_array().end_object();
}

void get_silences(services& s, const httplib::Request& request, httplib::Response& response) {
  params p(request);
  const auto status = p.word("status", parse_status, "pending, active or expired");
  if (p.error()) return answer_problem(response, *p.error());
  const auto now = s.core.options().time.now();
  auto silences = s.history.silences();
  std::erase_if(silences, [&](const silence& each) { return status && each.status_at(now) != *status; });
  sort_silences(silences, now);
  answer_json(response, 200, list_body(silences.size(), [&](json_writer& w) {
                for (const auto& each : silences) write_silence_row(w, each, now);
              }));
}

void get_silence_detail(services& s, const httplib::Request& request, httplib::Response& response) {
  const auto id = request.matches[1].str();
  const auto found = s.history.find_silence(id);
  if (!found) return answer_problem(response, {404, "not_found", "there is no silence " + id, "id"});
  const auto now = s.core.options().time.now();
  answer_json(response, 200, one_body([&](json_writer& w) { write_silence_detail(w, *found, now); }));
}

} // namespace tocsin::http
