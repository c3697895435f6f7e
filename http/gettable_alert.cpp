#include "http/gettable_alert.hpp"

#include <stdexcept>
#include <utility>

#include "http/actor_call.hpp"

namespace tocsin::http {

namespace {

void write_names(json_writer& w, std::string_view key, std::span<const std::string> names,
                 std::span<const std::string> more = {}) {
  w.key(key).begin_array();
  for (const auto& name : names) w.value(name);
  for (const auto& name : more) w.value(name);
  w.end_array();
}

/// Reports that said nothing new are on the board before they are in the file.
void catch_up(const sighting_board& board, storage::active_alert& a) {
  const auto last = board.last(a.labels);
  if (!last) return;
  a.ends_at = last->ends_at;
  if (last->seen_at) a.last_seen = *last->seen_at;
}

} // namespace

std::vector<gettable_alert> gettable_alerts(services& s, std::span<const episode_id> episodes) {
  auto rows = s.history.active(episodes);
  standing_question question;
  question.alerts.reserve(rows.size());
  for (auto& row : rows) {
    catch_up(s.core.sightings(), row);
    question.alerts.push_back(row.labels);
  }
  auto answer = call<standing_answer>(s.core.system(), s.core.suppressor(), ask_atom_v, std::move(question));
  if (!answer) throw std::runtime_error(answer.error().message);
  std::vector<gettable_alert> found;
  found.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    found.push_back({std::move(rows[i]), std::move(answer->alerts.at(i))});
  }
  return found;
}

void write_receivers(json_writer& w, std::span<const std::string> names) {
  w.begin_array();
  for (const auto& name : names) w.begin_object().member("name", name).end_object();
  w.end_array();
}

void write_alert(json_writer& w, const gettable_alert& alert, std::span<const std::string> receivers,
                 std::span<const std::string> muted_by) {
  const auto& a = alert.what;
  const auto& s = alert.standing;
  const auto suppressed = s.suppressed() || !muted_by.empty();
  w.begin_object().key("annotations").raw(a.annotations_json);
  w.member("endsAt", a.ends_at).member("fingerprint", fingerprint_fnv(a.labels)).key("receivers");
  write_receivers(w, receivers);
  w.member("startsAt", a.starts_at).key("status").begin_object();
  write_names(w, "inhibitedBy", s.inhibited_by);
  write_names(w, "mutedBy", muted_by, s.muted_by);
  write_names(w, "silencedBy", s.silenced_by);
  w.member("state", suppressed ? "suppressed" : "active").end_object().member("updatedAt", a.last_seen);
  if (!a.generator_url.empty()) w.member("generatorURL", a.generator_url);
  w.key("labels").raw(a.labels_json).end_object();
}

} // namespace tocsin::http
