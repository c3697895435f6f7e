#include "storage/notification_statistics.hpp"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

#include "storage/statement.hpp"

namespace tocsin::storage {

void attempt_counts::add(bool success, std::int64_t retry_count, duration attempt_took) {
  ++(success ? delivered : failed);
  if (retry_count > 0) ++retries;
  took += attempt_took;
}

notification_statistics count_attempts(SQLite::Database& db, timestamp since,
                                       const std::optional<std::string>& channel) {
  // A handle has slashes, a kind has none.
  const auto* of = !channel                                  ? ""
                   : channel->find('/') != std::string::npos ? " AND channel = ?2"
                                                             : " AND channel_kind = ?2";
  statement query(db, std::string("SELECT channel, channel_kind, sent_at, success, retry_count, duration_ms "
                                  "FROM notification_history INDEXED BY notification_history_by_time "
                                  "WHERE sent_at >= ?1")
                          + of);
  query.open(since);
  if (channel) query.bind(*channel);

  notification_statistics found;
  // Counted here and not by SQLite, which would sort all rows by channel and day.
  std::map<std::string, channel_counts, std::less<>> channels;
  while (query.next()) {
    row_reader row(query);
    const auto handle = row.text();
    const auto kind = row.text();
    const auto day = std::chrono::floor<std::chrono::days>(row.time()).time_since_epoch().count();
    const auto success = row.flag();
    const auto retry_count = row.number();
    const duration took{row.number()};
    auto known = channels.find(handle);
    if (known == channels.end()) {
      known = channels.emplace(handle, channel_counts{std::string(handle), std::string(kind), {}}).first;
    }
    known->second.counts.add(success, retry_count, took);
    found.by_day[day].add(success, retry_count, took);
  }
  for (auto& [handle, counts] : channels) found.channels.push_back(std::move(counts));
  return found;
}

std::map<std::string, channel_outcome, std::less<>> last_outcomes(SQLite::Database& db, std::int64_t most) {
  statement query(db,
                  "SELECT channel, success, sent_at, message FROM notification_history "
                  "INDEXED BY notification_history_by_time ORDER BY sent_at DESC, id DESC LIMIT ?1");
  query.open(most);
  std::map<std::string, channel_outcome, std::less<>> found;
  while (query.next()) {
    row_reader row(query);
    const auto handle = row.text();
    const auto success = row.flag();
    const auto at = row.time();
    auto known = found.find(handle);
    if (known == found.end()) known = found.emplace(std::string(handle), channel_outcome{}).first;
    auto& outcome = known->second;
    if (success) {
      if (!outcome.last_success) outcome.last_success = at;
    } else if (!outcome.last_failure) {
      outcome.last_failure = at;
      outcome.failure = row.string();
    }
  }
  return found;
}

} // namespace tocsin::storage
