#include "storage/active_view.hpp"

#include <set>
#include <unordered_map>
#include <utility>

#include "storage/episode_rows.hpp"
#include "storage/json_columns.hpp"
#include "storage/statement.hpp"

namespace tocsin::storage {

void active_view::visit(const std::function<void(const active_standing&)>& visit) {
  // Without that index SQLite would step over the whole history.
  statement query(db_,
                  "SELECT id, severity, start_time, escalation_level, acknowledgment_time IS NOT NULL, "
                  "acknowledged_by, group_id, escalation_policy, escalation_step, escalation_since, "
                  "suppressed_by <> '', labels FROM alert_history INDEXED BY alert_history_active "
                  "WHERE end_time IS NULL");
  query.open();
  label_set labels;
  while (query.next()) {
    row_reader row(query);
    active_standing s{row.id<episode_id>(), {}, labels};
    s.current_severity = parse_severity(row.text()).value_or(severity::warning);
    s.starts_at = row.time();
    s.level = escalation_level{row.small_number()};
    s.acknowledged = row.flag();
    s.acknowledged_by = row.text();
    s.group = row.id<group_id>();
    s.policy = row.text();
    s.step = row.small_number();
    s.step_since = row.time();
    s.suppressed = row.flag();
    labels = json_.labels(row.text());
    visit(s);
  }
}

std::vector<episode> active_view::read(std::span<const episode_id> ids) {
  statement query(db_,
                  std::string("SELECT ") + episode_columns + " FROM alert_history WHERE id = ?1 AND end_time IS NULL");
  std::vector<episode> found;
  found.reserve(ids.size());
  for (const auto id : ids) {
    query.open(id);
    if (!query.next()) continue;
    row_reader row(query);
    found.push_back(read_episode(row, json_));
  }
  return found;
}

std::vector<std::string> active_view::channels_told(group_id group) {
  // Most alerts of a group were told on the same channels: few texts are read as JSON.
  statement query(db_, "SELECT DISTINCT channels FROM group_told WHERE group_id = ?1");
  query.open(group);
  std::set<std::string> all;
  while (query.next()) {
    for (auto& channel : json_.strings(row_reader(query).text())) all.insert(std::move(channel));
  }
  return {all.begin(), all.end()};
}

std::vector<std::optional<group_id>> active_view::find_groups(std::span<const group_name> names) {
  // By the text of the labels as it lies in the file.
  std::unordered_map<std::string, std::size_t> wanted;
  std::string json;
  std::string key;
  const auto make_key = [&key](std::string_view route_key, std::string_view labels) {
    key.assign(route_key).append(1, '\0').append(labels);
  };
  for (std::size_t i = 0; i < names.size(); ++i) {
    write_labels(json, names[i].labels);
    make_key(names[i].route_key, json);
    wanted.emplace(key, i);
  }
  std::vector<std::optional<group_id>> found(names.size());
  if (wanted.empty()) return found;
  statement query(db_, "SELECT id, route_key, labels FROM alert_groups");
  query.open();
  while (query.next()) {
    row_reader row(query);
    const auto id = row.id<group_id>();
    const auto route_key = row.text();
    make_key(route_key, row.text());
    if (const auto place = wanted.find(key); place != wanted.end()) found[place->second] = id;
  }
  return found;
}

} // namespace tocsin::storage
