#include "storage/sequences.hpp"

#include <algorithm>

namespace tocsin::storage {

namespace {

constexpr const char* store_sql = "UPDATE sequences SET last = max(last, ?2) WHERE name = ?1";

// The tables are asked too, for the sake of rows that somebody put in by hand.
constexpr const char* read_sql = R"sql(
SELECT
  max((SELECT last FROM sequences WHERE name = 'episode'), coalesce((SELECT max(id) FROM alert_history), 0)),
  max((SELECT last FROM sequences WHERE name = 'group'), coalesce((SELECT max(id) FROM alert_groups), 0)),
  max((SELECT last FROM sequences WHERE name = 'notification'), coalesce((SELECT max(id) FROM notifications), 0)))sql";

template <class Id>
void raise(Id& highest, Id id) noexcept {
  highest = std::max(highest, id);
}

} // namespace

sequences::sequences(const SQLite::Database& db) : store_(db, store_sql), read_(db, read_sql) {
  noted_ = stored_ = read();
}

void sequences::note(const write_batch& batch) noexcept {
  for (const auto& e : batch.opened) {
    raise(noted_.episode, e.alert.id);
    raise(noted_.group, e.alert.group);
  }
  for (const auto& g : batch.groups) raise(noted_.group, g.id);
  for (const auto& n : batch.intents) {
    raise(noted_.notification, n.id);
    raise(noted_.group, n.group);
  }
  // A test message has no intent.
  for (const auto& a : batch.attempts) raise(noted_.notification, a.notification);
}

void sequences::note(episode_id id) noexcept {
  raise(noted_.episode, id);
}

void sequences::store() {
  if (noted_.episode > stored_.episode) store_.run("episode", noted_.episode);
  if (noted_.group > stored_.group) store_.run("group", noted_.group);
  if (noted_.notification > stored_.notification) store_.run("notification", noted_.notification);
}

highest_ids sequences::read() {
  read_.open();
  read_.next();
  row_reader row(read_);
  highest_ids found;
  found.episode = row.id<episode_id>();
  found.group = row.id<group_id>();
  found.notification = row.id<notification_id>();
  read_.rewind();
  return found;
}

} // namespace tocsin::storage
