#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/history.hpp"
#include "storage/active_alerts.hpp"
#include "storage/active_view.hpp"
#include "storage/analytics.hpp"
#include "storage/database.hpp"
#include "storage/noise.hpp"
#include "storage/notification_statistics.hpp"
#include "storage/prediction.hpp"
#include "storage/service_levels.hpp"
#include "storage/storage_status.hpp"

namespace tocsin::storage {

/// One row of `alert_history` as the API shows it.
struct history_row {
  episode alert;
  std::optional<std::int64_t> resolution_time_seconds;
  std::string root_cause;
  std::vector<std::int64_t> related_alerts;
  std::vector<std::string> notification_channels;
  std::int64_t notification_count = 0;
  timestamp updated_at{};
};

/// Which rows to show; unset filters match all.
struct history_filter {
  std::optional<std::string> alert_name;
  std::optional<tocsin::severity> severity;
  std::optional<std::string> service;
  std::optional<episode_status> status;
  /// Only episodes that began at or after this.
  timestamp since{};
  std::int64_t limit = 1000;
  std::int64_t offset = 0;
};

/// One page of rows and how many there are in all.
template <class Row>
struct page {
  std::vector<Row> rows;
  std::int64_t total = 0;
};

/// One row of `notification_history`.
struct notification_row {
  std::int64_t id = 0;
  attempt_record attempt;
};

struct notification_filter {
  std::optional<std::string> alert_name;
  /// A channel handle (`ops/webhook/0`) or a kind (`webhook`).
  std::optional<std::string> channel;
  std::optional<bool> success;
  timestamp since{};
  std::int64_t limit = 1000;
  std::int64_t offset = 0;
};

/// Another alert that one belongs together with.
struct correlation_row {
  episode_id other;
  /// Empty when the other alert is not in the history any more.
  std::string alert_name;
  /// 0 to 1.
  double score = 0;
  std::string type;
  timestamp at{};
};

/// Another alert that one belongs together with, as people look at it.
struct related_row {
  episode_id other;
  /// 0 to 1.
  double score = 0;
  std::string type;
  std::string alert_name;
  tocsin::severity severity = tocsin::severity::warning;
  std::string service;
  label_set annotations;
};

/// A walk through all rows that a filter matches, oldest start first, in pages of which
/// each is a short read of its own: whoever walks slowly holds neither a connection nor
/// a snapshot, which would keep the write-ahead log from starting anew.
struct history_walk {
  /// Its limit and offset are not looked at.
  history_filter filter;
  /// Rows with higher ids came after the walk began, and are left out.
  episode_id newest;
  /// The next page begins behind this row.
  timestamp behind = timestamp::min();
  episode_id behind_id;
};

/// One alert with all that happened to it, oldest first, from one snapshot.
struct history_detail {
  history_row row;
  /// The route that took it when it came, as `config::route::key` names it; empty when unknown.
  std::string route;
  /// When the window that it opened or joined closes; unset when unknown.
  std::optional<timestamp> window_until;
  std::vector<escalation_record> escalations;
  std::vector<acknowledgement_record> acknowledgements;
  std::vector<notification_row> notifications;
  std::vector<episode_event> events;
  /// The closest first.
  std::vector<correlation_row> correlations;
};

/// A silence and how it came to be what it is, oldest first.
struct silence_detail {
  silence what;
  std::vector<silence_change> changes;
};

/// Read-only connections, shared by many threads: each call takes one out of a
/// pool (opening another when all are in use, up to a bound, then waiting) and
/// reads one snapshot. Thread-safe. A file that cannot be read shows as
/// SQLite::Exception; a row that cannot be read as std::runtime_error.
class reader {
 public:
  /// @param connections how many reads may run at once; at least 1.
  explicit reader(const location& where, std::size_t connections = 4);
  ~reader();
  reader(const reader&) = delete;
  reader& operator=(const reader&) = delete;

  /// Newest start first; among equals the higher id first.
  page<history_row> history(const history_filter& filter);
  std::optional<history_detail> detail(episode_id id);
  /// The row alone, for deciding where a request about it must go.
  std::optional<history_row> find(episode_id id);
  /// Begins a walk through what is there now.
  history_walk begin_walk(history_filter filter);
  /// Hands the next rows of a walk to `take`, until that says that it has enough for now.
  /// @returns false when there are no more.
  bool walk(history_walk& where, const std::function<bool(const history_row&)>& take);
  /// What an alert is correlated with, in both directions, the closest first; nothing when
  /// there is no such alert. Alerts that are not in the history any more are left out.
  std::optional<std::vector<related_row>> related(episode_id id, double min_score);
  /// Newest first.
  page<notification_row> notifications(const notification_filter& filter);

  // See analytics.hpp, service_levels.hpp and noise.hpp.
  storage::statistics statistics(const analytics_filter& filter);
  std::vector<top_alert> top_alerts(const analytics_filter& filter, alert_order order, std::size_t limit);
  storage::report report(const analytics_filter& filter, std::size_t top_alerts);
  std::vector<trend_point> trends(const analytics_filter& filter, rollup_span span);
  storage::service_levels service_levels(const analytics_filter& filter, std::size_t limit);
  noise_report noise(const analytics_filter& filter, std::size_t limit);

  // See prediction.hpp. The first question about anomalies reads the weeks before it into memory, which takes longer
  // than the next ones; one such question at a time is answered.
  anomaly_report anomalies(const anomaly_question& question);
  storage::forecast forecast(std::string_view service, const std::optional<std::string>& alert_name, timestamp now,
                             std::int64_t hours);

  /// All that are not forgotten yet, in order of id.
  std::vector<silence> silences();
  std::optional<silence_detail> find_silence(std::string_view id);
  /// Calls `visit` with each alert that has not ended, in no order.
  void visit_active(const std::function<void(episode_id, const label_set&)>& visit);
  /// The ids of all that have not ended, in no order.
  std::vector<episode_id> active_ids();
  /// Those of the ids that have not ended yet, in the order of `ids`.
  std::vector<active_alert> active(std::span<const episode_id> ids);
  /// Hands all that fires to `look`, in one snapshot.
  void look_at_active(const std::function<void(active_view&)>& look);
  /// See `count_attempts`.
  notification_statistics attempts(timestamp since, const std::optional<std::string>& channel);
  /// See `last_outcomes`.
  std::map<std::string, channel_outcome, std::less<>> last_outcomes(std::int64_t most);
  storage_status status();
  /// How many active alerts match; stops counting at `at_most`.
  std::int64_t count_active(const std::vector<matcher>& matchers, std::int64_t at_most);

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace tocsin::storage
