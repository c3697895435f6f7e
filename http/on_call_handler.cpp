#include "http/on_call_handler.hpp"

#include <algorithm>

#include <httplib.h>

#include "http/actor_call.hpp"
#include "http/answer.hpp"
#include "http/history_json.hpp"
#include "http/params.hpp"

namespace tocsin::http {

namespace {

constexpr std::int64_t longest_days = 90;
/// Looked at around now at least, to find when a shift began and what follows.
constexpr duration around_at_least = std::chrono::hours{24 * 28};

void write_person(json_writer& w, const config::on_call_rules& rules, const on_call_standing& who) {
  w.key("person");
  who.person.empty() ? w.null() : w.value(who.person);
  w.key("layer");
  who.layer.empty() ? w.null() : w.value(who.layer);
  w.key("override_id");
  who.override_id.empty() ? w.null() : w.value(who.override_id);
  const auto* person = rules.find_person(who.person);
  if (!person) return;
  if (!person->email.empty()) w.member("email", person->email);
  if (!person->phone.empty()) w.member("phone", person->phone);
  if (!person->slack.empty()) w.member("slack", person->slack);
}

void write_shift(json_writer& w, const config::on_call_rules& rules, const on_call_shift& shift) {
  w.begin_object();
  write_person(w, rules, shift.who);
  w.member("begins_at", shift.begins_at).member("ends_at", shift.ends_at).end_object();
}

std::string_view zone_of(const on_call_schedule& schedule) {
  return schedule.time_zone.empty() ? std::string_view("UTC") : std::string_view(schedule.time_zone);
}

/// Two shifts of the longest layer, so that this one and the next are whole.
duration around(const on_call_schedule& schedule) {
  duration longest = around_at_least;
  for (const auto& layer : schedule.layers) longest = std::max<duration>(longest, 2 * layer.shift);
  return longest;
}

void write_standing(json_writer& w, const config::on_call_rules& rules, const on_call_schedule& schedule,
                    const std::vector<on_call_override>& overrides, timestamp now) {
  const auto shifts = on_call_shifts(schedule, overrides, now - around(schedule), now + around(schedule));
  const auto current = std::find_if(shifts.begin(), shifts.end(), [now](const auto& s) { return now < s.ends_at; });
  w.begin_object().member("schedule", schedule.name).member("time_zone", zone_of(schedule));
  w.key("now");
  write_shift(w, rules, *current);
  // Who comes next is somebody, whatever gap lies before.
  const auto next = std::find_if(current + 1, shifts.end(), [](const auto& s) { return !s.who.person.empty(); });
  w.key("next");
  if (next == shifts.end()) {
    w.null();
  } else {
    write_shift(w, rules, *next);
  }
  w.end_object();
}

void write_override(json_writer& w, const on_call_override& o, timestamp now) {
  const auto status = now >= o.ends_at ? "over" : now < o.starts_at ? "pending" : "active";
  w.begin_object().member("id", o.id).member("status", status).member("schedule", o.schedule);
  w.member("person", o.person).member("starts_at", o.starts_at).member("ends_at", o.ends_at);
  w.member("created_by", o.created_by).member("comment", o.comment).member("created_at", o.created_at);
  w.member("ended_by", o.ended_by).end_object();
}

std::optional<timestamp> parse_moment(std::string_view text) {
  const auto read = parse_rfc3339(text);
  return read ? *read : std::nullopt;
}

void answer_override(services& s, httplib::Response& response, const result<override_answer>& done) {
  if (!done) return answer_problem(response, unavailable("not stored: " + done.error().message));
  switch (done->what) {
    case override_answer::outcome::done: break;
    case override_answer::outcome::invalid:
      return answer_problem(response, {400, "invalid_parameter", done->message, done->parameter});
    case override_answer::outcome::not_found: return answer_problem(response, {404, "not_found", done->message, "id"});
  }
  const auto now = s.core.options().time.now();
  answer_json(response, 200, one_body([&](json_writer& w) { write_override(w, done->made, now); }));
}

} // namespace

void get_on_call(services& s, const httplib::Request&, httplib::Response& response) {
  const auto configuration = s.core.configuration();
  const auto& rules = configuration->on_call;
  const auto overrides = rules.in_force(*s.core.roster().get());
  const auto now = s.core.options().time.now();
  answer_json(response, 200, list_body(rules.schedules.size(), [&](json_writer& w) {
                for (const auto& schedule : rules.schedules) write_standing(w, rules, schedule, overrides, now);
              }));
}

void get_on_call_schedule(services& s, const httplib::Request& request, httplib::Response& response) {
  const auto name = request.matches[1].str();
  params p(request);
  const auto days = p.integer("days", 14, 1, longest_days);
  if (p.error()) return answer_problem(response, *p.error());
  const auto configuration = s.core.configuration();
  const auto* schedule = configuration->on_call.find_schedule(name);
  if (!schedule) return answer_problem(response, {404, "not_found", "there is no schedule " + name, "schedule"});
  const auto now = s.core.options().time.now();
  const auto overrides = configuration->on_call.in_force(*s.core.roster().get());
  const auto shifts = on_call_shifts(*schedule, overrides, now, now + std::chrono::hours{24 * days});
  answer_json(response, 200, list_body(shifts.size(), [&](json_writer& w) {
                for (const auto& shift : shifts) write_shift(w, configuration->on_call, shift);
              }));
}

void get_overrides(services& s, const httplib::Request&, httplib::Response& response) {
  const auto now = s.core.options().time.now();
  auto overrides = *s.core.roster().get();
  std::sort(overrides.begin(), overrides.end(), [](const auto& a, const auto& b) { return a.starts_at > b.starts_at; });
  answer_json(response, 200, list_body(overrides.size(), [&](json_writer& w) {
                for (const auto& o : overrides) write_override(w, o, now);
              }));
}

std::string on_call_metrics(services& s) {
  const auto configuration = s.core.configuration();
  const auto& rules = configuration->on_call;
  if (rules.schedules.empty()) return {};
  const auto overrides = rules.in_force(*s.core.roster().get());
  const auto now = s.core.options().time.now();
  std::string out = "# HELP tocsin_oncall_gap 1 while nobody is on call.\n# TYPE tocsin_oncall_gap gauge\n";
  for (const auto& schedule : rules.schedules) {
    const auto gap = on_call_at(schedule, overrides, now).person.empty();
    out.append("tocsin_oncall_gap{schedule=\"").append(schedule.name).append(gap ? "\"} 1\n" : "\"} 0\n");
  }
  return out;
}

void post_override(services& s, const httplib::Request& request, httplib::Response& response) {
  params p(request);
  on_call_override wanted;
  wanted.schedule = p.required_text("schedule");
  wanted.person = p.required_text("person");
  const auto now = s.core.options().time.now();
  constexpr std::string_view expected = "a time in RFC 3339 such as 2026-01-05T09:00:00Z";
  wanted.starts_at = p.word("starts_at", parse_moment, expected).value_or(now);
  p.required_text("ends_at");
  wanted.ends_at = p.word("ends_at", parse_moment, expected).value_or(now);
  wanted.created_by = p.required_text("created_by");
  wanted.comment = p.text("comment").value_or("");
  if (p.error()) return answer_problem(response, *p.error());
  answer_override(s, response, call<override_answer>(s.core.system(), s.core.desk(), override_atom_v, wanted));
}

void delete_override(services& s, const httplib::Request& request, httplib::Response& response) {
  params p(request);
  const auto by = p.text("by", 256).value_or("api");
  if (p.error()) return answer_problem(response, *p.error());
  answer_override(s, response,
                  call<override_answer>(s.core.system(), s.core.desk(), expire_atom_v, request.matches[1].str(), by));
}

} // namespace tocsin::http
