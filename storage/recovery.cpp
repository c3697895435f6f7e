#include "storage/recovery.hpp"

#include <algorithm>
#include <string>

#include "storage/episode_rows.hpp"
#include "storage/json_columns.hpp"
#include "storage/notification_statements.hpp"
#include "storage/on_call_statements.hpp"
#include "storage/silence_rows.hpp"
#include "storage/statement.hpp"

namespace tocsin::storage {

namespace {

/// Reads with one connection, all groups or one.
class state_query {
 public:
  state_query(SQLite::Database& db, std::optional<group_id> only) : db_(db), only_(only) {}

  std::vector<episode> episodes();
  std::vector<group_record> groups();
  std::vector<told_record> told();
  std::vector<unfinished_notification> unfinished();
  std::vector<silence> silences();
  std::vector<recent_episode> recent();

 private:
  /// `condition`, where only one group is asked for.
  std::string of_group(const char* condition) const { return only_ ? condition : "1"; }
  statement open(const std::string& sql) const;
  void read_alerts(std::vector<unfinished_notification>& into);

  SQLite::Database& db_;
  std::optional<group_id> only_;
  json_column_reader json_;
};

statement state_query::open(const std::string& sql) const {
  statement query(db_, sql);
  if (only_) {
    query.open(*only_);
  } else {
    query.open();
  }
  return query;
}

std::vector<episode> state_query::episodes() {
  const auto this_group = of_group("group_id = ?1");
  auto query = open("SELECT " + std::string(episode_columns) + " FROM alert_history WHERE id IN ("
                    + "SELECT id FROM alert_history INDEXED BY alert_history_active WHERE end_time IS NULL AND "
                    + this_group + " UNION SELECT alert_id FROM group_told WHERE " + this_group
                    + " UNION SELECT alert_id FROM notification_alerts WHERE notification_id IN (SELECT id FROM "
                      "notifications WHERE "
                    + this_group + ")) ORDER BY id");
  std::vector<episode> found;
  while (query.next()) {
    row_reader row(query);
    found.push_back(read_episode(row, json_));
  }
  return found;
}

std::vector<group_record> state_query::groups() {
  auto query = open("SELECT id, route_key, labels, flush_at, flushed_at, notified_at FROM alert_groups WHERE "
                    + of_group("id = ?1") + " ORDER BY id");
  std::vector<group_record> found;
  while (query.next()) {
    row_reader row(query);
    group_record g;
    g.id = row.id<group_id>();
    g.route_key = row.string();
    g.labels = json_.labels(row.text());
    g.flush_at = row.maybe_time();
    g.flushed_at = row.maybe_time();
    g.notified_at = row.maybe_time();
    found.push_back(std::move(g));
  }
  return found;
}

std::vector<told_record> state_query::told() {
  auto query = open("SELECT group_id, alert_id, channels FROM group_told WHERE " + of_group("group_id = ?1")
                    + " ORDER BY group_id, alert_id");
  std::vector<told_record> found;
  while (query.next()) {
    row_reader row(query);
    told_record t;
    t.group = row.id<group_id>();
    t.episode = row.id<episode_id>();
    t.channels = json_.strings(row.text());
    found.push_back(std::move(t));
  }
  return found;
}

std::vector<unfinished_notification> state_query::unfinished() {
  auto query = open(
      "SELECT id, group_id, channel, receiver, reason, group_key, group_labels, created_at, attempts, "
      "next_attempt_at FROM notifications WHERE "
      + of_group("group_id = ?1") + " ORDER BY id");
  std::vector<unfinished_notification> found;
  while (query.next()) {
    row_reader row(query);
    unfinished_notification n;
    n.intent.id = row.id<notification_id>();
    n.intent.group = row.id<group_id>();
    n.intent.channel = row.string();
    n.intent.receiver = row.string();
    n.intent.reason = parse_notification_reason(row.text());
    n.intent.group_key = row.string();
    n.intent.group_labels = json_.labels(row.text());
    n.intent.created_at = row.time();
    n.attempts = row.small_number();
    n.next_attempt_at = row.time();
    found.push_back(std::move(n));
  }
  read_alerts(found);
  return found;
}

std::vector<silence> state_query::silences() {
  statement query(db_, std::string("SELECT ") + silence_columns + " FROM silences ORDER BY id");
  query.open();
  std::vector<silence> found;
  while (query.next()) found.push_back(read_silence(query));
  return found;
}

std::vector<recent_episode> state_query::recent() {
  // The last hour counts from the newest arrival of all, not from now: after a long
  // stop it is what was seen last that matters. What was imported belongs to no group and did not arrive.
  auto query = open(
      "SELECT id, group_id, labels, declared_severity, created_at, end_time FROM alert_history "
      "INDEXED BY alert_history_by_arrival "
      "WHERE created_at >= (SELECT created_at FROM alert_history INDEXED BY alert_history_by_arrival "
      "WHERE group_id > 0 ORDER BY created_at DESC LIMIT 1) - 3600000 AND group_id > 0 AND "
      + of_group("group_id = ?1") + " ORDER BY created_at DESC, id DESC LIMIT 10000");
  std::vector<recent_episode> found;
  while (query.next()) {
    row_reader row(query);
    recent_episode e;
    e.id = row.id<episode_id>();
    e.group = row.id<group_id>();
    e.labels = json_.labels(row.text());
    e.declared_severity = parse_severity(row.text()).value_or(severity::warning);
    e.received_at = row.time();
    e.ended_at = row.maybe_time();
    found.push_back(std::move(e));
  }
  std::reverse(found.begin(), found.end());
  return found;
}

void state_query::read_alerts(std::vector<unfinished_notification>& into) {
  auto query = open(
      "SELECT notification_id, alert_id, resolved FROM notification_alerts WHERE notification_id IN "
      "(SELECT id FROM notifications WHERE "
      + of_group("group_id = ?1") + ") ORDER BY notification_id, position");
  auto owner = into.begin();
  while (query.next()) {
    row_reader row(query);
    const auto id = row.id<notification_id>();
    // Both queries are in order of notification, and name the same ones.
    while (owner->intent.id != id) ++owner;
    const auto alert = row.id<episode_id>();
    owner->intent.alerts.push_back({alert, row.flag()});
  }
}

} // namespace

recovered_state read_state(SQLite::Database& db, std::optional<group_id> only) {
  state_query query(db, only);
  recovered_state state;
  state.episodes = query.episodes();
  state.groups = query.groups();
  state.told = query.told();
  state.unfinished = query.unfinished();
  if (!only) {
    state.silences = query.silences();
    state.overrides = read_overrides(db);
  }
  state.recent = query.recent();
  return state;
}

std::vector<sent_count> read_sent_since(SQLite::Database& db, timestamp day) {
  // Whatever went out with another one was no message of its own.
  statement query(db,
                  "SELECT channel, count(*) FROM notification_history INDEXED BY "
                  "notification_history_by_time WHERE sent_at >= ?1 AND success AND reason <> ?2 GROUP BY channel");
  query.open(day, to_string(notification_reason::digest));
  std::vector<sent_count> found;
  while (query.next()) {
    row_reader row(query);
    sent_count c;
    c.channel = row.string();
    c.day = day;
    c.messages = row.number();
    found.push_back(std::move(c));
  }
  return found;
}

} // namespace tocsin::storage
